"""The log under a thousand writers in four processes on forty connections, its sequencer killed three times."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from bench.figure import Figure
from bench.wall import folder
from gis.actor import SYSTEM, Actor, Role
from gis.cluster import running_cluster
from gis.database import Database
from gis.log import Sequencer, append, verify_chain
from gis.log.sequencer import ELECTION_KEY
from wall_ui.migrate import migrate

PROCESSES, TASKS, EACH, CASES = 4, 250, 12, 200
POOL = 9  # and one connection for the sequencer: forty in all
KILLS, KILLS_EVERY_S = 3, 1.5
WRITER = Actor("bench", "bench", Role.DISPATCHER, "620821", "620821")
SCOPE = {"code": "620821101201001", "access": ["620821101"]}


async def _write(url: str, process: int) -> int:
    db = Database(url, pool_size=POOL, max_overflow=0)
    db.engine.sync_engine.pool._timeout = 600  # type: ignore[attr-defined]  # many wait for few connections, on purpose
    sequencer, kept = asyncio.create_task(Sequencer(db).run()), 0

    async def task(number: int) -> int:
        done = 0
        for step in range(EACH):
            case = UUID(int=(process * TASKS + number * 7 + step * 13) % CASES + 1)
            async with db.transaction(WRITER) as tx:
                # As moves do: the case's row is locked to the end of the transaction, and says the version.
                bump = text("update bench_cases set version = version + 1 where id = :id returning version")
                version = (await tx.execute(bump, {"id": case})).scalar_one()
                await append(
                    tx,
                    kind="case.note",
                    actor=WRITER,
                    case_id=case,
                    version=version,
                    scope_after=SCOPE,
                    data={"process": process, "task": number, "step": step},
                )
            done += 1
        return done

    kept = sum(await asyncio.gather(*map(task, range(TASKS))))
    await asyncio.sleep(2)
    sequencer.cancel()
    with suppress(asyncio.CancelledError):
        await sequencer
    await db.close()
    return kept


def _process(url: str, number: int, told: Any) -> None:
    told.put(asyncio.run(_write(url, number)))


def _kill_leader(superuser: str) -> bool:
    """End the connection that numbers events; say whether there was one."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        found = connection.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
            " and (classid::bigint << 32) + objid::bigint = %s",
            (ELECTION_KEY,),
        ).fetchall()
    return bool(found)


async def _verify(url: str) -> dict[str, Any]:
    db = Database(url)
    async with db.read(SYSTEM, frozen=True) as tx:
        report = await verify_chain(tx)
        order = await tx.execute(
            text(
                "select case_id, version from log_chain c join log_events e on e.id = c.event_id order by seq"
            )
        )
        versions = Counter[UUID]()
        disorder = 0
        for case_id, version in order:
            disorder += version != versions[case_id] + 1
            versions[case_id] = version
    await db.close()
    return {
        "events": report.events,
        "faults": len(report.faults),
        "waiting": report.waiting,
        "disorder": disorder,
    }


def measure() -> Iterator[Figure]:
    """Write, kill, and prove that nothing was lost."""
    with folder() as path, running_cluster(path) as urls:
        migrate(urls.owner)
        assert urls.superuser is not None
        with psycopg.connect(urls.owner) as connection:
            connection.execute("create table bench_cases (id uuid primary key, version int not null)")
            connection.execute("grant select, update on bench_cases to wall_app")
            ids = [(UUID(int=number + 1),) for number in range(CASES)]
            connection.cursor().executemany("insert into bench_cases values (%s, 0)", ids)
        context = multiprocessing.get_context("spawn")
        told = context.Queue()
        workers = [context.Process(target=_process, args=(urls.app, one, told)) for one in range(PROCESSES)]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        killed = 0
        while killed < KILLS and any(worker.is_alive() for worker in workers):
            time.sleep(KILLS_EVERY_S)
            killed += _kill_leader(urls.superuser)
        written = sum(told.get() for _ in workers)
        took = time.perf_counter() - began - 2
        for worker in workers:
            worker.join()
        found = asyncio.run(_verify(urls.app))
    wrong = found["faults"] + found["disorder"] + found["waiting"] + abs(written - found["events"])
    details = {**found, "written": written, "killed": killed, "per_s": round(written / took)}
    yield Figure(
        "log_wrong", wrong, "gaps, reorderings, lost rows and broken links", "lower", 0, details=details
    )
    yield Figure("log_sequencers_killed", killed, "times", "higher", KILLS)
