"""The steps of a fix: pure functions of the last fix and the new one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.avl import STEPS, Carrier, Fix, Refusal
from dispatch.avl.fix import may_report
from dispatch.avl.steps import FASTEST_MPS, distance_m, run_steps, steps_for
from gis.actor import SYSTEM, Actor, Role

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
GRID = "620821101201001"
CARRIER = Carrier("grid-1", 1, "620821101201", GRID)


def fix(after_s: float = 0.0, east_m: float = 0.0, **known: float | None) -> Fix:
    """Return a fix so long after and so far east of the first."""
    at = AT + timedelta(seconds=after_s)
    return Fix("grid-1", at, 107.3 + east_m / 90_800, 35.3, at, **known)  # type: ignore[arg-type]


def code(before: Fix | None, new: Fix) -> str | None:
    """Return the code with which a fix is refused, None when it passes."""
    outcome = run_steps(STEPS, before, new)
    return outcome.code if isinstance(outcome, Refusal) else None


def test_a_first_fix_passes() -> None:
    assert code(None, fix()) is None


@pytest.mark.parametrize(
    "new,refused",
    [
        (fix()._replace(lon=181.0), "no_such_place"),
        (fix()._replace(lat=-90.5), "no_such_place"),
        (fix()._replace(lon=0.0, lat=0.0), "no_fix"),
        (fix()._replace(received_at=AT - timedelta(seconds=61)), "in_the_future"),
        (fix()._replace(received_at=AT + timedelta(days=7, seconds=1)), "too_old"),
        (fix(accuracy_m=-1.0), "too_blurred"),
        (fix(accuracy_m=2_001.0), "too_blurred"),
    ],
)
def test_what_no_receiver_can_mean_is_refused_with_its_reason(new: Fix, refused: str) -> None:
    assert code(None, new) == refused


@pytest.mark.parametrize("ahead_s", [0, 59])
def test_a_clock_that_runs_a_little_ahead_is_forgiven(ahead_s: float) -> None:
    assert code(None, fix()._replace(received_at=AT - timedelta(seconds=ahead_s))) is None


@pytest.mark.parametrize("after_s", [0.0, -0.001, -3600.0])
def test_what_is_not_newer_is_stale(after_s: float) -> None:
    assert code(fix(), fix(after_s)) == "stale"


def test_a_jump_is_refused_and_forgiven_when_enough_time_has_passed() -> None:
    assert code(fix(), fix(10, east_m=10 * FASTEST_MPS - 5)) is None
    assert code(fix(), fix(10, east_m=10 * FASTEST_MPS + 20)) == "impossible_jump"
    assert code(fix(), fix(60, east_m=10 * FASTEST_MPS + 20)) is None


def test_a_blurred_fix_may_jump_by_its_blur_and_no_more_than_two_hundred_metres() -> None:
    assert code(fix(accuracy_m=50.0), fix(1, east_m=FASTEST_MPS + 80, accuracy_m=40.0)) is None
    assert code(fix(accuracy_m=50.0), fix(1, east_m=FASTEST_MPS + 100, accuracy_m=40.0)) == "impossible_jump"
    assert code(fix(accuracy_m=900.0), fix(1, east_m=FASTEST_MPS + 220)) == "impossible_jump"


def test_two_fixes_within_a_second_are_given_a_whole_one() -> None:
    assert code(fix(), fix(0.01, east_m=60)) is None


def test_the_units_of_a_hurried_simulation_may_move_faster() -> None:
    far = fix(10, east_m=50 * FASTEST_MPS)
    assert isinstance(run_steps(STEPS, fix(), far), Refusal)
    assert isinstance(run_steps(steps_for(10 * FASTEST_MPS), fix(), far), Fix)


@pytest.mark.parametrize(
    "before,new,moving",
    [
        (None, fix(speed_mps=5.0), True),
        (None, fix(speed_mps=0.3), False),
        (None, fix(), False),
        (fix(), fix(10, east_m=40), True),
        (fix(), fix(10, east_m=10), False),
        (fix(), fix(3600, east_m=40), False),
        (fix(), fix(10, east_m=400, speed_mps=0.0), False),
    ],
)
def test_moving_goes_by_speed_and_else_by_the_way_come(before: Fix | None, new: Fix, *, moving: bool) -> None:
    outcome = run_steps(STEPS, before, new)
    assert isinstance(outcome, Fix)
    assert outcome.moving is moving


def test_a_speed_that_cannot_be_is_taken_as_unknown() -> None:
    outcome = run_steps(STEPS, None, fix(speed_mps=500.0))
    assert isinstance(outcome, Fix)
    assert outcome.speed_mps is None


@given(steps=st.lists(st.tuples(st.floats(-100, 1000), st.floats(-5e4, 5e4)), min_size=1, max_size=20))
def test_what_passes_is_always_newer_and_never_farther_than_one_can_come(
    steps: list[tuple[float, float]],
) -> None:
    known = fix()
    for after_s, east_m in steps:
        outcome = run_steps(STEPS, known, fix(after_s, east_m=east_m))
        if isinstance(outcome, Fix):
            assert outcome.at > known.at
            assert distance_m(known, outcome) <= FASTEST_MPS * max(1, (outcome.at - known.at).total_seconds())
            known = outcome


@dataclass(frozen=True)
class Who:
    """A sender and what he is told."""

    actor: Actor
    refused: str | None


@pytest.mark.parametrize(
    "who",
    [
        Who(Actor("1", "", Role.GRID_OFFICER, "620821101201", GRID, "grid-1"), None),
        Who(Actor("2", "", Role.GRID_OFFICER, "620821101201", "620821101201", "grid-2"), "not_your_unit"),
        Who(Actor("3", "", Role.GRID_OFFICER, "620821102201", "620821102201", "grid-9"), "unknown_unit"),
        Who(Actor("4", "", Role.DEVICE, "620821101", "620821101"), None),
        Who(Actor("5", "", Role.DEVICE, "620821102", "620821102"), "unknown_unit"),
        Who(Actor("6", "", Role.DISPATCHER, "620821", "620821"), "not_your_unit"),
        Who(Actor("7", "", Role.KIOSK, "620821", "620821"), "not_your_unit"),
        Who(Actor("8", "", Role.REPORTER, "", ""), "unknown_unit"),
        Who(SYSTEM, None),
    ],
    ids=lambda who: f"{who.actor.role} {who.actor.desk} {who.refused}",
)
def test_only_the_unit_itself_and_devices_of_its_area_say_where_it_is(who: Who) -> None:
    refusal = may_report(who.actor, CARRIER)
    assert (refusal and refusal.code) == who.refused
