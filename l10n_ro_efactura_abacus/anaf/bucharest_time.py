"""ANAF's clock: every time on the wire is Europe/Bucharest wall time without an offset (anaf-api.md §4.2)."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BUCHAREST: tzinfo | None
try:
    BUCHAREST = ZoneInfo("Europe/Bucharest")
except ZoneInfoNotFoundError:  # slim images carry no tzdata; dateutil brings its own copy
    from dateutil.zoneinfo import get_zonefile_instance

    BUCHAREST = get_zonefile_instance().get("Europe/Bucharest")

_CLOCK = re.compile(r"(\d{2})-(\d{2})-(\d{4})\s+(\d{2}):(\d{2}):(\d{2})")


def _utc(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime | None:
    """Return the aware UTC datetime of Bucharest wall time, None when there is no such moment."""
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=BUCHAREST).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def from_compact(text: object) -> datetime | None:
    """Read ``yyyyMMddHHmm`` (``data_creare``, ``dateResponse``) as an aware UTC datetime, None when unreadable.

    The doubled hour of autumn is read as its first half (summer time).
    """
    text = str(text or "").strip()
    if not re.fullmatch(r"\d{12}(\d{2})?", text, re.ASCII):
        return None
    return _utc(int(text[:4]), *(int(text[i : i + 2]) for i in range(4, len(text), 2)))


def from_clock(text: str | None) -> datetime | None:
    """Read the first ``dd-MM-yyyy HH:mm:ss`` in ``text`` as an aware UTC datetime, None when there is none."""
    match = _CLOCK.search(text or "")
    if not match:
        return None
    day, month, year, hour, minute, second = map(int, match.groups())
    return _utc(year, month, day, hour, minute, second)


def today(now: datetime | None = None) -> date:
    """Return the calendar day in Bucharest, by which ANAF's daily quotas count.

    :param now: aware datetime, the present moment without it
    """
    return (now or datetime.now(timezone.utc)).astimezone(BUCHAREST).date()


def day_of(moment: datetime) -> date:
    """Return the date in Bucharest of a naive UTC datetime, as Odoo stores moments."""
    return today(moment.replace(tzinfo=timezone.utc))


def next_day(now: datetime | None = None) -> datetime:
    """Return when the next day, and with it new daily quotas, begins in Bucharest: naive UTC, five minutes late.

    :param now: aware datetime, the present moment without it
    """
    morning = datetime.combine(today(now) + timedelta(days=1), time(0, 5), BUCHAREST)
    return morning.astimezone(timezone.utc).replace(tzinfo=None)
