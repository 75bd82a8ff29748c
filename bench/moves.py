"""A move from its HTTP request until another connection to the database sees it in the log, with the whole past there.

The generator shares the processors with what it measures: it speaks HTTP over bare sockets, and says what it took.
"""

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench.figure import Figure, quantiles
from bench.flush import flush_ms
from bench.past import LENGTH, counted, past_wall
from bench.wall import Wall
from gis.actor import SYSTEM
from gis.database import Database
from gis.log.tables import NUMBERED

RATE_PER_S, OPEN_S, WARM_S = 100, 40, 5
CLOSED_S, CLIENTS = 20, 24
CONNECTIONS = 48
P50_TARGET_MS, P99_TARGET_MS, SATURATED_TARGET = 10.0, 40.0, 300.0
# What is done to each case: half of it says something, the other half moves it.
SCRIPT: tuple[dict[str, str], ...] = (
    {"move": "accept"},
    {"move": "note", "text": "压力测试：已联系"},
    {"move": "start"},
    {"move": "note", "text": "压力测试：在现场"},
)
SEEN = """select e.case_id::text, e.version, c.seq from log_chain c join log_events e on e.id = c.event_id
          where c.seq > $1 order by c.seq"""
Key = tuple[str, int]


class Talker:
    """One connection that stays open; a request is written, its answer read by its length."""

    def __init__(self, wall: Wall, head: str) -> None:
        self.place, self.head = urlsplit(wall.url), head
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Post and return status and body."""
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.place.hostname, self.place.port)
        self.writer.write(
            f"POST {path} HTTP/1.1\r\n{self.head}content-length: {len(body)}\r\n\r\n".encode() + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start : lower.index(b"\r\n", start)])
        return int(head[9:12]), await self.reader.readexactly(length)


@dataclass
class Seen:
    """When each fact was seen by another connection."""

    at: dict[Key, float] = field(default_factory=dict)
    last: int = 0

    async def watch(self, db: Database) -> None:
        """Read the log as soon as its bell rings, until cancelled."""
        connection = await db.connect(SYSTEM)
        rung = asyncio.Event()
        await connection.add_listener(NUMBERED, lambda *_: rung.set())
        self.last = await connection.fetchval("select coalesce(max(seq), 0) from log_chain")
        try:
            while True:
                await rung.wait()
                rung.clear()
                rows = await connection.fetch(SEEN, self.last)
                at = time.perf_counter()
                for case_id, version, seq in rows:
                    self.at.setdefault((case_id, version), at)
                    self.last = seq
        finally:
            connection.terminate()


class Work:
    """Cases and what is to be done to them next; a case is in one pair of hands at a time."""

    def __init__(self, cases: list[str]) -> None:
        self.ready = deque((case, 0) for case in cases)

    def take(self) -> tuple[str, int]:
        """Return a case and its step."""
        return self.ready.popleft()

    def give_back(self, case: str, step: int) -> None:
        """Let the next step be done, at the end of the row; what has come to its end is noted upon again and again."""
        self.ready.append((case, min(step + 1, len(SCRIPT) - 1)))


async def move(talker: Talker, work: Work) -> Key:
    """Make the next move; return which case and version came of it."""
    case, step = work.take()
    status, body = await talker.ask(f"/api/cases/{case}/moves", json.dumps(SCRIPT[step]).encode())
    if status != 200:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    work.give_back(case, step)
    start = body.index(b'"version":') + 10
    return case, int(body[start : body.index(b",", start)])


async def open_loop(
    talkers: list[Talker], work: Work, rate: float, seconds: float
) -> dict[Key, tuple[float, float]]:
    """Begin moves at their moments, whatever became of the ones before; return when each was due and answered."""
    free, found = asyncio.Queue[Talker](), dict[Key, tuple[float, float]]()
    for talker in talkers:
        free.put_nowait(talker)

    async def one(due: float) -> None:
        talker = await free.get()
        key = await move(talker, work)
        found[key] = due, time.perf_counter()
        free.put_nowait(talker)

    began, tasks = time.perf_counter(), []
    for turn in range(int(rate * seconds)):
        due = began + turn / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return found


async def closed_loop(talkers: list[Talker], work: Work, seconds: float) -> float:
    """Make moves one after the other on each connection; return how many a second."""
    end, made = time.perf_counter() + seconds, 0

    async def client(talker: Talker) -> None:
        nonlocal made
        while time.perf_counter() < end:
            await move(talker, work)
            made += 1

    began = time.perf_counter()
    await asyncio.gather(*map(client, talkers[:CLIENTS]))
    return made / (time.perf_counter() - began)


async def run(wall: Wall, url: str, head: str, cases: list[str]) -> dict[str, Any]:
    """Make the measurements and return them raw."""
    db, seen, work = Database(url, pool_size=2), Seen(), Work(cases)
    watching = asyncio.create_task(seen.watch(db))
    talkers = [Talker(wall, head) for _ in range(CONNECTIONS)]
    await open_loop(talkers, work, RATE_PER_S, WARM_S)
    processors = Processors(wall)
    found = await open_loop(talkers, work, RATE_PER_S, OPEN_S)
    shares = processors.shares()
    await asyncio.sleep(1)
    processors = Processors(wall)
    rate = await closed_loop(talkers, work, CLOSED_S)
    saturated_shares = processors.shares()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await db.close()
    whole = [(max(at, seen.at[key]) - due) * 1000 for key, (due, at) in found.items() if key in seen.at]
    answered = [(at - due) * 1000 for due, at in found.values()]
    return {
        "whole": whole,
        "answered": answered,
        "unseen": len(found) - len(whole),
        "rate": rate,
        "shares": shares,
        "saturated_shares": saturated_shares,
    }


class Processors:
    """Who used the processors since: the generator, the wall, PostgreSQL, in processors' worth."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.before, self.at = self._used(), time.perf_counter()

    def shares(self) -> dict[str, float]:
        """Return the average number of processors that each kept busy."""
        took = time.perf_counter() - self.at
        after = self._used()
        return {name: round((after[name] - self.before[name]) / took, 2) for name in after}

    def _used(self) -> dict[str, float]:
        own = os.times()
        assert self.wall.process is not None
        tick = os.sysconf("SC_CLK_TCK")
        postgres = sum(_ticks(pid) for pid in _named("postgres", self.wall.environment["WALL_VAR"]))
        return {
            "generator": own.user + own.system,
            "wall": _ticks(self.wall.process.pid) / tick,
            "postgres": postgres / tick,
            "everything": _all_ticks() / tick,
        }


def _named(name: str, folder: str) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        try:
            named = entry.name.isdigit() and (entry / "comm").read_text().strip() == name
            if named and str((entry / "cwd").resolve()).startswith(folder):
                yield int(entry.name)
        except OSError:
            continue


def _ticks(pid: int) -> int:
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(parts[11]) + int(parts[12])


def _all_ticks() -> int:
    """Return what all processes of the machine used: more than the three together is somebody else's."""
    user, nice, system = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return int(user) + int(nice) + int(system)


def measure() -> Iterator[Figure]:
    """Measure moves at a steady rate, and as many as there can be."""
    with past_wall() as (wall, urls):
        desk = wall.sit("dispatcher")
        cases = [_report(desk) for _ in range(int(RATE_PER_S * (OPEN_S + WARM_S) / len(SCRIPT)))]
        flush = flush_ms(Path(wall.environment["WALL_VAR"]))
        rows = counted(urls)
        found = asyncio.run(run(wall, urls.app, _head(desk), cases))
    details = {
        "rows": rows,
        "history": LENGTH,
        "flush_ms": flush,
        "answered_ms": quantiles(found["answered"]),
        "never_seen": found["unseen"],
        "processors_busy": found["shares"],
        "load": os.getloadavg(),
    }
    whole = quantiles(found["whole"])
    told = "ms from request to seen in the log by another connection"
    at_rate = {**details, "rate_per_s": RATE_PER_S, **whole}
    yield Figure("move_p50", whole["p50"], f"{told}, p50", "lower", P50_TARGET_MS, details=at_rate)
    yield Figure("move_p99", whole["p99"], f"{told}, p99", "lower", P99_TARGET_MS, details=at_rate)
    saturated = {
        "rows": rows,
        "flush_ms": flush,
        "clients": CLIENTS,
        "processors_busy": found["saturated_shares"],
    }
    yield Figure(
        "moves_saturated", round(found["rate"], 1), "moves/s", "higher", SATURATED_TARGET, details=saturated
    )


def _report(desk: httpx.Client) -> str:
    body = {"text": "压力测试：道路塌陷", "category": "road_damage", "area_code": "620821", "priority": 1}
    case: str = desk.post("/api/cases", json=body).raise_for_status().json()["case"]["id"]
    return case


def _head(desk: httpx.Client) -> str:
    cookies = "; ".join(f"{name}={value}" for name, value in desk.cookies.items())
    place = urlsplit(str(desk.base_url))
    return (
        f"host: {place.netloc}\r\ncookie: {cookies}\r\nx-csrf-token: {desk.headers['X-CSRF-Token']}\r\n"
        "content-type: application/json\r\n"
    )
