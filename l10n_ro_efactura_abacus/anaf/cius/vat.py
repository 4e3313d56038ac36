"""VAT categories: one breakdown each, who must be registered, rates, bases, reasons (BR-S, Z, E, AE, IC, G, O...).

The family in a rule id is not always the code in the document: IC is K, IG is L, IP is M.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter

from .model import LINES, Document, Node, Say, Tax, is_vat, norm, round_cents
from .parties import vat_numbers
from .totals import ZERO, close_to_rate

# Code, or code and rate.
_Key = str | tuple[str, Decimal | None]
#: code: (family, seller "any" registration or "vat", buyer None, "vat" or "legal" too)
FAMILIES: dict[str, tuple[str, str, str | None]] = {
    "S": ("S", "any", None),
    "Z": ("Z", "any", None),
    "E": ("E", "any", None),
    "AE": ("AE", "any", "legal"),
    "K": ("IC", "vat", "vat"),
    "G": ("G", "vat", None),
    "L": ("IG", "any", None),
    "M": ("IP", "any", None),
}
# Categories whose VAT is a rate of the base.
_WITH_RATE = ("S", "L", "M")


def check(doc: Document, say: Say) -> None:
    facts = Facts(doc)
    for code, (family, seller, buyer) in FAMILIES.items():
        if code in facts.used:
            _one_breakdown(facts, code, family, say)
            _registered(facts, code, family, facts.seller[seller], facts.buyer[buyer], say)
    if "O" in facts.used:
        _one_breakdown(facts, "O", "O", say)
        _outside_scope(facts, say)
    _split_payment(doc, facts, say)
    if any(tax.vat and tax.code == "K" for _subtotal, tax in doc.breakdown):
        _delivery_inside_the_union(doc, say)
    for tax in facts.line_taxes:
        _rate(tax, "05", say)
    for _node, charge, taxes in doc.allowances:
        if charge is not None:
            for tax in taxes:
                _rate(tax, "07" if charge else "06", say)
    for subtotal, tax in doc.breakdown:
        if tax.vat:
            _breakdown(doc, facts, subtotal, tax, say)
    for subtotal in doc.every("cac:TaxSubtotal"):
        if subtotal.parent.name == "cac:TaxTotal":
            _complete(subtotal, say)


class Facts:
    """What several rules ask: who is registered, which codes stand where, sums by category and rate."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.used = {tax.code for tax in doc.line_taxes} | {tax.code for tax in doc.taxes}
        self.line_taxes = [
            tax for tax in doc.line_taxes if tax.node.parent.name == "cac:Item" and tax.node.parent.parent.name in LINES
        ]
        sellers = [party for one in doc.every("cac:AccountingSupplierParty") for party in one.all("cac:Party")]
        buyers = [party for one in doc.every("cac:AccountingCustomerParty") for party in one.all("cac:Party")]
        agent = bool(vat_numbers(doc.every("cac:TaxRepresentativeParty")))
        self.seller_vat = bool(vat_numbers(sellers)) or agent
        self.buyer_vat = bool(vat_numbers(buyers))
        self.seller: dict[str, bool] = {
            "any": agent or any(party.all("cac:PartyTaxScheme", "cbc:CompanyID") for party in sellers),
            "vat": self.seller_vat,
        }
        self.buyer: dict[str | None, bool] = {
            None: True,
            "vat": self.buyer_vat,
            "legal": self.buyer_vat or any(party.all("cac:PartyLegalEntity", "cbc:CompanyID") for party in buyers),
        }
        self.line_sums: dict[_Key, Decimal] = {}
        self.lines_at: set[_Key] = set()
        self.side_sums: dict[_Key, Decimal] = {}
        self.sides_at: set[_Key] = set()
        self._sum_up(doc)

    def _sum_up(self, doc: Document) -> None:
        """Sum by code, and by (code, rate); a line with two categories counts under each pair, as ANAF counts it."""
        name = "cac:InvoiceLine" if doc.kind == "Invoice" else "cac:CreditNoteLine"
        by_line: dict[int, list[Tax]] = {}
        for tax in self.line_taxes:
            by_line.setdefault(id(tax.node.parent.parent), []).append(tax)
        for line in doc.root.all(name):
            amount = line.amount("cbc:LineExtensionAmount") or ZERO
            for key in _keys(by_line.get(id(line), ())):
                self.line_sums[key] = self.line_sums.get(key, ZERO) + amount
                self.lines_at.add(key)
        for node, charge, taxes in doc.allowances:
            for key in _keys(taxes):
                self.sides_at.add(key)
                if node.parent is doc.root and charge is not None:
                    amount = node.amount("cbc:Amount") or ZERO
                    self.side_sums[key] = self.side_sums.get(key, ZERO) + (amount if charge else -amount)

    def base(self, key: _Key) -> Decimal:
        return self.line_sums.get(key, ZERO) + self.side_sums.get(key, ZERO)

    def in_lines(self, code: str) -> bool:
        return any(tax.vat and tax.code == code for tax in self.doc.line_taxes)

    def in_sides(self, code: str, charge: bool, exact: bool = False) -> bool:
        return any(
            tax.vat and tax.code == code and (not exact or tax.node.value("cbc:ID") == code)
            for _node, is_charge, taxes in self.doc.allowances
            if is_charge is charge
            for tax in taxes
        )


def _keys(taxes: Iterable[Tax]) -> set[_Key]:
    names = {tax.code for tax in taxes}
    rates = {tax.rate for tax in taxes if tax.rate is not None}
    return names | {(code, rate) for code in names for rate in rates}


def _one_breakdown(facts: Facts, code: str, family: str, say: Say) -> None:
    """Check for exactly one breakdown of a category without rate; at least one of S, L, M; none that nothing uses."""
    doc, rule = facts.doc, f"BR-{family}-01"
    if code not in _WITH_RATE:
        used = any(tax.vat and tax.code == code for tax in (*doc.taxes, *doc.line_taxes))
        count = sum(tax.vat and tax.code == code for _subtotal, tax in doc.breakdown)
        if used and count != 1:
            say(rule, doc.root, category=code, count=count)
        return
    if code == "S":
        used = any(tax.code == code for tax in doc.line_taxes) or any(
            tax.code == code for _node, _charge, taxes in doc.allowances for tax in taxes
        )
        broken_down = listed = any(tax.code == code for _subtotal, tax in doc.breakdown)
    else:
        used = facts.in_lines(code) or any(
            tax.vat and tax.code == code for _node, _charge, taxes in doc.allowances for tax in taxes
        )
        exact = [tax for _subtotal, tax in doc.breakdown if tax.node.value("cbc:ID") == code]
        listed = any(tax.vat or code == "L" for tax in exact)
        broken_down = any(tax.vat and tax.code == code for _subtotal, tax in doc.breakdown)
    if (used and not listed) or (not used and broken_down):
        say(rule, doc.root, category=code, count=int(broken_down))


def _registered(facts: Facts, code: str, family: str, seller: bool, buyer: bool, say: Say) -> None:
    if seller and buyer:
        if code == "S" and not facts.in_lines("S") and any(tax.code == "S" for tax in facts.doc.line_taxes):
            say("BR-S-02", facts.doc.root, category=code)
        return
    found = (
        ("02", any(tax.code == "S" for tax in facts.doc.line_taxes) if code == "S" else facts.in_lines(code)),
        ("03", facts.in_sides(code, False)),
        ("04", facts.in_sides(code, True, exact=code == "L")),  # here the artefact does not trim the code
    )
    for number, needed in found:
        if needed:
            say(f"BR-{family}-{number}", facts.doc.root, "BT-48" if seller else None, category=code)


def _outside_scope(facts: Facts, say: Say) -> None:
    doc = facts.doc
    if facts.seller_vat or facts.buyer_vat:
        sides = [
            (charge, tax)
            for node, charge, taxes in doc.allowances
            if node.parent is doc.root
            for tax in taxes
            if tax.vat and tax.code == "O"
        ]
        for number, found in (
            ("02", facts.in_lines("O")),
            ("03", any(charge is False for charge, _tax in sides)),
            ("04", any(charge is True for charge, _tax in sides)),
        ):
            if found:
                say(f"BR-O-{number}", doc.root, category="O")
    if not any(tax.vat and tax.code == "O" for _subtotal, tax in doc.breakdown):
        return

    def others(taxes: Iterable[Tax]) -> bool:
        return any(tax.vat and tax.code != "O" for tax in taxes)

    def beside(charge: bool) -> list[Tax]:
        return [tax for _node, is_charge, taxes in doc.allowances if is_charge is charge for tax in taxes]

    for number, taxes in (
        ("11", [tax for _subtotal, tax in doc.breakdown]),
        ("12", doc.line_taxes),
        ("13", beside(False)),
        ("14", beside(True)),
    ):
        if others(taxes):
            say(f"BR-O-{number}", doc.root, category="O")


def _split_payment(doc: Document, facts: Facts, say: Say) -> None:
    codes = {node.value("cbc:ID") for node in doc.every("cac:TaxCategory", "cac:ClassifiedTaxCategory")}
    if "B" not in codes:
        return
    if any(node.text != "IT" for node in doc.every("cbc:IdentificationCode")):
        say("BR-B-01", doc.root, category="B")
    if "S" in codes:
        say("BR-B-02", doc.root, category="B")


def _delivery_inside_the_union(doc: Document, say: Say) -> None:
    root = doc.root
    if len(root.value("cac:Delivery", "cbc:ActualDeliveryDate")) <= 1 and not any(
        map(attrgetter("kids"), root.all("cac:InvoicePeriod"))
    ):
        say("BR-IC-11", root, category="K")
    if (
        len(root.value("cac:Delivery", "cac:DeliveryLocation", "cac:Address", "cac:Country", "cbc:IdentificationCode"))
        <= 1
    ):
        say("BR-IC-12", root, category="K")


def _rate(tax: Tax, number: str, say: Say) -> None:
    """Check the rate of a category: ``number`` is 05 on a line, 06 on an allowance, 07 on a charge."""
    if not tax.vat:
        return
    if tax.code == "O":
        if tax.node.all("cbc:Percent"):
            say(f"BR-O-{number}", tax.node, category="O", value=tax.node.value("cbc:Percent"))
        return
    if tax.code not in FAMILIES:
        return
    rate = tax.rate
    if tax.code == "S":
        holds = rate is not None and rate > 0
    elif tax.code in ("L", "M"):
        holds = rate is not None and rate >= 0
    else:
        holds = rate == 0
    if not holds:
        say(
            f"BR-{FAMILIES[tax.code][0]}-{number}",
            tax.node,
            category=tax.code,
            value=tax.node.value("cbc:Percent") or "-",
        )


def _breakdown(doc: Document, facts: Facts, subtotal: Node, tax: Tax, say: Say) -> None:
    if tax.code != "O" and tax.code not in FAMILIES:
        return
    family = "O" if tax.code == "O" else FAMILIES[tax.code][0]
    base, amount = subtotal.amount("cbc:TaxableAmount"), subtotal.amount("cbc:TaxAmount")
    reasons = tax.node.all("cbc:TaxExemptionReason") or tax.node.all("cbc:TaxExemptionReasonCode")
    place = subtotal.first("cbc:TaxableAmount") or subtotal
    if tax.code in _WITH_RATE:
        if tax.rate is not None and not _base_of_rate(doc, facts, subtotal, tax):
            say(
                f"BR-{family}-08",
                place,
                category=tax.code,
                value=subtotal.value("cbc:TaxableAmount") or "-",
                expected=facts.base((tax.code, tax.rate)),
            )
        if base is None or amount is None or tax.rate is None or not close_to_rate(amount, base, tax.rate):
            say(
                f"BR-{family}-09",
                subtotal.first("cbc:TaxAmount") or subtotal,
                category=tax.code,
                value="-" if amount is None else amount,
                expected="-" if base is None or tax.rate is None else round_cents(base * tax.rate / 100),
            )
    else:
        if base is None or not doc.lines or base != facts.base(tax.code):
            say(
                f"BR-{family}-08",
                place,
                category=tax.code,
                value="-" if base is None else base,
                expected=facts.base(tax.code),
            )
        if amount is None or amount != 0:
            say(
                f"BR-{family}-09",
                subtotal.first("cbc:TaxAmount") or subtotal,
                category=tax.code,
                value="-" if amount is None else amount,
                expected="0.00",
            )
    if bool(reasons) is (tax.code in ("S", "L", "M", "Z")):
        say(f"BR-{family}-10", tax.node, category=tax.code)


def _base_of_rate(doc: Document, facts: Facts, subtotal: Node, tax: Tax) -> bool:
    """Compare lines, allowances and charges of one rate with the written base: less than 1.00 apart.

    The written base is moved by 1 as a binary number, as ANAF's program does: at exactly 1.00 the last bit decides.
    """
    text = subtotal.value("cbc:TaxableAmount")
    if subtotal.amount("cbc:TaxableAmount") is None:
        return False
    low, high = Decimal(float(text) - 1), Decimal(float(text) + 1)
    key = (tax.code, tax.rate)
    if tax.code != "S":
        return bool(doc.lines) and low < facts.base(key) < high
    if (key in facts.lines_at or key in facts.sides_at) and low < facts.base(key) < high:
        return True
    return key in facts.sides_at and low < facts.side_sums.get(key, ZERO) < high


def _complete(subtotal: Node, say: Say) -> None:
    """Check the parts of a VAT breakdown: base, tax, category and rate."""
    for rule, name in (("BR-45", "cbc:TaxableAmount"), ("BR-46", "cbc:TaxAmount")):
        if not subtotal.all(name):
            say(rule, subtotal)
    categories = [node for node in subtotal.all("cac:TaxCategory") if is_vat(node)]
    if not any(node.all("cbc:ID") for node in categories):
        say("BR-47", subtotal)
    if not any(node.all("cbc:Percent") or norm(node.value("cbc:ID")) == "O" for node in categories):
        say("BR-48", subtotal)
