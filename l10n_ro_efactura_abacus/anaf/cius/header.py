"""The document as a whole: what must be there, payment, references, periods (BR-01..BR-67, BR-CO-03, 18..25)."""

import re

from .model import Document, Say, norm

_DATE = re.compile(r"\s*(-?[0-9]{4,9}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?\s*")
# Means of payment that need an account (BR-50, BR-61): credit transfers.
_NEEDS_ACCOUNT = ("30", "58")


def check(doc: Document, say: Say) -> None:
    _mandatory(doc, say)
    _currency(doc, say)
    _periods(doc, say)
    _payment(doc, say)
    _references(doc, say)


def _mandatory(doc: Document, say: Say) -> None:
    root = doc.root
    for rule, name in (
        ("BR-01", "cbc:CustomizationID"),
        ("BR-02", "cbc:ID"),
        ("BR-03", "cbc:IssueDate"),
        ("BR-05", "cbc:DocumentCurrencyCode"),
    ):
        if not root.filled(name):
            say(rule, root.first(name) or root)
    if not root.filled("cbc:InvoiceTypeCode") and not root.filled("cbc:CreditNoteTypeCode"):
        say("BR-04", root)
    if not root.all("cac:InvoiceLine") and not root.all("cac:CreditNoteLine"):
        say("BR-16", root)
    if not root.all("cac:TaxTotal", "cac:TaxSubtotal"):
        say("BR-CO-18", root)
    for totals in doc.every("cac:LegalMonetaryTotal"):
        for rule, name in (
            ("BR-12", "cbc:LineExtensionAmount"),
            ("BR-13", "cbc:TaxExclusiveAmount"),
            ("BR-14", "cbc:TaxInclusiveAmount"),
            ("BR-15", "cbc:PayableAmount"),
        ):
            if not totals.all(name):
                say(rule, totals)


def _currency(doc: Document, say: Say) -> None:
    for code in doc.root.all("cbc:TaxCurrencyCode"):
        totals = doc.every("cac:TaxTotal")
        if not any(
            amount.attrs.get("currencyID") == code.text for total in totals for amount in total.all("cbc:TaxAmount")
        ):
            say("BR-53", code, value=code.text)


def day(text: str) -> tuple[int, int, int] | None:
    """Read an ``xs:date`` as (year, month, day); None when it is no date. A time zone is not weighed."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, number = match.group(1).rsplit("-", 2)
    return int(year), int(month), int(number)


def _periods(doc: Document, say: Say) -> None:
    root = doc.root
    coded = root.all("cac:InvoicePeriod", "cbc:DescriptionCode")
    if coded and root.all("cbc:TaxPointDate"):
        say("BR-CO-03", coded[0])
    for period in doc.every("cac:InvoicePeriod"):
        in_line = period.parent.name in ("cac:InvoiceLine", "cac:CreditNoteLine")
        start, end = period.first("cbc:StartDate"), period.first("cbc:EndDate")
        if start and end:
            first, last = day(start.text), day(end.text)
            if first and last and last < first:
                say("BR-30" if in_line else "BR-29", end, value=end.text, expected=start.text)
        elif not start and not end:
            if in_line:
                say("BR-CO-20", period)
            elif not period.all("cbc:DescriptionCode"):
                say("BR-CO-19", period)


def _payment(doc: Document, say: Say) -> None:
    root = doc.root
    due = root.amount("cac:LegalMonetaryTotal", "cbc:PayableAmount")
    if (
        doc.kind == "Invoice"
        and due is not None
        and due > 0
        and not doc.every("cbc:DueDate")
        and not any(terms.all("cbc:Note") for terms in doc.every("cac:PaymentTerms"))
    ):
        say("BR-CO-25", root, value=due)
    for means in doc.every("cac:PaymentMeans"):
        codes = means.all("cbc:PaymentMeansCode")
        if not codes:
            say("BR-49", means)
        code = norm(means.value("cbc:PaymentMeansCode"))
        if code in _NEEDS_ACCOUNT and not means.all("cac:PayeeFinancialAccount", "cbc:ID"):
            say("BR-61", means, value=code)
        if any(node.text in _NEEDS_ACCOUNT for node in codes):
            for account in means.all("cac:PayeeFinancialAccount"):
                if not account.filled("cbc:ID"):
                    say("BR-50", account)
        for card in means.all("cac:CardAccount"):
            number = card.value("cbc:PrimaryAccountNumberID")
            if len(number) > 10:
                say("BR-51", card, length=len(number), limit=10)
    for rule, name in (("BR-66", "cac:CardAccount"), ("BR-67", "cac:PaymentMandate")):
        found = root.all("cac:PaymentMeans", name)
        if len(found) > 1:
            say(rule, found[1], count=len(found), limit=1)


def _references(doc: Document, say: Say) -> None:
    for reference in doc.every("cac:AdditionalDocumentReference"):
        if not reference.filled("cbc:ID"):
            say("BR-52", reference)
    for reference in doc.every("cac:BillingReference"):
        if not reference.all("cac:InvoiceDocumentReference", "cbc:ID"):
            say("BR-55", reference)
            say("UBL-SR-07", reference)
