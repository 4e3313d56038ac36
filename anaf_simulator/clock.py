"""ANAF's clock: real time plus a settable shift, shown on the wire as Bucharest wall time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo

from .settings import Settings

_BUCHAREST: tzinfo | None

try:  # the standard library has no zone data of its own: Debian's tzdata or the PyPI package gives it
    from zoneinfo import ZoneInfo

    _BUCHAREST = ZoneInfo("Europe/Bucharest")
except (ImportError, KeyError):  # ZoneInfoNotFoundError, a KeyError: no tzdata installed
    _BUCHAREST = None

# Seconds.
DAY = 86400.0


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def bucharest(epoch: float) -> datetime:
    """Return the wall time in Bucharest for `epoch` (seconds, UTC), as an aware datetime."""
    utc = datetime.fromtimestamp(epoch, timezone.utc)
    if _BUCHAREST is not None:
        return utc.astimezone(_BUCHAREST)
    # EU rule: summer time from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC
    start, end = (
        datetime(utc.year, month, _last_sunday(utc.year, month).day, 1, tzinfo=timezone.utc) for month in (3, 10)
    )
    return utc.astimezone(timezone(timedelta(hours=3 if start <= utc < end else 2)))


def minute_stamp(epoch: float) -> str:
    """Write `202607131015`, the form of dateResponse and data_creare."""
    return bucharest(epoch).strftime("%Y%m%d%H%M")


def wall(epoch: float) -> str:
    """Write `13-07-2026 10:15:27`, the form inside list texts."""
    return bucharest(epoch).strftime("%d-%m-%Y %H:%M:%S")


def iso_day(epoch: float) -> str:
    """Write `2026-07-13`; ANAF's quota day and the date of a duplicate's first upload."""
    return bucharest(epoch).strftime("%Y-%m-%d")


class Clock:
    """Seconds since the epoch as ANAF sees them: `base()` + what `advance` added + `settings.clock_skew`."""

    def __init__(self, settings: Settings, base: Callable[[], float] = time.time) -> None:
        self._settings, self._base, self._shift = settings, base, 0.0

    def now(self) -> float:
        return self._base() + self._shift + self._settings.clock_skew

    def advance(self, seconds: float) -> None:
        self._shift += seconds
