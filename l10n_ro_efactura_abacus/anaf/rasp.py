"""A buyer's message to the seller (RASP), as three independent clients write it (anaf-api.md §5.5)."""

import re

from lxml import etree

NAMESPACE = "mfp:anaf:dgti:spv:reqMesaj:v1"
#: ANAF publishes no limit; longer than this nobody has sent
MAX_TEXT = 1000

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_text(text: str | None) -> str:
    """Keep of a text what XML can carry, without white space around it."""
    return _FORBIDDEN.sub("", (text or "").replace("\r\n", "\n")).strip()


def build_buyer_message(upload_index: str | int | None, text: str | None) -> bytes:
    """Build the document to upload with ``standard=RASP``.

    :param upload_index: of the invoice that is answered
    :return: bytes of the XML
    :raises ValueError: no index, or no text, or over MAX_TEXT characters
    """
    index = str(upload_index or "").strip()
    text = clean_text(text)
    if not re.fullmatch(r"\d+", index, re.ASCII):
        raise ValueError("an upload index is a number")
    if not text or len(text) > MAX_TEXT:
        raise ValueError(f"a text of 1 to {MAX_TEXT} characters is needed")
    root = etree.Element(f"{{{NAMESPACE}}}header", nsmap={None: NAMESPACE})
    root.set("index_incarcare", index)
    root.set("message", text)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
