"""The cluster's life: who needs it keeps it running, the last one to leave stops it."""

import fcntl
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.cluster.binaries import ClusterError, choose, installations, invoking_account_name, server_account
from gis.cluster.home import PORT, Home, configure, prepare_home
from gis.cluster.prepare import prepare_database, prepare_roles
from gis.cluster.server import Server
from gis.cluster.urls import ClusterUrls, socket_urls

LOOK_EVERY_S = 1.0
UNPACKED = "packages"  # where `make run` unpacks Debian's packages when it may not install them


def _silent(_: str) -> None:
    return


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes; the kernel lets go of it however this one ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put signals off: an impatient second Ctrl-C must not cut the clearing up short and leave a server behind."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _only_user(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _server(home: Home, var_dir: Path) -> Server:
    version = home.data / "PG_VERSION"
    wanted = int(version.read_text()) if version.exists() else None
    return Server(home, choose(installations(var_dir / UNPACKED), wanted), server_account())


def _bring_up(server: Server, tell: Callable[[str], None], *, durable: bool) -> None:
    """Make what is missing, start what is not running, take over what an earlier program left."""
    if not (server.home.data / "PG_VERSION").exists():
        tell("Making the private database cluster …")
        server.create()
    changed = configure(server.home, server.account, invoking_account_name(), durable=durable)
    if server.postmaster() is not None and server.answers():
        if changed:
            server.reload()
    else:
        server.start()
    urls = socket_urls(server.home.sockets, PORT)
    assert urls.superuser is not None
    prepare_roles(urls.superuser)
    prepare_database(urls.superuser)


def _watch(server: Server, lock: Path, leaving: threading.Event, tell: Callable[[str], None]) -> None:
    """Start the server again when somebody killed it under us; the application's pool then finds it again."""
    while not leaving.wait(LOOK_EVERY_S):
        if server.postmaster() is not None:
            continue
        with _locked(lock):
            if leaving.is_set() or server.postmaster() is not None:
                continue
            tell("The database server ended unexpectedly; starting it again.")
            try:
                server.start()
            except ClusterError as error:
                tell(error.detail)


def _enter(server: Server, tell: Callable[[str], None], *, durable: bool) -> None:
    try:
        _bring_up(server, tell, durable=durable)
    except ClusterError:
        if durable:
            raise
        # Data that were never meant to last (the tests') are not worth mending.
        server.stop()
        shutil.rmtree(server.home.data, ignore_errors=True)
        _bring_up(server, tell, durable=durable)


@contextmanager
def running_cluster(
    var_dir: Path, *, durable: bool = True, tell: Callable[[str], None] = _silent
) -> Iterator[ClusterUrls]:
    """Keep the private cluster under `var_dir` running for as long as the block lasts, and yield its URLs.

    Several processes may be inside at once: the first starts the server, the last one out stops it. A server that
    outlived a killed program is taken over. `durable=False` trades safety for speed, for tests. `tell` hears, in
    sentences, what takes time or is unusual. Raises ClusterError.
    """
    home = prepare_home(var_dir, server_account(), tell)
    server = _server(home, var_dir)
    starting, users = (
        home.locks / "starting.lock",
        os.open(home.locks / "users.lock", os.O_RDWR | os.O_CREAT, 0o600),
    )
    leaving = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(server, starting, leaving, tell), daemon=True, name="cluster"
    )
    try:
        with _locked(starting):
            fcntl.flock(users, fcntl.LOCK_SH)
            _enter(server, tell, durable=durable)
        watcher.start()
        yield socket_urls(home.sockets, PORT)
    finally:
        with _undisturbed():
            leaving.set()
            if watcher.is_alive():
                watcher.join()
            with _locked(starting):
                if _only_user(users):
                    server.stop()
            os.close(users)
