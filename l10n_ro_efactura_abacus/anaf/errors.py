"""Errors as data: the class says what the caller must do, ``code`` names the fact, ``text`` is ANAF's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

# Characters of a body that an error or a value keeps.
RAW_LIMIT = 8192

#: What an error says where ANAF said nothing: a short English fact for each code. A program that shows an error to
#: people translates its code; nothing compares these sentences.
FACTS = {
    "dns_failure": "ANAF's name could not be resolved",
    "connection_refused": "the connection was refused",
    "unreachable": "no connection could be made",
    "connect_timeout": "no connection in time",
    "tls_failure": "no secure connection could be made",
    "proxy_failure": "the proxy did not let the call through",
    "timeout": "no whole answer within the deadline",
    "slow_upload": "the document did not leave in time: it is large, or the line is slow",
    "connection_lost": "the connection was lost",
    "answer_too_large": "the answer is larger than anything ANAF sends",
    "unauthorized": "ANAF does not accept the token",
    "forbidden": "ANAF's gateway forbids this call",
    "throttled": "too many calls",
    "bad_request": "ANAF calls it a bad request",
    "empty_answer": "an empty answer",
    "waf_block": "ANAF's firewall rejected the request",
    "maintenance": "ANAF announces maintenance",
    "html_answer": "a web page came instead of an answer",
    "lease_over": "waited too long for its turn",
    "missing_cif": "the company has no CIF",
}


class AnafError(Exception):
    """Base of everything this package raises about an exchange with ANAF.

    :ivar code: stable snake_case name of the fact
    :ivar text: ANAF's own text, else the fact of the code in `FACTS`; never holds a token or a secret
    :ivar own: True where ``text`` is the fact of `FACTS`, so that ``code`` alone says all
    :ivar texts: all of ANAF's texts (``text`` is the first)
    :ivar http_status: int or None
    :ivar support_id: the firewall's support id, or None
    :ivar retry_after: seconds, or None
    :ivar raw: bounded excerpt of the body
    """

    def __init__(
        self,
        code: str,
        text: str = "",
        *,
        texts: Sequence[str] | None = None,
        http_status: int | None = None,
        support_id: str | None = None,
        retry_after: int | None = None,
        raw: str | None = "",
    ) -> None:
        self.code = code
        self.own = not text and not texts and code in FACTS
        text = FACTS[code] if self.own else text
        self.texts = list(texts) if texts else ([text] if text else [])
        self.text = text or (self.texts[0] if self.texts else "")
        self.http_status = http_status
        self.support_id = support_id
        self.retry_after = retry_after
        self.raw = (raw or "")[:RAW_LIMIT]
        super().__init__(f"{code}: {self.text}" if self.text else code)


class NotSent(AnafError):
    """The request body was not read to its end: ANAF cannot have the document. Send the same bytes later."""


class Uncertain(AnafError):
    """The outcome of an upload is unknown. Reconcile first, never resend at once."""


class Transient(AnafError):
    """A call that changes nothing failed. Try later."""


class Throttled(Transient):
    """The gateway refused the call (too many); nothing was registered. Wait ``retry_after``."""


class Technical(Transient):
    """``A aparut o eroare tehnica. Cod: X``: not registered, the same bytes later."""


class QuotaExceeded(AnafError):
    """A daily quota is used up: nothing more for this id or CIF until the next day in Bucharest."""


class Unauthorized(AnafError):
    """401: refresh the token once under a lock, repeat once, then ask for re-authorisation."""


class Forbidden(AnafError):
    """403: wrong path, missing service on the app, or the gateway. Configuration alarm, no loop."""


class NoRight(AnafError):
    """The certificate has no SPV right for this CIF, message, or any CIF. Permanent until someone acts."""


class Refused(AnafError):
    """ANAF read the request and refused the document or its parameters; ``texts`` holds every reason."""


class ClockSkew(AnafError):
    """ANAF's clock disagrees with the window; ``anaf_now`` is aware UTC, or None when it quoted no time."""

    def __init__(self, code: str, text: str = "", *, anaf_now: datetime | None = None, **facts: Any) -> None:
        super().__init__(code, text, **facts)
        self.anaf_now = anaf_now


class NotFound(AnafError):
    """Status: no invoice with that upload index (not visible yet, or the other environment)."""


class Gone(AnafError):
    """Download: expired (60 days) or never existed. Terminal."""


class Malformed(AnafError):
    """An answer nobody has described. Kept raw, never success."""


class OAuthError(AnafError):
    """The identity provider refused; ``code`` is e.g. invalid_client, refresh_expired, access_denied."""


class NotAJwt(OAuthError, ValueError):
    """A text that was expected to be a JWT is not one."""
