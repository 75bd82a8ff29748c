"""Working time: the official calendar with its make-up days, and the centre's hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
OFFICE_HOURS = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
FAR_DAYS = 3660


class Calendar(Protocol):
    """Counts time in one way."""

    @property
    def name(self) -> str:
        """`wall` or `working`."""
        ...

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which `amount` of counted time has passed since `start`."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much time counts from `start` to `end`; none where `end` is not later."""
        ...


@dataclass(frozen=True, slots=True)
class WallCalendar:
    """Every second counts."""

    name: str = "wall"

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return `start + amount`."""
        return start + amount

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return `end - start`."""
        return max(timedelta(), end - start)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Only office hours of working days count; one day of a limit is one day's office hours.

    `days` holds what the official calendar says of a day; a day it does not hold falls back to Monday to Friday.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    name: str = "working"

    def is_working(self, day: date) -> bool:
        """Say whether `day` is worked."""
        return self.days.get(day, day.weekday() < 5)

    def is_provisional(self, day: date) -> bool:
        """Say whether the official calendar is silent about `day`, so that weekdays stand in."""
        return day not in self.days

    @property
    def day_length(self) -> timedelta:
        """The counted time of one working day."""
        return sum((_span(begin, end) for begin, end in self.hours), timedelta())

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the counted spans from `start` on, in order."""
        first = start.astimezone(CHINA).date()
        for offset in range(FAR_DAYS):
            day = first + timedelta(days=offset)
            if not self.is_working(day):
                continue
            for begin, end in self.hours:
                opens, closes = datetime.combine(day, begin, CHINA), datetime.combine(day, end, CHINA)
                if closes > start:
                    yield max(opens, start), closes

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which `amount` of office time has passed since `start`."""
        if amount <= timedelta():
            return start
        left = amount
        for begin, end in self.spans(start):
            if end - begin >= left:
                return (begin + left).astimezone(UTC)
            left -= end - begin
        raise OverflowError("no such amount of working time within ten years")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time from `start` to `end`."""
        total = timedelta()
        for opens, closes in self.spans(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total


def _span(begin: time, end: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, end) - datetime.combine(day, begin)
