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


# Codes of what the XML parser says most often. libxml2's own number is one for causes that people mend differently.
_PARSER_CODES = (
    ("cut_off", re.compile(r"Premature end of data|EndTag: '</' not found|Couldn't find end of")),
    ("not_xml", re.compile(r"Document is empty|Start tag expected")),
    ("tag_mismatch", re.compile(r"Opening and ending tag mismatch")),
    ("tag_not_closed", re.compile(r"expected '>'")),
    ("wrong_encoding", re.compile(r"Input is not proper UTF-8")),
    ("unknown_encoding", re.compile(r"Unsupported encoding")),
)


class FileError(ValueError):
    """Why bytes are no document.

    :ivar code: empty_document, dtd, wrong_root, or of what is not well-formed: cut_off, not_xml, tag_mismatch,
        tag_not_closed, wrong_encoding, unknown_encoding, not_well_formed
    :ivar text: the same as a short English fact, never with the document in it
    :ivar detail: the parser's own words, or the name of the wrong root; ``''`` where the code says all
    :ivar line: where the parser stopped, or None
    """

    def __init__(self, code: str, text: str, detail: str = "", line: int | None = None) -> None:
        self.code, self.text, self.detail, self.line = code, text, detail, line
        super().__init__(text)


class XmlError(FileError):
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
        raise _not_well_formed(str(getattr(error, "msg", None) or error)) from None
    if root is None:
        raise XmlError("empty_document", "an empty document")
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise XmlError("dtd", "a document type declaration is not accepted")
    return root


def _not_well_formed(said: str) -> "XmlError":
    """Return the error for what the parser said."""
    code = next((code for code, pattern in _PARSER_CODES if pattern.match(said)), "not_well_formed")
    line = re.search(r"line (\d+), column \d+$", said, re.ASCII)
    return XmlError(code, f"not well-formed XML: {said[:200]}", said[:200], int(line[1]) if line else None)


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
