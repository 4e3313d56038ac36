"""SPV messages as the lists show them (anaf-api.md §3.3, §4.3-4.5)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .bucharest_time import from_compact
from .errors import ClockSkew
from .identifiers import cif_digits

# Days that a message stays at ANAF.
RETENTION_DAYS = 60
#: filter letters of the lists, by kind of message
FILTERS = {"error": "E", "sent": "T", "received": "P", "buyer_message": "R"}

_INDEX = re.compile(r"id_incarcare\s*=\s*(\d+)", re.ASCII)
_ISSUER = re.compile(r"cif_emitent\s*=\s*(?:RO)?\s*(\d+)", re.ASCII | re.IGNORECASE)
_BUYER = re.compile(r"cif_beneficiar\s*=\s*(?:RO)?\s*(\d+)", re.ASCII | re.IGNORECASE)
_SELF_BILLED = re.compile(
    r"transmisa\s+de\s+cif\s*=\s*(?:RO)?\s*(\d+)\s+ca\s+autofactu\w*ra\s+in\s+numele\s+cif\s*=\s*(?:RO)?\s*(\d+)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class ListedMessage:
    """One row of a list. Whatever could not be read is None: an odd row never stops the others.

    :ivar id: download id, the key to deduplicate by
    :ivar cif: digits of the CIF the message can be downloaded for (not always the one asked for)
    :ivar kind: sent, received, error, buyer_message, other (a ``tip`` nobody described)
    :ivar created_at: aware UTC time of indexing at ANAF
    """

    id: str | None
    upload_index: str | None
    cif: str
    kind: str
    tip: str
    details: str
    created_at: datetime | None
    seller_cif: str | None
    buyer_cif: str | None


def kind_of(tip: object) -> str:
    """Translate ANAF's ``tip`` into a kind of message; the two buyer messages share a prefix."""
    squeezed = " ".join(str(tip or "").upper().split())
    if squeezed.startswith("MESAJ CUMPARATOR"):
        return "buyer_message"
    return {"FACTURA TRIMISA": "sent", "FACTURA PRIMITA": "received", "ERORI FACTURA": "error"}.get(squeezed, "other")


def parties(details: str | None) -> tuple[str | None, str | None]:
    """Read ``(seller_cif, buyer_cif)`` from ``detalii``, each digits or None."""
    self_billed = _SELF_BILLED.search(details or "")
    if self_billed:
        return self_billed.group(2), self_billed.group(1)
    seller, buyer = _ISSUER.search(details or ""), _BUYER.search(details or "")
    return seller and seller.group(1), buyer and buyer.group(1)


def _digits(value: object) -> str | None:
    text = str(value if value is not None else "").strip()
    return text if re.fullmatch(r"\d+", text, re.ASCII) else None


def listed_message(item: Any) -> ListedMessage:
    """Turn one element of ``mesaje`` into a ListedMessage; never raises."""
    if not isinstance(item, dict):
        item = {"detalii": str(item)[:500]}
    details = str(item.get("detalii") or "")
    named = _INDEX.search(details)
    seller, buyer = parties(details)
    # documented as keys in 2025, never seen in production: used only where the text says nothing
    seller = seller or cif_digits(item.get("cif_emitent")) or None
    buyer = buyer or cif_digits(item.get("cif_beneficiar")) or None
    tip = str(item.get("tip") or "")
    return ListedMessage(
        id=_digits(item.get("id")),
        upload_index=_digits(item.get("id_solicitare")) or (named and named.group(1)),
        cif=cif_digits(item.get("cif")),
        kind=kind_of(tip),
        tip=tip,
        details=details,
        created_at=from_compact(item.get("data_creare")),
        seller_cif=seller,
        buyer_cif=buyer,
    )


def spv_window(now: datetime | None = None, days: int = RETENTION_DAYS) -> tuple[datetime, datetime]:
    """Return ``(start, end)`` that ANAF accepts even with a slightly different clock: now-60d+5min .. now-60s.

    A shorter window starts exactly ``days`` ago. All are aware datetimes.
    """
    now = now or datetime.now(timezone.utc)
    oldest = now - timedelta(days=RETENTION_DAYS) + timedelta(minutes=5)
    return max(now - timedelta(days=days), oldest), now - timedelta(seconds=60)


def corrected_window(
    start: datetime, end: datetime, skew: ClockSkew, step: timedelta = timedelta(minutes=10)
) -> tuple[datetime, datetime]:
    """Fit a window to ANAF's clock; narrower by ``step`` at the refused end when it quoted none.

    :raises ClockSkew: the same again, where nothing is left of the window
    """
    if skew.anaf_now:
        floor, ceiling = spv_window(skew.anaf_now)
        start, end = max(start, floor), min(end, ceiling)
    elif "mai vechi" in skew.text:
        start += step
    else:
        end -= step
    if end <= start:
        raise skew
    return start, end
