"""Misbehaviour on demand: which call, how often, and what it answers instead.

kind            what happens (options)
drop_before     connection reset, nothing registered (read_body=False: leave the body unread)
drop_after      the call takes effect, then the connection ends without an answer
http_500/502/503  gateway page with that status (registered=True: the call takes effect first)
waf             200 text/html "Request Rejected" with a support ID
maintenance     200 text/html "Mentenanta sistem"
too_many        429 (retry_after=seconds)
technical_1814  the endpoint's own error with `A aparut o eroare tehnica. Cod: 1814` (code=...)
unauthorized, forbidden, no_content   401, 403, 204
quota           the endpoint's daily quota text (malformed=True: one } too many, JSON endpoints)
json_as_text    the real answer as text/plain
garbage         not an answer (shape='bytes' | 'truncated' | 'html' | 'cut': fewer bytes than announced)
slow            the real answer after `seconds`; the call takes effect even if the caller has gone
                (registered=True: takes effect before the wait)
nok             upload: registered, later rejected (errors=[...])
stuck           upload: registered, stays `in prelucrare` for `seconds` more
bad_seal        download: the seal does not match the document
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from . import replies, texts
from .replies import HTML, TEXT, Reply

ENDPOINTS = (
    "upload",
    "uploadb2c",
    "status",
    "list",
    "list_paged",
    "download",
    "validate",
    "transform",
    "signature",
    "registry",
    "token",
    "hello",
)
KINDS = (
    "drop_before",
    "drop_after",
    "http_500",
    "http_502",
    "http_503",
    "waf",
    "maintenance",
    "too_many",
    "technical_1814",
    "unauthorized",
    "forbidden",
    "no_content",
    "quota",
    "json_as_text",
    "garbage",
    "slow",
    "nok",
    "stuck",
    "bad_seal",
)


@dataclass
class Fault:
    kind: str
    endpoint: str = "upload"
    times: int | None = None
    every: int | None = None
    environment: str | None = None
    cif: str | None = None
    after: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0  # matching calls so far
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}: {', '.join(KINDS)}")
        if self.endpoint != "any" and self.endpoint not in ENDPOINTS:
            raise ValueError(f"unknown endpoint {self.endpoint!r}: {', '.join(ENDPOINTS)}, any")
        if self.times is None:
            self.times = 0 if self.every else 1  # 0: no end

    def hits(self, endpoint: str, environment: str | None, cif: str | None) -> bool:
        """Count this call if it is one of ours; True when it must fail."""
        if (
            self.endpoint not in ("any", endpoint)
            or self.environment not in (None, environment)
            or self.cif not in (None, cif)
            or (self.times and self.fired >= self.times)
        ):
            return False
        self.seen += 1
        due = self.seen - self.after
        if due <= 0 or (self.every and due % self.every):
            return False
        self.fired += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._support_id = 9_826_645_832_961_917_351

    def pick(self, endpoint: str, environment: str | None, cif: str | None) -> Fault | None:
        """Return the first fault due for this call; lock held."""
        return next((fault for fault in self.active if fault.hits(endpoint, environment, cif)), None)

    def waf(self) -> Reply:
        self._support_id += 7
        return replies.html(texts.WAF_PAGE.format(support_id=self._support_id))

    def answer(self, fault: Fault, endpoint: str, now: float, limit: int = 10) -> Reply | None:
        """Build the answer that replaces the real one; None for kinds that only bend it."""
        kind, options = fault.kind, fault.options
        if kind in ("drop_before", "drop_after"):
            return Reply(drop=True)
        if kind.startswith("http_"):
            return gateway(int(kind[5:]))
        if kind == "waf":
            return self.waf()
        if kind == "maintenance":
            return replies.html(texts.MAINTENANCE_PAGE)
        if kind == "too_many":
            return too_many(now, options.get("retry_after"))
        if kind == "unauthorized":
            return replies.bad_request(now, "Unauthorized", 401)
        if kind == "forbidden":
            return replies.html("<html><body><h1>403 Forbidden</h1></body></html>", 403)
        if kind == "no_content":
            return Reply(status=204)
        if kind == "technical_1814":
            return failure(endpoint, now, texts.TECHNICAL.format(code=options.get("code", "1814")))
        if kind == "quota":
            text = texts.LIST_QUOTA if endpoint.startswith("list") else texts.STATUS_QUOTA
            return failure(
                endpoint, now, text.format(limit=options.get("limit", limit)), options.get("malformed", False)
            )
        if kind == "garbage":
            shape = options.get("shape", "bytes")
            if shape == "bytes":
                return Reply(bytes(range(128, 256)) * 4, "application/octet-stream")
            if shape == "html":
                return replies.html("<html><body>Bine ati venit</body></html>")
        return None

    @staticmethod
    def bend(fault: Fault, reply: Reply) -> Reply:
        """Spoil the real answer."""
        if fault.kind == "json_as_text":
            reply.content_type = TEXT
        elif fault.kind == "garbage" and fault.options.get("shape") == "truncated":
            reply.body = reply.body[: len(reply.body) // 2]
        elif fault.kind == "garbage" and fault.options.get("shape") == "cut":
            reply.cut = len(reply.body) // 2
        return reply


def gateway(status: int) -> Reply:
    reason = replies.REASONS[status]
    return Reply(
        f"<html><head><title>{status} {reason}</title></head><body><h1>{reason}</h1></body></html>".encode(),
        HTML,
        status,
    )


def too_many(now: float, retry_after: int | None = None) -> Reply:
    reply = replies.bad_request(now, "Too many requests", 429)
    if retry_after is not None:
        reply.headers["Retry-After"] = str(retry_after)
    return reply


def failure(endpoint: str, now: float, message: str, malformed: bool = False) -> Reply:
    """Build an application error in the endpoint's own shape, HTTP 200."""
    if endpoint in ("upload", "uploadb2c"):
        return replies.upload_refused(now, message)
    if endpoint == "status":
        return replies.status_error(message)
    if endpoint in ("validate", "transform"):
        return replies.as_json({"stare": "nok", "Messages": [{"message": message}], "trace_id": replies.trace_id()})
    if endpoint == "signature":
        return replies.as_json({"msg": message}, 400)
    if endpoint == "registry":
        return replies.as_json({"cod": 500, "message": message})
    if endpoint in ("token", "hello"):
        return replies.as_json({"error": "server_error", "error_description": message}, 500)
    title = texts.DOWNLOAD_TITLE if endpoint == "download" else texts.LIST_TITLE
    reply = replies.as_json({"eroare": message, "titlu": title})
    if malformed:
        reply.body += b"}"
    return reply
