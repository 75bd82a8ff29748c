"""How long what people said is kept: never a moment less, and not at all while something holds it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rulebook import load_rulebook
from dispatch.rules.calendar import CHINA
from dispatch.rules.case import Account, Case, Preservation
from dispatch.rules.retention import (
    LEAST,
    OF_CASE,
    Keeps,
    Kept,
    Period,
    dues,
    ended_at,
    kept_because,
    rule_of,
)
from dispatch.rules.vocabulary import OPEN, CaseClass, Finding, Status
from tests.dispatch.county import START
from tests.dispatch.rules.test_moves import fresh

RULES = load_rulebook().retention
PERIODS = st.one_of(
    st.builds(Period, months=st.integers(1, 400)), st.builds(Period, days=st.integers(1, 4000))
)
MOMENTS = st.integers(0, 2 * 10**15).map(lambda us: START + timedelta(microseconds=us))


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@given(PERIODS, MOMENTS, MOMENTS)
def test_what_the_index_finds_is_what_is_over(period: Period, since: datetime, at: datetime) -> None:
    assert (since < period.ended_before(at)) is (period.due_at(since) <= at)
    # Not a moment before its time, and on its day.
    due = period.due_at(since)
    assert since < period.ended_before(due)
    assert not since < period.ended_before(due - timedelta(microseconds=1))
    assert due.astimezone(CHINA).hour == 0
    assert due - since >= timedelta(days=period.days or 28 * period.months)


@pytest.mark.parametrize(
    "period, since, due",
    [
        (Period(months=36), "2026-11-26T10:00", "2029-11-27T00:00"),
        # The last moment of a day in China and the first of the next, whatever day UTC has.
        (Period(months=36), "2026-11-26T23:59:59.999999", "2029-11-27T00:00"),
        (Period(months=36), "2026-11-27T00:00", "2029-11-28T00:00"),
        (Period(months=6), "2026-08-31T12:00", "2027-03-01T00:00"),
        (Period(months=12), "2028-02-29T12:00", "2029-03-01T00:00"),
        (Period(days=1), "2026-12-31T12:00", "2027-01-02T00:00"),
    ],
)
def test_a_period_ends_with_its_last_day_in_china(period: Period, since: str, due: str) -> None:
    assert period.due_at(china(since)) == china(due)
    assert period.due_at(china(since).astimezone(UTC)) == china(due)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a case in any state that matters here, ended some time ago where it has ended."""
    status = draw(st.sampled_from(Status))
    closed = START + timedelta(seconds=draw(st.integers(0, 2_000_000)))
    settled = draw(st.sampled_from([None, closed, closed + timedelta(days=900)]))
    account = Account(0, "620821101", closed, Finding.NO_FAULT if settled else None, settled)
    return replace(
        fresh("neighbour_dispute"),
        status=status,
        closed_at=None if status in OPEN else closed,
        merged_into=UUID(int=1) if status is Status.MERGED else None,
        case_class=draw(st.sampled_from(CaseClass)),
        preservation=draw(st.sampled_from([None, None, Preservation(closed, "审计员")])),
        accounts=draw(st.sampled_from([(), (account,)])),
    )


def holds(case: Case) -> bool:
    unsettled = any(one.settled_at is None for one in case.accounts)
    return case.status in OPEN or case.preservation is not None or unsettled


@given(cases(), st.none() | cases(), st.integers(0, 40 * 366), st.booleans())
def test_nothing_goes_before_its_time_and_nothing_that_is_held(
    case: Case, target: Case | None, days: int, asked: bool
) -> None:
    at = START + timedelta(days=days)
    found = dues(RULES, case, target, at, asked=asked)
    both = [one for one in (case, target) if one is not None]
    assert bool(found) is (kept_because(case, target) is None) is (not any(map(holds, both)))
    for due in found:
        ended = max(one.closed_at for one in both if one.closed_at)
        assert ended_at(case, target) >= ended
        assert due.due_at >= LEAST[due.rule.what].due_at(ended)
        assert due.is_over(at) is (ended_at(case, target) < due.before)
        if not asked:
            assert due.due_at == due.rule.period.due_at(ended_at(case, target))


def test_ours_keeps_each_kind_of_every_case_at_least_as_long_as_history_goes_back() -> None:
    for case_class in CaseClass:
        case = replace(fresh("fire"), status=Status.CLOSED, closed_at=START, case_class=case_class)
        for due in dues(RULES, case, None, START):
            assert due.due_at > START.replace(year=START.year + 3)
    of = {rule.key: rule for rule in RULES}
    complex_case = replace(fresh("fire"), case_class=CaseClass.COMPLEX)
    assert rule_of(RULES, Kept.WORDS, complex_case) is of["words_of_grave_cases"]
    assert rule_of(RULES, Kept.WORDS, fresh("fire")) is of["words"]
    assert {rule.what for rule in RULES} == set(Kept)


def test_who_asks_is_answered_as_soon_as_nobody_can_sue_any_more() -> None:
    case = replace(
        fresh("neighbour_dispute"), status=Status.CLOSED, closed_at=START, case_class=CaseClass.SIMPLE
    )
    after = START + timedelta(days=200)
    asked = {due.rule.what: due.is_over(after) for due in dues(RULES, case, None, after, asked=True)}
    assert asked == {Kept.REPORTER: True, Kept.WORDS: False, Kept.FILES: True}
    assert not any(due.is_over(after) for due in dues(RULES, case, None, after))
    assert set(OF_CASE) == set(asked)


def test_what_was_merged_waits_for_what_it_went_into() -> None:
    closed = replace(fresh("fire"), status=Status.CLOSED, closed_at=START)
    merged = replace(closed, status=Status.MERGED, merged_into=closed.id)
    assert kept_because(merged, fresh("fire")) is Keeps.MERGED_INTO_OPEN
    assert kept_because(merged, replace(closed, preservation=Preservation(START, "x"))) is Keeps.PRESERVED
    later = replace(closed, closed_at=START + timedelta(days=400))
    assert ended_at(merged, later) == later.closed_at
