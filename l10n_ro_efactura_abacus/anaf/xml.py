"""The one way XML is parsed here: no DTD, no entities, no network, no huge trees."""

import re
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

# An element as lxml has it; the class has no public name.
Element: TypeAlias = etree._Element

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Characters of an amount or a quantity; longer ones are no honest numbers.
_MAX_DIGITS = 40
# Characters of an embedded file that `formatted` shows whole.
_SHOWN = 1000


class XmlError(ValueError):
    """Not well-formed, or it carries a document type declaration."""


def parse_xml(data: bytes, *, remove_comments: bool = False) -> Element:
    """Parse bytes into the root element.

    Whatever the sender wrote in a DTD is never used: documents that have one are refused.
    :raises XmlError: with a short reason, never with the document in it
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=remove_comments,
    )
    try:
        root = etree.fromstring(bytes(data), parser)
    except (etree.LxmlError, ValueError, TypeError, AssertionError) as error:
        raise XmlError(f"not well-formed XML: {str(getattr(error, 'msg', None) or error)[:200]}") from None
    if root is None:
        raise XmlError("an empty document")
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise XmlError("a document type declaration is not accepted")
    return root


def local_name(element: Element) -> str:
    """Return the name without namespace; ``''`` for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """Return the namespace of an element; ``''`` where it has none."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def children(element: Element, *path: str) -> list[Element]:
    """List every descendant reached by a path of local names, whatever the prefixes and namespaces."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent.iterchildren("{*}" + name)]
    return found


def child_text(element: Element, *path: str) -> str:
    """Return the stripped text of the first element at ``path``, or ``''``."""
    found = children(element, *path)
    return text_of(found[0]) if found else ""


def text_of(element: Element) -> str:
    """Return the stripped text of an element, pieces around comments and inner elements included."""
    text = "".join(element.itertext()) if len(element) else element.text
    return text.strip() if text else ""


def to_decimal(text: str) -> Decimal | None:
    """Read the text of an ``xs:decimal``; None when it is not one (``1e3``, ``1,5``, ``1_000``)."""
    text = text.strip(" \t\r\n")
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def to_amount(text: str) -> Decimal | None:
    """Read as :func:`to_decimal` does, and None for what is longer than any amount or quantity."""
    return to_decimal(text) if len(text) <= _MAX_DIGITS else None


def to_date(text: str) -> date | None:
    """Read ``YYYY-MM-DD``, with or without a time or zone behind it; None when it is no date."""
    match = _DATE.match(text)
    try:
        return date.fromisoformat(match.group()) if match else None
    except ValueError:
        return None


def formatted(xml: bytes) -> str:
    """Indent a document for reading, long embedded files cut to their beginning.

    :param xml: bytes
    :return: text; the bytes decoded as they are where they are no XML
    """
    try:
        root = parse_xml(xml)
    except XmlError:
        return xml.decode("utf-8", "replace")
    for node in root.iter():  # white space between elements, so that it can be set anew
        if len(node) and not (node.text or "").strip():
            node.text = None
        if not (node.tail or "").strip():
            node.tail = None
        text = node.text or ""
        if str(node.tag).endswith("}EmbeddedDocumentBinaryObject") and len(text) > _SHOWN:
            node.text = f"{text.strip()[:60]}… ({len(text)})"
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")
