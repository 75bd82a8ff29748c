"""What a move costs the database, and what it reads: few round trips, rows of this moment, the calendar of today."""

import asyncio
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import text

from dispatch.actions.cases import make_move, report_case
from dispatch.actions.once import Key
from dispatch.queries import load_calendars, load_case
from dispatch.records import case_record
from dispatch.rules.calendar import WorkingCalendar
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import CaseClass, Move
from gis.actor import SYSTEM
from gis.batch import Batch
from gis.database import Database, driver
from tests.dispatch.county import START, TOWN, a_report, grid_officer, stranger, village_officer

MOST_ROUND_TRIPS = 8


async def reported(db: Database) -> UUID:
    return UUID((await report_case(db, stranger(), a_report(), START)).case["id"])


async def test_a_move_is_few_round_trips(county: Database) -> None:
    """Begin, actor, key, lock and read, system, write and tell, commit: and one for a desk, a unit or a report."""
    case_id, asked = await reported(county), list[str]()
    single = Database(county.url.render_as_string(hide_password=False), pool_size=1, max_overflow=0)

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        asked.append(record.query)

    try:
        officer = village_officer()
        await make_move(single, officer, case_id, Command(Move.ACCEPT), None, START)
        async with single.read(SYSTEM) as tx:
            driver(tx).add_query_logger(note)
        asked.clear()
        await make_move(
            single, officer, case_id, Command(Move.NOTE, text="看过"), None, START, Key("k" * 8, b"1")
        )
    finally:
        await single.close()
    moves = [sql for sql in asked if "pg_notify" not in sql]
    assert 5 <= len(moves) <= MOST_ROUND_TRIPS, moves


async def test_a_move_that_waited_for_another_reads_the_parts_that_the_other_wrote(county: Database) -> None:
    case_id = await reported(county)
    accepted = await make_move(county, village_officer(), case_id, Command(Move.ACCEPT), None, START)
    assert accepted["version"] == 2
    async with county.transaction(SYSTEM) as first:
        before = await load_case(first, case_id, lock=True)
        waiting = asyncio.create_task(
            make_move(
                county, village_officer(), case_id, Command(Move.DISPATCH, units=("grid-2",)), None, START
            )
        )
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await driver(first).execute(
            "update clocks set colour = 'red' where case_id = $1 and stopped_at is null", case_id
        )
        await driver(first).execute("update cases set version = version + 1 where id = $1", case_id)
    after = await waiting
    assert after["version"] == before.version + 2
    running = [clock["colour"] for clock in after["clocks"] if clock["stopped_at"] is None]
    assert "red" in running
    async with county.read(SYSTEM) as tx:
        assert case_record(await load_case(tx, case_id)) == after


async def test_many_moves_at_the_same_moment_are_all_made_one_after_the_other(county: Database) -> None:
    case_id = await reported(county)
    notes = [Command(Move.NOTE, text=f"第{turn}次") for turn in range(12)]
    answers = await asyncio.gather(
        *(make_move(county, village_officer(), case_id, note, None, START) for note in notes)
    )
    assert sorted(answer["version"] for answer in answers) == list(range(2, 14))


async def test_the_same_request_three_times_at_once_acts_once(county: Database) -> None:
    case_id, officer, key = await reported(county), grid_officer(), Key("three-at-once", b"digest")
    answers = await asyncio.gather(
        *(make_move(county, officer, case_id, Command(Move.ACCEPT), 1, START, key) for _ in range(3))
    )
    assert answers[0] == answers[1] == answers[2]
    async with county.read(SYSTEM) as tx:
        told = text("select count(*) from log_events where case_id = :id and kind = 'case.accept'")
        assert await tx.scalar(told, {"id": case_id}) == 1


async def test_a_calendar_that_somebody_changes_is_read_anew(county: Database) -> None:
    day, elsewhere = date(2026, 11, 28), Database(county.url.render_as_string(hide_password=False))
    async with county.read(SYSTEM) as tx:
        before = (await load_calendars(tx))(CaseClass.GENERAL, "620821103")
        assert await load_calendars(tx) is await load_calendars(tx)
    async with elsewhere.transaction(SYSTEM) as tx:
        await tx.execute(text("insert into calendar_days values (:day, true, null)"), {"day": day})
        await tx.execute(text("update desks set around_the_clock = false where id = :id"), {"id": TOWN})
    await elsewhere.close()
    async with county.read(SYSTEM) as tx:
        choose = await load_calendars(tx)
    after = choose(CaseClass.GENERAL, TOWN)
    assert isinstance(before, WorkingCalendar)
    assert isinstance(after, WorkingCalendar)
    assert (before.is_working(day), after.is_working(day)) == (False, True)


async def test_a_batch_writes_all_or_nothing(county: Database) -> None:
    async with county.transaction(SYSTEM) as tx:
        batch = Batch()
        batch.add("update desks set name = $1 where id = $2", "新名", TOWN)
        named = batch.add("select name from desks where id = $1", TOWN)
        batch.add(
            f"insert into desks (id, name, kind, area_code) select $1, name, $2, $1 from {named}", "1", "area"
        )
        await batch.send(tx)
        names = (
            await tx.execute(text("select name from desks where id in (:a, '1')"), {"a": TOWN})
        ).scalars()
        assert sorted(names) == sorted(["新名", TOWN])
        await batch.send(tx)
