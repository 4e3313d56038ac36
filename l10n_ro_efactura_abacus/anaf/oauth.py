"""ANAF's OAuth2 (anaf-api.md §1): authorise URL, code exchange, refresh, and reading a JWT's payload."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

from requests import Session

from .body import decode, excerpt, load_json, sniff
from .environment import Endpoints
from .errors import NotAJwt, OAuthError, Throttled, Transient
from .gateway import retry_after, unreadable
from .observed import Observer, Watch
from .wire import Answer, Broken, exchange, make_session

#: Seconds for a token call; the code itself lives 60 seconds (§1.3).
DEADLINE = 30.0

_KNOWN = (
    "invalid_client",
    "invalid_request",
    "invalid_grant",
    "access_denied",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
)


@dataclass(frozen=True)
class TokenSet:
    """An access token (90 days) and its refresh token (365 days, single use). Neither shows in repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


def authorize_url(endpoints: Endpoints, client_id: str, redirect_uri: str, state: str) -> str:
    """Return where the user's browser goes, with the qualified certificate at hand. ``state`` is echoed back."""
    return (
        endpoints.authorize
        + "?"
        + urlencode(
            {
                "response_type": "code",
                "client_id": client_id,
                "redirect_uri": redirect_uri,
                "token_content_type": "jwt",
                "state": state,
            }
        )
    )


def exchange_code(
    endpoints: Endpoints,
    client_id: str,
    client_secret: str | None,
    code: str,
    redirect_uri: str,
    session: Session | None = None,
    observer: Observer | None = None,
) -> TokenSet:
    """Exchange the callback's ``code`` for a TokenSet. Within 60 seconds, once.

    :raises OAuthError: refused; code is ANAF's own ``error`` where it is a known one
    :raises Transient: no usable answer
    """
    return _token(
        endpoints,
        client_id,
        client_secret,
        session,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "token_content_type": "jwt",
        },
        observer,
    )


def refresh(
    endpoints: Endpoints,
    client_id: str,
    client_secret: str | None,
    refresh_token: str,
    session: Session | None = None,
    observer: Observer | None = None,
) -> TokenSet:
    """Exchange a refresh token for a new TokenSet; save both before using either, and serialise the calls.

    :raises OAuthError: code refresh_expired when only a new authorisation helps
    :raises Transient: no usable answer; the old refresh token may or may not have been spent
    """
    return _token(
        endpoints,
        client_id,
        client_secret,
        session,
        {"grant_type": "refresh_token", "refresh_token": refresh_token, "token_content_type": "jwt"},
        observer,
    )


def _token(
    endpoints: Endpoints,
    client_id: str,
    client_secret: str | None,
    session: Session | None,
    fields: dict[str, str],
    observer: Observer | None,
) -> TokenSet:
    secrets = [s for s in (client_secret, fields.get("code"), fields.get("refresh_token")) if s]
    basic = None
    if client_secret:
        pair = f"{client_id}:{client_secret}".encode()
        basic = "Basic " + base64.b64encode(pair).decode("ascii")
    else:
        fields = {**fields, "client_id": client_id}
    used = session or make_session(pool=1)
    body = urlencode(fields).encode("ascii")
    with Watch(observer, "token", sent=len(body)) as watch:
        try:
            watch.answer = answer = exchange(
                used,
                "POST",
                endpoints.token,
                data=body,
                authorization=basic,
                deadline=DEADLINE,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        except Broken as broken:
            raise Transient(broken.reason, "ANAF's identity provider could not be reached") from None
        finally:
            if not session:
                used.close()
        return _read_tokens(answer, fields.get("refresh_token"), secrets)


def _read_tokens(answer: Answer, old_refresh: str | None, secrets: list[str]) -> TokenSet:
    data = load_json(answer.body)
    data = data if isinstance(data, dict) else {}
    access, new_refresh = data.get("access_token"), data.get("refresh_token") or old_refresh
    if answer.status == 200 and isinstance(access, str) and access.strip():
        if not isinstance(new_refresh, str) or not new_refresh.strip():
            raise OAuthError("incomplete_answer", "no refresh token came with the access token", http_status=200)
        return TokenSet(access.strip(), new_refresh.strip())
    # the answer may quote what was sent, or hold half a token pair: nothing of a good-looking one is kept
    kept = "" if access or data.get("refresh_token") else _blank(excerpt(answer.body), secrets)
    facts: dict[str, Any] = {"http_status": answer.status, "raw": kept, "retry_after": retry_after(answer.headers)}
    said = " ".join(str(data[k]) for k in ("error_description", "error", "message") if isinstance(data.get(k), str))
    text = _blank(said, secrets)[:300]
    if "status is expired" in decode(answer.body[:4096]).lower():
        raise OAuthError("refresh_expired", text, **facts)
    error = data.get("error")
    if isinstance(error, str) and error in _KNOWN and answer.status < 500:
        raise OAuthError(error, text, **facts)
    if answer.status == 401:
        raise OAuthError("invalid_client", text or "the client id and secret are not accepted", **facts)
    if 300 <= answer.status < 400:
        raise OAuthError("redirected", "the identity provider redirected the call to its login page", **facts)
    if answer.status == 429:
        raise Throttled("throttled", **facts)
    if answer.status >= 500 or sniff(answer.body) in ("html", "empty"):
        lost = unreadable(answer.status, answer.headers, answer.body, Transient)
        code = lost.code if isinstance(lost, Transient) else "oauth_error"
        raise Transient(code, "the identity provider gave no answer", support_id=lost.support_id, **facts)
    raise OAuthError("oauth_error", text or f"HTTP {answer.status}", **facts)


def _blank(text: str, secrets: list[str]) -> str:
    """Replace every secret in a text by ``***``."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def claims(jwt: str | None) -> dict[str, Any]:
    """Read the payload of a JWT, its signature unchecked (only ANAF judges a token).

    :raises NotAJwt: an OAuthError that is also a ValueError
    """
    parts = (jwt or "").strip().split(".")
    if len(parts) != 3:
        raise NotAJwt("not_a_jwt", "the token is not a JWT")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        payload = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise NotAJwt("not_a_jwt", "the token is not a JWT") from None
    if not isinstance(payload, dict):
        raise NotAJwt("not_a_jwt", "the token is not a JWT")
    return payload


def expires_at(jwt: str | None) -> datetime:
    """Return when the token ends: its ``exp`` as an aware UTC datetime.

    :raises NotAJwt: also when it carries no usable ``exp``
    """
    value: Any = claims(jwt).get("exp")
    try:
        return datetime.fromtimestamp(float(value), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotAJwt("no_expiry", "the token does not say when it ends") from None


def in_order(first: str, second: str) -> tuple[str, str]:
    """Return two JWTs as (access token, refresh token), whichever way round they were given.

    ``token_type`` decides where one of them says "Refresh"; otherwise the refresh token is the one that lives longer
    (§1.5: 90 and 365 days; some editions call both "Bearer").

    :raises NotAJwt: code ``two_refresh_tokens``; any other where a text is no JWT
    """
    kinds = [str(claims(jwt).get("token_type") or "").lower() == "refresh" for jwt in (first, second)]
    if all(kinds):
        raise NotAJwt("two_refresh_tokens", "both are refresh tokens")
    if any(kinds):
        swapped = kinds[0]
    else:
        swapped = _life(first) > _life(second) + 60
    return (second, first) if swapped else (first, second)


def _life(jwt: str) -> float:
    """Return the seconds between issue and end of a JWT, or its end as a Unix time where it has no ``iat``.

    :raises NotAJwt: it has no usable ``exp``
    """
    begun: Any = claims(jwt).get("iat")
    try:
        return expires_at(jwt).timestamp() - float(begun or 0)
    except (TypeError, ValueError):
        return expires_at(jwt).timestamp()
