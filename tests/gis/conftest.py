"""What tests of the lowest floor share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from gis.cluster import ClusterUrls
from gis.database import Database
from tests.databases import Databases
from tests.gis.the_log import build_log


@pytest.fixture
def log_urls(databases: Databases) -> Iterator[ClusterUrls]:
    """An empty log of this test's own, for each role."""
    with databases.clone(databases.template("log", build_log)) as urls:
        yield urls


@pytest.fixture
async def log_db(log_urls: ClusterUrls) -> AsyncIterator[Database]:
    """An empty log, opened as the application's role."""
    database = Database(log_urls.app)
    yield database
    await database.close()
