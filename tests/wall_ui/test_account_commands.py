"""Accounts from the command line: made, given a new password, closed and listed."""

import asyncio

import pytest
from typer.testing import CliRunner

from dispatch.actions.accounts import LoggedIn, Origin, log_in
from dispatch.identities import Identities, SessionLimits
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from wall_ui.command_line import commands

WANG = ["account", "add", "wang", "--name", "王敏", "--role", "duty_officer", "--area", "620821101"]
FIRST, SECOND = "three grey cranes", "over Jing river"


@pytest.fixture
def runner(urls: ClusterUrls, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on a database of its own."""
    monkeypatch.setenv("DATABASE_URL", urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
    return CliRunner()


def logged_in(url: str, password: str) -> LoggedIn:
    """Log in as `wang`."""

    async def attempt() -> LoggedIn:
        db = Database(url)
        try:
            return await log_in(db, "wang", password, Origin("10.0.0.1"), now(), SessionLimits())
        finally:
            await db.close()

    return asyncio.run(attempt())


def test_an_account_is_made_changed_and_closed(runner: CliRunner, urls: ClusterUrls) -> None:
    assert runner.invoke(commands, WANG, input=f"{FIRST}\n{FIRST}\n").exit_code == 0
    assert logged_in(urls.app, FIRST).session
    again = runner.invoke(commands, ["account", "add", "WANG", *WANG[3:]], input=f"{FIRST}\n{FIRST}\n")
    assert isinstance(again.exception, Conflict)
    changed = runner.invoke(commands, ["account", "password", "ＷＡＮＧ"], input=f"{SECOND}\n{SECOND}\n")
    assert changed.exit_code == 0
    with pytest.raises(NotAuthenticated):
        logged_in(urls.app, FIRST)
    assert logged_in(urls.app, SECOND).session
    assert "wang\tduty_officer\t620821101\t王敏" in runner.invoke(commands, ["account", "list"]).stdout
    assert runner.invoke(commands, ["account", "disable", "wang"]).exit_code == 0
    with pytest.raises(NotAuthenticated):
        logged_in(urls.app, SECOND)
    assert runner.invoke(commands, ["account", "list"]).stdout.strip().endswith("closed")


def test_what_cannot_be_an_account_is_refused_with_a_reason(runner: CliRunner) -> None:
    weak = runner.invoke(commands, WANG, input="1234567890\n1234567890\n")
    assert isinstance(weak.exception, InvalidInput)
    device = [*WANG[:6], "device", *WANG[7:]]
    assert isinstance(runner.invoke(commands, device, input=f"{FIRST}\n{FIRST}\n").exception, InvalidInput)
    nobody = runner.invoke(commands, ["account", "disable", "nobody"])
    assert isinstance(nobody.exception, NotFound)


def test_a_wall_screens_token_is_a_kiosk_of_its_area(runner: CliRunner, urls: ClusterUrls) -> None:
    printed = runner.invoke(commands, ["kiosk", "--area", "620821101", "--name", "大厅"])
    token = printed.stdout.strip().splitlines()[-1]

    async def whose() -> tuple[Role, str, str]:
        db = Database(urls.app)
        try:
            identity = await Identities(db).of_token(token, now())
        finally:
            await db.close()
        assert identity is not None
        return identity.actor.role, identity.actor.area, identity.actor.name

    assert asyncio.run(whose()) == (Role.KIOSK, "620821101", "大厅")


def test_a_role_is_changed_a_session_ended_and_a_token_revoked(runner: CliRunner, urls: ClusterUrls) -> None:
    runner.invoke(commands, WANG, input=f"{FIRST}\n{FIRST}\n")
    logged_in(urls.app, FIRST)
    role = ["account", "role", "wang", "--role", "leader", "--area", "620821"]
    assert runner.invoke(commands, role).exit_code == 0
    assert "wang\tleader\t620821" in runner.invoke(commands, ["account", "list"]).stdout
    listed = runner.invoke(commands, ["account", "sessions"]).stdout.strip().splitlines()[-1]
    assert "\twang\thuman\t" in listed
    assert (
        "wang" not in runner.invoke(commands, ["account", "sessions", "--end", listed.split("\t")[0]]).stdout
    )
    runner.invoke(commands, ["token", "--role", "dispatcher", "--area", "620821", "--name", "QGIS"])
    token = runner.invoke(commands, ["account", "tokens"]).stdout.strip().splitlines()[-1]
    assert token.split("\t")[1:] == ["QGIS", "dispatcher", "620821"]
    revoked = runner.invoke(commands, ["account", "tokens", "--revoke", token.split("\t")[0]])
    assert revoked.stdout.strip().endswith("\trevoked")
