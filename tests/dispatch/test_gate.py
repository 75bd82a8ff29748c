"""Nobody passes the gate who may not, and everybody who may does."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import change_role, create_token, disable_account, end_session
from dispatch.api.allowance import Allowance
from dispatch.identities import SessionKind
from gis.actor import Role
from gis.clock import now
from gis.database import Database
from tests.dispatch.entrances import HOST, ORIGIN, account, browser, cookie_of, guarded_app

LONGER_THAN_REMEMBERED_S = 0.6


@pytest.fixture
def app(db: Database) -> FastAPI:
    """The real gate before a small application."""
    return guarded_app(db)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a cookie."""
    async with browser(app) as opened:
        yield opened


async def socket_closes_with(app: FastAPI, headers: dict[str, str]) -> int | str:
    """Open the stream; return the close code, or the first text that it sends."""
    sent: list[dict[str, Any]] = []
    first = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] != "websocket.accept":
            first.set()

    opening = asyncio.Queue[dict[str, Any]]()
    opening.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": "/api/stream",
        "raw_path": b"/api/stream",
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "client": ("127.0.0.1", 1),
        "subprotocols": [],
        "headers": [(k.lower().encode(), v.encode()) for k, v in ({"host": HOST} | headers).items()],
    }
    running = asyncio.create_task(app(scope, opening.get, send))  # type: ignore[arg-type]
    await asyncio.wait_for(first.wait(), 5)
    opening.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await running
    found: int | str = next(
        message["code"] if message["type"] == "websocket.close" else message["text"]
        for message in sent
        if message["type"] != "websocket.accept"
    )
    return found


@pytest.mark.parametrize("path", ["/", "/login", "/healthz", "/assets/x.css"])
async def test_everybody_may_have_what_belongs_to_nobody(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json() == {"role": None, "by_cookie": False}


async def test_a_page_sends_a_stranger_to_the_log_in_page_and_back_afterwards(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/wall?scene=night&x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/wall%3Fscene%3Dnight%26x%3D1"


@pytest.mark.parametrize("path", ["/api/directory", "/ogc", "/api/nothing", "/_dash-layout", "/metrics"])
async def test_machines_without_an_actor_get_401_as_a_problem(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


async def test_only_gis_paths_ask_for_basic_so_that_no_browser_opens_its_own_window(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/ogc")).headers["www-authenticate"].startswith("Basic")
    assert (await client.get("/api/directory")).headers["www-authenticate"].startswith("Bearer")


async def test_a_token_is_an_actor_as_bearer_and_as_the_password_of_basic(
    db: Database, client: httpx.AsyncClient
) -> None:
    token = await create_token(db, Role.DEVICE, "620821101", "beacon", now())
    basic = base64.b64encode(f"anyone:{token}".encode()).decode()
    for authorization in (f"Bearer {token}", f"Basic {basic}"):
        answer = await client.post("/api/things", headers={"Authorization": authorization})
        assert answer.json() == {"role": "device", "by_cookie": False, "bytes": 0}


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Basic wrong", "Basic d3Jvbmc6d3Jvbmc=", "Bearer"])
async def test_a_wrong_token_is_refused_even_where_strangers_may_enter(
    client: httpx.AsyncClient, authorization: str
) -> None:
    answer = await client.post("/api/cases", headers={"Authorization": authorization})
    # A header without a token is none, and a stranger may report.
    assert answer.status_code == (200 if authorization == "Bearer" else 401)


async def test_a_stranger_reports_as_a_reporter_but_not_under_a_session_that_is_over(
    db: Database, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/api/cases", json={})).json()["role"] == "reporter"
    answer = await client.post("/api/cases", json={}, headers={"Cookie": "wall_session=over"})
    assert answer.status_code == 401


async def test_a_stranger_who_reports_without_end_is_slowed_and_nobody_else_with_him(
    db: Database, client: httpx.AsyncClient
) -> None:
    answers = [await client.post("/api/cases", json={}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[-1].json()["code"] == "too_many"
    assert int(answers[-1].headers["retry-after"]) > 900
    token = await create_token(db, Role.DEVICE, "620821", "hotline", now())
    known = await client.post("/api/cases", headers={"Authorization": f"Bearer {token}"})
    assert known.status_code == 200


def test_an_allowance_refills_with_time_and_counts_each_address_by_itself() -> None:
    allowance, at = Allowance(per_s=2, burst=3), now()
    assert [allowance.take("a", at) for _ in range(4)] == [0, 0, 0, 0.5]
    assert allowance.take("b", at) == 0
    assert allowance.take("a", at + timedelta(seconds=0.5)) == 0
    assert allowance.take("a", at + timedelta(seconds=0.5)) == 0.5
    assert [allowance.take("a", at + timedelta(hours=1)) for _ in range(4)][-1] == 0.5


async def test_what_belongs_to_nobody_is_answered_while_the_database_is_away() -> None:
    lost = guarded_app(Database("postgresql://nobody@127.0.0.1:1/none"))
    async with browser(lost, Cookie="wall_session=any") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/assets/x.css")).status_code == 200
        away = await client.get("/api/directory")
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")


async def test_a_change_under_a_cookie_needs_the_sessions_own_csrf_token(
    db: Database, client: httpx.AsyncClient
) -> None:
    cookie, csrf = await cookie_of(db, await account(db))
    _, anothers = await cookie_of(db, await account(db))
    assert (await client.get("/api/directory", headers=cookie)).status_code == 200
    assert (await client.post("/api/things", headers=cookie)).json()["code"] == "forged"
    for wrong in (anothers, "", "nonsense", "ü"):
        headers = {k.encode(): v.encode() for k, v in (cookie | {"X-CSRF-Token": wrong}).items()}
        assert (await client.post("/api/things", headers=headers)).status_code == 403
    answer = await client.post("/api/things", headers=cookie | {"X-CSRF-Token": csrf})
    assert answer.json() == {"role": "dispatcher", "by_cookie": True, "bytes": 0}


async def test_a_dash_callback_needs_a_browser_that_vouches_for_its_page(
    db: Database, client: httpx.AsyncClient
) -> None:
    cookie, _ = await cookie_of(db, await account(db))
    call = "/_dash-update-component"
    for ours in ({"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await client.post(call, headers=cookie | ours)).status_code == 200
    for foreign in ({}, {"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await client.post(call, headers=cookie | foreign)).status_code == 403
    answer = await client.post("/api/things", headers=cookie | {"Origin": ORIGIN})
    assert answer.status_code == 403, "what Dash may do without the token, nobody else may"


async def test_another_site_can_neither_use_a_session_nor_begin_one(
    db: Database, client: httpx.AsyncClient
) -> None:
    cookie, csrf = await cookie_of(db, await account(db))
    evil = {"Origin": "http://evil.test"}
    answer = await client.post("/api/things", headers=cookie | evil | {"X-CSRF-Token": csrf})
    assert answer.status_code == 403
    assert (await client.post("/api/demo/session", headers=evil)).status_code == 403
    assert (
        await client.post("/api/demo/session", headers={"Sec-Fetch-Site": "cross-site"})
    ).status_code == 403
    assert (await client.post("/api/demo/session", headers={"Origin": ORIGIN})).status_code == 200


async def test_a_stranger_calls_none_of_the_callbacks(client: httpx.AsyncClient) -> None:
    for origin in ({"Origin": ORIGIN}, {}):
        answer = await client.post(
            "/_dash-update-component", json={"output": "page.children"}, headers=origin
        )
        assert answer.status_code == 401


async def test_a_wall_screen_reads_and_changes_nothing(db: Database, client: httpx.AsyncClient) -> None:
    cookie, csrf = await cookie_of(db, await account(db, Role.KIOSK), SessionKind.KIOSK)
    headers = cookie | {"X-CSRF-Token": csrf}
    assert (await client.get("/api/directory", headers=headers)).status_code == 200
    for path in ("/api/things", "/api/cases"):
        assert (await client.post(path, headers=headers)).json()["code"] == "read_only"
    token = await create_token(db, Role.KIOSK, "620821", "screen", now())
    answer = await client.post("/api/things", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "read_only"


async def test_a_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not(
    db: Database, client: httpx.AsyncClient
) -> None:
    token = await create_token(db, Role.DEVICE, "620821", "beacon", now())
    headers = {"Authorization": f"Bearer {token}"}

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_000

    for content in (b"x" * 10_001, pieces()):
        answer = await client.post("/api/things", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    answer = await client.post("/api/things", content=b"x" * 10_000, headers=headers)
    assert answer.json()["bytes"] == 10_000


async def test_a_disabled_account_and_a_withdrawn_role_end_within_a_second(
    db: Database, client: httpx.AsyncClient
) -> None:
    account_id = await account(db, Role.DISPATCHER)
    cookie, _ = await cookie_of(db, account_id)
    token = await create_token(db, Role.AUDITOR, "620821", "report", now())
    assert (await client.get("/api/directory", headers=cookie)).json()["role"] == "dispatcher"
    await change_role(db, account_id, Role.DUTY_OFFICER, "620821101", "620821101")
    await asyncio.sleep(LONGER_THAN_REMEMBERED_S)
    assert (await client.get("/api/directory", headers=cookie)).json()["role"] == "duty_officer"
    await disable_account(db, account_id, now())
    await asyncio.sleep(LONGER_THAN_REMEMBERED_S)
    assert (await client.get("/api/directory", headers=cookie)).status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/api/directory", headers=bearer)).status_code == 200


async def test_a_socket_opens_for_an_actor_and_closes_with_4401_for_nobody(
    app: FastAPI, db: Database
) -> None:
    token = await create_token(db, Role.DEVICE, "620821", "beacon", now())
    cookie, _ = await cookie_of(db, await account(db, Role.LEADER))
    assert await socket_closes_with(app, {}) == 4401
    assert await socket_closes_with(app, {"Cookie": "wall_session=over", "Origin": ORIGIN}) == 4401
    assert await socket_closes_with(app, {"Authorization": f"Bearer {token}"}) == "device"
    assert await socket_closes_with(app, cookie | {"Origin": ORIGIN}) == "leader"


async def test_a_socket_under_a_cookie_opens_for_our_own_page_only(app: FastAPI, db: Database) -> None:
    cookie, _ = await cookie_of(db, await account(db))
    assert await socket_closes_with(app, cookie | {"Origin": "http://evil.test"}) == 4403
    assert await socket_closes_with(app, cookie) == 4403


async def test_an_open_socket_closes_when_its_account_is_disabled(app: FastAPI, db: Database) -> None:
    account_id = await account(db)
    cookie, _ = await cookie_of(db, account_id)
    closed, sent = asyncio.Event(), []
    opening = asyncio.Queue[dict[str, Any]]()
    opening.put_nowait({"type": "websocket.connect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "websocket.send":
            await disable_account(db, account_id, now())
        if message["type"] == "websocket.close":
            closed.set()

    headers = cookie | {"Origin": ORIGIN, "Host": HOST}
    scope = {
        "type": "websocket",
        "path": "/api/stream",
        "raw_path": b"/api/stream",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }
    running = asyncio.create_task(app(scope, opening.get, send))  # type: ignore[arg-type]
    await asyncio.wait_for(closed.wait(), 3)
    await asyncio.wait_for(running, 1)
    assert sent[-1]["code"] == 4401


async def test_ending_a_session_ends_it_at_the_next_request(
    app: FastAPI, db: Database, client: httpx.AsyncClient
) -> None:
    cookie, _ = await cookie_of(db, await account(db))
    assert (await client.get("/api/directory", headers=cookie)).status_code == 200
    secret = cookie["Cookie"].partition("=")[2]
    identity = await app.state.identities.of_session(secret, now())
    await end_session(db, identity.session_id)
    app.state.identities.forget()
    assert (await client.get("/api/directory", headers=cookie)).status_code == 401


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/api/directory", "/wall"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
    assert (await client.get("/api/directory")).headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in (await client.get("/api/directory")).headers["content-security-policy"]


async def test_an_unknown_api_path_and_a_wrong_method_are_problems(
    db: Database, client: httpx.AsyncClient
) -> None:
    token = await create_token(db, Role.AUDITOR, "620821", "reader", now())
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, status in (
        ("GET", "/api/nope", 404),
        ("GET", "/api", 404),
        ("POST", "/api/nope/deeper", 404),
        ("POST", "/api/directory", 405),
        ("DELETE", "/api/number", 405),
    ):
        answer = await client.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (await client.post("/api/directory", headers=headers)).headers["allow"] == "GET"


async def test_a_request_that_does_not_parse_says_what_to_correct_and_repeats_nothing(
    db: Database, client: httpx.AsyncClient
) -> None:
    token = await create_token(db, Role.AUDITOR, "620821", "reader", now())
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.get("/api/number?lon=my-password", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"
    assert "`lon` must be a number" in answer.json()["detail"]
    assert "my-password" not in answer.text
    assert "`lon` is missing" in (await client.get("/api/number", headers=headers)).json()["detail"]


async def test_a_fault_of_our_own_tells_nothing_of_what_happened(
    db: Database, client: httpx.AsyncClient
) -> None:
    token = await create_token(db, Role.AUDITOR, "620821", "reader", now())
    answer = await client.get("/api/broken", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "Runtime" not in answer.text
