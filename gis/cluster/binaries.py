"""Which PostgreSQL there is on this machine, and as whom it may run."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gis.errors import Unavailable

OLDEST_VERSION = 14
SYSTEM_FOLDER = Path("/usr/lib/postgresql")
SERVER_ACCOUNT = "postgres"


class ClusterError(Unavailable):
    """The private database cluster cannot be made or started."""

    code = "cluster"


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: its `bin` folder, its major version, and what its libraries need in the environment."""

    folder: Path
    version: int
    environment: dict[str, str] = field(default_factory=dict)

    def tool(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / name)


def _share_folders(folder: Path, version: int) -> Iterator[Path]:
    yield (
        folder.parents[3] / "share" / "postgresql" / str(version)
    )  # Debian, and its packages unpacked anywhere
    if (folder / "pg_config").exists():
        asked = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        yield Path(asked.stdout.strip() or "/nonexistent")


def _version_of(folder: Path) -> int | None:
    try:
        asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return int(folder.parent.name) if folder.parent.name.isdigit() else None
    return int(asked.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))


def _unpacked_environment(root: Path) -> dict[str, str]:
    """What Debian's packages need when they are unpacked under `root` and not installed under /."""
    libraries = [str(path) for path in (root / "usr/lib").glob("*-linux-gnu*")]
    blas = [f"{path}/{name}" for path in libraries for name in ("blas", "lapack")]
    return {
        "LD_LIBRARY_PATH": ":".join([*libraries, *blas]),
        "PROJ_LIB": str(root / "usr/share/proj"),
        "GDAL_DATA": str(root / "usr/share/gdal"),
    }


def installations(unpacked: Path | None = None) -> Iterator[Binaries]:
    """Yield every installation that has PostGIS and is new enough: the system's, one on PATH, one under `unpacked`."""
    on_path = shutil.which("pg_ctl")
    folders = [*SYSTEM_FOLDER.glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]
    found = [(folder, dict[str, str]()) for folder in folders]
    if unpacked is not None:
        environment = _unpacked_environment(unpacked)
        found += [(folder, environment) for folder in (unpacked / "usr/lib/postgresql").glob("*/bin")]
    for folder, environment in found:
        if not (folder / "initdb").exists():
            continue
        version = _version_of(folder)
        if version is None or version < OLDEST_VERSION:
            continue
        if any((share / "extension/postgis.control").exists() for share in _share_folders(folder, version)):
            yield Binaries(folder, version, environment)


def choose(found: Iterable[Binaries], wanted: int | None) -> Binaries:
    """Return the newest installation, or the one whose version the data were made with. Raises ClusterError."""
    newest_first = sorted(found, key=lambda binaries: -binaries.version)
    for binaries in newest_first:
        if wanted in (None, binaries.version):
            return binaries
    if newest_first:
        raise ClusterError(
            f"the data were made by PostgreSQL {wanted}, and only {newest_first[0].version} is installed: "
            f"install postgresql-{wanted} and postgresql-{wanted}-postgis-3"
        )
    raise ClusterError(
        f"no PostgreSQL {OLDEST_VERSION} or newer with PostGIS was found: install postgresql-15 and "
        "postgresql-15-postgis-3 (`make run` does), or set DATABASE_URL and DATABASE_OWNER_URL to a PostGIS elsewhere"
    )


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account that the server runs as. PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int
    changes: bool

    def run(
        self, command: list[str], environment: dict[str, str], **options: int
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, with a clean environment, and return what it said.

        Its output goes through a pipe only where the program ends by itself; a server must not hold one open.
        """
        base = {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", **environment}
        who = {"user": self.uid, "group": self.gid, "extra_groups": [self.gid]} if self.changes else {}
        streams = options or {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, text=True, check=False, cwd="/", env=base, stdin=subprocess.DEVNULL, **streams, **who
        )


def server_account() -> Account:
    """Return yourself, or the `postgres` account when you are root. Raises ClusterError."""
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid(), changes=False)
    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        raise ClusterError(
            "PostgreSQL does not run as root, and this machine has no account `postgres`: install postgresql-common, "
            "or start the wall as another user"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, changes=True)


def invoking_account_name() -> str:
    """Return the operating system's name of whoever runs this program; peer authentication asks for it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise ClusterError(
            f"the user id {os.geteuid()} has no entry in /etc/passwd, and the private cluster knows people by it: "
            "add one, or set DATABASE_URL and DATABASE_OWNER_URL"
        ) from None
