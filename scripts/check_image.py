"""Run the image's steps where there is no container engine: a bare Debian 12 as root folder stands in for the base.

    sudo .venv/bin/python -m scripts.check_image

Needs root, `debootstrap`, PostgreSQL with PostGIS and, for the last part, `nginx` (all Debian packages). It follows the
Dockerfile step by step, starts what CMD names as the account that USER names, on a database that `deploy/database.sh`
prepared over TCP with passwords, and asks for a page and for the live stream through nginx with `deploy/nginx.conf`.
What it cannot show: the official base images themselves, and how the engine orders the start.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from websockets.sync.client import connect

from gis.cluster.binaries import choose, installations
from scripts.bare_debian import bare_debian, environment, missing

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = "python3,python3-venv,ca-certificates"
OWNER, APP, SUPER = "owner-of-the-check", "app-of-the-check", "super-of-the-check"
READY_WITHIN_S = 120.0


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, flush=True)


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Stage:
    """One stage of the Dockerfile: a root folder, and what ENV, WORKDIR and USER have set in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = "/"
        self.user = "root"
        self.command: list[str] = []
        self.environment = environment()

    def inside(self, path: str) -> Path:
        """Return where a path of the image lies on this machine."""
        return self.root / (Path(self.folder) / path).relative_to("/")

    @property
    def home(self) -> str:
        """Return the home of who USER names, which the engine takes from the image's list of users."""
        users = (line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines())
        return next(home for name, _, _, _, _, home, _ in users if name == self.user)

    def chrooted(self, command: list[str]) -> list[str]:
        """Return the command line that runs a command as the image would."""
        who = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        at_home = f"HOME={shlex.quote(self.home)} && cd {shlex.quote(self.folder)}"
        inside = ["sh", "-c", f"{at_home} && exec {shlex.join(command)}"]
        return ["chroot", str(self.root), *(who if self.user != "root" else []), *inside]

    def run(self, command: list[str]) -> None:
        """Run a step. Raises CalledProcessError."""
        subprocess.run(self.chrooted(command), check=True, env=self.environment)


def steps(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction with its text, continued lines joined."""
    for line in re.sub(r"\\\n", " ", dockerfile).splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def build(base: Path, work: Path) -> Stage:
    """Follow the Dockerfile and return its last stage."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for word, rest in steps((CHECKOUT / "Dockerfile").read_text()):
        say(f"  {word} {rest[:100]}")
        if word == "FROM":
            name = rest.partition(" AS ")[2] or f"stage-{len(stages)}"
            root = work / name
            subprocess.run(["cp", "-a", str(base), str(root)], check=True)
            stage = stages[name] = Stage(root)
            continue
        assert stage is not None, "the first instruction must be FROM"
        follow(stage, word, rest, stages)
    assert stage is not None
    return stage


def follow(stage: Stage, word: str, rest: str, stages: dict[str, Stage]) -> None:
    """Do one instruction in a stage."""
    if word == "ENV":
        for name, _, value in (pair.partition("=") for pair in shlex.split(rest)):
            stage.environment[name] = value.replace("$PATH", stage.environment["PATH"])
    elif word == "WORKDIR":
        stage.folder = rest
        stage.inside(".").mkdir(parents=True, exist_ok=True)
    elif word == "RUN":
        stage.run(["sh", "-c", rest])
    elif word == "COPY":
        copy(stage, shlex.split(rest), stages)
    elif word == "USER":
        stage.user = rest
    elif word == "CMD":
        stage.command = json.loads(rest)
    elif word not in ("EXPOSE", "HEALTHCHECK"):
        raise SystemExit(f"this script does not know the instruction {word}")


def copy(stage: Stage, words: list[str], stages: dict[str, Stage]) -> None:
    """COPY from the checkout, or `--from` an earlier stage; a folder's contents go into the target."""
    source = CHECKOUT
    if words[0].startswith("--from="):
        source = stages[words.pop(0).removeprefix("--from=")].root
    *named, target = words
    for name in named:
        found, goal = source / name.lstrip("/"), stage.inside(target)
        if found.is_dir():
            shutil.copytree(found, goal, symlinks=True, dirs_exist_ok=True)
        else:
            goal = goal / found.name if target.endswith("/") else goal
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, goal)


@contextmanager
def database(work: Path) -> Iterator[int]:
    """Yield the port of a PostgreSQL with password log-in, prepared by deploy/database.sh as the image would."""
    tools, port, data = choose(installations(), None), free_port(), work / "postgres"
    data.mkdir()
    shutil.chown(data, "postgres", "postgres")
    (work / "password").write_text(SUPER)
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    how = ["-A", "scram-sha-256", "-U", "postgres", f"--pwfile={work / 'password'}", "--locale=C.UTF-8"]
    make = [*as_postgres, tools.tool("initdb"), "-D", str(data), *how, "--encoding=UTF8"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    options = f"-p {port} -h 127.0.0.1 -k {data}"
    control = [*as_postgres, tools.tool("pg_ctl"), "-D", str(data), "-w", "-o", options]
    subprocess.run([*control, "-l", str(data / "log"), "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        script = (CHECKOUT / "deploy/database.sh").read_text()
        prepared = script.replace("/wall/prepare.sql", str(CHECKOUT / "gis/cluster/prepare.sql"))
        settings = {
            **os.environ,
            "POSTGRES_USER": "postgres",
            "WALL_OWNER_PASSWORD": OWNER,
            "WALL_APP_PASSWORD": APP,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGPASSWORD": SUPER,
        }
        subprocess.run(["sh", "-c", prepared], check=True, env=settings, stdout=subprocess.DEVNULL)
        yield port
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)


@contextmanager
def served(stage: Stage, database_port: int) -> Iterator[int]:
    """Yield the port of the wall that CMD starts in the image's last stage."""
    port, at = free_port(), f"127.0.0.1:{database_port}/wall"
    stage.environment |= {
        "DATABASE_URL": f"postgresql://wall_app:{APP}@{at}",
        "DATABASE_OWNER_URL": f"postgresql://wall_owner:{OWNER}@{at}",
        "WALL_PORT": str(port),
    }
    process = subprocess.Popen(stage.chrooted(stage.command), env=stage.environment, start_new_session=True)
    try:
        wait(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@contextmanager
def behind_nginx(work: Path, wall_port: int) -> Iterator[int]:
    """Yield the port of an nginx with deploy/nginx.conf before the wall; only the two ports are changed."""
    port = free_port()
    site = (CHECKOUT / "deploy/nginx.conf").read_text()
    site = site.replace("wall:8050", f"127.0.0.1:{wall_port}").replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )
    (work / "site.conf").write_text(site)
    whole = f"pid {work}/nginx.pid; error_log {work}/nginx.log; events {{}}\n"
    whole += f"http {{ access_log off; include {work}/site.conf; }}"
    (work / "nginx.conf").write_text(whole)
    command = ["nginx", "-c", str(work / "nginx.conf"), "-g", "daemon off;"]
    subprocess.run([*command[:3], "-t"], check=True)
    process = subprocess.Popen(command)
    try:
        wait(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait(url: str) -> None:
    """Wait until `url` answers 200. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer")


def use(port: int) -> None:
    """Sit down at a desk, load its page, and read the live stream's snapshot. Raises on whatever is wrong."""
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=20) as client:
        client.post("/api/demo/session", json={"role": "dispatcher"}).raise_for_status()
        assert "text/html" in client.get("/console").raise_for_status().headers["content-type"]
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    with connect(
        url.replace("http", "ws") + "/api/stream",
        additional_headers={"Cookie": cookies, "Origin": url},
        max_size=None,
    ) as stream:
        stream.send(json.dumps({"type": "hello", "since": None, "topics": ["cases"]}))
        kinds = {json.loads(stream.recv(20))["type"] for _ in range(1)}
    assert kinds, "the stream said nothing"
    say(f"  page and stream answered; first frame: {', '.join(kinds)}")


def main() -> None:
    """Go through all of it."""
    if lacking := missing():
        sys.exit(f"run this as root, on Debian, with debootstrap (missing: {', '.join(lacking)})")
    with tempfile.TemporaryDirectory(prefix="wall-image-") as made, ExitStack() as until_the_end:
        work = Path(made)
        work.chmod(0o755)
        say("Making a bare Debian 12 …")
        bare_debian(work / "base", PACKAGES)
        (work / "base/usr/local/bin/python").symlink_to("/usr/bin/python3")
        say("Following the Dockerfile …")
        stage = build(work / "base", work)
        say("Preparing the database as its image would …")
        database_port = until_the_end.enter_context(database(work))
        say(f"Starting {shlex.join(stage.command)} as {stage.user} …")
        wall_port = until_the_end.enter_context(served(stage, database_port))
        use(wall_port)
        if shutil.which("nginx"):
            say("Asking through nginx …")
            use(until_the_end.enter_context(behind_nginx(work, wall_port)))
        else:
            say("nginx is not installed here: deploy/nginx.conf was not tried")
    say("The image's steps work.")


if __name__ == "__main__":
    main()
