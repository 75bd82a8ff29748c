"""The county with a past that several benches measure on: built once under `var/bench`, and kept."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.wall import WALL, Wall, free_port
from gis.cluster import ClusterUrls, running_cluster

LENGTH = os.environ.get("BENCH_HISTORY", "3y")  # a shorter one to try a bench out; the figure then says so
HOME = Path(__file__).parent.parent / "var" / "bench"


def past_folder() -> Path:
    """Return the folder of a county with a past, built now if no run did so before."""
    folder = HOME / LENGTH
    if not (folder / "built.json").exists():
        build(folder)
    return folder


def build(folder: Path) -> None:
    """Build the county and its past, and note how long that took and how busy the machine was."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    environment = {**os.environ, "WALL_VAR": str(folder), "WALL_SIMULATION": "off"}
    environment.pop("DATABASE_URL", None)
    began, load = time.perf_counter(), os.getloadavg()
    before = os.times()
    subprocess.run([WALL, "demo", "--history", LENGTH], env=environment, check=True)
    after = os.times()
    took = {
        "length": LENGTH,
        "seconds": round(time.perf_counter() - began, 1),
        "own_processor_s": round(sum(after[2:4]) - sum(before[2:4]), 1),
        "load_before": load,
        "load_after": os.getloadavg(),
    }
    (folder / "built.json").write_text(json.dumps(took))


def built(folder: Path) -> dict[str, Any]:
    """Return what was noted when it was built."""
    found: dict[str, Any] = json.loads((folder / "built.json").read_text())
    return found


@contextmanager
def past_cluster() -> Iterator[ClusterUrls]:
    """Yield the database of the county with a past."""
    with running_cluster(past_folder()) as urls:
        yield urls


@contextmanager
def past_wall() -> Iterator[tuple[Wall, ClusterUrls]]:
    """Yield a wall that serves the county with a past, with no robots, and its database."""
    folder = past_folder()
    with running_cluster(folder) as urls:
        wall = Wall(folder, free_port(), WALL_SIMULATION="off")
        try:
            wall.start()
            yield wall, urls
        finally:
            wall.stop()


def counted(urls: ClusterUrls) -> dict[str, int]:
    """Return how many rows the great tables hold."""
    with psycopg.connect(urls.owner) as connection:
        found = {}
        for table in ("cases", "log_events", "clocks"):
            row = connection.execute(f"select count(*) from {table}").fetchone()
            found[table] = row[0] if row else 0
    return found
