"""One HTTP exchange: no redirects, no retries, one deadline over all of it, a count of the bytes handed over.

``requests`` has a timeout per socket operation: a peer that drips one byte every few seconds outlives it. The
connections made here look at the exchange's own clock before every send and every receive instead.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .environment import is_loopback

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3 import ProxyManager

    _Connection = HTTPConnection
else:
    _Connection = object

# Bytes of an answer; ANAF's packages are far smaller.
MAX_BODY = 64 * 1024 * 1024
# Seconds for a connection, within the deadline of the whole exchange.
CONNECT_SECONDS = 15.0
USER_AGENT = "l10n_ro_efactura_abacus"

_current = threading.local()


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left.

        :raises TimeoutError: there are none
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline exceeded")
        return left


class Broken(Exception):
    """The exchange ended without a whole answer.

    :ivar reason: dns_failure, connection_refused, unreachable, connect_timeout, tls_failure, proxy_failure,
        timeout, connection_lost, answer_too_large
    :ivar sent: True when the request body was read to its end (or there was none)
    """

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


@dataclass(frozen=True)
class Answer:
    """``sent`` as in :class:`Broken`: a gateway may answer before it has read the document."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: bool = True


class CountedBody:
    """A request body that knows whether it was handed over to its end. Has a length: never sent chunked.

    Not a byte leaves after the deadline: the claim on the document may have passed to another worker by then.
    """

    def __init__(self, data: bytes, deadline: Deadline) -> None:
        self._data, self._deadline, self._at = bytes(data), deadline, 0

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:  # makes requests treat it as a stream
        while block := self.read(16384):
            yield block

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        self._deadline.left()
        end = len(self._data) if size is None or size < 0 else min(self._at + size, len(self._data))
        block, self._at = self._data[self._at : end], end
        return block

    @property
    def finished(self) -> bool:
        """Tell whether the body was read to its end."""
        return self._at >= len(self._data)


class _TimedRaw(io.RawIOBase):
    """A socket's raw reader that gives every receive only what is left of the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = getattr(_current, "deadline", None)
        if deadline:
            self.fp = io.BufferedReader(_TimedRaw(self.fp.detach(), sock, deadline))


class _Timed(_Connection):
    """Mixed into urllib3's connections; without a current deadline they behave as always."""

    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        deadline = getattr(_current, "deadline", None)
        if deadline:
            self.timeout = min(deadline.left(), CONNECT_SECONDS)
        return super()._new_conn()

    def send(self, data: Any) -> None:
        deadline = getattr(_current, "deadline", None)
        if deadline and self.sock is not None:
            self.sock.settimeout(deadline.left())
        return super().send(data)


class _TimedHTTPConnection(_Timed, HTTPConnection):
    pass


class _TimedHTTPSConnection(_Timed, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _TimedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedHTTPSConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections obey the deadline of the exchange they serve."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager


def make_session(pool: int = 16) -> Session:
    """Make a session for up to ``pool`` threads: keep-alive, no retries, no cookies (the gateway sets some)."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter(pool_connections=4, pool_maxsize=pool, max_retries=0))
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request as it is: stands where requests would otherwise look into ~/.netrc."""
    return request


def exchange(
    session: Session,
    method: str,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    authorization: str | None = None,
    deadline: float = 60.0,
    user_agent: str = USER_AGENT,
    max_body: int = MAX_BODY,
) -> Answer:
    """Send one request and read its whole answer.

    :param data: bytes or None
    :param authorization: value of the Authorization header or None
    :param deadline: seconds for everything: connect, send, wait, read
    :rtype: Answer
    :raises Broken: no whole answer came; it says whether the body was handed over
    """
    clock = Deadline(deadline)
    body = None if data is None else CountedBody(data, clock)

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = authorization or ""
        return request

    # None removes a proxy: the environment's must not see loopback traffic
    proxies: Any = dict.fromkeys(("http", "https", "all")) if is_loopback(urlsplit(url).hostname) else None
    _current.deadline = clock
    response = None
    try:
        response = session.request(
            method,
            url,
            params=params,
            data=body,
            auth=sign if authorization else _no_auth,
            headers={
                "User-Agent": user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                **(headers or {}),
            },
            proxies=proxies,
            timeout=float(deadline),
            allow_redirects=False,
            stream=True,
        )
        return Answer(
            response.status_code,
            dict(response.headers),
            _read(response, clock, max_body),
            body is None or body.finished,
        )
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
    ) as error:
        raise Broken(_reason(error), body is None or body.finished) from None
    finally:
        _current.deadline = None
        if response is not None:
            response.close()


def _read(response: requests.Response, clock: Deadline, max_body: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    for block in response.iter_content(8192):
        size += len(block)
        if size > max_body:
            raise _TooLarge
        blocks.append(block)
        clock.left()
    return b"".join(blocks)


class _TooLarge(OSError):
    pass


def _reason(error: BaseException | None) -> str:
    """Name what broke in one stable word; the library's own text may quote headers and stays out."""
    seen: list[BaseException] = []
    while error is not None and error not in seen and len(seen) < 8:
        seen.append(error)
        cause = getattr(error, "reason", None)
        inner = (
            cause
            if isinstance(cause, BaseException)
            else next((a for a in error.args if isinstance(a, BaseException)), None)
        )
        error = inner or error.__cause__ or error.__context__
    names = {kind.__name__ for e in seen for kind in type(e).__mro__}
    text = " ".join(str(e) for e in seen).lower()
    for word, found in (
        ("answer_too_large", "_TooLarge" in names),
        ("proxy_failure", "ProxyError" in names),
        ("tls_failure", "SSLError" in names),
        ("connection_refused", "ConnectionRefusedError" in names),
        # urllib3 1.26 has no class of its own for it
        ("dns_failure", names & {"NameResolutionError", "gaierror"} or "name resolution" in text),
        ("connect_timeout", any(type(e).__name__ in ("ConnectTimeoutError", "ConnectTimeout") for e in seen)),
        ("unreachable", "NewConnectionError" in names),
        ("timeout", names & {"TimeoutError", "ReadTimeoutError", "Timeout"}),
    ):
        if found:
            return word
    return "connection_lost"
