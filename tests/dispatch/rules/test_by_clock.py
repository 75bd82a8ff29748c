"""What the system does by itself about a clock that turned red, by the table."""

from dataclasses import replace

import pytest

from dispatch.rulebook import load_rulebook
from dispatch.rules.by_clock import commands_at_red
from dispatch.rules.case import Case, Supervision
from dispatch.rules.clocks import repainted
from dispatch.rules.vocabulary import CaseClass, Colour, Move, Target
from tests.dispatch.county import START
from tests.dispatch.rules.test_moves import fresh

ORDERS = load_rulebook().orders


def late(case: Case, target: Target) -> Case:
    """Return the case at the moment when a clock has just turned red, and no other with it."""
    due = next(clock.due_at for clock in case.clocks if clock.target is target)
    return repainted(case, due)[0]


def done_at_red(case: Case, target: Target) -> list[tuple[Move, Target | None]]:
    painted = late(case, target)
    turned = [clock for clock in painted.clocks if clock.target is target]
    assert [clock.colour for clock in turned] == [Colour.RED]
    return [(one.move, one.target) for one in commands_at_red(painted, turned, ORDERS)]


@pytest.mark.parametrize("target", [Target.RESPONSE, Target.RESOLVE])
def test_a_late_emergency_is_supervised_for_the_clock_that_turned(target: Target) -> None:
    assert done_at_red(fresh("fire"), target) == [(Move.SUPERVISE, target)]


def test_priority_orders_what_the_class_alone_would_not() -> None:
    case = replace(fresh("neighbour_dispute"), case_class=CaseClass.SIMPLE)
    assert done_at_red(case, Target.RESPONSE) == []
    assert done_at_red(replace(case, priority=2), Target.RESPONSE) == [(Move.SUPERVISE, Target.RESPONSE)]


def test_an_order_that_waits_already_is_enough() -> None:
    fire = fresh("fire")
    waits = replace(fire, supervision=Supervision(START, "王书记", START))
    answered = replace(fire, supervision=Supervision(START, "王书记", START, answered_at=START))
    assert done_at_red(waits, Target.RESPONSE) == []
    assert done_at_red(answered, Target.RESPONSE) == [(Move.SUPERVISE, Target.RESPONSE)]


def test_two_clocks_that_turn_at_once_give_one_order_and_offer_the_case_besides() -> None:
    case = replace(fresh("public_order"), case_class=CaseClass.EMERGENCY)
    painted, turned = repainted(case, max(clock.due_at for clock in case.clocks))
    assert [one.move for one in commands_at_red(painted, turned, ORDERS)] == [Move.ESCALATE, Move.SUPERVISE]


def test_without_rows_a_red_clock_orders_nothing() -> None:
    painted, turned = repainted(fresh("fire"), max(clock.due_at for clock in fresh("fire").clocks))
    assert commands_at_red(painted, turned, ()) == ()
