"""Checks of an installation: what a dump, a strange server or a half-done set-up loses, and how to mend each."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import disk_usage
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError

from dispatch.attachments.folder import Folder
from dispatch.erasure import LATE, DueNow, due_now
from dispatch.rulebook import load_rulebook
from dispatch.rules.retention import RetentionRule
from gis.actor import SYSTEM
from gis.clock import now
from gis.cluster import OWNER_ROLE, ClusterError
from gis.cluster.binaries import choose, installations
from gis.database import Database, actor_settings
from gis.errors import InvalidInput, WallError
from gis.log.events import link_hash
from gis.settings import Settings
from wall_ui.migrate import newest_revision, revision_of
from wall_ui.reached import reached

Connection = psycopg.Connection[tuple[Any, ...]]
OLDEST_POSTGIS = (3, 3)
LEAST_ROOM = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what there is, whether that is good, and what to do where it is not."""

    what: str
    good: bool
    found: str
    mend: str = ""


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def _postgis(connection: Connection) -> Finding:
    version = _one(connection, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    new_enough = version is not None and tuple(map(int, version.split(".")[:2])) >= OLDEST_POSTGIS
    mend = "as superuser, in this database: CREATE EXTENSION postgis (3.3 or newer)"
    return Finding("PostGIS", new_enough, version or "missing", mend)


def _trigrams(connection: Connection) -> Finding:
    found = _one(connection, "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'")
    mend = "as superuser, in this database: CREATE EXTENSION pg_trgm"
    return Finding("pg_trgm", found is not None, found or "missing", mend)


def _leakproof(connection: Connection) -> Finding:
    flag = _one(
        connection,
        "SELECT bool_and(proleakproof) FROM pg_proc WHERE proname = 'geometry_overlaps' AND pronargs = 2",
    )
    mend = "as superuser: ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF (a dump does not carry it)"
    return Finding("box queries use their index under row-level security", bool(flag), str(flag), mend)


def _encoding(connection: Connection) -> Finding:
    found = _one(connection, "SHOW server_encoding")
    mend = "make the database with ENCODING 'UTF8' and restore into it"
    return Finding("encoding", found == "UTF8", found, mend)


def _durability(connection: Connection) -> Finding:
    found = f"{_one(connection, 'SHOW fsync')}/{_one(connection, 'SHOW synchronous_commit')}"
    mend = "set fsync = on and synchronous_commit = on: what was acknowledged must survive a power cut"
    return Finding("fsync/synchronous_commit", found in ("on/on", "on/remote_apply"), found, mend)


def _application_role(connection: Connection) -> Finding:
    row = connection.execute(
        "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    name, superuser, bypasses = row
    mend = f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS, or connect as `wall_app`"
    found = f"{name}, superuser {superuser}, BYPASSRLS {bypasses}"
    return Finding("the application's role cannot bypass rights", not (superuser or bypasses), found, mend)


def _ownership(connection: Connection) -> Finding:
    owned = _one(
        connection,
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND relnamespace = 'public'::regnamespace"
        " AND pg_has_role(current_user, relowner, 'MEMBER')",
    )
    mend = f"REASSIGN OWNED BY the application's role TO {OWNER_ROLE}; policies do not bind an owner"
    return Finding("the application's role owns nothing", owned == 0, f"{owned} tables", mend)


def _row_security(connection: Connection) -> Finding:
    policies = _one(
        connection,
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)",
    )
    mend = "migrate an empty database, and load the data alone into it (pg_restore --data-only)"
    return Finding("tables with row-level security", bool(policies), str(policies), mend)


def _log_tail(connection: Connection) -> Finding:
    """Walk the newest links: each after the one before, and over the digest of an event that is there."""
    links = connection.execute(
        "SELECT c.seq, c.prev_hash, c.hash, e.digest FROM (SELECT * FROM log_chain ORDER BY seq DESC LIMIT 1000) AS c"
        " LEFT JOIN log_events e ON e.id = c.event_id ORDER BY c.seq"
    ).fetchall()
    broken, before = 0, None
    for seq, prev_hash, link, digest in links:
        follows = before is None or before == (seq - 1, prev_hash)
        broken += not (follows and digest is not None and link == link_hash(prev_hash, seq, digest))
        before = seq, link
    mend = "run `wall verify-log` for every fault, and compare with a backup: the log was altered"
    return Finding("the last 1,000 links of the log", broken == 0, f"{broken} broken", mend)


def _files(connection: Connection, folder: Folder) -> Finding:
    rows = connection.execute(
        "SELECT DISTINCT encode(digest, 'hex') FROM"
        " (SELECT digest FROM attachments ORDER BY at DESC LIMIT 10000) AS newest"
    ).fetchall()
    missing = sum(not folder.path(digest).is_file() for (digest,) in rows)
    mend = f"restore {folder.root} from the backup: docs/deploy.md says what belongs to one"
    return Finding(
        "the newest files of cases are on the disk", missing == 0, f"{missing} of {len(rows)} missing", mend
    )


def _overdue(rules: Sequence[RetentionRule], url: str) -> Finding:
    """Look for words that are days beyond their time: nobody erases them."""

    async def counted() -> list[DueNow]:
        db = Database(url, pool_size=1)
        try:
            return await due_now(db, rules, now() - LATE)
        finally:
            await db.close()

    late = [one for one in asyncio.run(counted()) if one.rows]
    found = ", ".join(f"{one.rule.key}: {one.rows}" for one in late) or "nothing is overdue"
    mend = (
        "run `wall erase`, and keep a wall served: it erases by itself. Its log says what it could not erase"
    )
    return Finding("what is kept no longer is erased", not late, found, mend)


def room(folder: Path, least: int = LEAST_ROOM) -> Finding:
    """Look whether there is room where the program writes: a full disk saves nothing, and every move is refused."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = disk_usage(there).free
    mend = f"make room on the disk of {there}: where it is full, nothing is saved"
    return Finding("room on the disk of WALL_VAR", free >= least, f"{free / 1e9:.1f} GB free", mend)


CHECKS: tuple[Callable[[Connection], Finding], ...] = (
    _postgis,
    _trigrams,
    _leakproof,
    _encoding,
    _durability,
    _application_role,
    _ownership,
    _row_security,
    _log_tail,
)


def _of_binaries(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return Finding("database", True, "as DATABASE_URL says")
    try:
        chosen = choose(installations(settings.wall_var / "packages"), None)
    except ClusterError as error:
        return Finding("PostgreSQL with PostGIS", False, "missing", error.detail)
    return Finding("PostgreSQL with PostGIS", True, f"{chosen.version} in {chosen.folder}")


def _of_revision(url: str) -> Finding:
    found, newest = revision_of(url), newest_revision()
    return Finding("migrations", found == newest, f"{found} of {newest}", "run `wall migrate`")


def _of_database(url: str, folder: Folder, rules: Sequence[RetentionRule]) -> Iterator[Finding]:
    yield _of_revision(url)
    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in actor_settings(SYSTEM).items():
            connection.execute("SELECT set_config('wall.' || %s, %s, false)", (setting, value))
        checks: dict[str, Callable[[Connection], Finding]] = {one.__name__.strip("_"): one for one in CHECKS}
        for name, check in (checks | {"files": partial(_files, folder=folder)}).items():
            try:
                yield check(connection)
            except psycopg.Error as error:
                yield Finding(name, False, str(error).splitlines()[0], "run `wall migrate` first")
    try:
        yield _overdue(rules, url)
    except DBAPIError as error:
        yield Finding("overdue", False, str(error.orig).splitlines()[0], "run `wall migrate` first")


def examine(settings: Settings) -> list[Finding]:
    """Look at everything and return what was found, good and bad; a database that cannot be reached is a finding."""
    findings = [_of_binaries(settings), room(settings.wall_var)]
    if not findings[0].good:
        return findings
    try:
        rules = load_rulebook(settings.wall_book).retention
    except InvalidInput as error:
        mend = "mend the file in the folder of WALL_BOOK; the wall does not start with it"
        findings.append(Finding("the house's book", False, error.detail, mend))
        rules = load_rulebook().retention
    try:
        with reached(settings) as urls:
            findings += _of_database(urls.app, Folder(settings.attachments_folder), rules)
    except (WallError, psycopg.OperationalError) as error:
        mend = "check DATABASE_URL and DATABASE_OWNER_URL; docs/deploy.md says how a database is prepared"
        findings.append(Finding("the database answers", False, str(error).strip(), mend))
    return findings
