"""What a telephone tells later counts from when it was done, within what can be believed."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.case import Assignment
from dispatch.rules.told_late import AT_ONCE, LATEST, SKEW, when_done
from dispatch.rules.vocabulary import AssignmentState, UnitKind
from gis.errors import InvalidInput
from tests.dispatch.county import GRID, START, VILLAGE

SENT = Assignment(
    uuid4(), "grid-1", "grid-1", UnitKind.GRID_OFFICER, VILLAGE, GRID, AssignmentState.DISPATCHED, START
)
MINUTE = timedelta(minutes=1)


def test_what_is_told_at_once_has_no_moment_of_its_own() -> None:
    at = START + 5 * MINUTE
    assert when_done(SENT, None, at) is None
    assert when_done(SENT, at - timedelta(seconds=2), at) is None
    assert when_done(SENT, at + timedelta(seconds=30), at) is None


@pytest.mark.parametrize("done", [START - 2 * MINUTE, START + 61 * MINUTE, START - timedelta(days=2)])
def test_a_moment_that_cannot_be_is_refused(done: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        when_done(SENT, done, START + 59 * MINUTE)
    assert refused.value.code == "bad_done_at"


def test_two_moves_that_are_told_together_keep_their_own_order() -> None:
    told = START + 60 * MINUTE
    departed = when_done(SENT, START + 10 * MINUTE, told)
    assert departed == START + 10 * MINUTE
    gone = replace(
        SENT,
        state=AssignmentState.ENROUTE,
        acknowledged_at=told,
        departed_at=told,
        departed_done_at=departed,
    )
    assert when_done(gone, START + 25 * MINUTE, told) == START + 25 * MINUTE
    with pytest.raises(InvalidInput):
        when_done(gone, START + 5 * MINUTE, told)


@given(
    st.timedeltas(timedelta(0), timedelta(hours=20)), st.timedeltas(timedelta(hours=-1), timedelta(hours=22))
)
def test_whatever_is_believed_lies_between_what_came_before_and_now(told: timedelta, done: timedelta) -> None:
    at = START + told
    try:
        found = when_done(SENT, START + done, at)
    except InvalidInput:
        assert done > told + SKEW or done < -SKEW or told - done > LATEST
        return
    assert found is None or START <= found <= at - AT_ONCE
