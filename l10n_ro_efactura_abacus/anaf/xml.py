"""The one way XML is parsed here: no DTD, no entities, no network, no huge trees."""

from lxml import etree


class XmlError(ValueError):
    """Not well-formed, or it carries a document type declaration."""


def parse_xml(data, *, remove_comments=False):
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
        raise XmlError(f"not well-formed XML: {str(error)[:200]}") from None
    if root is None:
        raise XmlError("an empty document")
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise XmlError("a document type declaration is not accepted")
    return root


def local_name(element):
    """Name without namespace; ``''`` for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element):
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def children(element, *path):
    """Every descendant reached by a path of local names, whatever the prefixes and namespaces."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if local_name(child) == name]
    return found


def child_text(element, *path):
    """Stripped text of the first element at ``path``, or ``''``."""
    for child in children(element, *path):
        return "".join(child.itertext()).strip()
    return ""
