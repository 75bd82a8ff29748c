"""Make, start, ask and stop the server itself."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from gis.cluster.binaries import Account, Binaries, ClusterError
from gis.cluster.home import PORT, Home, remove_half_made

LONGEST_START_S = 600.0  # crash recovery of a large log takes minutes on a slow disk
LONGEST_STOP_S = 60
POLL_S = 0.05
ORPHANS_LEAVE_S = 10.0


class Server:
    """One PostgreSQL server on one data folder."""

    def __init__(self, home: Home, binaries: Binaries, account: Account) -> None:
        self.home = home
        self.binaries = binaries
        self.account = account

    def _run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.account.run([self.binaries.tool(tool), *arguments], self.binaries.environment)

    def create(self) -> None:
        """Make the data folder. It appears whole or not at all. Raises ClusterError."""
        fresh = remove_half_made(self.home)
        made = self._run(
            "initdb", f"--pgdata={fresh}", "--username=postgres", "--auth=peer", "--encoding=UTF8",
            "--locale=C.UTF-8", "--data-checksums",
        )  # fmt: skip
        if made.returncode != 0:
            raise ClusterError(f"initdb failed:\n{made.stdout}")
        with (fresh / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude_if_exists = 'wall.conf'\n")
        fresh.replace(self.home.data)

    def answers(self) -> bool:
        """Say whether the server takes connections."""
        if not (self.home.sockets / f".s.PGSQL.{PORT}").exists():
            return False
        asked = self._run(
            "pg_isready", "--quiet", f"--host={self.home.sockets}", f"--port={PORT}", "--timeout=3"
        )
        return asked.returncode == 0

    def postmaster(self) -> int | None:
        """Return the process id of the living postmaster of this very data folder.

        The pid file alone does not tell: after a kill -9 the number may be another program's, or a zombie's where no
        init process collects the dead.
        """
        try:
            pid = int((self.home.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if self._works_here(pid) else None

    def _works_here(self, pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state not in "ZX" and Path(f"/proc/{pid}/cwd").resolve() == self.home.data
        except (OSError, IndexError):
            return False

    def _orphans(self) -> Iterator[int]:
        """Yield the processes of a dead server that still work on its data."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._works_here(int(entry.name)) and _name_of(entry) == "postgres":
                yield int(entry.name)

    def _clear_stale_locks(self) -> None:
        """Drop the lock files of a killed server, but only when nothing of it is left alive.

        A backend outlives a killed postmaster for a moment; a second server beside it would destroy the data.
        """
        deadline = time.monotonic() + ORPHANS_LEAVE_S
        while orphans := list(self._orphans()):
            for pid in orphans:
                _signal(pid, signal.SIGQUIT if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(POLL_S)
        for stale in (self.home.data / "postmaster.pid", self.home.sockets / f".s.PGSQL.{PORT}.lock"):
            stale.unlink(missing_ok=True)
        (self.home.sockets / f".s.PGSQL.{PORT}").unlink(missing_ok=True)

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises ClusterError."""
        if self.postmaster() is None:
            self._clear_stale_locks()
            # Without -W pg_ctl would judge by the pid file, which a zombie deceives.
            self.account.run(
                [
                    self.binaries.tool("pg_ctl"), "start", "-W", "-s",
                    f"--pgdata={self.home.data}", f"--log={self.home.server_log}",
                ],
                self.binaries.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        started = time.monotonic()
        while not self.answers():
            waited_s = time.monotonic() - started
            if (waited_s > 2 and self.postmaster() is None) or waited_s > LONGEST_START_S:
                raise ClusterError(f"the database server did not start:\n{self._last_words()}")
            time.sleep(POLL_S)

    def _last_words(self) -> str:
        logs = [self.home.server_log, *(self.home.data / "log").glob("*.log")]
        written = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)
        return "\n".join(
            "\n".join(log.read_text(errors="replace").splitlines()[-12:]) for log in written[-2:]
        )

    def reload(self) -> None:
        """Let the running server read its configuration again."""
        pid = self.postmaster()
        if pid is not None:
            _signal(pid, signal.SIGHUP)

    def stop(self) -> None:
        """Stop the server: roll back what is open, write a checkpoint, end."""
        if self.postmaster() is None:
            return
        ended = self._run(
            "pg_ctl", "stop", "-s", "-m", "fast", f"-t{LONGEST_STOP_S}", f"--pgdata={self.home.data}"
        )
        if ended.returncode != 0 and self.postmaster() is not None:
            raise ClusterError(f"the database server did not stop:\n{ended.stdout}")


def _name_of(entry: Path) -> str:
    try:
        return (entry / "comm").read_text().strip()
    except OSError:
        return ""


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
