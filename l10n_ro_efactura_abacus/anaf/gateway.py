"""Answers that are not the application's: gateway, firewall, maintenance page, server errors (§1.6, §3.6)."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from .body import decode, excerpt, load_json, sniff, support_id
from .errors import AnafError, Forbidden, Malformed, Refused, Throttled, Unauthorized, Uncertain
from .sentences import classify

# The longest pause we believe, in seconds.
_DAY = 86400


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> int | None:
    """Read a Retry-After header (number or date) as seconds, 0..86400; None without one."""
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), None)
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return min(int(value), _DAY)
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return int(min(max((at - (now or datetime.now(timezone.utc))).total_seconds(), 0), _DAY))


def effective_status(http_status: int, data: Any) -> int:
    """Return the HTTP status, or the one a 200 carries in its JSON: ``{"status": "401"}``."""
    if 200 <= http_status < 300 and isinstance(data, dict):
        inner = str(data.get("status") or "").strip()
        if re.fullmatch(r"[345]\d\d", inner, re.ASCII):
            return int(inner)
    return http_status


def _sentence(data: Any) -> str:
    """Return the sentence of a JSON error body, at most 500 characters; ``''`` when it has none."""
    if not isinstance(data, dict):
        return ""
    for key in ("message", "error_description", "error", "eroare"):
        if isinstance(data.get(key), str) and data[key].strip():
            return str(data[key]).strip()[:500]
    return ""


def unreadable(http_status: int, headers: Mapping[str, str], body: bytes, lost: type[AnafError]) -> AnafError:
    """Build the error for an answer that is not in the endpoint's own format.

    :param lost: ``Uncertain`` for an upload, ``Transient`` for a call that changes nothing. 400, 401, 403,
        429 (and 204, which one client met as "limit reached") are the gateway's refusals: definite.
    :return: the error, to be raised by the caller
    """
    kind = sniff(body)
    data = load_json(body) if kind == "json" else None
    status, text = effective_status(http_status, data), _sentence(data)
    facts: dict[str, Any] = {
        "http_status": http_status,
        "raw": excerpt(body),
        "retry_after": retry_after(headers),
        "support_id": support_id(body) if kind in ("html", "text", "xml") else None,
    }
    if status == 401:
        return Unauthorized("unauthorized", text, **facts)
    if status == 403:
        return Forbidden("forbidden", text, **facts)
    if status in (429, 204):
        return Throttled("throttled", text, **facts)
    if status == 400:
        return classify([text], **facts) or Refused("bad_request", text, **facts)
    if kind == "html":
        return lost(_page(body, facts["support_id"]), **facts)
    if status >= 500:
        return lost("server_error", text or f"HTTP {status}", **facts)
    if 300 <= status < 400:
        return lost("redirected", f"HTTP {status}: a redirect is not an answer", **facts)
    if kind == "empty":
        return lost("empty_answer", **facts)
    unknown = Uncertain if lost is Uncertain else Malformed
    return unknown("unknown_answer", text or f"HTTP {status}: not in ANAF's format", **facts)


def _page(body: bytes, waf: str | None) -> str:
    """Return the code of an HTML page; ``waf`` is its support id or None."""
    page = decode(body[:65536]).lower()
    if waf or "request rejected" in page:
        return "waf_block"
    if "mentenan" in page:
        return "maintenance"
    return "html_answer"
