"""A wall of the bench's own: a private database in a folder of its own, on a free port."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

WALL = Path(__file__).parent.parent / ".venv" / "bin" / "wall"
READY_WITHIN_S = 240.0


class Wall:
    """A running wall and how to speak to it."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "WALL_VAR": str(folder),
            "WALL_PORT": str(port),
            **settings,
        }
        self.environment.pop("DATABASE_URL", None)
        self.folder = folder
        self.log = folder / "bench.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and return the seconds until a page was served."""
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [WALL, "serve"], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        while time.perf_counter() - began < READY_WITHIN_S:
            if self.process.poll() is not None:
                raise RuntimeError(f"the wall ended at once:\n{self.log.read_text()[-2000:]}")
            try:
                if httpx.get(self.url + "/readyz", timeout=2).status_code == 200:
                    httpx.get(self.url + "/", timeout=10).raise_for_status()
                    return time.perf_counter() - began
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise TimeoutError("the wall did not become ready")

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def sit(self, role: str, **seat: Any) -> httpx.Client:
        """Return a client that sits at a demonstration desk."""
        client = httpx.Client(base_url=self.url, timeout=30)
        client.post("/api/demo/session", json={"role": role, **seat}).raise_for_status()
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        return client


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder that the database's account may enter, and remove it afterwards."""
    path = Path(tempfile.mkdtemp(prefix="wall-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running_wall(**settings: str) -> Iterator[Wall]:
    """Yield a wall that serves the demonstration county; with `WALL_SIMULATION="off"` nothing moves by itself."""
    with folder() as path:
        wall = Wall(path, free_port(), **settings)
        try:
            wall.start()
            yield wall
        finally:
            wall.stop()
