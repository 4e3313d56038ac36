"""ANAF's answers, bytes -> values or typed errors. The body is classified first, the status second.

Almost every failure is HTTP 200 in the endpoint's own format; Content-Type is not trustworthy anywhere
(anaf-api.md §3, §9b). Every ``parse_*`` takes ``(http_status, headers, body)``.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .body import excerpt, load_json, sniff
from .bucharest_time import from_compact
from .errors import Malformed, Refused, Technical, Transient, Uncertain
from .gateway import unreadable
from .messages import ListedMessage, listed_message
from .sentences import classify, is_no_messages, past_last_page
from .xml import XmlError, local_name, parse_xml


@dataclass(frozen=True)
class Receipt:
    """An accepted upload. ``response_at`` is aware UTC or None, ``raw`` the answer as text."""

    upload_index: str
    response_at: datetime | None
    raw: str


@dataclass(frozen=True)
class Status:
    """``state``: ok, nok, processing, refused. ``download_id`` only with ok and nok."""

    state: str
    download_id: str | None
    raw: str


@dataclass(frozen=True)
class MessagePage:
    """One page of a list; an empty one has no messages and is a success."""

    messages: list[ListedMessage] = field(default_factory=list)
    page_count: int = 0
    total: int = 0
    raw_title: str = ""


@dataclass(frozen=True)
class Validation:
    """The public validator's verdict. ``messages``: its texts, untouched."""

    ok: bool
    messages: list[str]
    trace_id: str | None


_STATES = {
    "ok": "ok",
    "nok": "nok",
    "in prelucrare": "processing",
    "xml cu erori nepreluat de sistem": "refused",
}


def _header(body: bytes) -> tuple[dict[str, str], list[str]] | None:
    """Read the ``header`` root of an XML answer as ``(attributes, error texts)``, None where there is none."""
    if sniff(body) != "xml":
        return None
    try:
        root = parse_xml(body)
    except XmlError:
        return None
    if local_name(root) != "header":
        return None
    # upload and status answer in different namespaces: only the local name is safe to look for
    texts = [
        e.get("errorMessage") or "".join(e.itertext()).strip()
        for e in root.iter()
        if local_name(e) in ("Errors", "Error")
    ]
    return dict(root.attrib), [text for text in texts if text]


def _number(value: str | None) -> str | None:
    value = (value or "").strip()
    return value if re.fullmatch(r"\d+", value, re.ASCII) else None


def _eroare(data: Any) -> str | None:
    """Return the sentence of a JSON error answer, or None."""
    if isinstance(data, dict) and isinstance(data.get("eroare"), str) and data["eroare"].strip():
        return str(data["eroare"])
    return None


def parse_upload(http_status: int, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Read the answer of ``/upload`` and ``/uploadb2c``.

    :rtype: Receipt
    :raises Refused, NoRight, QuotaExceeded, Technical, Unauthorized, Forbidden, Throttled: not registered
    :raises Uncertain: everything else
    """
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    answer = _header(body)
    if answer:
        attributes, texts = answer
        execution = (attributes.get("ExecutionStatus") or "").strip()
        index = _number(attributes.get("index_incarcare"))
        if execution == "0" and index and not texts:
            return Receipt(index, from_compact(attributes.get("dateResponse")), excerpt(body))
        if execution == "1" and not index:
            raise classify(texts, **facts) or Refused("refused", texts=texts, **facts)
        raise Uncertain("contradictory_answer", texts=texts, **facts)
    sentence = _eroare(load_json(body))
    raise sentence and classify([sentence], **facts) or unreadable(http_status, headers, body, Uncertain)


def parse_status(http_status: int, headers: Mapping[str, str], body: bytes) -> Status:
    """Read the answer of ``/stareMesaj``. Without ``stare`` it is about the question, not about the invoice.

    :rtype: Status
    :raises Malformed: a state nobody has described
    """
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    answer = _header(body)
    if answer:
        attributes, texts = answer
        if "stare" in attributes:
            state = _STATES.get(" ".join(attributes["stare"].lower().split()))
            download = attributes.get("id_descarcare")
            if not state or (download and not _number(download)):
                raise Malformed("unknown_state", attributes["stare"], **facts)
            return Status(state, _number(download), excerpt(body))
        raise classify(texts, **facts) or Malformed("unknown_answer", texts=texts, **facts)
    sentence = _eroare(load_json(body))
    raise sentence and classify([sentence], **facts) or unreadable(http_status, headers, body, Transient)


def parse_list(http_status: int, headers: Mapping[str, str], body: bytes) -> MessagePage:
    """Read the answer of both lists. "No messages" and "page past the last" are empty pages, not errors.

    :rtype: MessagePage
    """
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    data = load_json(body)
    sentence = _eroare(data)
    title = str(data.get("titlu") or "") if isinstance(data, dict) else ""
    items = data.get("mesaje") if isinstance(data, dict) else None
    if isinstance(items, list) and (items or not sentence):
        return MessagePage(
            messages=[listed_message(item) for item in items],
            page_count=_count(data.get("numar_total_pagini"), 1),
            total=_count(data.get("numar_total_inregistrari"), len(items)),
            raw_title=title,
        )
    if sentence:
        if is_no_messages(sentence):
            return MessagePage(raw_title=title)
        pages = past_last_page(sentence)
        if pages is not None:
            return MessagePage(page_count=pages, raw_title=title)
        raise classify([sentence], **facts) or Malformed("unknown_answer", sentence, **facts)
    raise unreadable(http_status, headers, body, Transient)


def _count(value: object, default: int) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if re.fullmatch(r"\d{1,12}", text, re.ASCII) else default


def parse_download(http_status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the ZIP of ``/descarcare``, untouched. Its error JSON may be text/plain with a brace too many.

    :raises Gone, NoRight, QuotaExceeded, Malformed: what the error JSON says
    """
    if sniff(body) == "zip":
        return bytes(body)
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    sentence = _eroare(load_json(body))
    if sentence:
        raise classify([sentence], **facts) or Malformed("unknown_answer", sentence, **facts)
    raise unreadable(http_status, headers, body, Transient)


def _validator(data: Any) -> tuple[str, list[str], str | None] | None:
    """Read ``(stare, texts, trace_id)`` of a validator's JSON, or None."""
    if not isinstance(data, dict) or not isinstance(data.get("stare"), str):
        return None
    found = data.get("Messages") or data.get("messages") or []
    found = found if isinstance(found, list) else [found]
    texts = [str(m.get("message") or m) if isinstance(m, dict) else str(m) for m in found]
    trace = data.get("trace_id")
    return data["stare"].strip().lower(), texts, trace if isinstance(trace, str) else None


def parse_validation(http_status: int, headers: Mapping[str, str], body: bytes) -> Validation:
    """Read the answer of ``/validare``. A technical error there says nothing about the document.

    :rtype: Validation
    :raises Technical: the validator did not work
    """
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    answer = _validator(load_json(body))
    if not answer:
        raise unreadable(http_status, headers, body, Transient)
    state, texts, trace = answer
    if state == "nok":
        known = classify(texts, **facts)
        if isinstance(known, Technical):
            raise known
        return Validation(False, texts, trace)
    if state == "ok":
        return Validation(True, texts, trace)
    raise Malformed("unknown_state", state[:100], **facts)


def parse_pdf(http_status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the PDF bytes of ``/transformare`` (which come plain, or as base64).

    :raises Refused: code ``invalid_document`` with the validator's texts
    """
    kind = sniff(body)
    if kind == "pdf":
        return bytes(body)
    if kind == "base64_pdf":
        try:
            return base64.b64decode(b"".join(body.strip().strip(b'"').split()), validate=True)
        except (binascii.Error, ValueError):
            raise Malformed("unknown_answer", "broken base64", http_status=http_status, raw=excerpt(body)) from None
    facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body)}
    answer = _validator(load_json(body))
    if answer and answer[0] == "nok":
        known = classify(answer[1], **facts)
        raise known if isinstance(known, Technical) else Refused("invalid_document", texts=answer[1], **facts)
    raise unreadable(http_status, headers, body, Transient)


def parse_hello(http_status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return the plain text of ``TestOauth``. Any text starting with Hello at 200 is a healthy token."""
    text = excerpt(body)
    if http_status == 200 and text.lstrip().lower().startswith("hello"):
        return text
    raise unreadable(http_status, headers, body, Transient)
