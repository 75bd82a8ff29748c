"""Working time, by property."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.calendar import CHINA, WorkingCalendar

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 86400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=30))
SPRING = {date(2026, 2, 17) + timedelta(days=n): False for n in range(7)} | {date(2026, 2, 28): True}
CALENDAR = WorkingCalendar(SPRING)


def china(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@given(MOMENTS, AMOUNTS, AMOUNTS)
def test_time_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    assert CALENDAR.add(CALENDAR.add(start, first), second) == CALENDAR.add(start, first + second)


def _counted(begin: datetime, end: datetime) -> timedelta:
    total = timedelta()
    for opens, closes in CALENDAR.spans(begin):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


@given(MOMENTS, AMOUNTS)
def test_exactly_the_amount_is_counted_between_start_and_due(start: datetime, amount: timedelta) -> None:
    assert _counted(start, CALENDAR.add(start, amount)) == amount


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=10)))
def test_working_time_never_runs_faster_than_the_wall(start: datetime, amount: timedelta) -> None:
    assert CALENDAR.add(start, amount) >= start + amount


def test_a_limit_that_starts_on_friday_evening_ends_on_monday() -> None:
    assert CALENDAR.add(china(2026, 11, 27, 17, 30), timedelta(hours=1)) == china(2026, 11, 30, 9)


def test_noon_does_not_count() -> None:
    assert CALENDAR.add(china(2026, 11, 24, 11, 30), timedelta(hours=1)) == china(2026, 11, 24, 15)


def test_a_make_up_saturday_counts_and_a_holiday_does_not() -> None:
    assert CALENDAR.add(china(2026, 2, 28, 8), timedelta(hours=1)) == china(2026, 2, 28, 9, 30)
    assert CALENDAR.add(china(2026, 2, 17, 8), timedelta(hours=1)) == china(2026, 2, 24, 9, 30)


def test_a_day_that_the_calendar_does_not_hold_is_provisional_and_goes_by_the_weekday() -> None:
    assert CALENDAR.is_provisional(date(2027, 6, 7))
    assert CALENDAR.is_working(date(2027, 6, 7))
    assert not CALENDAR.is_working(date(2027, 6, 6))
