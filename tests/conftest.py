"""What tests of every floor share: a database of their own, and how to reach it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gis.cluster import ClusterUrls
from gis.database import Database
from gis.settings import Settings
from tests.databases import Databases, database_server
from tests.forking import Nursery
from tests.served import Served

# How long an example takes is the machine's business: the benches measure, tests only say what is right.
settings.register_profile("wall", deadline=None)
settings.load_profile("wall")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The test server and what makes databases on it."""
    with database_server() as server:
        made = Databases(server)
        made.sweep()
        yield made


@pytest.fixture(scope="session")
def migrated_template(databases: Databases) -> str:
    """The name of a template that holds every migration and no data."""
    from wall_ui.migrate import migrate

    return databases.template("migrated", lambda urls: migrate(urls.owner))


@pytest.fixture(scope="session")
def county_template(databases: Databases, migrated_template: str) -> str:
    """The name of a template that holds the demonstration county and its people as well."""
    from wall_ui.reached import fill_when_empty

    seed = Settings.model_fields["wall_seed"].default
    return databases.template("county", lambda urls: fill_when_empty(urls, seed), base=migrated_template)


@pytest.fixture
def urls(databases: Databases, migrated_template: str) -> Iterator[ClusterUrls]:
    """A migrated, empty database of this test's own, for each role."""
    with databases.clone(migrated_template) as cloned:
        yield cloned


@pytest.fixture
def county_urls(databases: Databases, county_template: str) -> Iterator[ClusterUrls]:
    """A database of this test's own with the demonstration county in it, for each role."""
    with databases.clone(county_template) as cloned:
        yield cloned


@pytest.fixture
def database_url(urls: ClusterUrls) -> str:
    """The empty database as the application sees it."""
    return urls.app


@pytest.fixture
def owner_url(urls: ClusterUrls) -> str:
    """The empty database as its owner sees it."""
    return urls.owner


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The empty database, opened as the application's role."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def county_db(county_urls: ClusterUrls) -> AsyncIterator[Database]:
    """The demonstration county, opened as the application's role."""
    database = Database(county_urls.app)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What starts walls quickly."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def served(county_urls: ClusterUrls, tmp_path: Path, nursery: Nursery) -> Iterator[Served]:
    """The demonstration county, served in a process of its own."""
    wall = Served(county_urls, tmp_path, nursery)
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()
