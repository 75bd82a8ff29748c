"""What others are asked for has its time limit too: help, a word on a request, an answer; told once, whoever looks."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.cases import make_move, report_case
from dispatch.queries import load_case
from dispatch.records import CaseRecord, ClockRecord
from dispatch.rulebook import load_rulebook
from dispatch.rules.calendar import WorkingCalendar
from dispatch.rules.clocks import WALL
from dispatch.rules.command import Command
from dispatch.rules.explanation import explanation
from dispatch.rules.vocabulary import Cause, Move, Target
from dispatch.watch import watch_once
from gis.actor import SYSTEM, Actor
from gis.database import Database
from tests.dispatch.county import (
    POLICE,
    START,
    TOWN,
    VILLAGE,
    a_report,
    duty_officer,
    leader,
    police,
    stranger,
    village_officer,
)


async def moved(
    db: Database, who: Actor, case_id: UUID, command: Command | Move, hours: float = 0
) -> CaseRecord:
    made = command if isinstance(command, Command) else Command(command)
    return await make_move(db, who, case_id, made, None, START + timedelta(hours=hours))


async def at_work(db: Database) -> UUID:
    case_id = UUID((await report_case(db, stranger(), a_report(), START)).case["id"])
    await moved(db, village_officer(), case_id, Move.ACCEPT)
    await moved(db, village_officer(), case_id, Move.START)
    return case_id


def clock_of(case: CaseRecord, target: Target) -> ClockRecord:
    return [one for one in case["clocks"] if one["target"] == target][-1]


async def told(db: Database, case_id: UUID) -> list[tuple[str, str, str]]:
    """Return what the log was told of turning clocks: colour, target and desk."""
    sql = text(
        "select data->'detail'->>'colour', data->'detail'->>'target', data->'detail'->>'desk'"
        " from log_events where case_id = :id and kind like 'clock.%' order by id"
    )
    async with db.read(SYSTEM) as tx:
        return [tuple(row) for row in await tx.execute(sql, {"id": case_id})]


HELP = Command(Move.ASK_HELP, to=POLICE, hours=2, text="请到场")


async def test_help_that_does_not_come_turns_amber_and_red_once_whoever_watches(county: Database) -> None:
    case_id = await at_work(county)
    asked = await moved(county, village_officer(), case_id, HELP)
    clock = clock_of(asked, Target.HELP)
    assert (clock["desk"], clock["due_at"]) == (POLICE, asked["help"][0]["due_at"])
    other = Database(county.url.render_as_string(hide_password=False))
    for hours in (1.7, 2.1):
        at = START + timedelta(hours=hours)
        await asyncio.gather(*(watch_once(db, at) for db in (county, other, county, other)))
    await other.close()
    of_help = [(colour, desk) for colour, target, desk in await told(county, case_id) if target == "help"]
    assert of_help == [("amber", POLICE), ("red", POLICE)]


async def test_help_that_came_stops_its_clock_and_no_other(county: Database) -> None:
    case_id = await at_work(county)
    await moved(county, village_officer(), case_id, HELP)
    await moved(county, village_officer(), case_id, Command(Move.ASK_HELP, to=TOWN, hours=5, text="请协调"))
    after = await moved(county, police(), case_id, Command(Move.FINISH_HELP, result="已到场"), hours=1)
    clocks = [one for one in after["clocks"] if one["target"] == "help"]
    assert [(one["desk"], one["colour"]) for one in clocks] == [(POLICE, "met"), (TOWN, "green")]


async def test_a_request_that_nobody_answers_turns_red_at_the_desk_that_grants_it(county: Database) -> None:
    case_id = await at_work(county)
    wait = Command(
        Move.ASK_SUSPEND, cause=Cause.THIRD_PARTY, until=START + timedelta(days=3), reason="等待鉴定"
    )
    asked = await moved(county, village_officer(), case_id, wait)
    clock = clock_of(asked, Target.GRANT)
    assert asked["request"] is not None
    assert (clock["desk"], clock["due_at"]) == (TOWN, asked["request"]["due_at"])
    await watch_once(county, datetime.fromisoformat(clock["due_at"]))
    assert ("red", "grant", TOWN) in await told(county, case_id)
    granted = await moved(county, duty_officer(), case_id, Move.APPROVE, hours=30)
    assert clock_of(granted, Target.GRANT)["colour"] == "missed"


ORDER = Command(Move.SUPERVISE, text="请说明进展")


async def test_an_order_that_nobody_answers_turns_amber_and_red_once_and_its_answer_is_late(
    county: Database,
) -> None:
    case_id = await at_work(county)
    ordered = await moved(county, leader(), case_id, ORDER)
    clock = clock_of(ordered, Target.ANSWER)
    assert ordered["supervision"] is not None
    assert (clock["desk"], clock["due_at"]) == (VILLAGE, ordered["supervision"]["due_at"])
    for moment in (clock["amber_at"], clock["due_at"]):
        await asyncio.gather(*(watch_once(county, datetime.fromisoformat(moment)) for _ in range(3)))
    of_order = [(colour, desk) for colour, target, desk in await told(county, case_id) if target == "answer"]
    assert of_order == [("amber", VILLAGE), ("red", VILLAGE)]
    answered = await moved(
        county, village_officer(), case_id, Command(Move.ANSWER, text="正在调解"), hours=30
    )
    assert clock_of(answered, Target.ANSWER)["colour"] == "missed"


async def test_an_order_goes_with_the_case_and_ends_with_it(county: Database) -> None:
    case_id = await at_work(county)
    await moved(county, leader(), case_id, ORDER)
    taken = await moved(county, duty_officer(), case_id, Command(Move.TAKE_OVER, reason="提级办理"))
    assert clock_of(taken, Target.ANSWER)["desk"] == TOWN
    closed = await moved(county, duty_officer(), case_id, Command(Move.CANCEL, reason="当事人撤回"), hours=1)
    assert clock_of(closed, Target.ANSWER)["colour"] == "met"
    again = await moved(county, leader(), case_id, Command(Move.REOPEN, reason="仍有争议"), hours=2)
    assert again["supervision"] is None
    assert all(one["stopped_at"] for one in again["clocks"] if one["target"] == "answer")


async def test_an_emergency_that_nobody_reached_is_supervised_once_whoever_watches(county: Database) -> None:
    orders = load_rulebook().orders
    report = a_report("fire", holder=VILLAGE)
    case_id = UUID((await report_case(county, stranger(), report, START)).case["id"])
    accepted = await moved(county, village_officer(), case_id, Move.ACCEPT)
    response = datetime.fromisoformat(clock_of(accepted, Target.RESPONSE)["due_at"])
    restarted = Database(county.url.render_as_string(hide_password=False))
    for _ in range(2):
        watchers = (county, restarted, county, restarted)
        await asyncio.gather(*(watch_once(db, response, orders) for db in watchers))
    await restarted.close()
    async with county.read(SYSTEM) as tx:
        case, kinds = await load_case(tx, case_id), await supervised(tx, case_id)
    assert kinds == [("case.supervise", "system", "response")]
    assert case.open_order is not None
    assert (case.open_order.target, case.open_order.due_at - response) == (
        Target.RESPONSE,
        timedelta(minutes=30),
    )
    answered = await moved(county, village_officer(), case_id, Command(Move.ANSWER, text="正赶往现场"), 0.7)
    assert clock_of(answered, Target.ANSWER)["colour"] == "met"
    await watch_once(county, response + timedelta(hours=4), orders)
    async with county.read(SYSTEM) as tx:
        assert (await supervised(tx, case_id))[1:] == [("case.supervise", "system", "resolve")]


async def supervised(tx: AsyncConnection, case_id: UUID) -> list[tuple[str, str, str]]:
    """Return the orders that the log tells of: by whom, and by which clock."""
    sql = text(
        "select kind, actor->>'account', data->'detail'->>'target' from log_events"
        " where case_id = :id and kind = 'case.supervise' order by id"
    )
    return [tuple(row) for row in await tx.execute(sql, {"id": case_id})]


async def test_a_help_task_waits_while_its_case_does(county: Database) -> None:
    case_id = await at_work(county)
    before = await moved(county, village_officer(), case_id, HELP)
    until = START + timedelta(hours=50)
    wait = Command(Move.ASK_SUSPEND, cause=Cause.WEATHER, until=until, reason="大雨")
    await moved(county, village_officer(), case_id, wait)
    after = await moved(county, duty_officer(), case_id, Move.APPROVE)
    assert after["help"][0]["due_at"] > before["help"][0]["due_at"]
    assert clock_of(after, Target.HELP)["due_at"] == after["help"][0]["due_at"]


async def test_a_clock_that_reaches_into_a_year_not_yet_published_says_so(county: Database) -> None:
    case_id = await at_work(county)
    async with county.read(SYSTEM) as tx:
        case = await load_case(tx, case_id)
    known = WorkingCalendar({date(2026, 1, 1) + timedelta(days=day): day % 7 < 5 for day in range(365)})
    clock = next(one for one in case.clocks if one.target is Target.RESOLVE)
    new_year = datetime.fromisoformat("2026-12-31T08:00:00+00:00")
    for end, provisional in ((new_year, False), (known.add(new_year, timedelta(hours=9)), True)):
        asked = replace(clock, started_at=new_year - timedelta(hours=1), due_at=end)
        assert explanation(asked, case, lambda *_: known)["provisional"] is provisional
    assert explanation(clock, case, lambda *_: WALL)["provisional"] is False
