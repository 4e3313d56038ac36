"""What kind of thing a body is, whatever its Content-Type says (anaf-api.md §3.6)."""

import json
import re
from typing import Any

from .errors import RAW_LIMIT

_SUPPORT_ID = re.compile(r"support\s+id\s+is\s*:?\s*(?:<[^>]{0,80}>|\s)*(\d{6,40})", re.IGNORECASE)


def sniff(body: bytes) -> str:
    """Name the kind of a body: zip, pdf, base64_pdf, html, xml, json, text or empty."""
    head = bytes(body[:2048])
    if head.startswith(b"PK"):
        return "zip"
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.lstrip(b'"').startswith(b"JVBER"):
        return "base64_pdf"
    if head[:1] in (b"{", b"["):
        return "json"
    if head.startswith(b"<"):
        lowered = head.lower()
        return "html" if b"<html" in lowered or b"<!doctype html" in lowered else "xml"
    if head:
        return "text"
    return "text" if bytes(body[2048:4096]).strip() else "empty"


def decode(body: bytes) -> str:
    """Decode a body as UTF-8, its byte order mark dropped and undecodable bytes replaced."""
    return bytes(body).decode("utf-8-sig", "replace")


def excerpt(body: bytes, limit: int = RAW_LIMIT) -> str:
    """Return the beginning of the body as text, at most ``limit`` characters."""
    return decode(body[: limit * 4])[:limit]


def load_json(body: bytes) -> Any:
    """Return the JSON value at the start of the body, None if there is none.

    Trailing rubbish is tolerated: ANAF's quota answer closes one brace too many.
    """
    if sniff(body) != "json":
        return None
    try:
        return json.JSONDecoder().raw_decode(decode(body).lstrip())[0]
    except (ValueError, RecursionError):
        return None


def support_id(body: bytes) -> str | None:
    """Return the firewall's support id out of its "Request Rejected" page, or None."""
    match = _SUPPORT_ID.search(decode(body[:65536]))
    return match.group(1) if match else None
