"""What keeps a Document from being written: values that are missing, are no amounts, or contradict each other.

Only what EN 16931 and UBL 2.1 refuse in every invoice is listed here, with the tolerances of the rules; what ANAF asks
for beyond that (lengths, code lists, counties) is judged by :mod:`cius` on the written bytes.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext

from .contradictions import RATED, contradictions
from .document import AllowanceCharge, Attachment, Document, DocumentLine
from .party import Party

#: digits before and behind the point that a written number may have; the reader takes 40 characters
_MOST_DIGITS = 18
#: wide enough that no sum of such numbers is rounded
_EXACT = Context(prec=80)
_CENTS = -2
#: contradictions that no rule of EN 16931 forbids: quantity x price need not be the net of a line
_ALLOWED = {"BT-131"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a Document cannot be written.

    :ivar bt: business term, behind it the line's id in brackets (``BT-131 [2]``), :ivar text: what is wrong with it
    """

    bt: str
    text: str


class DocumentError(ValueError):
    """A Document that cannot be written. :ivar problems: list of :class:`Problem`, never empty"""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.bt}: {one.text}" for one in problems[:20]))
        self.problems = problems


def document_problems(document: Document) -> list[Problem]:
    """List what keeps ``document`` from being written, in the order of an invoice; empty when nothing does.

    :param document: amounts that are no finite Decimal are problems, and nothing is then compared
    """
    with localcontext(_EXACT):
        found = _Problems()
        _header(document, found)
        _parties(document, found)
        _payment(document, found)
        _amounts(document, found)
        for line in document.lines:
            _line(line, found)
        if not found.numbers:
            _categories(document, found)
            _contradictions(document, found)
        return found.listed


class _Problems:
    """Collects problems. :ivar numbers: there is a value that cannot be reckoned with"""

    def __init__(self) -> None:
        self.listed: list[Problem] = []
        self.numbers = False

    def add(self, bt: str, text: str) -> None:
        self.listed.append(Problem(bt, text))

    def missing(self, bt: str, value: object) -> None:
        if not value or (isinstance(value, str) and value.isspace()):
            self.add(bt, "is missing")

    def number(self, bt: str, value: Decimal | None) -> None:
        """Note a quantity, price or rate that is no number to be written; None is none at all."""
        if value is None:
            return
        if type(value) is not Decimal:
            self.numbers = True
            self.add(bt, f"{value!r} is no Decimal")
        elif not value.is_finite():
            self.numbers = True
            self.add(bt, f"{value} is no number")
        elif value.adjusted() > _MOST_DIGITS or -_exponent(value) > _MOST_DIGITS:
            self.numbers = True
            self.add(bt, f"{str(value)[:40]} has too many digits")

    def amount(self, bt: str, value: Decimal | None) -> None:
        """Note an amount of money that is no number or has more than two decimals; None is none at all."""
        before = len(self.listed)
        self.number(bt, value)
        if value is None or len(self.listed) > before or _exponent(value) >= _CENTS:
            return
        if _exponent(value.normalize()) < _CENTS:
            self.add(bt, f"{value:f} has more than two decimals")

    def needed(self, bt: str, value: Decimal | None) -> None:
        """Note an amount of money that is absent or cannot be written."""
        if value is None:
            self.add(bt, "is missing")
        self.amount(bt, value)


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


def _header(document: Document, found: _Problems) -> None:
    for one in document.unreadable:
        term, _colon, text = one.partition(": ")
        found.add(term, f"{text[:40]} is no number")
    if document.root not in ("Invoice", "CreditNote"):
        found.add("BT-3", f"{document.root} is neither Invoice nor CreditNote")
    found.missing("BT-24", document.customization)
    found.missing("BT-1", document.number)
    found.missing("BT-2", document.issue_date)
    found.missing("BT-3", document.type_code)
    found.missing("BT-5", document.currency)
    if document.vat_point_code and document.vat_point_date:
        found.add("BT-8", "excludes BT-7, which is there, too")
    _period(document.period_start, document.period_end, "BT-74", found)
    for number, _day in document.preceding:
        found.missing("BT-25", number)
    for number, _text in document.supporting:
        found.missing("BT-122", number)
    for attachment in document.attachments:
        _attachment(attachment, found)
    if not document.lines:
        found.add("BG-25", "is missing")


def _period(start: date | None, end: date | None, bt: str, found: _Problems) -> None:
    if start and end and end < start:
        found.add(bt, f"{end} is before {start}")


def _attachment(attachment: Attachment, found: _Problems) -> None:
    found.missing("BT-122", attachment.id or attachment.name)
    if attachment.content:
        found.missing("BT-125-1", attachment.mimetype)
        found.missing("BT-125-2", attachment.name)


def _parties(document: Document, found: _Problems) -> None:
    seller, buyer = document.seller, document.buyer
    for party, name, country, endpoint in ((seller, "BT-27", "BT-40", "BT-34-1"), (buyer, "BT-44", "BT-55", "BT-49-1")):
        found.missing(name, party.legal_name)
        found.missing(country, party.country)
        _party(party, endpoint, found)
    if not (seller.identifiers or seller.registration or seller.vat):
        found.add("BT-29", "is missing, and so are BT-30 and BT-31")
    if document.payee is not None:
        found.missing("BT-59", document.payee.trading_name)
        _party(document.payee, "BT-60", found)
    if document.tax_representative is not None:
        found.missing("BT-62", document.tax_representative.trading_name)
        found.missing("BT-63", document.tax_representative.vat)
        found.missing("BT-69", document.tax_representative.country)
        _party(document.tax_representative, "BT-62", found)
    if document.delivery is not None and document.delivery.address is not None:
        found.missing("BT-80", document.delivery.address.country)


def _party(party: Party, endpoint: str, found: _Problems) -> None:
    if party.endpoint:
        found.missing(endpoint, party.endpoint_scheme)
    if party.tax_registration and party.tax_registration_scheme.upper() == "VAT":
        found.add("BT-32", "has the tax scheme of BT-31")


def _payment(document: Document, found: _Problems) -> None:
    for means in document.payments:
        found.missing("BT-81", means.code)
    if document.root == "CreditNote" and document.due_date and not document.payments:
        found.add("BT-9", "of a credit note stands in BG-16, which is missing")


def _amounts(document: Document, found: _Problems) -> None:
    for allowance in document.allowances:
        _allowance(allowance, "BT-99" if allowance.is_charge else "BT-92", found)
        found.missing("BT-102" if allowance.is_charge else "BT-95", allowance.category)
    if not document.subtotals:
        found.add("BG-23", "is missing")
    for subtotal in document.subtotals:
        found.needed("BT-116", subtotal.taxable)
        found.needed("BT-117", subtotal.amount)
        found.missing("BT-118", subtotal.category)
        found.number("BT-119", subtotal.rate)
        if subtotal.rate is None and subtotal.category != "O":
            found.add("BT-119", "is missing")
    for bt, amount in (
        ("BT-106", document.line_total),
        ("BT-109", document.untaxed),
        ("BT-110", document.tax_amount),
        ("BT-112", document.total),
        ("BT-115", document.payable),
    ):
        found.needed(bt, amount)
    for bt, amount, charge in (("BT-107", document.allowance_total, False), ("BT-108", document.charge_total, True)):
        found.amount(bt, amount)
        if amount is None and any(one.is_charge is charge for one in document.allowances):
            found.add(bt, "is missing")
    found.amount("BT-113", document.prepaid)
    found.amount("BT-114", document.rounding)
    found.amount("BT-111", document.vat_in_vat_currency)
    other = (document.vat_currency or "RON") != document.currency
    if document.vat_in_vat_currency is not None and not other:
        found.add("BT-111", f"is in {document.currency}, as BT-110 is")
    elif document.vat_in_vat_currency is None and document.vat_currency and other:
        found.add("BT-111", "is missing")


def _allowance(allowance: AllowanceCharge, bt: str, found: _Problems) -> None:
    found.needed(bt, allowance.amount)
    found.amount(bt + " base", allowance.base)
    found.number(bt + " percent", allowance.percent)
    found.number(bt + " rate", allowance.rate)
    found.missing(bt + " reason", allowance.reason or allowance.reason_code)


def _line(line: DocumentLine, found: _Problems) -> None:
    place = f" [{line.id[:20]}]"
    for bt, text in (
        ("BT-126", line.id),
        ("BT-130", line.unit_code),
        ("BT-151", line.category),
        ("BT-153", line.name),
    ):
        if not text or text.isspace():
            found.add(bt + place, "is missing")
    for bt, number in (("BT-129", line.quantity), ("BT-146", line.price)):
        if number is None:
            found.add(bt + place, "is missing")
        found.number(bt + place, number)
    found.needed("BT-131" + place, line.net)
    found.number("BT-148" + place, line.gross_price)
    found.number("BT-147" + place, line.price_discount)
    found.number("BT-149" + place, line.base_quantity)
    found.number("BT-152" + place, line.rate)
    if type(line.base_quantity) is Decimal and line.base_quantity == 0:
        found.numbers = True
        found.add("BT-149" + place, "is zero")
    if line.gross_price is not None and line.price_discount is None:
        found.add("BT-147" + place, "is missing beside BT-148")
    for allowance in line.allowances:
        _allowance(allowance, ("BT-141" if allowance.is_charge else "BT-136") + place, found)
    _period(line.period_start, line.period_end, "BT-135" + place, found)
    if line.standard_code:
        found.missing("BT-157-1" + place, line.standard_scheme)
    for _code, kind in line.classifications:
        found.missing("BT-158-1" + place, kind)
    for name, value in line.attributes:
        found.missing("BT-160" + place, name)
        found.missing("BT-161" + place, value)


def _categories(document: Document, found: _Problems) -> None:
    """Note categories without a breakdown, breakdowns of nothing, and two of one category (BR-S-01, BR-E-01...)."""
    used = {line.category for line in document.lines} | {one.category for one in document.allowances}
    stated = [one.category for one in document.subtotals]
    for category in sorted(used.difference(stated) - {""}):
        found.add("BT-118", f"{category} of lines, allowances or charges has no VAT breakdown")
    for category in sorted(set(stated) - used - {""}):
        found.add("BT-118", f"{category} is of no line, allowance or charge")
    for category in sorted({one for one in stated if stated.count(one) > 1}.difference(RATED, [""])):
        found.add("BT-118", f"{category} has several VAT breakdowns")


def _contradictions(document: Document, found: _Problems) -> None:
    for one in contradictions(document):
        if one.code not in _ALLOWED:
            place = f" [{one.place}]" if one.place else ""
            found.add(one.code + place, f"{one.stated} is stated, {one.computed} follows from the rest")
