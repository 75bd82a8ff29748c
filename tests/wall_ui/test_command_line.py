"""The command line does what it says, speaks plainly, and leaves nothing running."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from gis.cluster import ClusterUrls
from tests.databases import Databases
from wall_ui.command_line import as_sentence, commands, main
from wall_ui.migrate import migrate, newest_revision, revision_of


@pytest.fixture
def runner(urls: ClusterUrls, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on a migrated database of its own."""
    monkeypatch.setenv("DATABASE_URL", urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
    return CliRunner()


class Wall:
    """`wall serve` in a process of its own, on the demonstration county, with its robots."""

    def __init__(self, urls: ClusterUrls, folder: Path) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": urls.app,
            "DATABASE_OWNER_URL": urls.owner,
            "WALL_PORT": "0",
            "WALL_VAR": str(folder),
            "WALL_SIMULATION": "on",
        }
        command = [sys.executable, "-m", "wall_ui.command_line", "serve"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        self.said = ""
        self.url = self._ready()

    def _ready(self) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if found := re.search(r"The wall is at (http://\S+)", line):
                return found[1]
        raise AssertionError(f"the wall did not start:\n{self.said[-3000:]}")

    def robots(self) -> int:
        """Return the process id of the simulation once it runs."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and f"--parent={self.process.pid}" in _command_of(entry):
                    return int(entry.name)
            time.sleep(0.1)
        raise AssertionError("no simulation was started")


def _command_of(entry: Path) -> list[str]:
    try:
        return (entry / "cmdline").read_text().split("\0")
    except OSError:
        return []


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 15
    while _command_of(Path(f"/proc/{pid}")) != [""] and Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def wall(county_urls: ClusterUrls, tmp_path: Path) -> Iterator[Wall]:
    """A wall that is ready."""
    served = Wall(county_urls, tmp_path)
    yield served
    served.process.kill()
    served.process.communicate()


def test_when_the_wall_says_where_it_is_its_page_is_there_and_it_ends_in_order(
    wall: Wall, tmp_path: Path
) -> None:
    assert httpx.get(wall.url, trust_env=False, timeout=20).status_code == 200
    robots = wall.robots()
    assert (tmp_path / "robots.json").stat().st_mode & 0o777 == 0o600, (
        "their credentials are for our eyes only"
    )
    wall.process.send_signal(signal.SIGTERM)
    _, rest = wall.process.communicate(timeout=30)
    assert wall.process.returncode == 0, rest
    assert rest.strip().endswith("Stopped.")
    assert _gone(robots)
    assert "Traceback" not in wall.said + rest


def test_the_robots_do_not_survive_the_kill_of_the_wall(wall: Wall) -> None:
    robots = wall.robots()
    wall.process.kill()
    assert _gone(robots)


def test_migrating_again_changes_nothing(runner: CliRunner, urls: ClusterUrls) -> None:
    assert revision_of(urls.app) == newest_revision()
    assert not migrate(urls.owner)
    answer = runner.invoke(commands, ["migrate"])
    assert answer.exit_code == 0
    assert f"Already at revision {newest_revision()}" in answer.output


def test_a_token_is_shown_once_and_only_its_hash_is_kept(runner: CliRunner, urls: ClusterUrls) -> None:
    made = runner.invoke(
        commands, ["token", "--role", "dispatcher", "--area", "620821", "--name", "GIS", "--days", "7"]
    )
    secret = made.stdout.strip()
    assert len(secret) >= 43
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("SELECT tokens::text, expires_at - created_at FROM tokens").fetchall()
    assert len(rows) == 1
    assert secret not in rows[0][0]
    assert rows[0][1].days == 7


def test_a_token_for_no_area_is_refused_in_one_sentence(runner: CliRunner) -> None:
    refused = runner.invoke(commands, ["token", "--role", "dispatcher", "--area", "here"])
    assert refused.exit_code == 1
    assert "no area code" in str(refused.exception)


def test_a_fault_is_one_sentence_that_leaves_names_of_files_alone() -> None:
    assert as_sentence("no area has the code '1'") == "No area has the code '1'."
    assert as_sentence("town.csv is empty.") == "town.csv is empty."
    assert as_sentence("there is no file ../town.shp") == "There is no file ../town.shp."


def test_an_empty_log_is_whole_and_its_anchor_can_be_checked_again(runner: CliRunner) -> None:
    first = runner.invoke(commands, ["verify-log"])
    assert first.exit_code == 0
    assert runner.invoke(commands, ["verify-log", "--anchor", first.stdout.strip()]).exit_code == 0


def test_a_case_that_the_log_does_not_tell_of_is_named(runner: CliRunner, urls: ClusterUrls) -> None:
    with psycopg.connect(urls.owner) as connection:
        connection.execute(
            "INSERT INTO cases (id, number, version, status, category, case_class, priority, source, lon, lat, geom,"
            " area_code, holder, first_receiver, reporter_id, hops, returns, access, reported_at, changed_at)"
            " VALUES (gen_random_uuid(), '261126-smuggled', 1, 'pending', 'noise', 'simple', 3, 'console', 107, 35,"
            " ST_Point(107, 35, 4326), '620821', '620821', '620821', 'x', 0, 0, '{}', now(), now())"
        )
    found = runner.invoke(commands, ["verify-log"])
    assert found.exit_code == 1
    assert "case 261126-smuggled: the log has no fact of it" in found.output
    assert "1 cases, 0 units, 0 cards held against the log, 1 differences" in found.output
    assert runner.invoke(commands, ["verify-log", "--no-tables"]).exit_code == 0


def test_a_log_shorter_than_its_anchor_is_a_fault(runner: CliRunner) -> None:
    answer = runner.invoke(commands, ["verify-log", "--anchor", f"7:{'ab' * 32}"])
    assert answer.exit_code == 1
    assert "the log ends before number 7" in answer.output


def test_a_malformed_anchor_is_refused(runner: CliRunner) -> None:
    assert runner.invoke(commands, ["verify-log", "--anchor", "seven"]).exit_code == 2


def test_a_wrong_setting_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALL_PORT", "http")
    refused = CliRunner().invoke(commands, ["doctor"])
    assert refused.exit_code == 2
    assert "WALL_PORT=http" in refused.output
    monkeypatch.setenv("DATABASE_URL", "host=db password=hush")
    refused = CliRunner().invoke(commands, ["verify-log"])
    assert "DATABASE_URL: Value error, it must begin with postgresql://" in refused.output
    assert "hush" not in refused.output


@pytest.mark.parametrize(
    "arguments, environment, said",
    [
        (
            ["verify-log"],
            {"DATABASE_URL": "postgresql://wall_app@127.0.0.1:1/wall"},
            "`wall doctor` says what",
        ),
        (
            ["export-case", "1"],
            {"DATABASE_URL": "postgresql://wall_app@127.0.0.1:1/wall"},
            "cannot be reached",
        ),
        (["migrate"], {"DATABASE_URL": "postgresql://wall_app@127.0.0.1:1/wall"}, "cannot be reached"),
        (["migrate"], {"DATABASE_OWNER_URL": "postgresql://x@127.0.0.1:1/wall"}, "set both, or neither"),
        (["serve"], {"WALL_HOST": "192.0.2.1"}, "Cannot listen on 192.0.2.1"),
    ],
)
def test_what_can_go_wrong_ends_in_a_sentence_and_not_in_a_traceback(
    arguments: list[str],
    environment: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["wall", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["verify-log"], ["export-case", "1"], ["kiosk", "--area", "620821"]])
def test_a_database_that_was_never_migrated_is_called_that(
    arguments: list[str],
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with databases.clone(databases.template("bare", lambda urls: None)) as urls:
        monkeypatch.setenv("DATABASE_URL", urls.app)
        monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
        monkeypatch.setattr(sys, "argv", ["wall", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 1
    assert "run `wall migrate` first" in capsys.readouterr().err
