"""How long `make run` takes on a machine that has nothing: a bare Debian 12 with git and make, as README asks for."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.figure import Figure
from bench.wall import free_port
from scripts.bare_debian import bare_debian, environment, missing, with_kernel

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET_S, PATIENCE_S = 240.0, 900.0


def measure() -> Iterator[Figure]:
    """Clone what is committed into the bare machine, type `make run`, and wait until the start page is served."""
    if lacking := missing():
        raise RuntimeError(f"a bare Debian cannot be made here (missing: {', '.join(lacking)})")
    with tempfile.TemporaryDirectory(prefix="wall-bare-", ignore_cleanup_errors=True) as made:
        root = Path(made) / "root"
        bare_debian(root, "ca-certificates,git,make")
        subprocess.run(["git", "clone", "-q", str(CHECKOUT), str(root / "srv/wall")], check=True)
        with with_kernel(root):
            took = _run(root)
    yield Figure("bare_start", round(took, 1), "s", "lower", TARGET_S)


def _run(root: Path) -> float:
    """Return the seconds from `make run` to a served page."""
    port, log = free_port(), root / "make-run.log"
    command = ["chroot", str(root), "sh", "-c", "cd /srv/wall && exec make run"]
    began = time.perf_counter()
    with log.open("wb") as said:
        settings = {**environment(), "WALL_PORT": str(port)}
        process = subprocess.Popen(command, env=settings, stdout=said, stderr=said, start_new_session=True)
    try:
        while not _served(port):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError(f"`make run` did not come up:\n{log.read_text()[-2000:]}")
            time.sleep(0.2)
        return time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def _served(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
