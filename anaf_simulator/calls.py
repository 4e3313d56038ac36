"""One request as the handlers see it, and which endpoint a path means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message

from .faults import Fault
from .oauth import Certificate

# name after /FCTEL/rest/ -> (endpoint, method)
_FCTEL = {
    "upload": ("upload", "POST"),
    "uploadb2c": ("uploadb2c", "POST"),
    "stareMesaj": ("status", "GET"),
    "listaMesajeFactura": ("list", "GET"),
    "listaMesajePaginatieFactura": ("list_paged", "GET"),
    "descarcare": ("download", "GET"),
    "validare": ("validate", "POST"),
    "transformare": ("transform", "POST"),
}
_FCTEL_PATH = re.compile(r"/(prod|test)/FCTEL/rest/([A-Za-z0-9]+)((?:/[A-Za-z0-9]*)*)")
_OTHER = {
    "/TestOauth/jaxrs/hello": ("hello", "GET"),
    "/api/validate/signature": ("signature", "POST"),
    "/api/PlatitorTvaRest/v9/tva": ("registry", "POST"),
    "/anaf-oauth2/v1/token": ("token", "POST"),
    "/anaf-oauth2/v1/authorize": ("authorize", "GET"),
}
# Endpoints that are served without a Bearer token.
PUBLIC = ("validate", "transform", "signature", "registry", "token", "authorize")


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: Message  # case-insensitive mapping
    read_body: Callable[[int], tuple[bytes, int]]  # (largest kept) -> (bytes, full size)
    endpoint: str = ""
    allowed: str = ""  # the endpoint's method
    environment: str = ""  # prod or test, "" outside e-Factura
    tail: list[str] = field(default_factory=list)  # path segments after the name
    body: bytes = b""
    size: int = 0  # of the body, which may be longer than what was kept
    certificate: Certificate | None = None
    client_id: str = ""
    fault: Fault | None = None

    def __post_init__(self) -> None:
        found = _FCTEL_PATH.fullmatch(self.path)
        if found and found.group(2) in _FCTEL:
            self.environment = found.group(1)
            self.endpoint, self.allowed = _FCTEL[found.group(2)]
            self.tail = [part for part in found.group(3).split("/") if part]
            if self.tail and self.endpoint not in ("validate", "transform"):
                self.endpoint = ""
        elif self.path in _OTHER:
            self.endpoint, self.allowed = _OTHER[self.path]

    @property
    def holder(self) -> Certificate:
        """Return the certificate of the caller's token; every call outside PUBLIC has one when it is served."""
        if self.certificate is None:
            raise LookupError(f"{self.endpoint} is served without a token")
        return self.certificate

    def get(self, name: str) -> str:
        """Return a query value, '' when missing or blank."""
        return self.query.get(name, "").strip()
