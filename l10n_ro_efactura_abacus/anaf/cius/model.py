"""An invoice as the rules read it: every element once, found by name without XPath."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Protocol

from ..xml import Element, to_decimal

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOTS = {f"{{{_UBL}{kind}-2}}{kind}": kind for kind in ("Invoice", "CreditNote")}
_PREFIXES = {
    f"{_UBL}CommonAggregateComponents-2": "cac:",
    f"{_UBL}CommonBasicComponents-2": "cbc:",
    f"{_UBL}CommonExtensionComponents-2": "ext:",
}
_BLANKS = str.maketrans("\t\r\n", "   ")
_HALF = Decimal("0.5")
_NOTHING: dict[str, Any] = {}
# Steps of a path that are written out; no rule names a longer one.
_DEEPEST = 10


def norm(text: str) -> str:
    """Do XPath's ``normalize-space``: only blank, tab and line ends count, a no-break space does not."""
    text = text.translate(_BLANKS)
    if " " in text:
        return " ".join([word for word in text.split(" ") if word])
    return text


def round_integer(value: Decimal) -> Decimal:
    """Do XPath's ``round``: a half goes up, also below zero."""
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def round_cents(value: Decimal) -> Decimal:
    """Round to 0.01 as XPath does: a half goes up, also below zero."""
    return round_integer(value * 100) / 100


class Node:
    """One element; ``name`` is ``cac:Item``, ``cbc:ID``, or ``{namespace}name`` outside UBL, ``''`` of the root."""

    __slots__ = ("attrs", "element", "index", "kids", "name", "parent", "path", "text")

    def __init__(self, name: str, element: Element, parent: Node | None, path: str, index: int) -> None:
        self.name = name
        self.element = element
        # None of the root alone, which no rule finds by its name.
        self.parent: Node = parent  # type: ignore[assignment]
        self.path = path
        self.index = index  # among the siblings of its name, from 1
        self.attrs: dict[str, str] = dict(element.items()) or _NOTHING
        self.kids: dict[str, list[Node]] = {} if len(element) else _NOTHING
        self.text = ""

    def all(self, *path: str) -> Sequence[Node]:
        """List every node at ``path`` (names of children, then of their children...)."""
        found: Sequence[Node] = self.kids.get(path[0], ())
        for name in path[1:]:
            found = [kid for node in found for kid in node.kids.get(name, ())]
        return found

    def first(self, *path: str) -> Node | None:
        """Return the first node at ``path``, or None."""
        found = self.all(*path)
        return found[0] if found else None

    def value(self, *path: str) -> str:
        """Return the text of the first node at ``path`` as it stands, ``''`` when there is none."""
        found = self.all(*path)
        return found[0].text if found else ""

    def amount(self, *path: str) -> Decimal | None:
        """Return the Decimal of the first node at ``path``; None when absent or no number."""
        found = self.all(*path)
        return to_decimal(found[0].text) if found else None

    def filled(self, *path: str) -> bool:
        """Tell whether there is a node at ``path`` that is not empty. A blank counts as content."""
        return any(node.text for node in self.all(*path))

    def pieces(self) -> int:
        """Count the texts the value is cut into by comments; rules that read ``text()`` stop at the second."""
        parts = [self.element.text, *(child.tail for child in self.element)]
        return sum(1 for part in parts if part)

    def ancestor(self, *names: str) -> Node | None:
        """Return the nearest ancestor of one of these names, or None."""
        node: Node | None = self.parent
        while node is not None and node.name not in names:
            node = node.parent
        return node

    def location(self) -> str:
        """Write the place of the node: ``/Invoice/cac:InvoiceLine[2]/cbc:ID``."""
        if self.parent is None:
            return "/" + str(self.element.tag).rpartition("}")[2]
        place = f"[{self.index}]" if len(self.parent.kids[self.name]) > 1 else ""
        return f"{self.parent.location()}/{self.name}{place}"

    def line_number(self) -> int | None:
        """Return the position (from 1) of the invoice line this node is in, None outside the lines."""
        node = self if self.name in LINES else self.ancestor(*LINES)
        return None if node is None else node.index


class Say(Protocol):
    """Tells of a broken rule, as :func:`words.finding` takes it."""

    def __call__(
        self, rule: str, node: Node | None, bt: str | None = None, words: str | None = None, **facts: object
    ) -> None: ...


LINES = ("cac:InvoiceLine", "cac:CreditNoteLine")


def _step(path: str, name: str, depth: int) -> str:
    """Return the path of a child; far down only its last steps, so that a hostile depth costs no memory."""
    if not depth:
        return "line" if name in LINES else name
    if depth > _DEEPEST:
        return ".../" + "/".join([*path.rsplit("/", 3)[-3:], name])
    return f"{path}/{name}"


class Tax:
    """A VAT category written on a line, an allowance, a charge or in the breakdown."""

    __slots__ = ("code", "node", "rate", "vat")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.code = norm(node.value("cbc:ID"))
        self.vat = is_vat(node)
        self.rate = node.amount("cbc:Percent")


def is_vat(node: Node) -> bool:
    """Tell whether the tax scheme of this category or registration says VAT (in any letter case)."""
    return any(norm(scheme.value("cbc:ID").upper()) == "VAT" for scheme in node.all("cac:TaxScheme"))


def is_charge(node: Node) -> bool | None:
    """Return True for a charge, False for an allowance, None when the indicator is neither."""
    return {"true": True, "1": True, "false": False, "0": False}.get(node.value("cbc:ChargeIndicator").strip())


class Document:
    """A parsed Invoice or CreditNote.

    :ivar kind: ``Invoice`` or ``CreditNote``, :ivar root: its Node
    :ivar paths: {path from the root: first node there}, attributes as ``.../@name``; lines are called ``line``
    :ivar line_taxes: [Tax] of every ClassifiedTaxCategory, :ivar taxes: of every TaxCategory
    :ivar allowances: [(node, is_charge, [Tax])] of every AllowanceCharge, :ivar breakdown: [(subtotal, Tax)]
    """

    def __init__(self, element: Element) -> None:
        self.kind = ROOTS[str(element.tag)]
        self.names: dict[str, list[Node]] = {}
        self.paths: dict[str, Node] = {}
        self.attributes: dict[str, list[Node]] = {}
        self._tags: dict[str, str] = {}
        self.root = self._read(element, None, "", "", 1)
        self.currency = self.root.value("cbc:DocumentCurrencyCode")
        self.lines = self.every(*LINES)
        self.line_taxes = [Tax(node) for node in self.every("cac:ClassifiedTaxCategory")]
        self.taxes = [Tax(node) for node in self.every("cac:TaxCategory")]
        by_parent: dict[int, list[Tax]] = {}
        for tax in self.taxes:
            by_parent.setdefault(id(tax.node.parent), []).append(tax)
        self.allowances = [
            (node, is_charge(node), by_parent.get(id(node), [])) for node in self.every("cac:AllowanceCharge")
        ]
        self.breakdown = [
            (subtotal, tax)
            for subtotal in self.root.all("cac:TaxTotal", "cac:TaxSubtotal")
            for tax in by_parent.get(id(subtotal), ())
        ]

    def every(self, *names: str) -> list[Node]:
        """List every node of these names, wherever it stands; grouped by name, in the document's order."""
        return [node for name in names for node in self.names.get(name, ())]

    def node_of(self, element: Element) -> Node:
        """Return the Node of an lxml element of this document; the root where it is none."""
        for nodes in self.names.values():
            for node in nodes:
                if node.element is element:
                    return node
        return self.root

    def _name(self, tag: str) -> str:
        uri, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        prefix = _PREFIXES.get(uri)
        self._tags[tag] = name = prefix + local if prefix else tag
        return name

    def _read(self, element: Element, parent: Node | None, name: str, path: str, index: int, depth: int = 0) -> Node:
        node = Node(name, element, parent, path, index)
        self.names.setdefault(name, []).append(node)
        self.paths.setdefault(path, node)
        for attribute in node.attrs:
            self.paths.setdefault(f"{path}/@{attribute}", node)
            self.attributes.setdefault(attribute, []).append(node)
        if not len(element):
            node.text = element.text or ""
            return node
        parts = [element.text or ""]
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                kid_name = self._tags.get(tag) or self._name(tag)
                twins = node.kids.setdefault(kid_name, [])
                twins.append(self._read(child, node, kid_name, _step(path, kid_name, depth), len(twins) + 1, depth + 1))
            parts.append(child.tail or "")
        node.text = "".join(parts)  # comments and instructions inside a value are not part of it
        return node
