"""The facts of a UBL invoice, read without judging it (business terms of EN 16931)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from .identifiers import cif_digits
from .xml import XmlError, child_text, children, local_name, parse_xml


class UblError(ValueError):
    """Not a UBL Invoice or CreditNote."""


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


def read_facts(xml):
    """Bytes of an Invoice or CreditNote -> InvoiceFacts, whatever the prefixes. :raises UblError:"""
    try:
        root = parse_xml(xml)
    except XmlError as error:
        raise UblError(str(error)) from None
    name = local_name(root)
    if name not in ("Invoice", "CreditNote"):
        raise UblError(f"the root is {name or 'nothing'}, not Invoice or CreditNote")
    currency = child_text(root, "DocumentCurrencyCode")
    seller = _party(root, "AccountingSupplierParty")
    buyer = _party(root, "AccountingCustomerParty")
    return InvoiceFacts(
        root=name,
        type_code=child_text(root, f"{name}TypeCode"),
        number=child_text(root, "ID"),
        issue_date=_date(child_text(root, "IssueDate")),
        due_date=_date(child_text(root, "DueDate") or child_text(root, "PaymentMeans", "PaymentDueDate")),
        currency=currency,
        seller_cif=seller[0],
        seller_name=seller[1],
        buyer_cif=buyer[0],
        buyer_name=buyer[1],
        untaxed=_money(root, "TaxExclusiveAmount"),
        tax_amount=_tax(root, currency),
        total=_money(root, "TaxInclusiveAmount"),
        payable=_money(root, "PayableAmount"),
        preceding=[
            number
            for number in (
                child_text(reference, "ID")
                for reference in children(root, "BillingReference", "InvoiceDocumentReference")
            )
            if number
        ],
    )


def _party(root, role):
    """``(cif, name)``: VAT number first, then the legal registration, then any other identifier."""
    for party in children(root, role, "Party"):
        schemes = sorted(
            children(party, "PartyTaxScheme"), key=lambda s: child_text(s, "TaxScheme", "ID").upper() != "VAT"
        )
        texts = [child_text(scheme, "CompanyID") for scheme in schemes]
        texts += [
            child_text(party, "PartyLegalEntity", "CompanyID"),
            child_text(party, "PartyIdentification", "ID"),
        ]
        cif = next((digits for digits in map(cif_digits, texts) if digits), "")
        name = child_text(party, "PartyLegalEntity", "RegistrationName") or child_text(
            party, "PartyName", "Name"
        )
        return cif, name
    return "", ""


def _date(text):
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _decimal(text):
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _money(root, name):
    return _decimal(child_text(root, "LegalMonetaryTotal", name))


def _tax(root, currency):
    """The VAT total in the document's currency; a second one may be there in RON (BT-111)."""
    amounts = children(root, "TaxTotal", "TaxAmount")
    amounts.sort(key=lambda amount: amount.get("currencyID") != currency)
    return _decimal("".join(amounts[0].itertext()).strip()) if amounts else None
