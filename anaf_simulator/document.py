"""Reads an uploaded XML: is it well formed, is its root the declared one, who, what, when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from lxml import etree

from . import texts
from .replies import BUYER_MESSAGE_NS

# An element as lxml has it; the class has no public name.
Element: TypeAlias = etree._Element

INVOICE_NS = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE_NS = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CII_NS = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": CII_NS,
}
ROOTS = {  # standard -> the only root its schema declares
    "UBL": f"{{{INVOICE_NS}}}Invoice",
    "CN": f"{{{CREDIT_NOTE_NS}}}CreditNote",
    "CII": f"{{{CII_NS}}}CrossIndustryInvoice",
    "RASP": f"{{{BUYER_MESSAGE_NS}}}header",
}


# the children of a UBL root, in the schema's order
_INVOICE_ORDER = (
    "UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime "
    "DueDate InvoiceTypeCode Note TaxPointDate DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode "
    "PaymentCurrencyCode PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric "
    "BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference "
    "StatementDocumentReference OriginatorDocumentReference ContractDocumentReference AdditionalDocumentReference "
    "ProjectReference Signature AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty "
    "SellerSupplierParty TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms PrepaidPayment "
    "AllowanceCharge TaxExchangeRate PricingExchangeRate PaymentExchangeRate PaymentAlternativeExchangeRate TaxTotal "
    "WithholdingTaxTotal LegalMonetaryTotal InvoiceLine"
).split()
_CREDIT_NOTE_ORDER = (
    "UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime "
    "TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode "
    "PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric BuyerReference InvoicePeriod "
    "DiscrepancyResponse OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference "
    "ContractDocumentReference AdditionalDocumentReference StatementDocumentReference OriginatorDocumentReference "
    "Signature AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty "
    "TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate PricingExchangeRate "
    "PaymentExchangeRate PaymentAlternativeExchangeRate AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine"
).split()


class Unreadable(ValueError):
    """The file fails before any business rule; str() is ANAF's text after `Fisierul transmis nu este valid. `."""


@dataclass
class Document:
    root: Any
    standard: str
    number: str = ""
    issue_date: str = ""
    type_code: str = ""
    seller_cif: str = ""  # digits; empty when the file does not say
    buyer_cif: str = ""
    about: str = ""  # RASP: the upload index it answers
    findings: list[Any] = field(default_factory=list)  # of rules.py, filled by the caller


def text(node: Element | None, path: str) -> str:
    """Return the trimmed text of the first match, '' when missing."""
    return (node.findtext(path, namespaces=NS) or "").strip() if node is not None else ""


def digits(value: str) -> str:
    """Return the CIF inside `RO123`, `123` or ` ro 123 `; '' for anything else."""
    match = re.fullmatch(r"\s*(?:RO)?\s*(\d{1,13})\s*", value or "", re.IGNORECASE)
    return match.group(1) if match else ""


def read(data: bytes, standard: str) -> Document:
    """Parse `data` as `standard` (UBL, CN, CII, RASP).

    Raises Unreadable.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_syntax(error, data)) from None
    if root.tag != ROOTS[standard]:
        prefix = f"{root.prefix}:" if root.prefix else ""
        name = prefix + etree.QName(root).localname
        raise Unreadable(_sax(*_end_of_tag(data, name), texts.XSD_ROOT.format(name=name)))
    if standard == "RASP":
        return Document(root, standard, about=root.get("index_incarcare", ""))
    return _read_cii(root) if standard == "CII" else _read_ubl(root, standard)


def _sax(line: int, column: int, reason: str) -> str:
    return texts.SAX.format(line=line, column=column, reason=reason)


def _end_of_tag(data: bytes, name: str) -> tuple[int, int]:
    """Find line and column just after the first start tag of `name`, where a SAX parser reports it."""
    found = re.search(rb"<" + re.escape(name.encode()) + rb"[\s/>]", data)
    end = data.find(b">", found.start()) + 1 if found else 1
    before = data[:end]
    return before.count(b"\n") + 1, end - (before.rfind(b"\n") + 1) + 1


def _syntax(error: etree.XMLSyntaxError, data: bytes) -> str:
    """Say libxml2's complaint in the words of Java's parser, for the usual kinds."""
    line, column = error.position
    reason = error.msg or ""
    mismatch = re.search(r"tag mismatch: (\S+) line", reason)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return _sax(1, 1, "Premature end of file.")
    if not start.startswith(b"<") and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return _sax(1, 1, "Content is not allowed in prolog.")
    if mismatch:
        name = mismatch.group(1)
        reason = f'The element type "{name}" must be terminated by the matching end-tag "</{name}>".'
    elif "Premature end" in reason or "EndTag" in reason or "Couldn't find end" in reason or "expected '>'" in reason:
        reason = "XML document structures must start and end within the same entity."
    elif "Extra content" in reason:
        reason = "The markup in the document following the root element must be well-formed."
    return _sax(line, column, reason)


def _check_order(root: Element, order: list[str]) -> None:
    """Report the first of the root's children that is out of the schema's order.

    Raises Unreadable.
    """
    reached = 0
    for child in root.iterchildren("*"):
        name = etree.QName(child).localname
        position = order.index(name) if name in order else -1
        if position < reached:
            shown = f"{child.prefix}:{name}" if child.prefix else name
            reason = f"cvc-complex-type.2.4.a: Invalid content was found starting with element '{shown}'. "
            raise Unreadable(_sax(child.sourceline or 1, 1, reason))
        reached = position


def _read_ubl(root: Element, standard: str) -> Document:
    _check_order(root, _INVOICE_ORDER if standard == "UBL" else _CREDIT_NOTE_ORDER)
    for amount in root.iterfind(".//cac:LegalMonetaryTotal/*", NS):
        if amount.get("currencyID") is None:
            name = f"cbc:{etree.QName(amount).localname}"
            raise Unreadable(
                _sax(
                    amount.sourceline or 1,
                    1,
                    f"cvc-complex-type.4: Attribute 'currencyID' must appear on element '{name}'. ",
                )
            )
    for tag in ("IssueDate", "DueDate"):
        node = root.find(f"cbc:{tag}", NS)
        if node is not None and not _is_date(node.text or ""):
            raise Unreadable(
                _sax(
                    node.sourceline or 1,
                    1,
                    f"cvc-datatype-valid.1.2.1: '{(node.text or '').strip()}' is not a valid value for 'date'. ",
                )
            )
    return Document(
        root,
        standard,
        number=text(root, "cbc:ID"),
        issue_date=text(root, "cbc:IssueDate"),
        type_code=text(root, "cbc:InvoiceTypeCode" if standard == "UBL" else "cbc:CreditNoteTypeCode"),
        seller_cif=party_cif(root.find("cac:AccountingSupplierParty/cac:Party", NS)),
        buyer_cif=party_cif(root.find("cac:AccountingCustomerParty/cac:Party", NS)),
    )


def _is_date(value: str) -> bool:
    match = re.fullmatch(r"\s*(\d{4})-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?\s*", value)
    try:
        return match is not None and bool(date(int(match[1]), int(match[2]), int(match[3])))
    except ValueError:
        return False


def vat_id(party: Element | None) -> str:
    """Return BT-31 / BT-48: the CompanyID under tax scheme VAT."""
    if party is None:
        return ""
    for scheme in party.iterfind("cac:PartyTaxScheme", NS):
        if text(scheme, "cac:TaxScheme/cbc:ID").upper() == "VAT":
            return text(scheme, "cbc:CompanyID")
    return ""


def party_cif(party: Element | None) -> str:
    """Return the digits of the party's CIF or CNP: VAT id, tax registration, legal id, other id, in this order."""
    if party is None:
        return ""
    candidates = [vat_id(party)]
    candidates += [text(scheme, "cbc:CompanyID") for scheme in party.iterfind("cac:PartyTaxScheme", NS)]
    candidates += [
        text(party, "cac:PartyLegalEntity/cbc:CompanyID"),
        text(party, "cac:PartyIdentification/cbc:ID"),
    ]
    return next((found for found in map(digits, candidates) if found), "")


def _read_cii(root: Element) -> Document:
    def party(name: str) -> str:
        base = f".//ram:{name}"
        return digits(text(root, f"{base}/ram:SpecifiedTaxRegistration/ram:ID")) or digits(
            text(root, f"{base}/ram:SpecifiedLegalOrganization/ram:ID")
        )

    raw = "".join(root.xpath("string(rsm:ExchangedDocument/ram:IssueDateTime)", namespaces=NS).split())
    return Document(
        root,
        "CII",
        number=text(root, "rsm:ExchangedDocument/ram:ID"),
        issue_date=f"{raw[:4]}-{raw[4:6]}-{raw[6:8]}" if len(raw) == 8 else raw,
        type_code=text(root, "rsm:ExchangedDocument/ram:TypeCode"),
        seller_cif=party("SellerTradeParty"),
        buyer_cif=party("BuyerTradeParty"),
    )
