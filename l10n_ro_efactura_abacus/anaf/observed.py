"""What one call to ANAF was: facts for a log, without tokens, secrets, parameters that hold them, or bodies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .body import load_json, support_id
from .errors import AnafError

if TYPE_CHECKING:
    from .wire import Answer

# Characters of a trace id that are kept.
_TRACE = 80


@dataclass
class CallFacts:
    """One call, finished or not.

    :ivar call: upload, status, list, download, hello, validate, pdf, token
    :ivar about: the index that the call is about (of an upload or a download), '' where none
    :ivar started_at: aware UTC
    :ivar seconds: from the first byte sent to the answer read, or to its failure
    :ivar http_status: None where no answer came
    :ivar code: '' for a good answer, else the code of the error
    :ivar error: class name of the error, ''
    :ivar text: ANAF's own text beside the error, at most 300 characters
    :ivar support_id: the firewall's support id, or None
    :ivar trace_id: ANAF's trace id, or None
    """

    call: str
    about: str = ""
    started_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    seconds: float = 0.0
    http_status: int | None = None
    sent_bytes: int = 0
    received_bytes: int = 0
    code: str = ""
    error: str = ""
    text: str = ""
    support_id: str | None = None
    trace_id: str | None = None


Observer = Callable[[CallFacts], None]


class Watch:
    """Measures one call and tells an observer; nothing that the observer does changes the call.

    ::

        with Watch(observer, "status", about=index, sent=0) as watch:
            watch.answer = exchange(...)
            return parse(watch.answer...)
    """

    def __init__(self, observer: Observer | None, call: str, about: str = "", sent: int = 0) -> None:
        self._observer, self._begun = observer, time.monotonic()
        self.facts = CallFacts(call, about, sent_bytes=sent)
        self.answer: Answer | None = None

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not self._observer:
            return
        try:
            self._finish(error)
            self._observer(self.facts)
        except Exception:  # noqa: S110  a log is never the reason for which a call fails
            pass

    def _finish(self, error: BaseException | None) -> None:
        facts, answer = self.facts, self.answer
        facts.seconds = time.monotonic() - self._begun
        if answer:
            facts.http_status, facts.received_bytes = answer.status, len(answer.body)
            facts.support_id = support_id(answer.body)
            facts.trace_id = trace_id(answer)
        if isinstance(error, AnafError):
            facts.code, facts.error = error.code, type(error).__name__
            facts.text = "" if error.own else error.text[:300]
            facts.support_id = facts.support_id or error.support_id
        elif error:
            facts.code, facts.error = "internal", type(error).__name__


def trace_id(answer: Answer) -> str | None:
    """Return the id under which ANAF can find a call: ``trace_id`` of a JSON answer (§3.5), or such a header."""
    data = load_json(answer.body[:65536])
    names = ("trace_id", "traceid", "x-trace-id", "x-request-id", "x-correlation-id")
    found = {str(key).lower(): value for key, value in answer.headers.items()}
    if isinstance(data, dict):
        found |= {str(key).lower(): value for key, value in data.items()}
    value = next((found[name] for name in names if isinstance(found.get(name), str) and found[name].strip()), None)
    return value.strip()[:_TRACE] if value else None
