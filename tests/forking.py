"""Walls forked from a process that has imported everything: a start costs a third of what the real command's does."""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

EVERYTHING = (
    "wall_ui.command_line",
    "wall_ui.serve",
    "wall_ui.application",
    "wall_ui.express",
    "uvicorn.protocols",
)


class Forked:
    """One wall, as `subprocess.Popen` would show it."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"poll": self.pid})["code"]
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end. Raises TimeoutExpired."""
        began = time.perf_counter()
        while (code := self.poll()) is None:
            if time.perf_counter() - began > timeout:
                raise subprocess.TimeoutExpired("wall serve", timeout)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it as the power would."""
        self.send_signal(9)


class Nursery:
    """The process that forks, one for each worker of pytest; it ends when its input does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def serve(self, environment: Mapping[str, str], log: Path) -> Forked:
        """Start a wall in an environment, writing to `log`."""
        return Forked(self, self.ask({"serve": dict(environment), "log": str(log)})["pid"])

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the process, and return its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=20)


def answer_questions() -> None:
    """Import everything, then fork and watch over children until the input ends."""
    for name in EVERYTHING:
        __import__(name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        question = json.loads(line)
        if "serve" in question:
            pid = os.fork()
            if pid == 0:
                be_a_wall(question["serve"], question["log"])
            answer: dict[str, Any] = {"pid": pid}
        else:
            answer = {"code": exit_code(question["poll"])}
        print(json.dumps(answer), flush=True)


def exit_code(pid: int) -> int | None:
    """Return how a child ended, None while it runs."""
    with suppress(ChildProcessError):
        ended, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if ended else None
    return 0


def be_a_wall(environment: Mapping[str, str], log: str) -> None:
    """Become `wall serve`; never returns."""
    from wall_ui.command_line import main

    code = 1
    try:
        with open(os.devnull) as nothing, open(log, "ab") as told:
            os.dup2(nothing.fileno(), 0)
            os.dup2(told.fileno(), 1)
            os.dup2(told.fileno(), 2)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["wall", "serve"]
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    answer_questions()
