"""Sums of the document (BR-CO-10..17). Amounts compare exactly; only tax = base x rate has a tolerance, below 1.00."""

from collections.abc import Iterable
from decimal import Decimal

from .model import Document, Node, Say, is_vat, round_cents, round_integer

ZERO = Decimal(0)


def check(doc: Document, say: Say) -> None:
    for node in doc.every("cac:LegalMonetaryTotal"):
        _totals(doc, node, say)
    _tax_totals(doc, say)
    for node in doc.every("cac:TaxSubtotal"):
        if node.parent.name == "cac:TaxTotal":
            _subtotal(node, say)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Sum what is there."""
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _equal(say: Say, rule: str, node: Node, value: Decimal | None, expected: Decimal) -> None:
    if value is None or value != expected:
        say(rule, node, value=value, expected=expected)


def _totals(doc: Document, node: Node, say: Say) -> None:
    net = node.amount("cbc:LineExtensionAmount")
    _equal(
        say,
        "BR-CO-10",
        node.first("cbc:LineExtensionAmount") or node,
        net,
        round_cents(total(line.amount("cbc:LineExtensionAmount") for line in doc.lines)),
    )
    sides: dict[bool, Decimal | None] = {}
    for rule, name, charge in (
        ("BR-CO-11", "cbc:AllowanceTotalAmount", False),
        ("BR-CO-12", "cbc:ChargeTotalAmount", True),
    ):
        parts = [
            part for part, is_charge, _taxes in doc.allowances if part.parent is node.parent and is_charge is charge
        ]
        written = node.first(name)
        sides[charge] = amount = node.amount(name)
        if parts or written:
            _equal(say, rule, written or node, amount, round_cents(total(part.amount("cbc:Amount") for part in parts)))
    untaxed = node.amount("cbc:TaxExclusiveAmount")
    if net is not None:
        expected = net
        if sides[True] is not None or sides[False] is not None:
            expected = round_cents(net + (sides[True] or ZERO) - (sides[False] or ZERO))
        _equal(say, "BR-CO-13", node.first("cbc:TaxExclusiveAmount") or node, untaxed, expected)
    else:
        say("BR-CO-13", node, value=untaxed)
    _payable(node, say)


def _payable(node: Node, say: Say) -> None:
    with_tax, payable = node.amount("cbc:TaxInclusiveAmount"), node.amount("cbc:PayableAmount")
    prepaid, rounding = node.amount("cbc:PrepaidAmount"), node.amount("cbc:PayableRoundingAmount")
    if with_tax is None or payable is None:
        say("BR-CO-16", node, value=payable, expected=None if payable is not None else with_tax)
        return
    left, right = payable, with_tax
    if prepaid is not None:
        right = round_cents(with_tax - prepaid)
    if rounding is not None:
        left = round_cents(payable - rounding)
    if left != right:
        say(
            "BR-CO-16",
            node.first("cbc:PayableAmount"),
            value=payable,
            expected=with_tax - (prepaid or ZERO) + (rounding or ZERO),
        )


def _tax_totals(doc: Document, say: Say) -> None:
    root = doc.root
    for node in root.all("cac:TaxTotal"):
        if node.all("cac:TaxSubtotal"):
            parts = [part.amount("cbc:TaxAmount") for part in node.all("cac:TaxSubtotal")]
            _equal(
                say,
                "BR-CO-14",
                node.first("cbc:TaxAmount") or node,
                node.amount("cbc:TaxAmount"),
                round_cents(total(parts)),
            )
    if not root.all("cbc:DocumentCurrencyCode"):
        return
    amounts = [
        amount
        for node in root.all("cac:TaxTotal")
        for amount in node.all("cbc:TaxAmount")
        if amount.attrs.get("currencyID") == doc.currency
    ]
    if len(amounts) != 1:
        say("BR-CO-15", amounts[1] if amounts else root, words="BR-CO-15.count", count=len(amounts), value=doc.currency)
        return
    untaxed = root.amount("cac:LegalMonetaryTotal", "cbc:TaxExclusiveAmount")
    with_tax = root.amount("cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount")
    tax = amounts[0].parent.amount("cbc:TaxAmount")
    place = root.first("cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount") or root
    if untaxed is None or tax is None:
        say("BR-CO-15", place, value=with_tax)
    else:
        _equal(say, "BR-CO-15", place, with_tax, round_cents(untaxed + tax))


def close_to_rate(tax: Decimal, base: Decimal, rate: Decimal) -> bool:
    """Tell whether the tax is within less than 1.00 of base x rate, signs aside."""
    expected = round_cents(abs(base) * (rate / 100))
    return abs(tax) - 1 < expected < abs(tax) + 1


def _subtotal(node: Node, say: Say) -> None:
    base, tax = node.amount("cbc:TaxableAmount"), node.amount("cbc:TaxAmount")
    rates = [
        category.amount("cbc:Percent")
        for category in node.all("cac:TaxCategory")
        if is_vat(category) and category.all("cbc:Percent")
    ]
    rate = rates[0] if rates else None
    if tax is None:
        holds = False
    elif rate is None or round_integer(rate) == 0:
        holds = round_integer(tax) == 0
    else:
        holds = base is not None and close_to_rate(tax, base, rate)
    if not holds:
        expected = None if base is None else round_cents(base * (rate or ZERO) / 100)
        say("BR-CO-17", node.first("cbc:TaxAmount") or node, value=tax, expected=expected)
