"""A bare Debian 12 in a folder: what a fresh machine, or the base of an image, looks like before anything is installed.

Needs root and `debootstrap`. Nothing of this machine is in it but the way out to the package indexes.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# A machine behind a proxy or an authority of its own lets its steps out by the same way.
WAY_OUT = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PIP_CERT"})
PATH = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
NEEDED = ("debootstrap", "chroot", "setpriv", "mount")


def missing() -> list[str]:
    """Return what this machine lacks to make one."""
    lacking = [name for name in NEEDED if not shutil.which(name)]
    return lacking if os.geteuid() == 0 else ["root", *lacking]


def bare_debian(root: Path, packages: str = "ca-certificates") -> None:
    """Make the folder, with the smallest set of packages and those named (comma-separated)."""
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for path in ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
        if Path(path).exists():
            shutil.copy(path, root / path.lstrip("/"))


def environment() -> dict[str, str]:
    """Return the environment of a fresh log-in there."""
    way_out = {name: value for name, value in os.environ.items() if name.upper() in WAY_OUT}
    return {**way_out, "PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}


@contextmanager
def with_kernel(root: Path) -> Iterator[None]:
    """Let programs in the folder see processes and devices, as on a machine; take both away again."""
    with ExitStack() as until_the_end:
        for options, name in ((["-t", "proc", "proc"], "proc"), (["--rbind", "/dev"], "dev")):
            (root / name).mkdir(exist_ok=True)
            subprocess.run(["mount", *options, str(root / name)], check=True)
            until_the_end.callback(subprocess.run, ["umount", "-l", str(root / name)], check=False)
        yield
