"""What tests of cases share: the small county, on a database of their own."""

import pytest

from gis.database import Database
from tests.dispatch.county import settle


@pytest.fixture
async def county(db: Database) -> Database:
    """The small county on a fresh database."""
    await settle(db)
    return db
