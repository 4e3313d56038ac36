"""Arithmetic that turns the amounts of an XML into quantity, price and discount of Odoo bill lines. No ORM."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from odoo.tools import float_compare, float_round

# Decimals of a unit price up to which an exact price is searched.
MOST_DECIMALS = 15
# VAT categories (UNTDID 5305) with VAT at a rate of the base; L, M and B are schemes of other countries.
RATED = ("S", "L", "M", "B")


@dataclass(frozen=True)
class Digits:
    """Decimals that the database keeps: of quantities, of discounts, of the document's currency."""

    quantity: int = 2
    discount: int = 2
    money: int = 2


@dataclass(frozen=True)
class Priced:
    """Amounts of one bill line. `exact`: a price gives the subtotal; `kept`: the quantity is the XML's."""

    quantity: float
    price: float
    discount: float
    exact: bool
    kept: bool


def money(value, digits=2):
    """Round half up, away from zero, to `digits` decimals."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def subtotal(quantity, price, discount, digits=2):
    """Compute a line's subtotal as Odoo does: in floats, in its order of operations."""
    return float_round(quantity * (price * (1 - discount / 100.0)), precision_digits=digits)


def priced(net, quantity, price, base_quantity=Decimal(1), discounted=Decimal(0), digits=Digits()):  # noqa: B008
    """Find a quantity, price and discount whose subtotal is `net`, as close to the XML as possible.

    Tries the XML's own price, then its discount in per cent, then the price that fits. The quantity changes only where
    the database cannot keep its decimals, or where it is 0.

    :param Decimal net: BT-131; all amounts carry the sign of the bill
    :param price: BT-146 for `base_quantity` units, or None
    :param discounted: allowances less charges of the line (BT-136, BT-141)
    :return: Priced
    """
    net = money(net, digits.money)
    wanted = float(net)
    count = Decimal(1) if quantity is None else quantity
    shown = float_round(float(count), precision_digits=digits.quantity)
    kept = Decimal(repr(shown)) == count
    unit = price / base_quantity if price is not None and base_quantity else None
    if not shown and (net or not kept):
        shown, kept, unit = 1.0, False, None

    def fits(at, discount=0.0):
        return float_compare(subtotal(shown, at, discount, digits.money), wanted, precision_digits=digits.money) == 0

    if unit is not None and unit * Decimal(repr(shown)) != net:
        gross = unit * Decimal(repr(shown))
        if gross and discounted:
            discount = float_round(float((gross - net) / gross * 100), precision_digits=digits.discount)
            if 0 < discount <= 100 and fits(float(unit), discount):
                return Priced(shown, float(unit), discount, True, kept)
    if unit is not None and fits(float(unit)):
        return Priced(shown, float(unit), 0.0, True, kept)
    if not shown:
        return Priced(shown, float(unit or 0), 0.0, True, kept)
    ratio = net / Decimal(repr(shown))
    for decimals in range(2, MOST_DECIMALS + 1):
        at = float(money(ratio, decimals))
        if fits(at):
            return Priced(shown, at, 0.0, True, kept)
    return Priced(1.0, wanted, 0.0, fits(wanted), False)


def spread(total, raw, digits=2):
    """Round amounts so that their sum is `total`.

    Rounds the running sum, so that no amount is off by more than one unit; a remaining difference goes to the largest.

    :param raw: Decimals before rounding, of any sign
    :return: the rounded Decimals, in the order of `raw`
    """
    shares, given, running = [], Decimal(0), Decimal(0)
    for amount in raw:
        running += amount
        until = money(running, digits)
        shares.append(until - given)
        given = until
    if shares and given != total:
        heaviest = max(range(len(raw)), key=lambda index: abs(raw[index]))
        shares[heaviest] += total - given
    return shares
