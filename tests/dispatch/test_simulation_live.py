"""The robots before a real wall, served by the real command: they bring it to life, and outlive its death."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from dispatch.rules.moves import MOVES_OF_ROLE
from dispatch.rules.vocabulary import Move
from gis.actor import Role
from gis.cluster import ClusterUrls
from tests.served import Served
from wall_ui.robots import write_credentials

SPEED = 20
PATIENCE_S = 90.0


class Robots:
    """The simulation in a process of its own."""

    def __init__(self, served: Served, urls: ClusterUrls, folder: Path) -> None:
        self.urls = urls
        self.log = folder / "robots.log"
        tokens = folder / "robots.json"
        write_credentials(urls.app, tokens)
        self.robots: list[dict[str, Any]] = json.loads(tokens.read_text(encoding="utf-8"))["tokens"]
        command = [sys.executable, "-m", "dispatch.simulation", f"--base-url={served.url}"]
        command += [f"--tokens={tokens}", f"--speed={SPEED}", "--verbose"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the database as its owner's superior: tests may see everything."""
        with psycopg.connect(self.urls.superuser or self.urls.owner, row_factory=dict_row) as connection:
            return connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        """Return the one number that a query answers."""
        return int(self.rows(f"select count(*) as n from {sql}")[0]["n"])

    def seen_share(self) -> float:
        """Return how many of the units on duty have sent a position; at night a third of them are at home."""
        on_duty = "(select id from units where on_duty) u"
        return self.count(f"{on_duty} join positions_latest p on p.unit = u.id") / self.count(on_duty)

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something is true. Raises AssertionError with what the robots said."""
        until = time.monotonic() + PATIENCE_S
        while not what():
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < until, self.log.read_text()[-3000:]
            time.sleep(0.5)


@pytest.fixture
def robots(served: Served, county_urls: ClusterUrls, tmp_path: Path) -> Iterator[Robots]:
    """A served county with its robots."""
    folder = tmp_path / "robots"
    folder.mkdir()
    alive = Robots(served, county_urls, folder)
    yield alive
    alive.process.kill()
    alive.process.wait()


def test_robots_bring_the_county_to_life_and_outlive_the_death_of_the_server(
    robots: Robots, served: Served
) -> None:
    robots.wait_for(lambda: robots.count("cases") >= 15)
    robots.wait_for(lambda: robots.count("cases where status = 'closed'") >= 3)
    robots.wait_for(lambda: robots.seen_share() >= 0.9)
    served.kill()
    time.sleep(1.0)
    before = robots.count("log_events")
    served.start()
    robots.wait_for(lambda: robots.count("log_events") >= before + 20)

    facts = robots.rows("select kind, actor from log_events where kind like 'case.%'")
    roles = {fact["actor"]["role"] for fact in facts}
    assert {"dispatcher", "duty_officer", "village_officer", "grid_officer"} <= roles
    for fact in facts:
        role, move = Role(fact["actor"]["role"]), Move(fact["kind"].removeprefix("case."))
        assert move in MOVES_OF_ROLE[role]
    # Nothing was done twice: every repetition came under its key.
    assert (
        robots.count(
            "(select case_id, version from log_events where kind like 'case.%%' "
            "group by 1, 2 having count(*) > 1) twice"
        )
        == 0
    )
    assert "internal_error" not in served.log.read_text()

    robots.process.terminate()
    assert robots.process.wait(10) == 0
