"""The log: written once, put in one order, seen by whom it concerns, and provably whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gis.actor import SYSTEM, Actor
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.log import ChainReport, Sequencer, append, verify_chain
from gis.log.events import canonical
from tests.gis.the_log import DISPATCHER, OTHER_TOWNSHIP, POLICE, REPORTER, TOWNSHIP

HERE = {"code": "620821100203002", "access": ["620821100"]}


async def write(db: Database, actor: Actor = DISPATCHER, **parts: Any) -> int:
    """Append one event in a transaction of its own."""
    event: dict[str, Any] = {"kind": "case.note", "scope_after": HERE, "data": {"n": 1}} | parts
    async with db.transaction(actor) as tx:
        return await append(tx, actor=actor, **event)


@asynccontextmanager
async def numbering(db: Database) -> AsyncIterator[Sequencer]:
    """Run a sequencer meanwhile."""
    sequencer = Sequencer(db)
    task = asyncio.create_task(sequencer.run())
    yield sequencer
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def all_numbered(db: Database) -> None:
    """Wait until nothing waits for its number."""
    async with asyncio.timeout(10):
        while (await report(db)).waiting:  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.02)


async def report(db: Database, **how: Any) -> ChainReport:
    """Verify the log as the system sees it."""
    async with db.read(SYSTEM, frozen=True) as tx:
        return await verify_chain(tx, **how)


async def numbered(db: Database, count: int) -> None:
    """Write `count` events and have them numbered."""
    async with numbering(db):
        for n in range(count):
            await write(db, data={"n": n})
        await all_numbered(db)


def tamper(urls: ClusterUrls, statement: str) -> None:
    """Do as a superuser what nobody may: behind the triggers' backs."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(statement.encode())


async def visible_to(db: Database, actor: Actor) -> set[str]:
    async with db.read(actor) as tx:
        return set((await tx.execute(text("select kind from log_events"))).scalars())


async def test_an_event_gets_its_number_after_the_commit(log_db: Database) -> None:
    async with numbering(log_db):
        event_id = await write(log_db)
        await all_numbered(log_db)
    async with log_db.read(SYSTEM) as tx:
        assert (await tx.execute(text("select seq, event_id from log_chain"))).all() == [(1, event_id)]


async def test_an_event_of_a_failed_transaction_never_was(log_db: Database) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the way out of the block is what is tested
        async with log_db.transaction(DISPATCHER) as tx:
            await append(tx, kind="case.note", actor=DISPATCHER, data={})
            raise RuntimeError
    await write(log_db)
    async with numbering(log_db):
        await all_numbered(log_db)
    found = await report(log_db)
    assert (found.events, found.last_seq, found.whole) == (1, 1, True)


async def test_eight_writers_and_three_killed_sequencers_leave_no_gap_and_keep_each_case_in_order(
    log_db: Database,
) -> None:
    cases = {uuid4(): 0 for _ in range(12)}
    locks = {case_id: asyncio.Lock() for case_id in cases}

    async def writer(number: int) -> None:
        for step in range(60):
            case_id = list(cases)[(number * 7 + step * 5) % len(cases)]
            async with log_db.transaction(DISPATCHER) as tx:
                # What the case's row lock does, and as it does: in the transaction, to its end.
                await tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": case_id.int % 2**62})
                async with locks[case_id]:
                    cases[case_id] += 1
                    version = cases[case_id]
                await append(
                    tx,
                    kind="case.note",
                    actor=DISPATCHER,
                    case_id=case_id,
                    version=version,
                    scope_after=HERE,
                    data={"writer": number},
                )

    async def kill_sequencers() -> None:
        for _ in range(3):
            await asyncio.sleep(0.15)
            leaders[0].cancel()
            leaders.append(leaders.pop(0))
            leaders[-1] = asyncio.create_task(Sequencer(log_db).run())

    leaders = [asyncio.create_task(Sequencer(log_db).run()) for _ in range(2)]
    await asyncio.gather(kill_sequencers(), *(writer(number) for number in range(8)))
    await all_numbered(log_db)
    for task in leaders:
        task.cancel()
    found = await report(log_db)
    assert found.faults == []
    assert (found.events, found.last_seq) == (480, 480)
    async with log_db.read(SYSTEM) as tx:
        order = await tx.execute(
            text(
                "select case_id, version from log_chain c join log_events e on e.id = c.event_id order by seq"
            )
        )
    versions: dict[UUID, list[int]] = {}
    for case_id, version in order:
        versions.setdefault(case_id, []).append(version)
    assert versions == {case_id: list(range(1, last + 1)) for case_id, last in cases.items()}


async def test_only_one_sequencer_leads_and_the_next_takes_over(log_db: Database) -> None:
    first, second = Sequencer(log_db), Sequencer(log_db)
    tasks = [asyncio.create_task(one.run()) for one in (first, second)]
    await write(log_db)
    await all_numbered(log_db)
    assert first.leading != second.leading
    tasks[0 if first.leading else 1].cancel()
    await write(log_db)
    await all_numbered(log_db)
    assert (await report(log_db)).last_seq == 2
    for task in tasks:
        task.cancel()


async def test_a_sequencer_outlives_the_connections_it_loses(log_db: Database, log_urls: ClusterUrls) -> None:
    async with numbering(log_db) as sequencer:
        for _ in range(3):
            await write(log_db)
            await all_numbered(log_db)
            assert log_urls.superuser is not None
            with psycopg.connect(log_urls.superuser, autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                )
        await write(log_db)
        await all_numbered(log_db)
        assert sequencer.numbered == 4
    assert (await report(log_db)).whole


async def test_the_leader_numbers_within_a_moment_of_the_commit(log_db: Database) -> None:
    async with numbering(log_db):
        await write(log_db)
        await all_numbered(log_db)
        async with log_db.read(SYSTEM) as tx:
            lag = text("select extract(epoch from c.sequenced_at - e.at) from log_chain c, log_events e")
            assert (await tx.execute(lag)).scalar_one() < 1.0


@pytest.mark.parametrize(
    "statement",
    [
        "update log_events set kind = 'x'",
        "delete from log_events",
        "truncate log_events cascade",
        "update log_chain set seq = 9",
        "delete from log_chain",
        "truncate log_chain",
    ],
)
async def test_nobody_may_change_or_remove_what_is_written(
    log_db: Database, log_urls: ClusterUrls, statement: str
) -> None:
    await numbered(log_db, 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(log_urls.owner) as connection:
        connection.execute(statement.encode())
    with pytest.raises(DBAPIError):
        async with log_db.transaction(SYSTEM) as tx:
            await tx.execute(text(statement))


@pytest.mark.parametrize(
    "statement,what",
    [
        ("update log_events set data = '{\"n\": 7}' where id = 2", "differs from its digest"),
        ("update log_events set at = at + interval '1 microsecond' where id = 2", "differs from its digest"),
        ('update log_events set actor = actor || \'{"name": "x"}\' where id = 2', "differs from its digest"),
        ("update log_events set data = '{}', digest = sha256('{}') where id = 2", "hash is not that"),
        ("delete from log_events where id = 2", "the event is gone"),
        ("delete from log_chain where seq = 2", "something is missing"),
        ("delete from log_chain where seq = 3", "has no number"),
        ("update log_chain set prev_hash = '' where seq = 2", "does not name the hash before"),
        ("update log_chain c set event_id = 5 - event_id where seq in (2, 3)", "hash is not that"),
    ],
)
async def test_tampering_is_found(log_db: Database, log_urls: ClusterUrls, statement: str, what: str) -> None:
    await numbered(log_db, 3)
    assert (await report(log_db)).whole
    if "5 - event_id" in statement:
        tamper(log_urls, "alter table log_chain drop constraint uq_log_chain_event_id")
    tamper(log_urls, statement)
    assert any(what in fault.what for fault in (await report(log_db)).faults)


async def test_a_log_cut_short_is_found_by_an_anchor(log_db: Database, log_urls: ClusterUrls) -> None:
    await numbered(log_db, 3)
    kept = await report(log_db)
    anchor = (kept.last_seq, kept.head)
    tamper(log_urls, "delete from log_chain where seq = 3; delete from log_events where id = 3")
    assert (await report(log_db)).whole
    assert not (await report(log_db, anchor=anchor)).whole


async def test_who_covers_the_place_or_has_access_sees_the_event_and_nobody_else(log_db: Database) -> None:
    await write(log_db, kind="here", scope_after=HERE)
    await write(log_db, kind="given", scope_after={"code": "620821101", "access": ["620821/police"]})
    await write(log_db, kind="configuration", scope_after=None)
    assert await visible_to(log_db, SYSTEM) == {"here", "given", "configuration"}
    assert await visible_to(log_db, DISPATCHER) == {"here", "given", "configuration"}
    assert await visible_to(log_db, TOWNSHIP) == {"here"}
    assert await visible_to(log_db, OTHER_TOWNSHIP) == {"given"}
    assert await visible_to(log_db, POLICE) == {"given"}
    assert await visible_to(log_db, REPORTER) == set()


async def test_an_event_that_leaves_a_jurisdiction_is_seen_on_both_sides(log_db: Database) -> None:
    there = {"code": "620821101201", "access": []}
    await write(log_db, kind="moved", scope_before=HERE, scope_after=there)
    await write(log_db, kind="erased", scope_before=HERE)
    assert await visible_to(log_db, TOWNSHIP) == {"moved", "erased"}
    assert await visible_to(log_db, OTHER_TOWNSHIP) == {"moved"}


async def test_one_may_append_what_one_may_not_see(log_db: Database) -> None:
    await write(log_db, REPORTER, kind="case.report", scope_after=HERE)
    assert await visible_to(log_db, REPORTER) == set()
    assert await visible_to(log_db, TOWNSHIP) == {"case.report"}


async def test_without_an_actor_nothing_is_seen(log_db: Database) -> None:
    await write(log_db, scope_after=None)
    await write(log_db)
    async with log_db.engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from log_events"))).scalar_one() == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc名 ", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values=st.lists(JSON, min_size=1, max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_canonical_text_survives_the_database(log_urls: ClusterUrls, values: list[Any]) -> None:
    with psycopg.connect(log_urls.app) as connection:
        for value in values:
            written = canonical(value)
            row = connection.execute("select cast(%s as jsonb)::text", (written,)).fetchone()
            assert row is not None
            assert canonical(json.loads(row[0])) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object()])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical({"x": value})
