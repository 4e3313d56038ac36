"""Where ANAF lives: the three base addresses and the URLs built on them (anaf-api.md §1.1, §2.1)."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

ENVIRONMENTS = ("prod", "test")


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is 127.0.0.0/8, ::1 or the name ``localhost``."""
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(name: str, url: object) -> str:
    """Return a base address without its trailing slash.

    :raises ValueError: not https (http: loopback only), or with credentials, query or fragment
    """
    if not isinstance(url, str):
        raise ValueError(f"{name}: not a URL")
    parts = urlsplit(url.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"{name}: an https:// address is needed")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{name}: plain http is accepted for loopback only")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError(f"{name}: no credentials, query or fragment belong in it")
    parts.port  # noqa: B018  raises ValueError on a port that is no number
    return url.strip().rstrip("/")


@dataclass(frozen=True)
class Endpoints:
    """Base addresses, without a trailing slash. ``ValueError`` unless https (http: loopback only)."""

    api_url: str = "https://api.anaf.ro"
    public_url: str = "https://webservicesp.anaf.ro"
    oauth_url: str = "https://logincert.anaf.ro/anaf-oauth2/v1"

    def __post_init__(self) -> None:
        for name in ("api_url", "public_url", "oauth_url"):
            object.__setattr__(self, name, _checked(name, getattr(self, name)))

    def fctel(self, environment: str, call: str) -> str:
        """Return the URL of an authenticated e-Factura call, e.g. ``fctel('prod', 'upload')``.

        :raises ValueError: an unknown environment
        """
        if environment not in ENVIRONMENTS:
            raise ValueError("environment is 'prod' or 'test'")
        return f"{self.api_url}/{environment}/FCTEL/rest/{call}"

    def public(self, call: str) -> str:
        """Return the URL of ``validare``/``transformare``: they exist under prod only and need no token."""
        return f"{self.public_url}/prod/FCTEL/rest/{call}"

    @property
    def taxpayers(self) -> str:
        """Return the URL of the public register of taxpayers; it has no test environment (anaf-api.md §12)."""
        return f"{self.public_url}/api/PlatitorTvaRest/v9/tva"

    @property
    def hello(self) -> str:
        """Return the URL that tells whether a token is alive."""
        return f"{self.api_url}/TestOauth/jaxrs/hello"

    @property
    def authorize(self) -> str:
        """Return the URL the user's browser opens, certificate at hand."""
        return f"{self.oauth_url}/authorize"

    @property
    def token(self) -> str:
        """Return the URL that gives tokens for codes and for refresh tokens."""
        return f"{self.oauth_url}/token"
