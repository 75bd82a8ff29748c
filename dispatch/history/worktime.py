"""The working calendar for millions of moments: the same answers as `WorkingCalendar`, looked up and not walked."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.rules.calendar import CHINA, WorkingCalendar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
Moments = NDArray[np.int64]
"""Microseconds since 1970, as PostgreSQL and Python count them."""


def us_of(moment: datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return (moment - EPOCH) // US


def moment_of(us: int) -> datetime:
    """Return the moment that so many microseconds since 1970 are."""
    return EPOCH + timedelta(microseconds=int(us))


@dataclass(frozen=True)
class CountedCalendar(WorkingCalendar):
    """The spans of office time between two days, counted beforehand; beyond them it walks as its parent does."""

    opens: Moments = field(default_factory=lambda: np.zeros(0, np.int64))
    closes: Moments = field(default_factory=lambda: np.zeros(0, np.int64))
    counted: Moments = field(default_factory=lambda: np.zeros(0, np.int64))  # until each span closes
    _lists: tuple[list[int], list[int], list[int]] = ([], [], [])

    @classmethod
    def between_days(cls, working: WorkingCalendar, first: date, last: date) -> "CountedCalendar":
        """Return the calendar with the spans of the days `first` to `last`."""
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        spans = [
            (us_of(datetime.combine(day, begin, CHINA)), us_of(datetime.combine(day, end, CHINA)))
            for day in days
            if working.is_working(day)
            for begin, end in working.hours
        ]
        opens, closes = np.array(spans, np.int64).T
        counted = np.cumsum(closes - opens)
        lists = (opens.tolist(), closes.tolist(), counted.tolist())
        return cls(working.days, working.hours, working.name, opens, closes, counted, lists)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which `amount` of office time has passed since `start`."""
        opens, closes, counted = self._lists
        if amount <= timedelta():
            return start
        here = us_of(start)
        first = bisect_right(closes, here)
        if not self._covers(start) or first == len(closes):
            return super().add(start, amount)
        total = counted[first] - (closes[first] - max(opens[first], here)) + amount // US
        last = bisect_left(counted, total)
        if last == len(counted):
            return super().add(start, amount)
        return moment_of(closes[last] - (counted[last] - total))

    def add_many(self, starts: Moments, amounts: Moments | timedelta) -> Moments:
        """Return `add` of every start, one amount for all or one each. Raises IndexError beyond the days."""
        amount_us = amounts // US if isinstance(amounts, timedelta) else amounts
        first = np.searchsorted(self.closes, starts, side="right")
        open_s = np.maximum(self.opens[first], starts)
        total = self.counted[first] - (self.closes[first] - open_s) + amount_us
        last = np.searchsorted(self.counted, total, side="left")
        return np.asarray(self.closes[last] - (self.counted[last] - total), np.int64)

    def _covers(self, start: datetime) -> bool:
        day = datetime.combine(start.astimezone(CHINA).date(), time(), CHINA)
        return bool(self._lists[0]) and us_of(day) >= self._lists[0][0] - 86_400_000_000
