"""Bring a database to the newest revision.

Every start asks what the newest revision is; only the few that have to migrate pay for alembic (0.8 s of CPU).
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from gis.cluster import APP_ROLE

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "migrations"
# Two programs that start at once must not migrate at once; any number will do, as long as it stays.
MIGRATION_LOCK = 620_821_001
REVISION = re.compile(r'^revision: str = "(\w+)"$', re.MULTILINE)
FOLLOWS = re.compile(r'^down_revision: str \| None = "(\w+)"$', re.MULTILINE)


def psycopg_url(url: str) -> str:
    """Return a libpq-style URL as SQLAlchemy wants it for psycopg."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def configuration(connection: "Connection | None" = None) -> "Config":
    """Return what alembic needs to know: where the migrations are, and over which connection to run them."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def newest_revision() -> str:
    """Return the revision that this program was written for: the one that no other follows."""
    texts = [path.read_text(encoding="utf-8") for path in (FOLDER / "versions").glob("*.py")]
    ours: set[str] = {one for text in texts for one in REVISION.findall(text)}
    followed = {one for text in texts for one in FOLLOWS.findall(text)}
    (head,) = ours - followed
    return head


def revision_of(url: str) -> str | None:
    """Return the revision that the database is at, None when it was never migrated."""
    with psycopg.connect(url) as connection:
        known = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
        if not (known and known[0]):
            return None
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def migrate(owner_url: str) -> bool:
    """Bring the database to the newest revision as its owner; say whether there was anything to do.

    Raises psycopg.OperationalError when it cannot be reached.
    """
    newest = newest_revision()
    if revision_of(owner_url) == newest:
        return False
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    engine = create_engine(psycopg_url(owner_url), poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        # Another program may have migrated while we waited.
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return False
        command.upgrade(configuration(connection), "head")
        # The application asks whether it fits the database that it meets.
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))
    return True
