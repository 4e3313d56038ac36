"""The facts of a UBL invoice, read without judging it (business terms of EN 16931)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .identifiers import cif_digits
from .xml import Element, FileError, XmlError, child_text, children, local_name, parse_xml, text_of, to_amount, to_date


class UblError(FileError):
    """Not a UBL Invoice or CreditNote."""

    @classmethod
    def of(cls, error: FileError) -> "UblError":
        """Return the same fact as ``error``, about an invoice."""
        return cls(error.code, error.text, error.detail, error.line)


@dataclass(frozen=True)
class InvoiceFacts:
    """Texts are stripped and ``''`` when absent; dates and Decimals are None when absent or unreadable.

    :ivar seller_cif, buyer_cif: digits (a Romanian CIF, or 13 for a person), ``''`` for a foreign identifier
    :ivar untaxed: BT-109, :ivar tax_amount: BT-110, :ivar total: BT-112 (with VAT), :ivar payable: BT-115,
        all in ``currency``
    :ivar preceding: numbers of the invoices this one corrects (BT-25)
    """

    root: str
    type_code: str
    number: str
    issue_date: date | None
    due_date: date | None
    currency: str
    seller_cif: str
    seller_name: str
    buyer_cif: str
    buyer_name: str
    untaxed: Decimal | None
    tax_amount: Decimal | None
    total: Decimal | None
    payable: Decimal | None
    preceding: list[str] = field(default_factory=list)


def read_facts(xml: bytes) -> InvoiceFacts:
    """Read the facts of an Invoice or CreditNote, whatever the prefixes.

    :raises UblError: it is neither
    """
    return facts_of(parse_invoice(xml))


def parse_invoice(xml: bytes) -> Element:
    """Parse bytes into the root element of an Invoice or CreditNote.

    :raises UblError: it is neither
    """
    try:
        root = parse_xml(xml)
    except XmlError as error:
        raise UblError.of(error) from None
    name = local_name(root)
    if name not in ("Invoice", "CreditNote"):
        name = name or "nothing"
        raise UblError("wrong_root", f"the root is {name}, not Invoice or CreditNote", name)
    return root


def facts_of(root: Element) -> InvoiceFacts:
    """Read the facts of an invoice that is parsed already."""
    name = local_name(root)
    currency = child_text(root, "DocumentCurrencyCode")
    seller = _party(root, "AccountingSupplierParty")
    buyer = _party(root, "AccountingCustomerParty")
    taxes = tax_total(root, currency)
    return InvoiceFacts(
        root=name,
        type_code=child_text(root, f"{name}TypeCode"),
        number=child_text(root, "ID"),
        issue_date=to_date(child_text(root, "IssueDate")),
        due_date=to_date(child_text(root, "DueDate") or child_text(root, "PaymentMeans", "PaymentDueDate")),
        currency=currency,
        seller_cif=seller[0],
        seller_name=seller[1],
        buyer_cif=buyer[0],
        buyer_name=buyer[1],
        untaxed=_money(root, "TaxExclusiveAmount"),
        tax_amount=None if taxes is None else to_amount(child_text(taxes, "TaxAmount")),
        total=_money(root, "TaxInclusiveAmount"),
        payable=_money(root, "PayableAmount"),
        preceding=[
            number
            for number in map(text_of, children(root, "BillingReference", "InvoiceDocumentReference", "ID"))
            if number
        ],
    )


def tax_total(root: Element, currency: str) -> Element | None:
    """Return the TaxTotal in the document's currency, or None; a second one may be there in RON (BT-111)."""
    totals = [total for total in children(root, "TaxTotal") if children(total, "TaxAmount")]
    totals.sort(key=lambda total: children(total, "TaxAmount")[0].get("currencyID") != currency)
    return totals[0] if totals else None


def party_cif(party: Element) -> str:
    """Return the digits of a party's CIF: VAT number first, then legal registration, then any other identifier."""
    schemes = sorted(children(party, "PartyTaxScheme"), key=lambda scheme: not is_vat(scheme))
    texts = [child_text(scheme, "CompanyID") for scheme in schemes]
    texts += [child_text(party, "PartyLegalEntity", "CompanyID"), child_text(party, "PartyIdentification", "ID")]
    return next((digits for digits in map(cif_digits, texts) if digits), "")


def party_name(party: Element) -> str:
    """Return the registered name (BT-27/44), the trading name (BT-28/45) where it is missing."""
    return child_text(party, "PartyLegalEntity", "RegistrationName") or child_text(party, "PartyName", "Name")


def is_vat(scheme: Element) -> bool:
    """Tell whether a PartyTaxScheme is of VAT."""
    return child_text(scheme, "TaxScheme", "ID").upper() == "VAT"


def _party(root: Element, role: str) -> tuple[str, str]:
    for party in children(root, role, "Party"):
        return party_cif(party), party_name(party)
    return "", ""


def _money(root: Element, name: str) -> Decimal | None:
    return to_amount(child_text(root, "LegalMonetaryTotal", name))
