"""Where the private cluster keeps its data and its socket, and the files that configure it."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gis.cluster.binaries import Account, ClusterError
from gis.cluster.urls import APP_ROLE, OWNER_ROLE, SUPERUSER

PORT = 5432  # only a part of the socket's name: nothing listens on the network
LONGEST_SOCKET_PATH = 107
ELSEWHERE = Path("/var/lib/command-wall")

CONFIGURATION = """\
# Written at every start; changes made here are lost.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777  # peer authentication decides who may enter
max_connections = 200
shared_buffers = {shared_mb}MB
effective_cache_size = {cache_mb}MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off  # its compile time costs more than it wins on queries of milliseconds
wal_compression = on
min_wal_size = 128MB
max_wal_size = 1GB
fsync = {durable}
full_page_writes = {durable}
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %u '
"""
HBA = (
    "# Only the local socket, and only the accounts that pg_ident.conf names.\nlocal all all peer map=wall\n"
)


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one cluster. `locks` belongs to whoever runs the program, the others to the server's account."""

    locks: Path
    data: Path
    sockets: Path

    @property
    def server_log(self) -> Path:
        """Where the server writes what it has to say before its own log is open."""
        return self.data.parent / "start.log"


def _reachable(account: Account, folder: Path) -> bool:
    """Say whether the account can work inside `folder`; a 0700 folder of root's above it is enough to say no."""
    return account.run(["test", "-x", str(folder), "-a", "-w", str(folder)], {}).returncode == 0


def _owned_folder(path: Path, account: Account, mode: int) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if account.changes:
        os.chown(path, account.uid, account.gid)
    if path.stat().st_uid == os.geteuid() or account.changes:
        path.chmod(mode)
    return path


def _data_parent(var_dir: Path, account: Account, tell: Callable[[str], None]) -> Path:
    """Return the folder that holds the data: under `var_dir`, or elsewhere when the server cannot reach that."""
    inside = _owned_folder(var_dir / "postgres", account, 0o755)
    if _reachable(account, inside):
        return inside
    # Named after the place it stands for, so that every start finds it again.
    name = hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]
    elsewhere = _owned_folder(ELSEWHERE / name, account, 0o755)
    if not _reachable(account, elsewhere):
        raise ClusterError(
            f"the account {account.name} can reach neither {inside} nor {elsewhere}: set WALL_VAR"
        )
    tell(f"The account {account.name} cannot reach {inside}; the database is kept in {elsewhere}.")
    return elsewhere


def _socket_folder(parent: Path, locks: Path, account: Account) -> Path:
    """Return a folder for the socket whose path fits; a short one under /tmp is remembered in a file."""
    inside = parent / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
        return _owned_folder(inside, account, 0o755)
    remembered = locks / "socket-folder"
    if remembered.exists():
        short = Path(remembered.read_text().strip())
        if short.is_dir() and not short.is_symlink() and short.stat().st_uid == account.uid:
            return short
    short = _owned_folder(Path(tempfile.mkdtemp(prefix="wall-", dir="/tmp")), account, 0o755)
    remembered.write_text(f"{short}\n")
    return short


def prepare_home(var_dir: Path, account: Account, tell: Callable[[str], None]) -> Home:
    """Make the folders that the cluster needs. Raises ClusterError."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        locks = var_dir.resolve() / "locks"
        locks.mkdir(exist_ok=True)
        parent = _data_parent(var_dir.resolve(), account, tell)
        data = parent / "data"
        if data.exists() and data.stat().st_uid != account.uid:
            raise ClusterError(
                f"{data} belongs to another account, most likely because the wall was started as another user before: "
                "start it as that user again, or set WALL_VAR to another folder"
            )
        return Home(locks, data, _socket_folder(parent, locks, account))
    except PermissionError as error:
        raise ClusterError(
            f"no right to write {error.filename}: start the wall as the user who started it first, or set WALL_VAR"
        ) from error


def _write(path: Path, text: str, account: Account) -> bool:
    """Replace a configuration file where it differs; say whether it did."""
    if path.exists() and path.read_text() == text:
        return False
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    if account.changes:
        os.chown(fresh, account.uid, account.gid)
    fresh.replace(path)
    return True


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def configure(home: Home, account: Account, invoker: str, *, durable: bool) -> bool:
    """Write the server's configuration; say whether it differs from what was there."""
    text = CONFIGURATION.format(
        port=PORT,
        sockets=str(home.sockets).replace("'", "''"),
        shared_mb=max(64, min(512, _memory_mb() // 8)),
        cache_mb=max(128, _memory_mb() // 2),
        durable="on" if durable else "off",
    )
    people = sorted({invoker, account.name})
    roles = (SUPERUSER, OWNER_ROLE, APP_ROLE)
    ident = "".join(f'wall "{person}" {role}\n' for person in people for role in roles)
    files = {"wall.conf": text, "pg_hba.conf": HBA, "pg_ident.conf": ident}
    changed = [_write(home.data / name, content, account) for name, content in files.items()]
    return any(changed)


def remove_half_made(home: Home) -> Path:
    """Clear what an interrupted `initdb` left behind; return the folder that a new one fills."""
    fresh = home.data.with_name("data.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    return fresh
