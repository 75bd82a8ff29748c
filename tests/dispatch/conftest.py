"""What tests of cases share: the small county, or two townships behind the whole application."""

from collections.abc import AsyncIterator

import pytest

from gis.cluster import ClusterUrls
from gis.database import Database
from tests.dispatch.county import settle
from tests.dispatch.house import House, open_house


@pytest.fixture
async def county(db: Database) -> Database:
    """The small county on a fresh database."""
    await settle(db)
    return db


@pytest.fixture
async def house(urls: ClusterUrls) -> AsyncIterator[House]:
    """Two townships with a case in each, behind the whole application."""
    async with open_house(urls) as opened:
        yield opened
