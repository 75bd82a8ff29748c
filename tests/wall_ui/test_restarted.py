"""The database killed in the middle of hundreds of moves: nothing acknowledged is lost, and nothing happens twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from dispatch.agreement import compare_with_log
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls, running_cluster
from gis.log import verify_chain
from gis.settings import Settings
from tests.databases import reachable_folder
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import WEST, load_small_county
from wall_ui.application import create_app
from wall_ui.migrate import migrate

WORKERS, CASES_EACH = 16, 6
MOVES = WORKERS * CASES_EACH * 3
KILLED_AFTER = 60  # acknowledged requests
GIVES_UP_S = 60.0
BODY = {"text": "停电测试", "category": "petition", "area_code": f"{WEST}201001"}
STEPS: tuple[dict[str, Any], ...] = (
    {"move": "accept", "expected_version": 1},
    {"move": "start", "expected_version": 2},
    {"move": "resolve", "expected_version": 3, "result": "已恢复供电"},
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterUrls]:
    """A cluster of this test's own, which keeps what it has acknowledged; whoever kills it starts it anew."""
    with reachable_folder() as folder, running_cluster(folder) as urls:
        migrate(urls.owner)
        load_small_county(urls.owner)
        yield urls


@pytest.fixture
async def app(cluster: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    built = create_app(Settings(wall_var=tmp_path, wall_simulation=False), cluster.app)
    async with built.router.lifespan_context(built):
        yield built


@dataclass
class Talk:
    """What was said to several people at once, and what they were told."""

    client: httpx.AsyncClient
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, key: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask until there is an answer, always with the same key, as a patient program does."""
        async with asyncio.timeout(GIVES_UP_S):
            while True:
                answer = await self.client.post(path, json=body, headers={"Idempotency-Key": key})
                if answer.status_code != 503:
                    break
                self.refused += 1
                await asyncio.sleep(0.05)
        assert answer.is_success, (key, answer.status_code, answer.text)
        told: dict[str, Any] = answer.json()
        self.acknowledged[key] = told
        if len(self.acknowledged) >= KILLED_AFTER:
            self.enough.set()
        return told

    async def work(self, worker: int) -> None:
        """Report cases and bring each to its result."""
        for number in range(CASES_EACH):
            name = f"worker-{worker:02d}-case-{number:02d}"
            case = (await self.ask(f"{name}-report", "/api/cases", BODY))["case"]
            for step in STEPS:
                await self.ask(f"{name}-{step['move']}", f"/api/cases/{case['id']}/moves", step)


def kill_the_database(urls: ClusterUrls) -> None:
    """Kill the server without a word, as a power cut does; the cluster's watcher starts it again."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    os.kill(int(row[0].split()[0]), signal.SIGKILL)


async def test_moves_in_full_flight_survive_the_death_of_the_database(
    app: FastAPI, cluster: ClusterUrls
) -> None:
    token = await create_token(app.state.db, Role.DUTY_OFFICER, WEST, "worker", now())
    async with browser(app, Authorization=f"Bearer {token}") as client:
        talk = Talk(client)
        working = asyncio.gather(*(talk.work(number) for number in range(WORKERS)))
        await talk.enough.wait()
        await asyncio.to_thread(kill_the_database, cluster)
        await working
        assert talk.refused > 0
        # Whoever asks once more with an old key is told what he was told before.
        for key in ("worker-00-case-00-accept", "worker-15-case-05-resolve"):
            before = talk.acknowledged[key]
            step = next(one for one in STEPS if key.endswith(one["move"]))
            assert await talk.ask(key, f"/api/cases/{before['case']['id']}/moves", step) == before
    reported = {told["case"]["id"] for key, told in talk.acknowledged.items() if key.endswith("report")}
    assert len(reported) == WORKERS * CASES_EACH
    await all_is_numbered(cluster)
    with psycopg.connect(cluster.owner) as connection:
        connection.execute("select set_config('wall.role', 'system', false)")
        cases = connection.execute("select id::text, status, version from cases").fetchall()
        facts = connection.execute(
            "select case_id::text, array_agg(kind order by version) from log_events"
            " where kind like 'case.%' group by 1"
        ).fetchall()
        words = connection.execute("select count(*), count(distinct case_id) from case_texts").fetchone()
    assert cases
    assert {case_id: (status, version) for case_id, status, version in cases} == dict.fromkeys(
        reported, ("resolved", 4)
    )
    lived = ["case.report", "case.accept", "case.start", "case.resolve"]
    assert dict(facts) == dict.fromkeys(reported, lived)
    assert words == (2 * len(reported), len(reported))
    async with app.state.db.read(SYSTEM, frozen=True) as tx:
        report, agreement = await verify_chain(tx), await compare_with_log(tx)
    assert report.whole, report.faults[:3]
    assert agreement.whole, agreement.differences[:3]
    assert report.events >= MOVES + len(reported)


async def all_is_numbered(urls: ClusterUrls) -> None:
    """Wait until every fact has its number, also those that were committed just before the end."""
    async with asyncio.timeout(GIVES_UP_S):
        while True:
            with psycopg.connect(urls.superuser or urls.owner) as connection:
                row = connection.execute(
                    "select (select count(*) from log_events), (select count(*) from log_chain),"
                    " (select coalesce(max(seq), 0) from log_chain)"
                ).fetchone()
            if row is not None and row[0] == row[1] == row[2]:
                return
            await asyncio.sleep(0.05)
