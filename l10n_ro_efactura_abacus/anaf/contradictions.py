"""Where an e-Factura disagrees with itself (EN 16931 BR-CO-10..17, BR-S-08 and its kin, BT-131).

What an import takes from a document is BT-131 of each line, the amounts of document allowances and charges, and BT-109,
BT-110, BT-112. ``counts`` marks the contradictions that keep those from all being true at once on one bill.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .document import Document

# Category and rate of VAT, see `_key`.
_Key = tuple[str, Decimal]

ZERO = Decimal(0)
CENT = Decimal("0.01")
#: BT-131 against quantity x price: EN 16931 has no rule, Peppol R120 allows this much; what rounding the price
#: to its decimals (two at least) does to the whole quantity comes on top
LINE_SLACK = Decimal("0.02")
#: BR-S-08, BR-CO-17: below this; categories whose VAT is a rate of the base
RATE_SLACK = Decimal(1)
RATED = ("S", "L", "M", "B")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One amount that does not follow from the others.

    :ivar code: the business term that is stated: ``BT-106``, ``BT-107``, ``BT-108``, ``BT-109``, ``BT-110``,
        ``BT-112``, ``BT-115``, ``BT-116`` (base of a VAT category), ``BT-117`` (its VAT), ``BT-131`` (net of a line)
    :ivar stated, computed: in the document's currency; ``stated`` is 0 for a category without a subtotal
    :ivar place: the line's id, or category and rate (``S 21``)
    :ivar counts: the bill cannot follow both; else the import takes the stated amount and nothing is lost
    """

    code: str
    stated: Decimal
    computed: Decimal
    place: str = ""
    counts: bool = False

    @property
    def difference(self) -> Decimal:
        """Return what is stated minus what is computed."""
        return self.stated - self.computed


def contradictions(document: Document) -> list[Contradiction]:
    """List what contradicts itself in a document, totals first; an amount that is absent contradicts nothing."""
    return [*_totals(document), *_categories(document), *_lines(document)]


def cents(amount: Decimal) -> Decimal:
    """Round to 0.01, a half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _totals(document: Document) -> Iterator[Contradiction]:
    nets = _sum(line.net for line in document.lines)
    allowances = _sum(one.amount for one in document.allowances if not one.is_charge)
    charges = _sum(one.amount for one in document.allowances if one.is_charge)
    vat = document.tax_amount
    checks = [
        ("BT-106", document.line_total, nets, False),
        ("BT-107", document.allowance_total, allowances, False),
        ("BT-108", document.charge_total, charges, False),
        ("BT-109", document.untaxed, nets - allowances + charges, True),
        ("BT-110", vat, _vat(document), True),
        ("BT-112", document.total, None if document.untaxed is None else document.untaxed + (vat or ZERO), True),
    ]
    if document.total is not None:
        due = document.total - (document.prepaid or ZERO) + (document.rounding or ZERO)
        checks.append(("BT-115", document.payable, due, False))
    for code, stated, computed, counts in checks:
        if stated is not None and computed is not None and stated != cents(computed):
            yield Contradiction(code, stated, cents(computed), counts=counts)


def _vat(document: Document) -> Decimal:
    """Sum BT-117; without a breakdown, each rate of the lines on its sum."""
    if document.subtotals:
        return _sum(one.amount for one in document.subtotals)
    return _sum(cents(base * rate / 100) for (_category, rate), base in _bases(document).items())


def _categories(document: Document) -> Iterator[Contradiction]:
    """Compare BT-116 with the lines, BT-117 with base x rate."""
    if not document.subtotals:
        return
    bases = _bases(document)
    stated: dict[_Key, Decimal] = {}
    for one in document.subtotals:
        key = _key(one.category, one.rate)
        stated[key] = stated.get(key, ZERO) + (one.taxable or ZERO)
    for key in {**stated, **bases}:
        written, computed = stated.get(key, ZERO), cents(bases.get(key, ZERO))
        away = abs(written - computed)
        if away >= RATE_SLACK or (away and key[0] not in RATED):
            yield Contradiction("BT-116", written, computed, _place(key))
    for one in document.subtotals:
        if one.taxable is None or one.amount is None:
            continue
        computed = cents(one.taxable * (one.rate or ZERO) / 100)
        if abs(one.amount - computed) >= RATE_SLACK or (one.amount and not one.rate):
            yield Contradiction("BT-117", one.amount, computed, _place(_key(one.category, one.rate)))


def _lines(document: Document) -> Iterator[Contradiction]:
    for line in document.lines:
        if line.net is None or line.quantity is None or line.price is None:
            continue
        extra = _sum(one.amount if one.is_charge else -one.amount for one in line.allowances)
        units = line.quantity / line.base_quantity
        computed = units * line.price + extra
        exponent = line.price.as_tuple().exponent
        decimals = max(2, -exponent) if isinstance(exponent, int) else 2
        slack = LINE_SLACK + abs(units) * Decimal(5).scaleb(-decimals - 1)
        if abs(line.net - cents(computed)) > slack:
            yield Contradiction("BT-131", line.net, cents(computed), line.id)


def _bases(document: Document) -> dict[_Key, Decimal]:
    """Return ``{(category, rate): sum}`` of the lines and of what the document adds and takes off."""
    bases: dict[_Key, Decimal] = {}
    for line in document.lines:
        key = _key(line.category, line.rate)
        bases[key] = bases.get(key, ZERO) + (line.net or ZERO)
    for one in document.allowances:
        key = _key(one.category, one.rate)
        bases[key] = bases.get(key, ZERO) + (one.amount if one.is_charge else -one.amount)
    return bases


def _key(category: str, rate: Decimal | None) -> _Key:
    """Return ``(category, rate)``: only rated categories are told apart by rate; in the others it is 0 or left out."""
    return category, (rate or ZERO).normalize() if category in RATED else ZERO


def _place(key: _Key) -> str:
    category, rate = key
    return f"{category} {rate:f}" if category in RATED else category


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
