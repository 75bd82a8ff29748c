"""A wall in a process of its own, which tests may kill and start again: the real command, or forked to start sooner."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from gis.cluster import ClusterUrls
from tests.forking import Forked, Nursery

READY_WITHIN_S = 240.0  # two cores may be busy with much else, and their memory slow


class Served:
    """The demonstration county without robots: only the test's own people act."""

    def __init__(self, urls: ClusterUrls, folder: Path, nursery: Nursery | None = None) -> None:
        self._nursery = nursery
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "serve.log"
        self._environment = {
            **os.environ,
            "DATABASE_URL": urls.app,
            "DATABASE_OWNER_URL": urls.owner,
            "WALL_PORT": str(port),
            "WALL_VAR": str(folder),
            "WALL_SIMULATION": "off",
        }
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._clients: list[httpx.Client] = []

    def start(self) -> None:
        """Start it and wait until it is ready."""
        if self._nursery is not None:
            self._process = self._nursery.serve(self._environment, self.log)
        else:
            with self.log.open("ab") as log:
                command = [sys.executable, "-m", "wall_ui.command_line", "serve"]
                self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        began, said = time.perf_counter(), ""
        while time.perf_counter() - began < READY_WITHIN_S:
            if self._process.poll() is not None:
                raise AssertionError(f"the wall ended at once:\n{self.log.read_text()[-3000:]}")
            try:
                answer = httpx.get(self.url + "/readyz", timeout=5, trust_env=False)
                if answer.status_code == 200:
                    return
                said = answer.text
            except httpx.TransportError as error:
                said = repr(error)
            time.sleep(0.1)
        raise AssertionError(f"the wall did not become ready: {said}\n{self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it as the power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)

    def stop(self) -> None:
        """End it in order."""
        for client in self._clients:
            client.close()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def client(self, role: str, **seat: Any) -> httpx.Client:
        """Return an HTTP client that sits at a demonstration desk."""
        client = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        self._clients.append(client)
        client.post("/api/demo/session", json={"role": role, **seat}).raise_for_status()
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        return client
