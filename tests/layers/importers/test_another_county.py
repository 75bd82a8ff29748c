"""A demonstration that nobody has used makes room for a real county, and comes back when that is undone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
import pytest

from dispatch.actions.demonstration import load_people
from dispatch.actions.ground import Ground
from dispatch.actions.units import set_duty
from dispatch.agreement import Difference, compare_with_log
from dispatch.queries import snapshot_units
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict, Unavailable
from layers.demo.build import DemoCounty
from layers.demo.load import copy_county
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.run import import_layers, undo_import
from layers.importers.targets import TARGETS
from layers.importers.writing import begin
from tests.layers.importers.ground import sheet_of

Value = TypeVar("Value")


def people(url: str) -> tuple[object, ...]:
    """How many accounts, units and desks there are, and whether the county is invented."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM units), (SELECT count(*) FROM desks),"
            " (SELECT bool_or(demonstration) FROM data_sets)"
        ).fetchone()
    assert row is not None
    return tuple(row)


def with_database(url: str, work: Callable[[Database], Awaitable[Value]]) -> Value:
    """Do something as the application."""

    async def done() -> Value:
        db = Database(url)
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(done())


def fill(url: str) -> None:
    """Seat the invented people, as every start of the wall does."""
    with_database(url, lambda db: load_people(db, now()))


async def put_one_off_duty(db: Database) -> None:
    """Do the one thing to a unit that leaves no case behind."""
    async with db.read(SYSTEM) as tx:
        unit = (await snapshot_units(tx))[0]
    desk = unit["desk"]
    chief = Actor("chief", "chief", Role.DISPATCHER, desk, desk.partition("/")[0])
    await set_duty(db, chief, unit["id"], on_duty=False, at=now())


async def compare(db: Database) -> list[Difference]:
    """Return in what the tables differ from what the log says."""
    async with db.read(SYSTEM, frozen=True) as tx:
        return (await compare_with_log(tx)).differences


def test_a_demonstration_makes_room_and_comes_back(urls: ClusterUrls, small_county: DemoCounty) -> None:
    with psycopg.connect(urls.owner) as connection:
        begin(connection)
        copy_county(connection, small_county)
    fill(urls.app)
    before = people(urls.owner)
    with_database(urls.app, put_one_off_duty)
    jobs = [Job(TARGETS[level], sheet_of(small_county, level), "test") for level in ("county", "township")]
    report = import_layers(urls.owner, jobs, Options(), house=Ground(now()), new_county=True)
    assert report.status == "imported", report.as_json()["faults"]
    assert people(urls.owner) == (0, 0, 4, False), "a desk for the county and for each of its three townships"
    assert with_database(urls.app, compare) == []
    undo_import(urls.owner, report.import_id, Ground(now()))
    fill(urls.app)
    assert people(urls.owner) == before
    assert with_database(urls.app, compare) == []


def test_who_does_not_own_the_tables_is_told_what_to_set(urls: ClusterUrls, small_county: DemoCounty) -> None:
    jobs = [Job(TARGETS["county"], sheet_of(small_county, "county"), "test")]
    with pytest.raises(Unavailable) as refused:
        import_layers(urls.app, jobs, Options(), house=Ground(now()))
    assert refused.value.code == "not_owner"
    assert "DATABASE_OWNER_URL" in refused.value.detail


def test_what_the_database_itself_refuses_is_a_sentence(urls: ClusterUrls, small_county: DemoCounty) -> None:
    class Quarrelsome(Ground):
        """A house that breaks a rule of the tables."""

        def settle(self, connection: psycopg.Connection[object]) -> None:
            connection.execute("UPDATE areas SET code = '1'")

    jobs = [Job(TARGETS["county"], sheet_of(small_county, "county"), "test")]
    with pytest.raises(Conflict) as refused:
        import_layers(urls.owner, jobs, Options(), house=Quarrelsome(now()))
    assert refused.value.code == "database_refused"
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM areas").fetchone() == (0,)
