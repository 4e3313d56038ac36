"""What a handler gives back, and ANAF's answer envelopes (XML headers, JSON errors)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from xml.sax.saxutils import escape

from .clock import minute_stamp, wall

XML, JSON, HTML, TEXT, ZIP = (
    "application/xml",
    "application/json;charset=UTF-8",
    "text/html;charset=utf-8",
    "text/plain;charset=UTF-8",
    "application/zip",
)
UPLOAD_NS = "mfp:anaf:dgti:spv:respUploadFisier:v1"
STATUS_NS = "mfp:anaf:dgti:efactura:stareMesajFactura:v1"
# "Factuta" is ANAF's own spelling.
ERRORS_NS = "mfp:anaf:dgti:efactura:mesajEroriFactuta:v1"
BUYER_MESSAGE_NS = "mfp:anaf:dgti:spv:reqMesaj:v1"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass
class Reply:
    body: bytes = b""
    content_type: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False  # end the connection after the answer
    drop: bool = False  # end it without an answer
    cut: int | None = None  # send only this many bytes of the body, then end the connection


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON, status)


def html(page: str, status: int = 200) -> Reply:
    return Reply(page.encode(), HTML, status)


def redirect(location: str) -> Reply:
    return Reply(b"", HTML, 302, {"Location": location})


def trace_id() -> str:
    return str(uuid.uuid4())


def attribute(value: str) -> str:
    """Quote an attribute value with line breaks and tabs as ANAF writes them (&#xA; &#x9;)."""
    return '"' + escape(value, {'"': "&quot;", "\n": "&#xA;", "\t": "&#x9;", "\r": "&#xD;"}) + '"'


def bad_request(now: float, message: str, status: int = 400) -> Reply:
    """Build the JSON of every 4xx and 5xx of the application."""
    error = REASONS.get(status, "Error")
    return as_json({"timestamp": wall(now), "status": status, "error": error, "message": message}, status)


def not_found(now: float, path: str) -> Reply:
    stamp = datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="milliseconds")
    return as_json({"timestamp": stamp, "status": 404, "error": "Not Found", "path": path}, 404)


def upload_ok(now: float, index: str) -> Reply:
    return _header(UPLOAD_NS, f'dateResponse="{minute_stamp(now)}" ExecutionStatus="0" index_incarcare="{index}"')


def upload_refused(now: float, *messages: str) -> Reply:
    return _header(UPLOAD_NS, f'dateResponse="{minute_stamp(now)}" ExecutionStatus="1"', messages)


def status(state: str, download_id: str | None = None) -> Reply:
    found = f' id_descarcare="{download_id}"' if download_id else ""
    return _header(STATUS_NS, f'stare="{state}"{found}')


def status_error(message: str) -> Reply:
    return _header(STATUS_NS, "", [message])


def _header(namespace: str, attributes: str, errors: Sequence[str] = ()) -> Reply:
    opening = f'<header xmlns="{namespace}"' + (f" {attributes}" if attributes else "")
    if not errors:
        return Reply(f"{DECLARATION}{opening}/>".encode(), XML)
    lines = "".join(f"    <Errors errorMessage={attribute(text)}/>\n" for text in errors)
    return Reply(f"{DECLARATION}{opening}>\n{lines}</header>".encode(), XML)


def error_document(index: str, cif: str, errors: Sequence[str]) -> bytes:
    """Write the file that stands in a nok package in place of the invoice."""
    lines = "".join(f"    <Error errorMessage={attribute(text)}/>\n" for text in errors)
    return (
        f'{DECLARATION}<header xmlns="{ERRORS_NS}" Index_incarcare="{index}" Cif_emitent="{cif}">\n{lines}</header>'
    ).encode()


def buyer_message(index: str, message: str) -> bytes:
    """Write the document of a buyer's message (standard RASP)."""
    return (
        f'{DECLARATION}<header xmlns="{BUYER_MESSAGE_NS}" index_incarcare="{index}" message={attribute(message)}/>'
    ).encode()
