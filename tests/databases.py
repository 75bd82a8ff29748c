"""Databases for tests: a template built once per state of the code, cloned for each test in 0.1 s."""

import hashlib
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from gis.cluster import OWNER_ROLE, ClusterUrls, prepare_database, prepare_roles, running_cluster
from gis.cluster.urls import with_database

CHECKOUT = Path(__file__).resolve().parent.parent
SCHEMA_SOURCES = ("gis", "layers", "dispatch", "wall_ui/migrations")
NO_SCHEMA_IN = {"api", "ogc", "stream", "simulation", "__pycache__"}
BUILD_LOCK = 620_821_002
TEMPLATE_KEPT_S = 24 * 3600
numbers = itertools.count(1)


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that the server's account can reach, which pytest's own temporary folders are not."""
    with tempfile.TemporaryDirectory(prefix="wall-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def database_server() -> Iterator[ClusterUrls]:
    """Yield a server to make databases on: that of DATABASE_OWNER_URL (a superuser), or a private cluster.

    The private one is kept between runs and shared by all of them; fsync is off, as nothing in it must last.
    """
    given = os.environ.get("DATABASE_OWNER_URL")
    if given:
        urls = ClusterUrls(os.environ.get("DATABASE_URL", given), given, given)
        prepare_roles(given)
        yield urls
    else:
        with running_cluster(CHECKOUT / "var" / "test", durable=False) as urls:
            yield urls


def digest_of_schema() -> str:
    """Return a name for the state of everything that a template is made from."""
    digest = hashlib.sha256()
    for folder in SCHEMA_SOURCES:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.is_file() and not NO_SCHEMA_IN & set(path.relative_to(CHECKOUT).parts):
                digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Databases:
    """Makes, clones and drops databases on the test server."""

    def __init__(self, server: ClusterUrls) -> None:
        assert server.superuser is not None
        self.server = server
        self.superuser = server.superuser
        self.digest = digest_of_schema()

    @contextmanager
    def _administration(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        with psycopg.connect(with_database(self.superuser, "postgres"), autocommit=True) as connection:
            yield connection

    def template(self, kind: str, build: Callable[[ClusterUrls], object], base: str | None = None) -> str:
        """Return the name of a template that `build` filled, building it now if no run did so before."""
        name, building = f"template_{kind}_{self.digest}", f"building_{kind}"
        with self._administration() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (BUILD_LOCK,))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                self.drop(building)
                if base is None:
                    prepare_database(self.superuser, building)
                else:
                    self._clone(connection, base, building)
                build(self.server.on(building))
                self._run(connection, "ALTER DATABASE {} RENAME TO {}", building, name)
            self._run(connection, f"COMMENT ON DATABASE {{}} IS '{int(time.time())}'", name)
        return name

    @contextmanager
    def clone(self, template: str) -> Iterator[ClusterUrls]:
        """Yield a database of one's own, made from a template, and drop it afterwards."""
        name = f"test_{os.getpid()}_{next(numbers)}"
        with self._administration() as connection:
            self._clone(connection, template, name)
        try:
            yield self.server.on(name)
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with self._administration() as connection:
            self._run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def sweep(self) -> None:
        """Drop what killed runs left behind, and templates that nobody used for a day."""
        with self._administration() as connection:
            found = connection.execute(
                "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
            ).fetchall()
        for name, comment in found:
            parts = str(name).split("_")
            dead = parts[0] == "test" and not Path(f"/proc/{parts[1]}").exists()
            old = parts[0] == "template" and comment and time.time() - int(str(comment)) > TEMPLATE_KEPT_S
            if dead or old:
                with suppress(psycopg.errors.ObjectInUse):
                    self.drop(str(name))

    def _clone(self, connection: psycopg.Connection[tuple[object, ...]], template: str, name: str) -> None:
        # Copying the files is twice as fast as logging each page; PostgreSQL 14 knows no other way.
        strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        self._run(
            connection, f"CREATE DATABASE {{}} TEMPLATE {{}} OWNER {OWNER_ROLE} {strategy}", name, template
        )

    def _run(self, connection: psycopg.Connection[tuple[object, ...]], text: str, *names: str) -> None:
        connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))
