"""A demonstration that nobody has used makes room for a real county, and comes back when that is undone."""

import asyncio

import psycopg
import pytest

from dispatch.actions.demonstration import load_people
from dispatch.actions.ground import Ground
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


def people(url: str) -> tuple[object, ...]:
    """How many accounts, units and desks there are, and whether the county is invented."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM units), (SELECT count(*) FROM desks),"
            " (SELECT bool_or(demonstration) FROM data_sets)"
        ).fetchone()
    assert row is not None
    return tuple(row)


def fill(url: str) -> None:
    """Seat the invented people, as every start of the wall does."""

    async def load() -> None:
        db = Database(url)
        try:
            await load_people(db, now())
        finally:
            await db.close()

    asyncio.run(load())


def test_a_demonstration_makes_room_and_comes_back(urls: ClusterUrls, small_county: DemoCounty) -> None:
    with psycopg.connect(urls.owner) as connection:
        begin(connection)
        copy_county(connection, small_county)
    fill(urls.app)
    before = people(urls.owner)
    jobs = [Job(TARGETS[level], sheet_of(small_county, level), "test") for level in ("county", "township")]
    report = import_layers(urls.owner, jobs, Options(), house=Ground(now()), new_county=True)
    assert report.status == "imported", report.as_json()["faults"]
    assert people(urls.owner) == (0, 0, 4, False), "a desk for the county and for each of its three townships"
    undo_import(urls.owner, report.import_id, Ground(now()))
    fill(urls.app)
    assert people(urls.owner) == before


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
