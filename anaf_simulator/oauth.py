"""The identity provider: applications, certificates, codes, tokens.

A token stands for a certificate (and so for the CIFs its holder may act for), never for one CIF.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from . import pages, replies, seal, texts
from .clock import DAY, Clock
from .replies import Reply
from .settings import Settings

# The application that is there from the start: throwaway, for loopback only.
CLIENT_ID, CLIENT_SECRET = "simulator-client", "simulator-secret"
# Value of the parameter `certificate` of somebody who presents none.
NO_CERTIFICATE = "-"


@dataclass
class Client:
    id: str
    secret: str
    redirect_uris: list[str]


@dataclass
class Certificate:
    name: str
    cifs: frozenset[str]
    serial: str = ""

    def __post_init__(self) -> None:
        # from the name, so that a token of an earlier run still names its certificate
        self.serial = self.serial or hashlib.sha256(self.name.encode()).hexdigest()[:32]

    def may(self, cif: str) -> bool:
        return "*" in self.cifs or cif in self.cifs


@dataclass
class Token:
    certificate: str
    client_id: str
    expires_at: float
    refresh: bool = False


@dataclass
class _Code:
    certificate: str
    client_id: str
    redirect_uri: str
    expires_at: float


@dataclass
class Identity:
    """Lock held by the callers."""

    settings: Settings
    clock: Clock
    clients: dict[str, Client] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, _Code] = field(default_factory=dict)

    # -- tokens ---------------------------------------------------------------------------------------------------
    def issue(
        self, certificate: str, client_id: str, access_days: float | None = None, refresh_days: float | None = None
    ) -> dict[str, Any]:
        """Issue a new pair as the token endpoint gives it; days default to the settings."""
        access = self.settings.access_days if access_days is None else access_days
        refresh = self.settings.refresh_days if refresh_days is None else refresh_days
        return {
            "access_token": self._token(certificate, client_id, access, False),
            "refresh_token": self._token(certificate, client_id, refresh, True),
            "token_type": "Bearer",
            "expires_in": int(access * DAY),
            "scope": "clientappid info issuer role serial",
        }

    def _token(self, certificate: str, client_id: str, days: float, refresh: bool) -> str:
        now = self.clock.now()
        payload = {
            "iss": "https://logincert.anaf.ro",
            "token_type": "Refresh" if refresh else "Bearer",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now + days * DAY),
            "jti": secrets.token_hex(16),
            "scope": "clientappid info issuer role serial",
            "role": ["EFACTURA", "ETRANSPORT", "SRV_EFACTURA", "HELLO"],
            "clientappid": client_id,
            "serial": self.certificates[certificate].serial,
        }
        token = sign_jwt(payload)
        self.tokens[token] = Token(certificate, client_id, now + days * DAY, refresh)
        return token

    def bearer(self, header: str | None) -> tuple[Certificate, str] | None:
        """Return (certificate, client id) of an Authorization header; None when missing, unknown, expired."""
        scheme, _, value = (header or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self.tokens.get(value.strip())
        if token is None and self.settings.trust_any_token:
            token = self._foreign(value.strip())
        if token is None or token.refresh or token.expires_at <= self.clock.now():
            return None
        certificate = self.certificates.get(token.certificate)
        return (certificate, token.client_id) if certificate else None

    def _foreign(self, value: str) -> Token | None:
        """Read a token of an earlier run, by its claims alone (its signing key died with that process)."""
        try:
            payload = value.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            name = next(item.name for item in self.certificates.values() if item.serial == claims["serial"])
            return Token(name, claims["clientappid"], float(claims["exp"]), claims["token_type"] == "Refresh")
        except (IndexError, KeyError, TypeError, ValueError, StopIteration, binascii.Error):
            return None

    # -- pages ----------------------------------------------------------------------------------------------------
    def authorize(self, query: dict[str, str], path: str) -> Reply:
        """Answer GET /authorize: choose a certificate, then go back with `code` or with `error=access_denied`."""
        client = self.clients.get(query.get("client_id", ""))
        redirect_uri = query.get("redirect_uri", "")
        if client is None or not redirect_uri:
            return replies.html(
                pages.message("Cerere respinsă", "client_id sau redirect_uri lipsă ori necunoscut."), 400
            )
        if redirect_uri not in client.redirect_uris and not self.settings.any_redirect:
            return replies.html(pages.message("Cerere respinsă", "redirect_uri nu este cel înregistrat."), 400)
        if query.get("response_type") != "code":
            return _back(redirect_uri, query, error="unsupported_response_type")
        name = query.get("certificate")
        if name is None:
            base = path + "?" + urlencode(query)
            choices = [
                (item.name, ", ".join(sorted(item.cifs)), f"{base}&certificate={quote(item.name)}")
                for item in self.certificates.values()
            ]
            return replies.html(pages.certificates(client.id, choices, f"{base}&certificate={NO_CERTIFICATE}"))
        if name not in self.certificates:
            return _back(redirect_uri, query, error="access_denied")
        code = secrets.token_hex(32)
        self.codes[code] = _Code(name, client.id, redirect_uri, self.clock.now() + self.settings.code_lifetime)
        return _back(redirect_uri, query, code=code)

    def token(self, authorization: str | None, body: bytes, query: dict[str, str]) -> Reply:
        """Answer POST /token: authorization_code and refresh_token, client by Basic header or in the body."""
        form = {**query, **dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))}
        client_id, secret = _basic(authorization) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        client = self.clients.get(client_id)
        if client is None or not secrets.compare_digest(client.secret.encode(), secret.encode()):
            return _error("invalid_client", "Client authentication failed")
        if form.get("grant_type") == "authorization_code":
            code = self.codes.pop(form.get("code", ""), None)  # one use, even a failed one
            if (
                code is None
                or code.client_id != client_id
                or code.redirect_uri != form.get("redirect_uri")
                or code.expires_at <= self.clock.now()
                or code.certificate not in self.certificates
            ):
                return _error("invalid_request", "The authorization code is invalid or expired")
            return replies.as_json(self.issue(code.certificate, client_id))
        if form.get("grant_type") == "refresh_token":
            value = form.get("refresh_token", "")
            token = self.tokens.get(value) or (self._foreign(value) if self.settings.trust_any_token else None)
            if (
                token is None
                or not token.refresh
                or token.client_id != client_id
                or token.expires_at <= self.clock.now()
                or token.certificate not in self.certificates
            ):
                return _error("invalid_request", texts.REFRESH_DEAD)
            if self.settings.refresh_rotation:
                # kept as expired, so that `trust_any_token` does not revive it
                self.tokens[value] = Token(token.certificate, client_id, 0.0, True)
            return replies.as_json(self.issue(token.certificate, client_id))
        return _error("invalid_request", "Unsupported grant type")


def _error(name: str, description: str) -> Reply:
    return replies.as_json({"error": name, "error_description": description}, 400)


def _basic(header: str | None) -> tuple[str, str] | None:
    """Return (name, secret) of a Basic header, both '' when it is unreadable; None without one."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except (ValueError, binascii.Error):
        return "", ""
    return name, secret


def _back(redirect_uri: str, query: dict[str, str], **values: str) -> Reply:
    if "state" in query:
        values["state"] = query["state"]
    return replies.redirect(redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(values))


def sign_jwt(payload: dict[str, Any]) -> str:
    """Sign a payload with RS512, as ANAF does; the key is this process's own."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    header = {"alg": "RS512", "typ": "JWT", "kid": "anaf_2023_2024"}
    signed = ".".join(part(json.dumps(item, separators=(",", ":")).encode()) for item in (header, payload))
    signature = seal.key("jwt").sign(signed.encode(), padding.PKCS1v15(), hashes.SHA512())
    return f"{signed}.{part(signature)}"
