"""The database: one pool, and transactions that tell PostgreSQL who is acting.

Every transaction begins by setting `wall.role`, `wall.lo`, `wall.hi`, `wall.desk` and `wall.account`, which
the row-level security policies compare; `visible_sql` is the one text of that comparison.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy import MetaData, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gis.actor import SYSTEM, Actor
from gis.errors import Unavailable

log = logging.getLogger(__name__)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The tables of every floor, so that one migration history describes them all."""

SERVER_SETTINGS = {
    "application_name": "wall",
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
    "jit": "off",  # compiling costs more than any of our short statements runs
    # Each worker is a process that the server forks anew: dearer than most of our statements, and taken from the moves.
    "max_parallel_workers_per_gather": "0",
    "standard_conforming_strings": "on",  # `begin_sql` counts on it
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}

# Who asks the same few questions for hours need not have them planned each time: the planner, which sees how small
# the newest part of the log is, would never stop by itself.
PLANS_ONCE = {"plan_cache_mode": "force_generic_plan"}

WHO = ("role", "lo", "hi", "desk", "account")
BECOME = "select " + ", ".join(
    f"set_config('wall.{name}', ${place}, true)" for place, name in enumerate(WHO, start=1)
)

# SQLSTATE classes and codes that mean "not now": connection lost, shutdown, too busy, waited too long.
UNAVAILABLE_STATES = ("08", "53", "57", "55P03", "40")
DISK_FULL = "53100"

# What the driver raises where a connection is lost; the last comes when it goes down in the middle of a word.
DRIVER_LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
LOST = (*DRIVER_LOST, TimeoutError, asyncpg.PostgresError, Unavailable)
"""What whoever holds a connection of his own for hours waits out: he takes a new one, and goes on where he was."""

# What is noted at a connection for one transaction only: the bells to ring after it, and what its reads learnt.
OF_ONE_TRANSACTION = ("ring", "revision")

NOT_REACHED = "The database cannot be reached just now; try again in a moment."
NOT_ANSWERED = "The database cannot answer just now; try again in a moment."
NO_ROOM = "The database's disk is full, so that nothing can be saved. Make room on it, then try again."


def visible_sql(area_code: str = "area_code", access: str | None = "access") -> str:
    """Return the condition under which a row is visible to the acting session, for use in a policy.

    `area_code` is a `text COLLATE "C"` expression and `access` a `text[]` expression or None. Ranges on "C"
    text are leakproof, so the planner may use an index under row-level security.
    """
    lo, hi = "current_setting('wall.lo', true)", "current_setting('wall.hi', true)"
    by_place = f"({area_code} >= {lo} and {area_code} < {hi})"
    if access is None:
        return by_place
    return f"{by_place} or {access} && array[current_setting('wall.desk', true)]"


def county_level_sql() -> str:
    """Return the condition that the acting session covers a whole county or more, for rows that lie
    nowhere.
    """
    return "(length(current_setting('wall.lo', true)) <= 6 and current_setting('wall.hi', true) > '')"


def actor_settings(actor: Actor) -> dict[str, str]:
    """Return what the settings of `WHO` are for an actor."""
    lo, hi = actor.range
    return {"role": actor.role.value, "lo": lo, "hi": hi, "desk": actor.desk, "account": actor.account_id}


def begin_sql(actor: Actor, mode: str) -> str:
    """Return what opens a transaction as `actor`, in one round trip; `mode` is what follows BEGIN."""
    settings = actor_settings(actor)
    told = ", ".join(f"set_config('wall.{name}', {_literal(settings[name])}, true)" for name in WHO)
    return f"begin {mode}; select {told}"


def _literal(value: str) -> str:
    """Return an SQL literal. A quote ends it only where it stands alone: see `standard_conforming_strings` above."""
    if "\0" in value:
        raise ValueError("an actor's name, desk or area holds a zero byte")
    return "'" + value.replace("'", "''") + "'"


class Database:
    """One PostgreSQL database, reached over a TCP or Unix-socket URL.

    `url` is a libpq URL: `postgresql://wall_app@/wall?host=/run/socket/folder` or
    `postgresql://u:p@host:5432/wall`.
    """

    def __init__(self, url: str, *, pool_size: int = 8, max_overflow: int = 8) -> None:
        self.url: URL = make_url(url).set(drivername="postgresql+asyncpg")
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=10,
            # We begin and end transactions ourselves: who acts is told in the same round trip.
            isolation_level="AUTOCOMMIT",
            connect_args={
                "server_settings": SERVER_SETTINGS,
                "timeout": 10,
                "prepared_statement_cache_size": 500,
            },
        )
        self._most = pool_size + max_overflow
        self._bells: dict[str, asyncio.Task[None]] = {}
        self._rung: set[str] = set()
        self._answers: dict[str, Callable[[], None]] = {}
        self._beside: list[Callable[[], Awaitable[None]]] = []

    def close_with(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have something closed together with the pool: whoever holds connections of his own beside it."""
        self._beside.append(close)

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncConnection]:
        """Open a read-committed transaction as `actor`; commit on leaving, roll back on an error.

        Nothing is ever retried: where the connection breaks at commit the outcome is unknown and the caller's
        idempotency key settles it. Raises Unavailable when the database cannot be reached.
        """
        async with self._begun(actor, "read write") as tx:
            yield tx
            channels = tx.info.pop("ring", ())
        for channel in channels:
            self.ring(channel)

    @asynccontextmanager
    async def read(self, actor: Actor, *, frozen: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a read-only transaction as `actor`; `frozen` makes all its statements see one moment."""
        mode = "isolation level repeatable read read only" if frozen else "read only"
        async with self._begun(actor, mode) as tx:
            yield tx

    @asynccontextmanager
    async def _begun(self, actor: Actor, mode: str) -> AsyncIterator[AsyncConnection]:
        with unavailable_when_lost():
            tx = await self._opened(begin_sql(actor, mode))
            connection, ended = driver(tx), False
            try:
                yield tx
                if await connection.execute("commit") != "COMMIT":
                    raise RuntimeError("a statement of this transaction failed, and that was passed over")
                ended = True
            finally:
                # This must finish even when the task is cancelled.
                await asyncio.shield(_closed(tx, connection, ended=ended))

    async def _opened(self, begin: str) -> AsyncConnection:
        """Return a connection in a transaction that knows its actor.

        Pooled connections may have died since (a restart of the server): nothing has been asked of them yet, so
        the next one is tried, until one is fresh.
        """
        for _ in range(self._most):
            try:
                tx = await self.engine.connect()
            except OSError as error:
                raise not_reached(error) from error
            try:
                for left in OF_ONE_TRANSACTION:
                    tx.info.pop(left, None)
                await driver(tx).execute(begin)
                return tx
            except (*DRIVER_LOST, asyncpg.PostgresError) as error:
                await asyncio.shield(_thrown_away(tx))
                if isinstance(error, asyncpg.PostgresError) and not is_passing(error.sqlstate):
                    raise
            except BaseException:
                await asyncio.shield(_thrown_away(tx))
                raise
        raise Unavailable(NOT_REACHED)

    async def connect(
        self, actor: Actor = SYSTEM, *, plans_once: bool = False
    ) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a connection of its own, outside the pool, that acts as `actor` for its whole life.

        For listeners and the sequencer, which hold theirs for hours. `plans_once` has each statement planned once,
        whatever its values. Raises Unavailable.
        """
        with unavailable_when_lost():
            dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            settings = actor_settings(actor)
            who = {f"wall.{name}": settings[name] for name in WHO} | (PLANS_ONCE if plans_once else {})
            try:
                # Told in the first packet, so that there is no moment at which the connection is nobody's.
                return await asyncpg.connect(dsn, timeout=10, server_settings=SERVER_SETTINGS | who)
            except OSError as error:
                raise not_reached(error) from error

    def ring(self, channel: str) -> None:
        """Wake whoever listens on `channel`, in any process, soon and without waiting.

        Rung after the commit and not inside it: a NOTIFY within a transaction holds a lock on the whole
        database through the flush, which would put every commit in one row. A doorbell that is lost does no
        harm, because every listener also polls.
        """
        if (answer := self._answers.get(channel)) is not None:
            answer()
            return
        self._rung.add(channel)
        if channel not in self._bells:
            self._bells[channel] = asyncio.create_task(self._ring(channel))

    @contextmanager
    def answering(self, channel: str, answer: Callable[[], None]) -> Iterator[None]:
        """Have this process's own rings of `channel` call `answer` at once, with no way over the database.

        For whoever alone listens on it in the whole house.
        """
        self._answers[channel] = answer
        try:
            yield
        finally:
            if self._answers.get(channel) is answer:
                del self._answers[channel]

    async def _ring(self, channel: str) -> None:
        try:
            while channel in self._rung:
                self._rung.discard(channel)
                async with self.engine.connect() as connection:
                    await connection.execute(text("select pg_notify(:channel, '')"), {"channel": channel})
        except (DBAPIError, OSError, PoolTimeout):
            self._rung.discard(channel)
        finally:
            del self._bells[channel]

    async def close(self) -> None:
        """Finish ringing and close the pool."""
        await asyncio.gather(*self._bells.values(), return_exceptions=True)
        for close in self._beside:
            await close()
        await self.engine.dispose()


async def _closed(
    tx: AsyncConnection, connection: "asyncpg.Connection[asyncpg.Record]", *, ended: bool
) -> None:
    """Give a connection back to the pool, in no transaction; one that cannot be brought there is thrown away."""
    if not ended:
        try:
            await connection.execute("rollback")
        except (*DRIVER_LOST, asyncpg.PostgresError):
            await _thrown_away(tx)
            return
    await tx.close()


async def _thrown_away(tx: AsyncConnection) -> None:
    await tx.invalidate()
    await tx.close()


def driver(tx: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    """Return the driver's own connection, within the transaction: for the few statements that every move runs.

    SQLAlchemy costs three times the statement itself there. What goes wrong comes as `asyncpg.PostgresError`.
    """
    connection: asyncpg.Connection[asyncpg.Record] | None = None
    if tx.sync_connection is not None:
        connection = tx.sync_connection.connection.driver_connection
    if connection is None:
        raise Unavailable(NOT_REACHED)
    return connection


async def become(tx: AsyncConnection, actor: Actor) -> None:
    """Let the rest of the transaction act as somebody else."""
    await driver(tx).execute(BECOME, *(actor_settings(actor)[name] for name in WHO))


def ring_after_commit(tx: AsyncConnection, channel: str) -> None:
    """Ask that `channel` be rung once `tx` has committed; nothing is rung when it rolls back."""
    tx.info.setdefault("ring", set()).add(channel)


async def rung_within(bell: asyncio.Event, seconds: float) -> bool:
    """Wait until a bell is rung, at most so long; say whether it was.

    Not `asyncio.wait_for`: in Python 3.11 it forgets a cancellation that comes in the moment of the ring,
    and a loop that waits with it then outlives its program.
    """
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    return True


@contextmanager
def unavailable_when_lost() -> Iterator[None]:
    """Turn a lost or refused connection, and a wait that was too long, into `Unavailable`."""
    try:
        yield
    except (ConnectionError, PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise Unavailable(NOT_REACHED) from error
    except asyncpg.PostgresError as error:
        if is_passing(error.sqlstate):
            raise not_now(error.sqlstate) from error
        raise
    except DBAPIError as error:
        if is_lost(error):
            raise not_now(sqlstate_of(error)) from error
        raise


def not_reached(error: OSError) -> Unavailable:
    """Return the error for a connection that could not be made; a file that the driver may not read is logged.

    It looks for keys and passwords in the home of who runs the program: what is wrong there does not pass by itself,
    and is for who runs it to know, not for who asks.
    """
    if error.filename is not None:
        log.warning("no connection to the database can be made: %s: %s", error.strerror, error.filename)
    return Unavailable(NOT_REACHED)


def not_now(sqlstate: Any) -> Unavailable:
    """Return the error for a database that does not answer; a full disk does not pass by itself, and says so."""
    return Unavailable(NO_ROOM, code="disk_full") if sqlstate == DISK_FULL else Unavailable(NOT_ANSWERED)


def is_lost(error: DBAPIError) -> bool:
    """Say whether the error is about the connection or the server's load, not about the statement."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    return is_passing(sqlstate_of(error))


def sqlstate_of(error: BaseException) -> str | None:
    """Return what PostgreSQL calls an error, whichever driver brings it; None where it is none of PostgreSQL's."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state if isinstance(state, str) else None


def is_passing(sqlstate: Any) -> bool:
    """Say whether an SQLSTATE means "not now" and not "wrong"."""
    return isinstance(sqlstate, str) and sqlstate.startswith(UNAVAILABLE_STATES)
