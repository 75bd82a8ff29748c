"""Following the log: everything, in order, each once, whatever happens to the connection."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import psycopg
import pytest

from gis.actor import SYSTEM, Actor
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.log import LogEvent, Sequencer, Tail, append
from tests.gis.the_log import DISPATCHER

SCOPE = {"code": "620821100", "access": []}


async def write(db: Database, first: int, count: int) -> None:
    """Append `count` events that carry running numbers."""
    for n in range(first, first + count):
        async with db.transaction(DISPATCHER) as tx:
            await append(tx, kind="case.note", actor=DISPATCHER, scope_after=SCOPE, data={"n": n})


@asynccontextmanager
async def following(db: Database, ring: int = 20_000) -> AsyncIterator[tuple[Tail, list[LogEvent]]]:
    """Run a sequencer and a tail meanwhile, and collect what the tail tells."""
    tail = Tail(db, ring=ring)
    told: list[LogEvent] = []

    def collect(events: Sequence[LogEvent]) -> None:
        told.extend(events)

    tail.subscribe(collect)
    tasks = [asyncio.create_task(runs) for runs in (Sequencer(db).run(), tail.run())]
    await asyncio.wait_for(tail.ready.wait(), 5)
    yield tail, told
    for task in tasks:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def until_seq(tail: Tail, seq: int) -> None:
    """Wait until the tail has come to `seq`."""
    async with asyncio.timeout(10):
        while tail.last_seq < seq:  # noqa: ASYNC110 - polled, so that the test needs no hook in the product
            await asyncio.sleep(0.01)


async def test_subscribers_are_told_everything_in_order_and_once(log_db: Database) -> None:
    async with following(log_db) as (tail, told):
        await asyncio.gather(write(log_db, 0, 30), write(log_db, 100, 30))
        await until_seq(tail, 60)
    assert [event.seq for event in told] == list(range(1, 61))
    assert sorted(event.data["n"] for event in told) == [*range(30), *range(100, 130)]


class CutInMidWord(Database):
    """A database whose first connection goes down in the middle of a word, once."""

    cuts = 0

    async def connect(self, actor: Actor = SYSTEM, *, plans_once: bool = False) -> Any:
        """Connect, and the first time in a way that will not hold."""
        connection = await super().connect(actor, plans_once=plans_once)
        if self.cuts == 0:
            self.cuts += 1
            connection.terminate()
            raise asyncpg.InternalClientError(
                "cannot switch to state 12; another operation (2) is in progress"
            )
        return connection


async def test_what_the_driver_says_of_a_connection_cut_in_mid_word_ends_no_tail(
    log_db: Database, log_urls: ClusterUrls
) -> None:
    cut = CutInMidWord(log_urls.app)
    tail = Tail(cut)
    tasks = [asyncio.create_task(runs) for runs in (Sequencer(log_db).run(), tail.run())]
    await write(log_db, 0, 3)
    await until_seq(tail, 3)
    assert cut.cuts == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await cut.close()


async def test_a_tail_whose_connections_are_cut_misses_nothing(
    log_db: Database, log_urls: ClusterUrls
) -> None:
    assert log_urls.superuser is not None
    async with following(log_db) as (tail, told):
        with psycopg.connect(log_urls.superuser, autocommit=True) as connection:
            for cut in range(4):
                await write(log_db, cut * 10, 10)
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                    " and datname = current_database() and (query ilike 'listen%' or query like '%log_chain%')"
                )
        await until_seq(tail, 40)
    assert [event.data["n"] for event in told] == list(range(40))


async def test_a_new_tail_remembers_the_newest_events_and_tells_only_later_ones(log_db: Database) -> None:
    async with following(log_db) as (tail, _):
        await write(log_db, 0, 5)
        await until_seq(tail, 5)
    async with following(log_db) as (tail, told):
        assert [event.seq for event in tail.since(2) or ()] == [3, 4, 5]
        await write(log_db, 5, 1)
        await until_seq(tail, 6)
    assert [event.seq for event in told] == [6]


async def test_the_ring_says_when_it_no_longer_reaches_back(log_db: Database) -> None:
    async with following(log_db, ring=4) as (tail, _):
        await write(log_db, 0, 10)
        await until_seq(tail, 10)
        assert tail.since(10) == []
        assert [event.seq for event in tail.since(6) or ()] == [7, 8, 9, 10]
        assert tail.since(5) is None
        assert tail.since(11) is None
