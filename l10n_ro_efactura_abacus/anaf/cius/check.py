"""The judge: bytes of an invoice in, findings out. No network, no Odoo, no exception for whatever the bytes hold."""

from decimal import Context, localcontext

from ..xml import Element, XmlError, parse_xml
from . import beyond, codelists, header, limits, lines, once, parties, romania, structure, totals, vat
from .finding import Finding, Report
from .model import ROOTS, Document, Node
from .words import finding

#: in the order an accountant reads them
_FAMILIES = (header, parties, lines, totals, vat, romania, limits, codelists, once, beyond)
# Elements (of some 2,000 lines); broken structure of a larger document is told in libxml2's words.
_LARGE = 30_000
# Elements; a larger document with a broken structure is not read further.
_HUGE = 200_000
# Sums of amounts of up to 40 digits lose none of them.
_EXACT = Context(prec=80)


def check(xml: bytes) -> Report:
    """Judge an invoice as ANAF's artefacts do (CIUS-RO 1.0.1, ro16931-ubl-1.0.9 over EN 16931).

    :param xml: bytes of a UBL Invoice or CreditNote, up to ANAF's 10 MB
    :return: :class:`Report`; its verdict is ``pass`` exactly when no finding is fatal
    """
    try:
        root = parse_xml(xml)
    except XmlError as error:
        return Report([finding("XML", None, value=str(error))])
    if root.tag not in ROOTS:
        return Report([finding("XML", None, value=f"<{str(root.tag)[:200]}>")])
    kind, size = ROOTS[root.tag], root.xpath("count(//*)")
    broken = structure.problems(kind, root, quick=size > _LARGE)
    if broken and size > _HUGE:
        return Report([_structural(kind, None, element, ro, en) for element, ro, en in broken])
    doc = Document(root)
    found: list[Finding] = []
    seen: dict[tuple[str, int], Node | None] = {}

    def say(rule: str, node: Node | None, bt: str | None = None, words: str | None = None, **facts: object) -> None:
        key = (rule, id(node))
        if key not in seen:
            seen[key] = node
            found.append(finding(rule, node, bt, words, **facts))

    for element, ro, en in broken:
        found.append(_structural(kind, doc.root if element is None else doc.node_of(element), element, ro, en))
    with localcontext(_EXACT):
        for family in _FAMILIES:
            family.check(doc, say)
    return Report(found)


def _structural(kind: str, node: Node | None, element: Element | None, ro: str, en: str) -> Finding:
    name = kind if element is None else str(element.tag).rpartition("}")[2]
    return finding("XSD", node, place_ro=name, place_en=name, reason_ro=ro, reason_en=en)
