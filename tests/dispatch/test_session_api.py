"""Coming in over HTTP: the session, the demonstration's seats, the directory and the machines' pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import NewAccount, create_account, create_kiosk, create_token
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.vocabulary import UnitKind
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.settings import Settings
from tests.dispatch.entrances import ORIGIN, account, browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, load_small_county
from wall_ui.application import create_app

PASSWORD = "long enough to keep"


@pytest.fixture
async def app(urls: ClusterUrls) -> AsyncIterator[FastAPI]:
    """The whole application on a demonstration county of two townships."""
    load_small_county(urls.owner)
    made = create_app(Settings(), urls.app)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a cookie."""
    async with browser(app, Origin=ORIGIN) as opened:
        yield opened


async def seat_everybody(app: FastAPI) -> None:
    """Make demonstration accounts of every kind."""
    db = app.state.db
    for number in (1, 2):
        await account(db, Role.DISPATCHER, COUNTY, username=f"dispatcher{number}", demonstration=True)
    for township in (WEST, EAST):
        await account(db, Role.DUTY_OFFICER, township, username=f"duty.{township}", demonstration=True)
    grid = f"{EAST}201001"
    await account(db, Role.GRID_OFFICER, grid, desk=f"{EAST}201", unit_id=f"grid.{grid}", demonstration=True)
    await account(db, Role.DEPARTMENT, COUNTY, desk=f"{COUNTY}/police", demonstration=True)


async def guess_until_slowed(client: httpx.AsyncClient) -> httpx.Response:
    """Guess a password until the door says to wait; on a slow machine the first waits are over at once."""
    for _ in range(10):
        answer = await client.post("/api/session", json={"username": "wang", "password": "guess-guess"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    return answer


async def test_somebody_logs_in_says_who_he_is_and_logs_out(app: FastAPI, client: httpx.AsyncClient) -> None:
    new = NewAccount("wang", "王敏", Role.DUTY_OFFICER, WEST, WEST)
    await create_account(app.state.db, new, PASSWORD, now())
    assert (await client.get("/api/session")).status_code == 401
    answer = await client.post("/api/session", json={"username": "wang", "password": PASSWORD})
    assert answer.status_code == 201
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("wall_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    seen = (await client.get("/api/session")).json()
    assert seen == answer.json()
    assert seen["actor"]["desk_name"] == "西镇"
    assert seen["actor"]["area_name"] == "西镇"
    assert seen["actor"]["role"] == "duty_officer"
    assert seen["county"] == {"code": COUNTY, "name": "泾川县"}
    assert seen["demonstration"] is True
    assert (await client.delete("/api/session")).status_code == 403
    ended = await client.delete("/api/session", headers={"X-CSRF-Token": seen["csrf"]})
    assert ended.status_code == 204
    assert (await client.get("/api/session")).status_code == 401


async def test_a_wrong_password_says_so_and_never_repeats_it(app: FastAPI, client: httpx.AsyncClient) -> None:
    wrong = await client.post("/api/session", json={"username": "wang", "password": "guess-guess"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    for body in ({"username": ["guess-guess"]}, {"password": {"guess-guess": 1}}, {"guess-guess": 1}, {}):
        answer = await client.post("/api/session", json=body)
        assert answer.status_code == 422
        assert "guess-guess" not in answer.json()["detail"] or "guess-guess" in body
    slow = await guess_until_slowed(client)
    assert slow.json()["code"] == "too_many_attempts"
    assert int(slow.headers["retry-after"]) >= 1


async def test_a_known_browser_is_not_slowed_by_strangers_at_the_same_address(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    new = NewAccount("wang", "王敏", Role.DUTY_OFFICER, WEST, WEST)
    await create_account(app.state.db, new, PASSWORD, now())
    right = {"username": "wang", "password": PASSWORD}
    assert (await client.post("/api/session", json=right)).status_code == 201
    async with browser(app, Origin=ORIGIN) as stranger:
        await guess_until_slowed(stranger)
    assert (await client.post("/api/session", json=right)).status_code == 201


async def test_one_click_sits_a_newcomer_down_at_a_demonstration_desk(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    await seat_everybody(app)
    for seat, desk in (
        ({"role": "dispatcher"}, COUNTY),
        ({"role": "duty_officer"}, EAST),
        ({"role": "duty_officer", "area": WEST}, WEST),
        ({"role": "grid_officer"}, f"{EAST}201"),
        ({"role": "department", "desk": f"{COUNTY}/police"}, f"{COUNTY}/police"),
    ):
        answer = await client.post("/api/demo/session", json=seat)
        assert answer.status_code == 201, answer.text
        actor = (await client.get("/api/session")).json()["actor"]
        assert (actor["role"], actor["desk"], actor["demonstration"]) == (seat["role"], desk, True)
    assert actor["desk_name"] == "县公安局"
    nobody = await client.post("/api/demo/session", json={"role": "mediator"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no_such_seat")


async def test_two_newcomers_with_one_role_are_two_persons(app: FastAPI, client: httpx.AsyncClient) -> None:
    await seat_everybody(app)
    async with browser(app, Origin=ORIGIN) as second:
        first_in = await client.post("/api/demo/session", json={"role": "dispatcher"})
        second_in = await second.post("/api/demo/session", json={"role": "dispatcher"})
    assert first_in.json()["actor"]["account_id"] != second_in.json()["actor"]["account_id"]


async def test_taking_another_seat_ends_the_session_before(app: FastAPI, client: httpx.AsyncClient) -> None:
    await seat_everybody(app)
    await client.post("/api/demo/session", json={"role": "dispatcher"})
    before = client.cookies["wall_session"]
    await client.post("/api/demo/session", json={"role": "duty_officer"})
    async with browser(app, Cookie=f"wall_session={before}") as old:
        assert (await old.get("/api/session")).status_code == 401


async def test_nothing_of_the_demonstration_works_on_real_data(urls: ClusterUrls) -> None:
    load_small_county(urls.owner, demonstration=False)
    app = create_app(Settings(), urls.app)
    async with app.router.lifespan_context(app), browser(app, Origin=ORIGIN) as client:
        await seat_everybody(app)
        refused = await client.post("/api/demo/session", json={"role": "dispatcher"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_demonstration")
        token = await create_token(app.state.db, Role.DISPATCHER, COUNTY, "x", now())
        headers = {"Authorization": f"Bearer {token}"}
        refused = await client.post("/api/demo/case", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_demonstration")


@pytest.mark.parametrize("desk", [COUNTY, WEST, f"{EAST}202", f"{COUNTY}/police"])
async def test_a_case_on_request_lies_in_the_callers_area_and_on_his_desk(
    app: FastAPI, client: httpx.AsyncClient, desk: str
) -> None:
    area = desk.partition("/")[0]
    role = {6: Role.DISPATCHER, 9: Role.DUTY_OFFICER, 12: Role.VILLAGE_OFFICER}[len(area)]
    if "/" in desk:
        role = Role.DEPARTMENT
    token = await create_token(app.state.db, role, area, "x", now(), desk=desk)
    answer = await client.post("/api/demo/case", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text
    case = answer.json()["case"]
    assert case["holder"] == desk
    assert case["area_code"].startswith(area)
    assert app.state.areas.locate(case["lon"], case["lat"]).code == case["area_code"]


async def test_an_officer_who_asks_for_a_case_gets_one_that_officers_are_sent_to(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    token = await create_token(
        app.state.db, Role.GRID_OFFICER, f"{EAST}202001", "x", now(), desk=f"{EAST}202"
    )
    for _ in range(4):
        answer = await client.post("/api/demo/case", headers={"Authorization": f"Bearer {token}"})
        category = answer.json()["case"]["category"]
        assert CATEGORIES[category].level == "village"
        assert app.state.book.wants(category, 3)[0].kind is UnitKind.GRID_OFFICER


async def test_a_wall_screen_begins_its_session_with_its_token_and_only_a_wall_screen(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    token = await create_kiosk(app.state.db, "大厅大屏", COUNTY, now())
    answer = await client.post("/api/session", json={"token": token})
    assert (answer.status_code, answer.json()["actor"]["role"]) == (201, "kiosk")
    assert (await client.get("/api/directory")).status_code == 200
    others = await create_token(app.state.db, Role.DISPATCHER, COUNTY, "x", now())
    async with browser(app, Origin=ORIGIN) as another:
        assert (await another.post("/api/session", json={"token": others})).status_code == 401


async def test_the_directory_lists_whom_each_may_ring(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def listed(role: Role, area: str, desk: str | None = None) -> list[str]:
        token = await create_token(app.state.db, role, area, "x", now(), desk=desk)
        answer = await client.get("/api/directory", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["on_duty"]["telephone"]
        return [desk["id"] for desk in answer.json()["desks"]]

    county = await listed(Role.DISPATCHER, COUNTY)
    assert {COUNTY, WEST, EAST, f"{COUNTY}/police"} < set(county)
    assert await listed(Role.DUTY_OFFICER, WEST) == [COUNTY, WEST, f"{WEST}201", f"{WEST}202"]
    assert await listed(Role.VILLAGE_OFFICER, f"{EAST}202") == [COUNTY, EAST, f"{EAST}202"]
    department = await listed(Role.DEPARTMENT, COUNTY, f"{COUNTY}/police")
    assert department == [COUNTY, f"{COUNTY}/police"]


async def test_machines_learn_whether_the_wall_is_alive_and_ready(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert all(ready.json()["parts"].values())
    county = await create_token(app.state.db, Role.AUDITOR, COUNTY, "prometheus", now())
    figures = await client.get("/metrics", headers={"Authorization": f"Bearer {county}"})
    assert 'wall_units{state="available"} 4' in figures.text
    township = await create_token(app.state.db, Role.DUTY_OFFICER, WEST, "x", now())
    refused = await client.get("/metrics", headers={"Authorization": f"Bearer {township}"})
    assert refused.status_code == 403


async def test_the_language_is_remembered_with_the_account(app: FastAPI, client: httpx.AsyncClient) -> None:
    await seat_everybody(app)
    csrf = (await client.post("/api/demo/session", json={"role": "dispatcher"})).json()["csrf"]
    headers = {"X-CSRF-Token": csrf}
    chosen = await client.put("/api/session", json={"language": "en"}, headers=headers)
    assert chosen.json()["language"] == "en"
    assert (await client.get("/api/session")).json()["language"] == "en"
    wrong = await client.put("/api/session", json={"language": "tlh"}, headers=headers)
    assert wrong.status_code == 422


async def test_a_wrong_method_names_the_right_ones(app: FastAPI, client: httpx.AsyncClient) -> None:
    await seat_everybody(app)
    csrf = (await client.post("/api/demo/session", json={"role": "dispatcher"})).json()["csrf"]
    answer = await client.post("/api/directory", headers={"X-CSRF-Token": csrf})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]
    assert (await client.get("/api/nothing/of/the/kind")).status_code == 404
