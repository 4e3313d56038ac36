"""Every knob of the simulator, with the values ANAF is known to use as defaults."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

# Shapes of a seal, see seal.py.
SEALS = ("detached", "enveloped", "enveloped_strict")


@dataclass
class Settings:
    """Attributes may be changed at any time; an unknown name raises AttributeError. Times are seconds."""

    processing_delay: float = 2.0
    list_lag: float = 0.0  # between the end of processing and the list entry
    latency: float = 0.0  # added to every API and token call
    duplicates: str = "nok"  # or "accept"
    # identity provider
    refresh_rotation: bool = True  # a refresh kills the refresh token it used
    code_lifetime: float = 60.0
    access_days: float = 90.0
    refresh_days: float = 365.0
    any_redirect: bool = False  # accept any redirect_uri (demo)
    trust_any_token: bool = False  # accept an unexpired JWT of an earlier run whose serial is known (demo)
    # limits
    calls_per_minute: int = 1000  # per client id
    status_per_day: int = 100  # per upload index
    downloads_per_day: int = 10  # per download id
    lists_per_day: int = 1500  # per CIF
    paged_lists_per_day: int = 100_000  # per CIF
    rasp_per_day: int = 1000  # per CIF
    registry_cifs_per_call: int = 100
    registry_calls_per_second: int = 1
    retry_after: int | None = None  # Retry-After of a 429, in seconds; ANAF is not known to send one
    quota_malformed: bool = False  # quota answers in JSON carry one } too many, as ANAF's own example
    page_size: int = 500
    upload_max_bytes: int = 10 * 1024 * 1024
    validate_max_bytes: int = 5 * 1024 * 1024
    # time
    clock_skew: float = 0.0  # ANAF's clock minus ours
    window_days: int = 60
    expiry_band: float = 43200.0  # a message this close to its 60 days is listed, no longer downloadable
    page_index_is_total: bool = True  # index_pagina_curenta is unreliable at ANAF: never loop on it
    future_text_with_clock: bool = True  # "... in viitor fata de momentul requestului = <ANAF's clock>"
    # documents
    seal_prod: str = "detached"
    seal_test: str = "enveloped"
    check_rules: bool = True  # False: every readable document is ok
    cuis_unknown: set[str] = field(default_factory=set)  # CUIs with a good check digit that ANAF does not know
    enforcement_cifs: set[str] = field(default_factory=set)  # register for executare=DA

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _NAMES:
            raise AttributeError(f"no such setting: {name}")
        if name in ("cuis_unknown", "enforcement_cifs"):
            value = {str(item) for item in value}
        if name in ("seal_prod", "seal_test") and value not in SEALS:
            raise ValueError(f"{name} is one of {', '.join(SEALS)}")
        if name == "duplicates" and value not in ("nok", "accept"):
            raise ValueError("duplicates is nok or accept")
        object.__setattr__(self, name, value)

    def update(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        return {name: sorted(value) if isinstance(value, set) else value for name, value in asdict(self).items()}


_NAMES = frozenset(item.name for item in fields(Settings))
