"""Pauses and extensions, by property: they never shorten, their order is nothing, and a clock can say why."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.calendar import Calendar, WallCalendar, WorkingCalendar
from dispatch.rules.case import Pause
from dispatch.rules.clocks import due
from dispatch.rules.explanation import paused_time
from dispatch.rules.vocabulary import RequestKind
from tests.dispatch.county import START

CALENDARS = st.sampled_from([WallCalendar(), WorkingCalendar({date(2026, 11, 28): True})])
AMOUNTS = st.integers(60, 60 * 3600).map(lambda s: timedelta(seconds=s))


def _pause(begin: int, length: int) -> Pause:
    first = START + timedelta(seconds=begin)
    return Pause(first, first + timedelta(seconds=length), RequestKind.SUSPEND)


PAUSES = st.lists(st.builds(_pause, st.integers(0, 10 * 86400), st.integers(0, 5 * 86400)), max_size=5)


def _counted(calendar: Calendar, end: datetime, pauses: list[Pause]) -> timedelta:
    """Counted time from START to `end` outside all pauses, the slow and plain way."""
    edges = sorted(
        {START, end, *(min(max(edge, START), end) for p in pauses for edge in (p.from_at, p.to_at))}
    )
    return sum(
        (
            calendar.between(one, other)
            for one, other in pairwise(edges)
            if not any(p.from_at <= one and other <= p.to_at for p in pauses)
        ),
        timedelta(),
    )


@given(CALENDARS, AMOUNTS, PAUSES)
def test_exactly_the_limit_is_counted_outside_the_pauses(
    calendar: Calendar, amount: timedelta, pauses: list[Pause]
) -> None:
    assert _counted(calendar, due(calendar, START, amount, pauses), pauses) == amount


@given(CALENDARS, AMOUNTS, PAUSES, PAUSES)
def test_pausing_never_shortens(
    calendar: Calendar, amount: timedelta, pauses: list[Pause], more: list[Pause]
) -> None:
    assert due(calendar, START, amount, pauses + more) >= due(calendar, START, amount, pauses)


@given(CALENDARS, AMOUNTS, PAUSES.flatmap(lambda all_: st.tuples(st.just(all_), st.permutations(all_))))
def test_the_order_of_pauses_does_not_matter(
    calendar: Calendar, amount: timedelta, pauses: tuple[list[Pause], list[Pause]]
) -> None:
    assert due(calendar, START, amount, pauses[0]) == due(calendar, START, amount, pauses[1])


@given(CALENDARS, AMOUNTS, st.integers(0, 86400), st.integers(1, 86400), st.integers(1, 86400))
def test_a_pause_cut_in_two_is_the_same_pause(
    calendar: Calendar, amount: timedelta, begin: int, first: int, second: int
) -> None:
    whole, parts = [_pause(begin, first + second)], [_pause(begin, first), _pause(begin + first, second)]
    assert due(calendar, START, amount, whole) == due(calendar, START, amount, parts)


@given(AMOUNTS, PAUSES)
def test_on_the_wall_a_clock_is_late_by_exactly_what_was_paused(
    amount: timedelta, pauses: list[Pause]
) -> None:
    end = due(WallCalendar(), START, amount, pauses)
    assert end == START + amount + paused_time(tuple(pauses), START, end)


@given(CALENDARS, AMOUNTS, AMOUNTS, PAUSES)
def test_an_extension_only_ever_gives_time(
    calendar: Calendar, amount: timedelta, extra: timedelta, pauses: list[Pause]
) -> None:
    assert due(calendar, START, amount + extra, pauses) > due(calendar, START, amount, pauses)


@given(CALENDARS, AMOUNTS, AMOUNTS)
def test_what_lies_between_is_what_was_added(calendar: Calendar, amount: timedelta, other: timedelta) -> None:
    middle = calendar.add(START, amount)
    assert calendar.between(START, middle) == amount
    assert calendar.between(START, calendar.add(middle, other)) == amount + other
