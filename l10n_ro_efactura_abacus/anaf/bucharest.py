"""ANAF's clock: every time on the wire is Europe/Bucharest wall time without an offset (anaf-api.md §4.2)."""

import re
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    BUCHAREST = ZoneInfo("Europe/Bucharest")
except ZoneInfoNotFoundError:  # slim images carry no tzdata; dateutil brings its own copy
    from dateutil.zoneinfo import get_zonefile_instance

    BUCHAREST = get_zonefile_instance().get("Europe/Bucharest")

_CLOCK = re.compile(r"(\d{2})-(\d{2})-(\d{4})\s+(\d{2}):(\d{2}):(\d{2})")


def _utc(*parts):
    try:
        return datetime(*parts, tzinfo=BUCHAREST).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def from_compact(text):
    """``yyyyMMddHHmm`` (``data_creare``, ``dateResponse``) -> aware UTC datetime, None when unreadable.

    The doubled hour of autumn is read as its first half (summer time).
    """
    text = str(text or "").strip()
    if not re.fullmatch(r"\d{12}(\d{2})?", text, re.ASCII):
        return None
    return _utc(int(text[:4]), *(int(text[i : i + 2]) for i in range(4, len(text), 2)))


def from_clock(text):
    """The first ``dd-MM-yyyy HH:mm:ss`` in ``text`` -> aware UTC datetime, None when there is none."""
    match = _CLOCK.search(text or "")
    if not match:
        return None
    day, month, year, hour, minute, second = map(int, match.groups())
    return _utc(year, month, day, hour, minute, second)


def today(now=None):
    """The calendar day in Bucharest, which is what ANAF's daily quotas count by."""
    return (now or datetime.now(timezone.utc)).astimezone(BUCHAREST).date()


def next_day(now=None):
    """When the next day begins in Bucharest, and with it new daily quotas: naive UTC, a few minutes late."""
    morning = datetime.combine(today(now) + timedelta(days=1), time(0, 5), BUCHAREST)
    return morning.astimezone(timezone.utc).replace(tzinfo=None)
