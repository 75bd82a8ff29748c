"""The law walked along what it allows: deep walks, on which every move there is gets made."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.case import Case
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.command import Command, Context, Edit
from dispatch.rules.decide import decide
from dispatch.rules.moves import MOVES
from dispatch.rules.rights import verdicts
from dispatch.rules.vocabulary import CaseClass, Cause, Finding, Move, Target
from gis.actor import Actor
from gis.errors import WallError
from tests.dispatch.county import GRID, OTHER_VILLAGE, POLICE, START, TOWN, VILLAGE
from tests.dispatch.rules.test_moves import (
    CALENDARS,
    HEALTH,
    OTHER,
    PEOPLE,
    SISTER,
    County,
    check_case,
    fresh,
)

WAITS_S = (0, 30, 900, 20_000, 90_000)


def a_command(move: Move, at: datetime, rng: Random, case: Case) -> Command:
    """Return a command that could well be meant: its fields fit the case more often than not."""
    unit = rng.choice([one.unit for one in case.open_assignments] or ["grid-1", "police-1"])
    return Command(
        move=move,
        reason="因故",
        text="说明",
        result="已办结",
        where_to_turn="镇政府",
        to=rng.choice([TOWN, VILLAGE, POLICE, HEALTH, SISTER]) if move is not Move.ESCALATE else None,
        units=(unit if move is Move.RECALL else rng.choice(["grid-1", "patrol-1", "police-1"]),),
        unit=unit,
        passed=rng.random() < 0.6,
        edit=Edit(
            priority=rng.randint(1, 4),
            case_class=rng.choice([None, *CaseClass]),
            area_code=rng.choice([None, GRID, OTHER_VILLAGE]),
        ),
        cause=rng.choice(list(Cause)),
        until=at + timedelta(hours=rng.randint(1, 200)),
        hours=rng.choice([1, 8, 40]),
        target=rng.choice([Target.RESOLVE, Target.RESPONSE]),
        score=rng.randint(1, 5),
        into=UUID(int=1),
        without_help=rng.choice([None, "不再需要"]),
        hop=rng.randrange(len(case.custody)),
        finding=rng.choice(list(Finding)),
    )


def walk(category: str, seed: int, steps: int, made: Counter[Move] | None = None) -> None:
    """Walk one case along what is allowed, checking it at every step.

    With `made` the walk counts its moves there and goes, more often than not, where the fewest went before.
    """
    rng, case, world, at = Random(seed), fresh(category), County(), START
    for _ in range(steps):
        at += timedelta(seconds=rng.choice(WAITS_S))
        open_to: dict[Move, list[Actor]] = {}
        for person in PEOPLE:
            for verdict in verdicts(person, case):
                if verdict.allowed:
                    open_to.setdefault(verdict.move, []).append(person)
        move = rng.choice(sorted(open_to))
        if made is not None and rng.random() < 0.7:
            move = min(sorted(open_to), key=made.__getitem__)
        actor = rng.choice(open_to[move])
        context = Context(actor, at, CALENDARS, uuid4, world.units, OTHER)
        try:
            outcome = decide(case, a_command(move, at, rng, case), context)
        except WallError:
            continue
        assert outcome.case.version == case.version + 1
        case = outcome.case
        world.apply(outcome)
        check_case(case, world.units)
        if made is not None:
            made[move] += 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(CATEGORIES)), st.integers(0, 2**32), st.integers(1, 60))
def test_a_walk_along_what_is_allowed_never_breaks_the_case(category: str, seed: int, steps: int) -> None:
    walk(category, seed, steps)


def test_such_walks_make_every_move_there_is() -> None:
    made = Counter[Move]()
    for seed in range(200):
        walk(sorted(CATEGORIES)[seed % len(CATEGORIES)], seed, 60, made)
        if set(made) == set(MOVES):
            break
    assert set(made) == set(MOVES)
