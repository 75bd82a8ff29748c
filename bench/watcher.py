"""The watcher over a hundred thousand clocks that run: how long it looks, and whether it misses any."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg

from bench.figure import Figure, quantiles
from bench.wall import folder
from dispatch.watch import due_cases, watch_once
from gis.clock import now
from gis.cluster import running_cluster
from gis.database import Database
from wall_ui.migrate import migrate

CLOCKS, PER_CASE, DUE_SOON, LOOKS = 100_000, 4, 600, 300
TARGET_MS = 50.0
CASES = """
    insert into cases (id, number, version, status, category, case_class, priority, source, lon, lat, geom, area_code,
      holder, first_receiver, reporter_id, hops, returns, access, reported_at, accepted_at, changed_at)
    select md5(n::text)::uuid, 'B-' || n, 2, 'accepted', 'road_damage', 'general', 3, 'citizen', 107.3, 35.3,
      ST_SetSRID(ST_MakePoint(107.3, 35.3), 4326), '620821101201001', '620821101', '620821101', 'bench', 0, 0,
      '{620821101}', %(at)s, %(at)s, %(at)s
    from generate_series(1, %(cases)s) n
"""
RUNNING = """
    insert into clocks (case_id, position, target, hop, desk, started_at, amber_at, due_at, colour, limit_s, calendar)
    select md5(n::text)::uuid, t.place - 1, t.target, 0, '620821101', %(at)s,
      %(at)s + make_interval(secs => case when t.place = 1 and n <= %(soon)s then 30 + n * 0.05 else 86400 + n end),
      %(at)s + make_interval(secs => 172800 + n), 'green', 28800, 'wall'
    from generate_series(1, %(cases)s) n,
      unnest(array['response', 'resolve', 'dispatch', 'turnout']) with ordinality as t (target, place)
"""
HELD = """insert into custody (case_id, position, desk, from_at, how)
    select id, 0, holder, reported_at, 'report' from cases"""


async def _measure(url: str, owner: str) -> dict[str, Any]:
    at = now()
    with psycopg.connect(owner) as connection:
        values = {"at": at, "cases": CLOCKS // PER_CASE, "soon": DUE_SOON}
        for statement in (CASES, RUNNING, HELD, "analyze cases, clocks"):
            connection.execute(statement, values if "%(" in statement else None)
    db = Database(url, pool_size=4)
    looks = []
    for turn in range(LOOKS):
        began = time.perf_counter()
        found = await due_cases(db, at + timedelta(seconds=turn * 0.01))
        looks.append((time.perf_counter() - began) * 1000)
        assert not found
    turned, passes, later = 0, [], at
    while turned < DUE_SOON and later < at + timedelta(seconds=120):
        later += timedelta(seconds=1)
        began = time.perf_counter()
        now_turned = await watch_once(db, later)
        if now_turned:
            passes.append((time.perf_counter() - began) * 1000 / now_turned)
        turned += now_turned
    await db.close()
    return {"looks": looks, "turned": turned, "each": passes}


def measure() -> Iterator[Figure]:
    """Time passes in which nothing is due, and then let six hundred clocks turn."""
    with folder() as path, running_cluster(path) as urls:
        migrate(urls.owner)
        found = asyncio.run(_measure(urls.app, urls.owner))
    looks = quantiles(found["looks"])
    yield Figure(
        "watcher_pass",
        looks["p99"],
        "ms a pass over 100,000 clocks that run, p99",
        "lower",
        TARGET_MS,
        details={**looks, "turned": found["turned"], "turn_ms": quantiles(found["each"])},
    )
    yield Figure(
        "watcher_missed", DUE_SOON - found["turned"], f"of {DUE_SOON} clocks that came due", "lower", 0
    )
