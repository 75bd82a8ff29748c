"""Rules of warnings as a value: they do not flap, and a card moves by its table and by no other way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.warnings import (
    CARD_MOVES,
    CARD_MOVES_OF_ROLE,
    OPEN_CARD,
    Card,
    CardCommand,
    CardMove,
    CardStatus,
    Measure,
    Reading,
    State,
    SubjectKind,
    WarningRule,
    card_verdicts,
    decide_card,
    is_late,
    step,
)
from gis.actor import Actor, Role
from gis.errors import InvalidInput, MoveNotAllowed, NotYourMove, WallError

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DUE = AT + timedelta(days=5)
RULE = WarningRule(
    "late", "超时", "Late", "red", Measure.OVERDUE_COUNT, SubjectKind.AREA, "township", 72, 10, 5, 3, 24
)
TOWN, COUNTY, VILLAGE = "620821101", "620821", "620821101201"


def somebody(role: Role, desk: str) -> Actor:
    return Actor(f"{role}-{desk}", role, role, desk, desk.partition("/")[0])


def a_card(**changes: object) -> Card:
    values = {
        "id": uuid4(),
        "number": "2026-0001",
        "version": 1,
        "rule": "late",
        "colour": "red",
        "praises": False,
        "subject_kind": SubjectKind.AREA,
        "subject": TOWN,
        "about": "",
        "desk": TOWN,
        "area_code": TOWN,
        "access": (),
        "status": CardStatus.ISSUED,
        "measure": "overdue_count",
        "value": 12.0,
        "n": 40,
        "threshold": 10.0,
        "window_h": 72,
        "evidence": (),
        "issued_at": AT,
        "changed_at": AT,
    }
    return Card(**(values | changes))  # type: ignore[arg-type]


values = st.lists(
    st.tuples(st.floats(0, 20, allow_nan=False), st.integers(0, 50), st.integers(1, 30)), max_size=40
)


@given(values)
@settings(max_examples=200, deadline=None)
def test_no_second_card_comes_before_the_measure_has_fallen_and_rested(
    readings: list[tuple[float, int, int]],
) -> None:
    state, at = State(), AT
    fell_at: datetime | None = AT - timedelta(days=30)
    for value, n, hours in readings:
        at += timedelta(hours=hours)
        state, issued = step(RULE, state, Reading(TOWN, "", value, n), at)
        if issued:
            assert value >= RULE.on
            assert n >= RULE.least
            assert fell_at is not None
            assert at - fell_at >= timedelta(hours=RULE.rest_h)
            fell_at = None
        elif fell_at is None and value < RULE.off:
            fell_at = at


@given(values)
@settings(max_examples=100, deadline=None)
def test_the_same_reading_read_twice_issues_once(readings: list[tuple[float, int, int]]) -> None:
    state, at = State(), AT
    for value, n, hours in readings:
        at += timedelta(hours=hours)
        reading = Reading(TOWN, "", value, n)
        state, _ = step(RULE, state, reading, at)
        again, issued = step(RULE, state, reading, at)
        assert not issued
        assert again == state


def test_between_the_two_thresholds_nothing_changes_either_way() -> None:
    for raised in (False, True):
        state = State(raised, AT - timedelta(days=2))
        assert step(RULE, state, Reading(TOWN, "", 7, 30), AT) == (state, False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*CardMove]),
            st.sampled_from([*CARD_MOVES_OF_ROLE]),
            st.sampled_from([COUNTY, TOWN, VILLAGE, "620821102", "620821/police"]),
            st.booleans(),
        ),
        max_size=30,
    ),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_a_card_moves_by_the_table_alone(
    tried: list[tuple[CardMove, Role, str, bool]], praises: bool
) -> None:
    card, at = a_card(praises=praises), AT
    for move, role, desk, passed in tried:
        at += timedelta(hours=1)
        actor = somebody(role, desk)
        command = CardCommand(move, text="话", passed=passed, held_at=AT, who="镇长", title="题")
        if (move, None) not in card_verdicts(actor, card):
            with pytest.raises(WallError):
                decide_card(card, command, actor, at, at + timedelta(days=5))
            continue
        after = decide_card(card, command, actor, at, at + timedelta(days=5))
        assert card.status in CARD_MOVES[move].sources
        assert after.version == card.version + 1
        assert (after.status is CardStatus.CLOSED) == (after.closed_at is not None)
        assert desk in (TOWN, COUNTY)
        if move is CardMove.ANSWER:
            assert desk == TOWN
        if move in (CardMove.NOTIFY, CardMove.CHECK, CardMove.TALK, CardMove.LIFT, CardMove.COMMEND):
            assert desk == COUNTY
        card = after


def test_a_result_that_fails_its_check_goes_back_with_a_new_limit() -> None:
    card = a_card(status=CardStatus.ANSWERED, answered_at=AT, due_at=AT, late_at=AT)
    county = somebody(Role.LEADER, COUNTY)
    again = decide_card(card, CardCommand(CardMove.CHECK, text="不行", passed=False), county, AT, DUE)
    assert (again.status, again.rounds, again.due_at, again.late_at) == (CardStatus.RECTIFYING, 1, DUE, None)
    done = decide_card(card, CardCommand(CardMove.CHECK, text="好", passed=True), county, AT, DUE)
    assert (done.status, done.outcome) == (CardStatus.CLOSED, "rectified")


def test_nobody_talks_before_the_talk_was_held_nor_without_words() -> None:
    county = somebody(Role.DISPATCHER, COUNTY)
    ahead = CardCommand(CardMove.TALK, text="记录", who="镇长", held_at=AT + timedelta(hours=1))
    with pytest.raises(InvalidInput, match="after it was held"):
        decide_card(a_card(), ahead, county, AT, DUE)
    with pytest.raises(InvalidInput, match="'who'"):
        decide_card(a_card(), replace(ahead, who=" "), county, AT, DUE)


def test_praise_is_not_rectified_and_blame_is_not_commended() -> None:
    county = somebody(Role.DISPATCHER, COUNTY)
    with pytest.raises(MoveNotAllowed):
        decide_card(a_card(praises=True), CardCommand(CardMove.NOTIFY, text="改"), county, AT, DUE)
    with pytest.raises(MoveNotAllowed):
        decide_card(a_card(), CardCommand(CardMove.COMMEND, text="好", title="好"), county, AT, DUE)


def test_the_countys_own_card_is_its_leaders_to_check() -> None:
    card = a_card(desk=COUNTY, subject=COUNTY, area_code=COUNTY)
    command = CardCommand(CardMove.NOTIFY, text="改")
    with pytest.raises(NotYourMove):
        decide_card(card, command, somebody(Role.DISPATCHER, COUNTY), AT, DUE)
    assert decide_card(card, command, somebody(Role.LEADER, COUNTY), AT, DUE).status in OPEN_CARD


def test_an_answer_is_late_only_while_it_is_owed() -> None:
    owed = a_card(status=CardStatus.RECTIFYING, due_at=DUE)
    assert not is_late(owed, AT)
    assert is_late(owed, DUE)
    assert not is_late(replace(owed, status=CardStatus.ANSWERED), DUE)
