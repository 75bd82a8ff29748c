"""`wall erase` says what is due, erases it, and grants a request or says what keeps it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from gis.cluster import ClusterUrls
from gis.database import Database
from gis.settings import Settings
from tests.dispatch.county import settle
from tests.dispatch.test_erasure import ELEVEN, FOUR, TWO, ended
from wall_ui.command_line import commands
from wall_ui.doctor import examine

MANY = 60
TOLD = "select count(*), count(distinct case_id) from log_events where kind = 'case.erase'"
BEGUN = "select 1 from log_events where kind = 'case.erase' offset 9 limit 1"
LEFT = "select count(distinct case_id) from case_texts"
ERASED = "select count(*), count(distinct (case_id, what)) from erasures"


@pytest.fixture
def said_in(urls: ClusterUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """The command line, in English, on a database and a folder of its own."""
    for name, value in (
        ("DATABASE_URL", urls.app),
        ("DATABASE_OWNER_URL", urls.owner),
        ("WALL_VAR", str(tmp_path)),
        ("WALL_LANGUAGE", "en"),
    ):
        monkeypatch.setenv(name, value)
    return CliRunner()


def erase(runner: CliRunner, *arguments: str) -> Result:
    return runner.invoke(commands, ["erase", *arguments])


def filled(urls: ClusterUrls, old: int) -> list[str]:
    """Settle the small county with cases of eleven years ago, one of four and one of two; return the numbers."""

    async def fill() -> list[str]:
        db = Database(urls.app)
        await settle(db)
        cases = [await ended(db, ago) for ago in (*[ELEVEN] * old, FOUR, TWO)]
        await db.close()
        return [one.case["number"] for one in cases]

    return asyncio.run(fill())


def counted(urls: ClusterUrls, sql: str) -> tuple[int, ...]:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(sql.encode()).fetchone()
    assert row is not None
    return row


def test_killed_in_the_middle_each_case_is_erased_once_and_whole(
    said_in: CliRunner, urls: ClusterUrls
) -> None:
    filled(urls, MANY)
    command = [sys.executable, "-m", "wall_ui.command_line", "erase"]
    with (
        psycopg.connect(urls.owner, autocommit=True) as watching,
        subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.DEVNULL) as process,
    ):
        deadline = time.monotonic() + 30
        while watching.execute(BEGUN).fetchone() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    facts, cases = counted(urls, TOLD)
    assert 10 <= facts == cases <= MANY
    # What was told is gone, and what was not is there.
    assert counted(urls, LEFT) == (MANY + 2 - cases,)
    assert counted(urls, ERASED) == (2 * facts, 2 * facts)
    result = erase(said_in)
    assert f"Erased from {MANY + 1 - facts} cases: who reported {MANY + 1 - facts}" in result.stderr
    assert counted(urls, TOLD) == (MANY + 1, MANY + 1)
    assert counted(urls, LEFT) == (2,)


def test_what_is_due_is_said_and_a_request_is_answered(said_in: CliRunner, urls: ClusterUrls) -> None:
    *_, young = filled(urls, 1)
    overdue = next(one for one in examine(Settings()) if one.what == "what is kept no longer is erased")
    assert (overdue.good, overdue.found) == (False, "reporter: 2, words: 3")
    dry = erase(said_in, "--dry-run")
    assert "Words of cases: ten years: 3, of 1 cases (Archiving rules" in dry.stderr
    assert "Nothing was erased" in dry.stderr
    assert counted(urls, TOLD) == (0, 0)

    assert erase(said_in, "--case", young).exit_code == 2
    assert (
        "would erase who reported (1)" in erase(said_in, "--case", young, "--reason", "x", "--dry-run").stderr
    )
    granted = erase(said_in, "--case", young, "--reason", "本人书面申请")
    assert granted.exit_code == 0
    assert f"Case {young}: erased who reported (1)." in granted.stderr
    assert "kept by law until" in granted.stderr
    again = erase(said_in, "--case", young, "--reason", "本人书面申请")
    assert again.exit_code == 1
    assert "nothing was erased. The law keeps it still:" in again.stderr
    assert "4 texts (Archiving rules" in again.stderr
    assert "no case 1" in erase(said_in, "--case", "1", "--reason", "x").exception.detail  # type: ignore[union-attr]

    assert erase(said_in).exit_code == 0
    assert "Nothing is due" in erase(said_in, "--dry-run").stderr
    overdue = next(one for one in examine(Settings()) if one.what == "what is kept no longer is erased")
    assert overdue.good
