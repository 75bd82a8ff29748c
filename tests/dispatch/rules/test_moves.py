"""The law, walked by random people making random moves."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.actions.cases import new_case
from dispatch.records import case_record
from dispatch.rules.calendar import WorkingCalendar
from dispatch.rules.case import Case
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.clocks import TARGETS, calendar_for, calendars, due, repainted
from dispatch.rules.decide import HANDLERS, Command, Context, Edit, Outcome, UnitView, decide
from dispatch.rules.desks import superior_of
from dispatch.rules.explanation import explanation
from dispatch.rules.moves import MOVES, MOVES_OF_ROLE, UNIT_RULES, Relation
from dispatch.rules.rights import verdicts
from dispatch.rules.vocabulary import (
    OPEN,
    UNDER_WAY,
    Callback,
    CaseClass,
    Cause,
    Colour,
    Finding,
    Move,
    Status,
    Target,
    UnitKind,
    UnitState,
)
from gis.actor import Actor, Role
from gis.errors import WallError
from tests.dispatch import county
from tests.dispatch.county import POLICE, START, TOWN, VILLAGE

CALENDARS = calendars(WorkingCalendar(), frozenset({VILLAGE, TOWN}))
SISTER, HEALTH = "620821101202", "620821/health"


def own_officer() -> Actor:
    """The officer of the very grid where things happen."""
    return replace(county.grid_officer(), area=county.GRID)


PEOPLE = (
    county.dispatcher(),
    county.dispatcher(),
    county.leader(),
    county.duty_officer(),
    county.duty_officer(county.OTHER_TOWN),
    county.village_officer(),
    county.grid_officer(),
    own_officer(),
    county.police(),
    county.actor(Role.DEPARTMENT, HEALTH),
    county.village_officer(SISTER),
    county.actor(Role.AUDITOR, county.COUNTY),
    county.stranger(),
)
COMMANDS = st.builds(
    Command,
    move=st.sampled_from(sorted(MOVES)),
    reason=st.sampled_from([None, "因故"]),
    text=st.just("说明"),
    result=st.just("已办结"),
    where_to_turn=st.just("镇政府"),
    to=st.sampled_from([None, TOWN, VILLAGE, POLICE, HEALTH, county.OTHER_TOWN, SISTER]),
    units=st.sampled_from([("grid-1",), ("patrol-1", "grid-2"), ("police-1",)]),
    unit=st.sampled_from(["grid-1", "grid-2", "patrol-1", "police-1"]),
    passed=st.booleans(),
    cause=st.sampled_from(Cause),
    until=st.integers(0, 10 * 86400).map(lambda seconds: START + timedelta(seconds=seconds)),
    hours=st.sampled_from([None, 8, 40]),
    target=st.sampled_from(Target),
    score=st.integers(0, 6),
    into=st.just(UUID(int=1)),
    without_help=st.sampled_from([None, "不再需要"]),
    callback=st.sampled_from([None, *Callback]),
    hop=st.integers(0, 3),
    finding=st.sampled_from(Finding),
    edit=st.builds(
        Edit,
        priority=st.integers(1, 4),
        case_class=st.sampled_from([None, *CaseClass]),
        area_code=st.sampled_from([None, county.GRID, county.OTHER_VILLAGE]),
    ),
)
STEPS = st.lists(st.tuples(st.sampled_from(PEOPLE), COMMANDS, st.integers(0, 100_000)), max_size=40)


def fresh(category: str) -> Case:
    return new_case(county.a_report(category), county.stranger(), START, "1", CALENDARS)


OTHER = fresh("neighbour_dispute")


class County:
    """The units of the small county, as the actions would keep them."""

    def __init__(self) -> None:
        self.units = {
            name: UnitView(name, name, UnitKind(kind), desk, area, True, UnitState.AVAILABLE, None)
            for name, kind, desk, area in county.UNITS
        }

    def apply(self, outcome: Outcome) -> None:
        for change in outcome.units:
            unit = self.units[change.unit]
            self.units[change.unit] = replace(unit, state=change.state, case_id=change.case_id)


def seconds(amount: int) -> timedelta:
    return timedelta(seconds=amount)


def check_case(case: Case, units: dict[str, UnitView]) -> None:
    """What holds of every case at every moment."""
    assert [hop.desk for hop in case.custody if hop.to_at is None] == [case.holder]
    for earlier, later in zip(case.custody, case.custody[1:], strict=False):
        assert earlier.to_at == later.from_at
    assert case.holder in case.access
    above = superior_of(case.holder)
    assert above is None or case.area_code.startswith(above) or above in case.access
    bound = {unit.id for unit in units.values() if unit.case_id == case.id}
    assert bound == {one.unit for one in case.open_assignments}
    if case.status is Status.DISPATCHED:
        assert case.open_assignments
    if case.status not in OPEN:
        assert not case.open_assignments
        assert case.offer is None
        assert not [clock for clock in case.clocks if clock.running]
    if case.status is Status.SUSPENDED:
        assert case.suspended_at is not None
        assert case.suspended_until is not None
        assert not case.open_assignments
        assert case.offer is None
    else:
        assert (case.suspended_at, case.suspended_until) == (None, None)
    waits = case.status in (Status.SUSPENDED, Status.MERGED)
    assert (case.status_before is not None) == waits
    assert (case.merged_into is not None) == (case.status is Status.MERGED)
    assert (case.closed_at is not None) == (case.status not in OPEN)
    for account in case.accounts:
        assert case.custody[account.hop].to_at is not None
        assert case.custody[account.hop].desk == account.desk
        assert (account.finding is None) == (account.settled_at is None)
    if case.status not in OPEN or case.status is Status.RESOLVED:
        assert not case.open_helps
    assert all(one.desk in case.access for one in case.helps)
    waited_for = {clock.hop for clock in case.clocks if clock.running and clock.target is Target.HELP}
    assert waited_for == {hop for hop, one in enumerate(case.helps) if one.open}
    granted = [clock for clock in case.clocks if clock.running and clock.target is Target.GRANT]
    assert len(granted) == (case.request is not None)
    answers = [clock for clock in case.clocks if clock.running and clock.target is Target.ANSWER]
    assert [(one.desk, one.due_at) for one in answers] == (
        [(case.holder, case.open_order.due_at)] if case.open_order else []
    )
    if case.status in OPEN - {Status.RESOLVED, Status.SUSPENDED}:
        running = [(clock.target, clock.hop) for clock in case.clocks if clock.running]
        assert [target for target, _ in running].count(Target.RESOLVE) == 1
        assert len(running) == len(set(running))
    if case.request is not None:
        assert case.status in UNDER_WAY
        assert case.request.desk == case.holder
    if case.arbiter is not None:
        assert case.arbiter not in case.parties
    for clock in case.clocks:
        explained = explanation(clock, case, CALENDARS)
        if not clock.running:
            continue
        calendar = calendar_for(clock, case.case_class, CALENDARS)
        assert due(calendar, clock.started_at, seconds(explained["counted_s"]), clock.pauses) == clock.due_at
    takes = [clock for clock in case.clocks if clock.running and clock.target == "take"]
    assert bool(takes) == (case.offer is not None)
    for clock in case.clocks:
        assert clock.started_at <= clock.amber_at <= clock.due_at
        if clock.stopped_at:
            assert (clock.colour is Colour.MET) == (clock.stopped_at <= clock.due_at)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(CATEGORIES)), STEPS)
def test_random_people_making_random_moves_never_break_custody_units_or_clocks(
    category: str, steps: list[tuple[Actor, Command, int]]
) -> None:
    case, world, at = fresh(category), County(), START
    check_case(case, world.units)
    for actor, command, wait_s in steps:
        at += timedelta(seconds=wait_s)
        try:
            outcome = decide(case, command, Context(actor, at, CALENDARS, uuid4, world.units, OTHER))
        except WallError:
            continue
        assert outcome.case.version == case.version + 1
        case = outcome.case
        world.apply(outcome)
        check_case(case, world.units)
        case_record(case)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_a_move_shown_as_not_allowed_is_refused(steps: list[tuple[Actor, Command, int]]) -> None:
    case, world, at = fresh("neighbour_dispute"), County(), START
    for actor, command, wait_s in steps:
        at += timedelta(seconds=wait_s)
        shown = {verdict.move: verdict.allowed for verdict in verdicts(actor, case)}
        try:
            outcome = decide(case, command, Context(actor, at, CALENDARS, uuid4, world.units, OTHER))
        except WallError:
            continue
        assert shown[command.move]
        case = outcome.case
        world.apply(outcome)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40 * 86400))
def test_a_clock_only_ever_gets_later_in_colour(seconds: int) -> None:
    order = [Colour.GREEN, Colour.AMBER, Colour.RED]
    case = fresh("land_dispute")
    earlier, _ = repainted(case, START + timedelta(seconds=seconds // 2))
    later, _ = repainted(case, START + timedelta(seconds=seconds))
    for one, other in zip(earlier.clocks, later.clocks, strict=True):
        assert order.index(one.colour) <= order.index(other.colour)


def test_every_move_has_a_rule_a_handler_and_somebody_who_may_make_it() -> None:
    moves = set(Move) - {Move.REPORT}
    assert set(MOVES) == set(HANDLERS) == moves
    for move in moves:
        assert any(move in allowed for allowed in MOVES_OF_ROLE.values()), move


def test_every_role_has_its_row() -> None:
    assert set(MOVES_OF_ROLE) == set(Role)


def test_unit_moves_are_made_by_units() -> None:
    for move in UNIT_RULES:
        assert MOVES[move].by == {Relation.UNIT}


def test_every_class_has_a_limit_for_what_every_case_goes_through() -> None:
    for target, row in TARGETS.items():
        assert set(row.limits) == set(CaseClass)
        if target not in ("turnout", "help"):
            assert None not in row.limits.values()


AFTER_THE_END = {Move.NOTE, Move.REOPEN, Move.RATE, Move.PRESERVE}


@pytest.mark.parametrize("move", sorted(MOVES))
def test_a_closed_case_takes_only_what_comes_after_the_end(move: Move) -> None:
    closed = replace(fresh("noise"), status=Status.CLOSED, closed_at=START)
    allowed = {verdict.move for person in PEOPLE for verdict in verdicts(person, closed) if verdict.allowed}
    assert (move in allowed) == (move in AFTER_THE_END)


def test_only_a_clock_may_pass_over_a_silent_desk() -> None:
    case = fresh("noise")
    assert case.id != UUID(int=0)
    with pytest.raises(WallError) as refusal:
        decide(
            case,
            Command(Move.ESCALATE, to=county.COUNTY, reason="越级"),
            Context(county.village_officer(), START, CALENDARS, uuid4),
        )
    assert refusal.value.code == "not_your_superior"
