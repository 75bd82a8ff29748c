"""The law walked on real rows: what the log is told of a case is what the tables hold of it, after every step."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from dispatch import tables
from dispatch.actions.cases import make_move, report_case, turn_clocks
from dispatch.queries import load_calendars, load_case
from dispatch.records import case_record
from dispatch.rules.case import Case
from dispatch.rules.clocks import calendar_for, reckoned
from dispatch.rules.rights import verdicts
from dispatch.rules.vocabulary import Move
from gis.actor import SYSTEM, Actor
from gis.database import Database
from gis.errors import WallError
from tests.dispatch.county import START, a_report, settle, stranger
from tests.dispatch.rules.test_moves import HEALTH, PEOPLE, SISTER
from tests.dispatch.rules.test_walks import WAITS_S, a_command

STEPS = 120
SEEING = tuple(person for person in PEOPLE if person.desk)
LAST_TOLD = text("select data->'case' from log_events where case_id = :id order by id desc limit 1")
VERSIONS = text("select distinct version from log_events where case_id = :id order by version")


@pytest.fixture
async def county(db: Database) -> Database:
    """The small county and two desks more, on a fresh database."""
    await settle(db)
    async with db.transaction(SYSTEM) as tx:
        for desk, kind in ((SISTER, "area"), (HEALTH, "department")):
            area = desk.partition("/")[0]
            await tx.execute(insert(tables.desks).values(id=desk, name=desk, kind=kind, area_code=area))
    return db


async def check_rows(db: Database, case_id: UUID) -> Case:
    async with db.read(SYSTEM) as tx:
        held = await load_case(tx, case_id)
        told = await tx.scalar(LAST_TOLD, {"id": case_id})
        versions = (await tx.execute(VERSIONS, {"id": case_id})).scalars().all()
        calendar_of = await load_calendars(tx)
    assert told == case_record(held)
    assert versions == list(range(1, held.version + 1))
    check_custody(held)
    for clock in held.clocks:
        if clock.running:
            calendar = calendar_for(clock, held.case_class, calendar_of)
            assert reckoned(clock, held.case_class, calendar) == clock
    return held


def check_custody(case: Case) -> None:
    """One pair of hands at every moment, from the report on, without a gap."""
    assert [hop.to_at for hop in case.custody[:-1]] == [hop.from_at for hop in case.custody[1:]]
    assert (case.custody[-1].desk, case.custody[-1].to_at) == (case.holder, None)


def a_step(case: Case, rng: Random) -> tuple[Actor, Move]:
    """Return somebody, and a move that is open to him: any kind of move as likely as any other."""
    open_to: dict[Move, list[Actor]] = {}
    for person in SEEING:
        for verdict in verdicts(person, case):
            if verdict.allowed:
                open_to.setdefault(verdict.move, []).append(person)
    move = rng.choice(sorted(open_to))
    return rng.choice(open_to[move]), move


@pytest.mark.parametrize("seed", range(2))
async def test_after_every_step_the_last_fact_is_what_the_tables_hold(county: Database, seed: int) -> None:
    rng, at, made = Random(seed), START, Counter[Move]()
    other = UUID((await report_case(county, stranger(), a_report(), at)).case["id"])
    case_id = UUID((await report_case(county, stranger(), a_report(), at)).case["id"])
    for _ in range(STEPS):
        at += timedelta(seconds=rng.choice(WAITS_S))
        if rng.random() < 0.2:
            await turn_clocks(county, case_id, at)
        case = await check_rows(county, case_id)
        actor, move = a_step(case, rng)
        command = a_command(move, at, rng, case)
        try:
            await make_move(county, actor, case_id, replace(command, into=other), None, at)
        except WallError:
            continue
        made[move] += 1
    await check_rows(county, case_id)
    await check_rows(county, other)
    assert len(made) > 10
