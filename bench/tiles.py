"""How many vector tiles a second the wall serves, with nothing in memory and with everything, beside tipg.

Both serve the same four tables from the same database with one process each, to the same eight connections.
tipg comes by name into an environment that is thrown away; where it cannot be had, the figures say so.
"""

import asyncio
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from bench.figure import Figure, quantiles
from bench.wall import Wall, folder, free_port
from gis.cluster import running_cluster

CLIENTS, TILES = 8, 1500
COLD_TIMES, WARM_TIMES, P99_TARGET_MS = 5.0, 15.0, 50.0
TABLES = {"road": "roads", "facility": "facilities", "poi": "pois", "water": "waters"}
BOX, MATRICES = (107.25, 35.18, 107.75, 35.51), range(9, 16)


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over all tiles."""

    per_s: float
    ms: dict[str, float]


def measure() -> Iterator[Figure]:
    """Ask for every tile once, then once more."""
    with folder() as path:
        wall = Wall(path, free_port(), WALL_SIMULATION="off")
        try:
            wall.start()
            cold, warm, dearest = _ours(wall)
            peer = _tipg(path)
        finally:
            wall.stop()
    known = {} if peer is None else {"tipg": peer.per_s}
    said = {
        "clients": CLIENTS,
        "tiles": TILES,
        "peer": "tipg" if peer else "absent: it could not be installed",
    }
    for name, run, times in (("cold", cold, COLD_TIMES), ("warm", warm, WARM_TIMES)):
        target = round(times * peer.per_s, 1) if peer else 0.0
        details = {**run.ms, **said, "times_tipg": round(run.per_s / peer.per_s, 1) if peer else None}
        yield Figure(f"tiles_{name}", run.per_s, "tiles/s", "higher", target, peer=known, details=details)
    yield Figure(
        "tiles_p99", cold.ms["p99"], "ms, p99, cold", "lower", P99_TARGET_MS, details={**cold.ms, **said}
    )
    yield Figure(
        "tiles_areas_p99",
        dearest.ms["p99"],
        "ms, p99, cold, grids and cameras",
        "lower",
        P99_TARGET_MS,
        details={**dearest.ms, "per_s": dearest.per_s, "clients": CLIENTS},
    )


def _ours(wall: Wall) -> tuple[Run, Run, Run]:
    client = wall.sit("dispatcher")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    form = "/ogc/collections/{table}/tiles/WebMercatorQuad/{z}/{row}/{column}"
    paths, dear = _paths(list(TABLES), form, TILES), _paths(["grid", "camera"], form, TILES // 5)
    port = urlsplit(wall.url).port or 0
    _ask(port, _paths(["village"], form, 50), cookies)  # imports and prepared plans are not what is measured
    return _ask(port, paths, cookies), _ask(port, paths, cookies), _ask(port, dear, cookies)


def _paths(tables: list[str], form: str, count: int) -> list[str]:
    """Tiles over the county on all scales, each once, in an order that is the same in every run."""
    dice, found = random.Random(620821), dict[str, None]()
    west, south, east, north = BOX
    while len(found) < count:
        z = dice.choice(MATRICES)
        column, row = _place(dice.uniform(west, east), dice.uniform(south, north), z)
        found[form.format(table=dice.choice(tables), z=z, row=row, column=column)] = None
    return list(found)


def _place(lon: float, lat: float, z: int) -> tuple[int, int]:
    north = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * (1 << z)), int(north * (1 << z))


def _ask(port: int, paths: list[str], cookies: str) -> Run:
    return asyncio.run(_asked(port, paths, cookies))


async def _asked(port: int, paths: list[str], cookies: str) -> Run:
    """Ask on eight connections, each as soon as it has its last answer. Plain sockets: a client costs little."""
    left, taken = iter(paths), list[float]()

    async def one_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in left:
            began = time.perf_counter()
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n"
                "Accept-Encoding: gzip\r\n\r\n".encode()
            )
            await _answered(reader, path)
            taken.append((time.perf_counter() - began) * 1000)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    return Run(round(len(paths) / (time.perf_counter() - began), 1), quantiles(taken))


async def _answered(reader: asyncio.StreamReader, path: str) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if status not in (200, 204):
        raise RuntimeError(f"{path} was answered {status}")
    if b"transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    elif b"content-length: " in head:
        await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r")[0]))


def _tipg(path: Path) -> Run | None:
    """Measure tipg on the database of the running wall; None where it cannot be had."""
    with (
        tempfile.TemporaryDirectory(prefix="wall-bench-tipg-") as made,
        suppress(subprocess.SubprocessError, OSError, TimeoutError),
    ):
        python = str(Path(made) / "bin" / "python")
        for command in (
            [sys.executable, "-m", "venv", made],
            [python, "-m", "pip", "-q", "install", "tipg", "uvicorn"],
        ):
            subprocess.run(command, check=True, timeout=300, capture_output=True)
        with running_cluster(path) as urls, _running_tipg(python, urls.owner) as port:
            form = "/collections/public.{table}/tiles/WebMercatorQuad/{z}/{column}/{row}"
            _ask(port, _paths(["areas"], form, 50), "")
            return _ask(port, _paths(list(TABLES.values()), form, TILES), "")
    return None


@contextmanager
def _running_tipg(python: str, url: str) -> Iterator[int]:
    port, asked = free_port(), parse_qs(urlsplit(url).query)
    where = f"{quote(asked['host'][0], safe='')}:{asked['port'][0]}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{urlsplit(url).username}@{where}/wall",
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_CATALOG_TTL": "36000",
    }
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("tipg did not answer")
