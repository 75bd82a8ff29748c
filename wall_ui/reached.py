"""The database that the command line works on: the one that the settings name, or the private cluster."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from gis.actor import SYSTEM
from gis.clock import now
from gis.cluster import ClusterUrls, running_cluster
from gis.database import Database
from gis.errors import InvalidInput, Unavailable
from gis.settings import Settings
from wall_ui.console import shown, tell
from wall_ui.migrate import migrate, newest_revision, revision_of

if TYPE_CHECKING:  # heavy, and needed once in a database's life
    from layers.demo.source import CountySource

LOAD_LOCK = 620_821_003


@contextmanager
def reached(settings: Settings) -> Iterator[ClusterUrls]:
    """Yield the URLs of the database, starting the private cluster where none is named. Raises WallError."""
    if settings.database_url is None:
        if settings.database_owner_url is not None:
            raise InvalidInput("DATABASE_OWNER_URL is set and DATABASE_URL is not: set both, or neither")
        with running_cluster(settings.wall_var, tell=tell) as urls:
            yield urls
    else:
        owner_url = settings.database_owner_url or settings.database_url
        yield ClusterUrls(settings.database_url, owner_url)


def bring_up_to_date(settings: Settings, urls: ClusterUrls) -> None:
    """Migrate where the owner's URL is known; else make sure that somebody has. Raises WallError."""
    if settings.database_url is None or settings.database_owner_url is not None:
        if revision_of(urls.owner) != newest_revision():
            with shown("Migrating the database"):
                migrate(urls.owner)
    elif revision_of(urls.app) != newest_revision():
        raise Unavailable(
            "the database is not at this program's revision: set DATABASE_OWNER_URL, "
            "or run `wall migrate` where it is set"
        )


def has_data(url: str) -> bool:
    """Say whether any county was loaded."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1 FROM data_sets").fetchone() is not None


def is_demonstration(url: str) -> bool:
    """Say whether every county in the database is a demonstration; False when there is none."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT bool_and(demonstration) FROM data_sets").fetchone()
    return bool(row and row[0])


def fill_when_empty(
    urls: ClusterUrls,
    seed: int,
    source: "CountySource | None" = None,
    *,
    grids: int | None = None,
    cameras: int | None = None,
) -> bool:
    """Load a demonstration county into an empty database; say whether it was. Two programs load it once.

    It is Jingchuan unless another `source` is named.
    """
    with psycopg.connect(urls.owner, autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", (LOAD_LOCK,))
        empty = not has_data(urls.owner)
        if empty:
            from layers.demo import load_demo  # heavy

            with shown("Loading the demonstration county"):
                load_demo(urls.owner, seed, source=source, grids=grids, cameras_wanted=cameras)
        # Also where a county is there already: the program may have been killed between the two, and the
        # library may know a year more of the calendar.
        asyncio.run(complete(urls.app))
    return empty


async def complete(url: str) -> None:
    """Bring the calendar up to date, and fill a demonstration's desks with people unless they sit there."""
    from dispatch.actions.calendar import load_calendar
    from dispatch.people import lacks_people

    db = Database(url)
    try:
        await load_calendar(db)
        async with db.read(SYSTEM) as tx:
            empty = await lacks_people(tx)
        if empty:
            from dispatch.actions.demonstration import (
                load_people,
            )  # heavy, and needed once in a database's life

            await load_people(db, now())
    finally:
        await db.close()
