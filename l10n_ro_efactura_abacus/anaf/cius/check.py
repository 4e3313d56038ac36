"""The judge: bytes of an invoice in, findings out. No network, no Odoo, no exception for whatever the bytes hold."""

from decimal import Context, localcontext

from ..xml import XmlError, parse_xml
from . import beyond, codelists, header, limits, lines, once, parties, romania, structure, totals, vat
from .finding import Report
from .model import ROOTS, Document
from .words import finding

#: in the order an accountant reads them
_FAMILIES = (header, parties, lines, totals, vat, romania, limits, codelists, once, beyond)
_LARGE = 30_000  # elements (2,000 lines); broken structure of a larger document is told in libxml2's words
_HUGE = 200_000  # elements; a larger document with a broken structure is not read further
_EXACT = Context(prec=80)


def check(xml):
    """Judge an invoice as ANAF's artefacts do (CIUS-RO 1.0.1, ro16931-ubl-1.0.9 over EN 16931).

    :param xml: bytes of a UBL Invoice or CreditNote, up to ANAF's 10 MB
    :returns: :class:`Report`; its verdict is ``pass`` exactly when no finding is fatal
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
    found, seen = [], {}

    def say(rule, node, bt=None, **facts):
        key = (rule, id(node))
        if key not in seen:
            seen[key] = node
            found.append(finding(rule, node, bt, **facts))

    for element, ro, en in broken:
        found.append(_structural(kind, doc.root if element is None else doc.node_of(element), element, ro, en))
    with localcontext(_EXACT):
        for family in _FAMILIES:
            family.check(doc, say)
    return Report(found)


def _structural(kind, node, element, ro, en):
    name = kind if element is None else str(element.tag).rpartition("}")[2]
    return finding("XSD", node, place_ro=name, place_en=name, reason_ro=ro, reason_en=en)
