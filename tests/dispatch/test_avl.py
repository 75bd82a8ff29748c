"""The lane on a real database: what is answered is written, in order, whatever happens to the connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch.actions.positions import forget_positions
from dispatch.avl import Fix, Intake, PositionLane, lane
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import TooMany, Unavailable
from tests.dispatch.county import COUNTY, GRID, TOWN, UNITS, actor, dispatcher, duty_officer, police
from tests.dispatch.pages import hub_at_work, open_page

GATEWAY = Actor("gateway", "gateway", Role.DEVICE, COUNTY, COUNTY)


@asynccontextmanager
async def lane_at_work(db: Database) -> AsyncIterator[PositionLane]:
    """Run a lane meanwhile."""
    working = PositionLane(db, lambda: None)
    await working.load()
    task = asyncio.create_task(working.run())
    try:
        yield working
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def fix(unit: str = "grid-1", at: datetime | None = None, lon: float = 107.3) -> Fix:
    received = now()
    return Fix(unit, at or received, lon, 35.3, received, 1.5, 90.0, 5.0)


async def send(working: PositionLane, *fixes: Fix, by: Actor = GATEWAY) -> Intake:
    return await working.accept(by, list(enumerate(fixes)))


async def rows(db: Database, table: str, by: Actor = SYSTEM) -> list[Any]:
    async with db.read(by) as tx:
        return list(await tx.execute(text(f"select unit, at, lon from {table} order by unit, at")))


def refusals(intake: Intake) -> list[tuple[int, str]]:
    return [(one.index, one.code) for one in intake.refused]


async def test_what_is_accepted_is_written_to_history_and_newest(county: Database) -> None:
    async with lane_at_work(county) as working:
        first, second = fix(), fix(at=now() + timedelta(seconds=1))
        intake = await send(working, first, second, fix("patrol-1"))
        assert (intake.accepted, intake.refused) == (3, [])
        assert [row.unit for row in await rows(county, "positions")] == ["grid-1", "grid-1", "patrol-1"]
        newest = {row.unit: row.at for row in await rows(county, "positions_latest")}
        assert newest["grid-1"] == second.at
        known = working.fix("grid-1")
        assert known
        assert (known["unit"], known["lon"], known["speed_mps"]) == ("grid-1", 107.3, 1.5)
        assert working.fix("grid-2") is None


async def test_refusals_name_the_place_in_the_request_and_lose_nothing_else(county: Database) -> None:
    at = now()
    async with lane_at_work(county) as working:
        intake = await send(
            working,
            fix("nobody"),
            fix(at=at),
            fix(at=at),
            fix(at=at + timedelta(seconds=1), lon=109.0),
            fix(at=at + timedelta(seconds=2)),
        )
        assert refusals(intake) == [(0, "unknown_unit"), (2, "stale"), (3, "impossible_jump")]
        assert intake.accepted == 2
        assert len(await rows(county, "positions")) == 2


async def test_authority_is_of_the_sender(county: Database) -> None:
    officer = actor(Role.GRID_OFFICER, GRID[:12], "grid-1")
    async with lane_at_work(county) as working:
        intake = await send(working, fix("grid-1"), fix("grid-2"), fix("grid-9"), by=officer)
        assert intake.accepted == 1
        assert refusals(intake) == [(1, "not_your_unit"), (2, "unknown_unit")]


async def test_a_unit_that_is_new_is_looked_up(county: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "ENLIST_EVERY_S", 0.0)
    async with lane_at_work(county) as working:
        async with county.transaction(SYSTEM) as tx:
            await tx.execute(
                text(
                    "insert into units (id, no, name, kind, desk, area_code, on_duty, state, state_at)"
                    " values ('new', 99, 'new', 'patrol', :town, :town, true, 'available', now())"
                ),
                {"town": TOWN},
            )
        assert (await send(working, fix("new"))).accepted == 1


async def test_many_senders_at_once_keep_the_order_of_every_unit(county: Database) -> None:
    begun = now() - timedelta(hours=1)
    async with lane_at_work(county) as working:

        async def sender(unit: str) -> int:
            accepted = 0
            for n in range(40):
                moment = begun + timedelta(seconds=10 * n)
                accepted += (await send(working, fix(unit, moment), fix(unit, moment))).accepted
            return accepted

        counts = await asyncio.gather(*(sender(unit) for unit, *_ in UNITS))
        assert counts == [40] * len(UNITS)
        assert len(await rows(county, "positions")) == 40 * len(UNITS)
        assert {row.at for row in await rows(county, "positions_latest")} == {begun + timedelta(seconds=390)}


async def test_a_lost_connection_is_replaced_and_nothing_accepted_is_lost(
    county: Database, urls: ClusterUrls
) -> None:
    assert urls.superuser is not None
    begun = now() - timedelta(hours=1)
    async with lane_at_work(county) as working:
        with psycopg.connect(urls.superuser, autocommit=True) as connection:
            for n in range(20):
                if n % 5 == 2:
                    connection.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                        " and usename = 'wall_app'"
                    )
                assert (await send(working, fix(at=begun + timedelta(seconds=n)))).accepted == 1
        assert len(await rows(county, "positions")) == 20


async def test_what_cannot_be_written_is_not_accepted_and_not_shown(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lane_at_work(county) as working:

        async def fail(*_: object) -> None:
            raise ConnectionResetError

        with monkeypatch.context() as broken:
            broken.setattr(lane, "save_positions", fail)
            with pytest.raises(Unavailable):
                await send(working, fix())
        assert working.fix("grid-1") is None
        assert (await send(working, fix())).accepted == 1


async def test_more_than_can_be_written_is_refused_at_once(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "WAITING_MOST", 2)
    async with lane_at_work(county) as working:
        with pytest.raises(TooMany):
            await send(working, *(fix() for _ in range(3)))


async def test_a_new_process_begins_with_what_is_written(county: Database) -> None:
    async with lane_at_work(county) as working:
        await send(working, fix(lon=107.25))
    async with lane_at_work(county) as working:
        known = working.fix("grid-1")
        assert known
        assert known["lon"] == 107.25


async def test_processes_learn_of_each_others_positions(county: Database) -> None:
    async with lane_at_work(county) as one, lane_at_work(county) as other:
        await send(one, fix())
        async with asyncio.timeout(5):
            while other.fix("grid-1") is None:  # noqa: ASYNC110 - the lane tells nobody
                await asyncio.sleep(0.05)
        assert refusals(await send(other, fix(at=now() - timedelta(minutes=1)))) == [(0, "stale")]


async def test_positions_are_seen_by_those_who_see_the_unit_and_written_by_the_system_alone(
    county: Database,
) -> None:
    async with lane_at_work(county) as working:
        await send(working, *(fix(unit) for unit, *_ in UNITS))
    for table in ("positions", "positions_latest"):
        assert {row.unit for row in await rows(county, table, dispatcher())} == {unit for unit, *_ in UNITS}
        assert {row.unit for row in await rows(county, table, duty_officer())} == {
            "grid-1",
            "grid-2",
            "patrol-1",
        }
        assert {row.unit for row in await rows(county, table, police())} == {"police-1"}
        with pytest.raises(DBAPIError):
            async with county.transaction(dispatcher()) as tx:
                await tx.execute(text(f"insert into {table} select * from {table} limit 1"))


async def test_a_partition_shows_nothing_by_its_own_name(county: Database) -> None:
    async with lane_at_work(county) as working:
        await send(working, fix())
    with pytest.raises(DBAPIError, match="permission denied"):
        await rows(county, f"positions_{now():%Y%m%d}")


async def test_a_partition_is_made_for_days_near_today_only(county: Database) -> None:
    with pytest.raises(DBAPIError, match="too far from today"):
        async with county.transaction(SYSTEM) as tx:
            await tx.execute(text("select ensure_positions_day('1999-01-01')"))


async def test_old_positions_are_dropped_and_young_ones_kept(county: Database) -> None:
    today = now().date()
    async with county.transaction(SYSTEM) as tx:
        for age in (0, 1, 4, 8):
            await tx.execute(text("select ensure_positions_day(:day)"), {"day": today - timedelta(days=age)})
    assert await forget_positions(county, today - timedelta(days=3)) == 2
    assert await forget_positions(county, today - timedelta(days=3)) == 0
    async with county.read(SYSTEM) as tx:
        kept = await tx.scalar(
            text("select count(*) from pg_inherits where inhparent = 'positions'::regclass")
        )
    assert kept == 2
    with pytest.raises(asyncpg.CheckViolationError, match="are kept"):
        await forget_positions(county, today)


async def test_pages_get_a_full_frame_and_then_what_changes_in_their_sight(county: Database) -> None:
    async with lane_at_work(county) as working:
        await send(working, fix("grid-1"), fix("grid-9"), fix("police-1"))
        async with hub_at_work(county, working) as hub:
            centre, town = open_page(hub, dispatcher()), open_page(hub, duty_officer())
            cases_only = open_page(hub, dispatcher(), topics=["cases"])
            for page in (centre, town):
                await page.wire.until(lambda page=page: page.wire.frames)
            assert (centre.units_in_frames(), town.units_in_frames()) == ({1, 4, 5}, {1})
            await asyncio.sleep(0.6)
            centre.wire.frames.clear()
            town.wire.frames.clear()
            await send(working, fix("grid-9"))
            await centre.wire.until(lambda: centre.wire.frames)
            assert centre.units_in_frames() == {4}
            assert (town.wire.frames, cases_only.wire.frames) == ([], [])


async def test_a_page_that_missed_a_frame_is_given_a_whole_one(county: Database) -> None:
    async with lane_at_work(county) as working, hub_at_work(county, working) as hub:
        await send(working, fix("grid-1"))
        page = open_page(hub, dispatcher())
        await page.wire.until(lambda: page.wire.frames)
        page.wire.flows.clear()
        for unit in ("grid-2", "patrol-1", "police-1"):
            await send(working, fix(unit))
            await asyncio.sleep(0.3)
        page.wire.frames.clear()
        page.wire.flows.set()
        await page.wire.until(lambda: page.units_in_frames() == {1, 2, 3, 5})
        assert len(page.wire.frames) <= 3
