"""Days that count, and the last of them."""

from datetime import date

import pytest

import anaf
from anaf.deadline import add_calendar_days, holidays


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 1, 7),
        date(2025, 1, 24),
        date(2026, 4, 10),  # Good Friday
        date(2026, 4, 13),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 6, 1),  # Pentecost Monday and Children's Day
        date(2024, 6, 24),  # Pentecost Monday
        date(2025, 8, 15),
        date(2026, 11, 30),
        date(2026, 12, 1),
        date(2026, 12, 25),
        date(2026, 7, 11),  # Saturday
        date(2026, 7, 12),  # Sunday
    ],
)
def test_days_off(day):
    assert not anaf.is_working_day(day)


@pytest.mark.parametrize(
    "day", [date(2026, 1, 5), date(2023, 1, 6), date(2016, 6, 1), date(2017, 4, 14), date(2026, 12, 24)]
)
def test_days_at_work(day):
    assert anaf.is_working_day(day)


def test_orthodox_easter_not_the_western_one():
    assert date(2024, 5, 6) in holidays(2024) and date(2024, 4, 1) not in holidays(2024)


@pytest.mark.parametrize(
    ("issued", "event", "last"),
    [
        # five working days, the day of issue not counted
        (date(2026, 7, 13), None, date(2026, 7, 20)),
        (date(2026, 7, 17), None, date(2026, 7, 24)),
        (date(2026, 7, 18), None, date(2026, 7, 24)),
        # Good Friday and Easter Monday stand between
        (date(2026, 4, 8), None, date(2026, 4, 17)),
        # year end: 25-26 December, 1-2 and 6-7 January
        (date(2026, 12, 24), None, date(2027, 1, 4)),
        (date(2026, 12, 29), None, date(2027, 1, 8)),
        # issued late: five working days after the 15th of the month after the event come first
        (date(2026, 7, 30), date(2026, 6, 10), date(2026, 7, 22)),
        (date(2026, 7, 13), date(2026, 6, 10), date(2026, 7, 20)),
        (date(2027, 2, 1), date(2026, 12, 31), date(2027, 1, 22)),
        # five calendar days until the end of 2025, ending on a working day
        (date(2024, 7, 1), None, date(2024, 7, 8)),
        (date(2025, 3, 3), None, date(2025, 3, 10)),
        (date(2025, 3, 5), None, date(2025, 3, 10)),
        (date(2025, 12, 31), None, date(2026, 1, 8)),
        # working days before
        (date(2024, 6, 28), None, date(2024, 7, 5)),
        (date(2024, 3, 1), None, date(2024, 3, 8)),
        # and since
        (date(2026, 1, 1), None, date(2026, 1, 13)),
    ],
)
def test_send_deadline(issued, event, last):
    assert anaf.send_deadline(issued, event) == last


def test_a_period_of_days_holds_two_working_days():
    # Wed 24 December 2025 + 5 is Mon 29: 25-26 are holidays, 27-28 a weekend, so one working day only
    assert add_calendar_days(date(2025, 12, 24), 5) == date(2025, 12, 30)
    assert add_calendar_days(date(2025, 12, 24), 1) == date(2025, 12, 29)
