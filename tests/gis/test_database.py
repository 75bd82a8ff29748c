"""The database: who acts, what commits, and what a lost connection becomes."""

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gis.actor import SYSTEM, Actor, Role
from gis.cluster import ClusterUrls
from gis.database import Database, driver, ring_after_commit, rung_within
from gis.errors import Unavailable

OFFICER = Actor("a1", "王值班", Role.DUTY_OFFICER, "620821100", "620821100")
WHO = text(
    "select concat_ws('|', current_setting('wall.role', true), current_setting('wall.lo', true),"
    " current_setting('wall.hi', true), current_setting('wall.desk', true),"
    " current_setting('wall.account', true))"
)


def drop_connections(urls: ClusterUrls) -> None:
    """Cut every connection of the application, as a restart of the server would."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and usename = 'wall_app'"
        )


async def test_a_transaction_tells_the_database_who_acts(log_db: Database) -> None:
    async with log_db.transaction(OFFICER) as tx:
        told = (await tx.execute(WHO)).scalar_one()
    assert told == "duty_officer|620821100|620821100~|620821100|a1"


async def test_a_pooled_connection_forgets_who_acted(log_db: Database) -> None:
    async with log_db.transaction(OFFICER):
        pass
    async with log_db.engine.connect() as connection:
        assert (await connection.execute(WHO)).scalar_one().strip("|") == ""


async def test_the_system_covers_every_code(log_db: Database) -> None:
    async with log_db.read(SYSTEM) as tx:
        assert (await tx.execute(WHO)).scalar_one() == "system||~||system"


async def test_a_key_that_may_not_be_read_is_named_to_who_runs_the_program(
    log_db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/root/.postgresql/postgresql.key")

    monkeypatch.setattr("gis.database.asyncpg.connect", refused)
    with pytest.raises(Unavailable) as told:
        await log_db.connect()
    assert "postgresql.key" in caplog.text
    assert "postgresql.key" not in told.value.detail


async def test_no_statement_has_processes_forked_for_it(log_db: Database) -> None:
    workers = "select current_setting('max_parallel_workers_per_gather')"
    async with log_db.read(SYSTEM) as tx:
        assert (await tx.execute(text(workers))).scalar_one() == "0"
    follower = await log_db.connect(plans_once=True)
    try:
        assert await follower.fetchval(workers) == "0"
    finally:
        await follower.close()


async def test_an_error_rolls_everything_back(log_db: Database) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the way out of the block is what is tested
        async with log_db.transaction(SYSTEM) as tx:
            await tx.execute(text("insert into log_pending values (1)"))
            raise RuntimeError
    async with log_db.read(SYSTEM) as tx:
        assert (await tx.execute(text("select count(*) from log_pending"))).scalar_one() == 0


async def test_a_read_refuses_to_write(log_db: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with log_db.read(SYSTEM) as tx:
            await tx.execute(text("insert into log_pending values (1)"))


async def test_a_frozen_read_sees_one_moment(log_db: Database) -> None:
    count = text("select count(*) from log_pending")
    async with log_db.read(SYSTEM, frozen=True) as tx:
        before = (await tx.execute(count)).scalar_one()
        async with log_db.transaction(SYSTEM) as other:
            await other.execute(text("insert into log_pending values (1)"))
        assert (await tx.execute(count)).scalar_one() == before


async def test_connections_that_died_in_the_pool_do_no_harm(log_db: Database, log_urls: ClusterUrls) -> None:
    async with log_db.read(SYSTEM), log_db.read(SYSTEM), log_db.read(SYSTEM):
        pass
    drop_connections(log_urls)
    async with log_db.read(SYSTEM) as tx:
        assert (await tx.execute(text("select 1"))).scalar_one() == 1


@pytest.mark.parametrize("odd", ["o'brien", "'; select pg_sleep(9); --", "\\'", "''", '李"老师'])
async def test_whatever_an_actor_is_called_he_is_told_as_a_value(log_db: Database, odd: str) -> None:
    actor = replace(OFFICER, account_id=odd)
    async with log_db.read(actor) as tx:
        told = (await tx.execute(text("select current_setting('wall.account')"))).scalar_one()
    assert told == odd


async def test_a_failed_statement_cannot_be_passed_over(log_db: Database) -> None:
    with pytest.raises(RuntimeError, match="passed over"):  # noqa: PT012 - leaving the block is what is tested
        async with log_db.transaction(SYSTEM) as tx:
            with suppress(DBAPIError):
                await tx.execute(text("select 1 / 0"))


async def test_a_read_writes_nothing(log_db: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with log_db.read(SYSTEM) as tx:
            await tx.execute(text("create temporary table nothing ()"))


async def test_a_connection_lost_in_mid_transaction_is_unavailable(
    log_db: Database, log_urls: ClusterUrls
) -> None:
    with pytest.raises(Unavailable):  # noqa: PT012 - the way out of the block is what is tested
        async with log_db.transaction(SYSTEM) as tx:
            drop_connections(log_urls)
            await tx.execute(text("select 1"))


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://wall_app@/wall?host=/nowhere&port=1")
    with pytest.raises(Unavailable):
        async with database.read(SYSTEM):
            pass
    with pytest.raises(Unavailable):
        await database.connect()
    await database.close()


async def test_a_lock_that_takes_too_long_is_unavailable(log_db: Database) -> None:
    async with log_db.transaction(SYSTEM) as holder:
        await holder.execute(text("select pg_advisory_xact_lock(1)"))
        with pytest.raises(Unavailable):  # noqa: PT012 - the way out of the block is what is tested
            async with log_db.transaction(SYSTEM) as tx:
                await tx.execute(text("set local lock_timeout = '50ms'"))
                await tx.execute(text("select pg_advisory_xact_lock(1)"))


async def test_a_full_disk_is_called_a_full_disk(log_db: Database) -> None:
    full = "do $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$"
    with pytest.raises(Unavailable, match="disk is full") as refused:
        async with log_db.transaction(SYSTEM) as tx:
            await tx.execute(text(full))
    assert refused.value.code == "disk_full"
    with pytest.raises(Unavailable, match="disk is full"):
        async with log_db.transaction(SYSTEM) as tx:
            await driver(tx).execute(full)


async def test_a_cancelled_transaction_gives_its_connection_back(log_urls: ClusterUrls) -> None:
    database = Database(log_urls.app, pool_size=1, max_overflow=0)

    async def sleep_inside() -> None:
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(text("select pg_sleep(5)"))

    task = asyncio.create_task(sleep_inside())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2), database.read(SYSTEM) as tx:
        assert (await tx.execute(text("select 1"))).scalar_one() == 1
    await database.close()


@pytest.mark.parametrize("fails", [False, True])
async def test_a_bell_is_rung_when_the_transaction_commits_and_only_then(
    log_db: Database, *, fails: bool
) -> None:
    heard = asyncio.Event()
    listener = await log_db.connect()
    await listener.add_listener("a_bell", lambda *_: heard.set())
    with pytest.raises(RuntimeError) if fails else nullcontext():
        async with log_db.transaction(SYSTEM) as tx:
            ring_after_commit(tx, "a_bell")
            if fails:
                raise RuntimeError
    try:
        await asyncio.wait_for(heard.wait(), 0.3)
    except TimeoutError:
        assert fails
    else:
        assert not fails
    await listener.close()


async def test_a_connection_of_its_own_acts_as_somebody_for_its_whole_life(log_db: Database) -> None:
    connection = await log_db.connect(OFFICER)
    for _ in range(2):
        assert await connection.fetchval(str(WHO)) == "duty_officer|620821100|620821100~|620821100|a1"
    await connection.close()


async def test_an_error_of_the_body_stays_what_it_is(log_db: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with log_db.read(SYSTEM):
            raise FileNotFoundError


async def test_a_wait_that_is_cancelled_in_the_moment_of_the_ring_ends() -> None:
    bell, ended = asyncio.Event(), False

    async def wait_for_ever() -> None:
        nonlocal ended
        try:
            while True:
                bell.clear()
                await rung_within(bell, 60)
        finally:
            ended = True

    task = asyncio.create_task(wait_for_ever())
    await asyncio.sleep(0)
    bell.set()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=1)
    assert ended
