"""The legal term for sending an invoice: art. 10(7) OUG 120/2021, counted by Regulation 1182/71.

Source: anaf-api.md §8.
"""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import EASTER_ORTHODOX, easter

_DAY = timedelta(days=1)
#: Invoices issued in this period have 5 calendar days, all others 5 working days.
CALENDAR_FROM, CALENDAR_TO = date(2024, 7, 1), date(2025, 12, 31)
TERM_DAYS = 5


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of Romania in a year (Codul muncii art. 139) as a frozenset of dates."""
    fixed = [(1, 1), (1, 2), (5, 1), (8, 15), (11, 30), (12, 1), (12, 25), (12, 26)]
    if year >= 2017:
        fixed += [(1, 24), (6, 1)]
    if year >= 2024:
        fixed += [(1, 6), (1, 7)]
    sunday = easter(year, EASTER_ORTHODOX)
    moving = [0, 1, 49, 50]  # Easter, its Monday, Pentecost, its Monday
    if year >= 2018:
        moving.append(-2)  # Good Friday
    return frozenset([date(year, *day) for day in fixed] + [sunday + n * _DAY for n in moving])


def is_working_day(day: date) -> bool:
    """Tell whether a day is neither Saturday, Sunday nor a Romanian public holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """Return the n-th working day after ``day``; the day of the event itself is not counted (art. 3(1))."""
    for _ in range(n):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day


def add_calendar_days(day: date, n: int) -> date:
    """Return the last day of a period of ``n`` calendar days after ``day``.

    A period ending on a holiday or weekend ends with the next working day (art. 3(4)), and one of two days
    or more holds at least two working days (art. 3(5)).
    """
    end = day + n * _DAY
    while not is_working_day(end):
        end += _DAY
    return max(end, add_working_days(day, 2)) if n >= 2 else end


def send_deadline(issue_date: date, tax_point_date: date | None = None) -> date:
    """Return the last day an invoice may be sent.

    :param tax_point_date: the taxable event; the issue date when it is not known apart
    :return: the earlier of 5 days from issue and 5 days from the limit of art. 319(16) Cod fiscal
        (the 15th of the month after the taxable event)
    """
    count = add_calendar_days if CALENDAR_FROM <= issue_date <= CALENDAR_TO else add_working_days
    event = tax_point_date or issue_date
    limit = date(event.year + event.month // 12, event.month % 12 + 1, 15)
    return min(count(issue_date, TERM_DAYS), count(limit, TERM_DAYS))
