"""Administration over HTTP: who may come in and as what, in one's own area, on the audit log, and at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, load_small_county
from wall_ui.application import create_app

PASSWORD = "correct-horse-battery"


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner, demonstration=False)
    built = create_app(Settings(wall_var=tmp_path), urls.app)
    async with built.router.lifespan_context(built):
        yield built


async def as_role(app: FastAPI, role: Role, area: str = COUNTY) -> dict[str, str]:
    return {"Authorization": f"Bearer {await create_token(app.state.db, role, area, 'someone', now())}"}


def new_account(area: str = WEST, role: str = "duty_officer", **other: str) -> dict[str, str]:
    return {"username": "zhang", "name": "张三", "role": role, "area": area, "password": PASSWORD} | other


async def logged_in(app: FastAPI, password: str = PASSWORD) -> httpx.Response:
    async with browser(app) as person:
        return await person.post("/api/session", json={"username": "zhang", "password": password},
                                 headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip


async def test_an_account_lives_from_its_first_log_in_to_its_last(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        weak = await admin.post("/api/admin/accounts", json=new_account(password="1234567890"))
        made = (await admin.post("/api/admin/accounts", json=new_account())).json()["account"]
        taken = await admin.post("/api/admin/accounts", json=new_account())
        at = f"/api/admin/accounts/{made['id']}"
        assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
        assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
        assert (await logged_in(app)).json()["actor"]["area"] == WEST
        sessions = (await admin.get("/api/admin/sessions")).json()["sessions"]
        assert [one["username"] for one in sessions] == ["zhang"]
        moved = await admin.put(at + "/role", json={"role": "leader", "area": EAST})
        assert (moved.json()["account"]["role"], moved.json()["account"]["area"]) == ("leader", EAST)
        assert (await admin.put(at + "/password", json={"password": PASSWORD + "2"})).status_code == 204
        assert (await admin.get("/api/admin/sessions")).json()["sessions"] == []
        assert (await logged_in(app)).status_code == 401
        assert (await logged_in(app, PASSWORD + "2")).status_code == 201
        assert (await admin.delete(at)).status_code == 204
        assert (await logged_in(app, PASSWORD + "2")).status_code == 401
        (listed,) = (await admin.get("/api/admin/accounts")).json()["accounts"]
        assert listed["disabled_at"] is not None
        told = [(one["what"], one["detail"]) for one in (await admin.get("/api/looks")).json()["looks"]]
    assert ("account.close", "zhang") in told
    assert ("account.role", f"zhang leader {EAST}") in told
    assert PASSWORD not in str(told)


async def test_a_withdrawn_role_is_withdrawn_for_the_session_that_is_open(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin, browser(app) as person:
        made = (await admin.post("/api/admin/accounts", json=new_account())).json()["account"]
        body = {"username": "zhang", "password": PASSWORD}
        await person.post("/api/session", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert (await person.get("/api/cases", params={"text": "路灯"})).status_code == 200
        seat = {"role": "leader", "area": WEST}
        await admin.put(f"/api/admin/accounts/{made['id']}/role", json=seat)
        assert (await person.get("/api/cases", params={"text": "路灯"})).status_code == 403
        await admin.delete(f"/api/admin/accounts/{made['id']}")
        assert (await person.get("/api/cases")).status_code == 401


async def test_tokens_and_wall_screens_are_made_shown_once_and_revoked(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        body = {"name": "QGIS", "role": "dispatcher", "area": COUNTY, "days": 3}
        secret = (await admin.post("/api/admin/tokens", json=body)).json()["secret"]
        kiosk = (await admin.post("/api/admin/kiosks", json={"name": "大厅", "area": COUNTY})).json()[
            "secret"
        ]
        listed = await admin.get("/api/admin/tokens")
        assert secret not in listed.text
        assert kiosk not in listed.text
        named = {one["name"]: one for one in listed.json()["tokens"]}
        assert named["大厅"]["role"] == "kiosk"
        async with browser(app, Authorization=f"Bearer {secret}") as program:
            assert (await program.get("/api/cases")).status_code == 200
            assert (await admin.delete(f"/api/admin/tokens/{named['QGIS']['id']}")).status_code == 204
            assert (await program.get("/api/cases")).status_code == 401
        again = await admin.delete(f"/api/admin/tokens/{named['QGIS']['id']}")
        made = (await admin.post("/api/admin/tokens", json=body | {"name": "Q\u202eGI\u200bS"})).json()
        listed = (await admin.get("/api/admin/tokens")).json()["tokens"]
        assert [one["name"] for one in listed if one["id"] == made["id"]] == ["QGIS"]
        seen = await admin.post(
            "/api/admin/accounts", json=new_account(username="zh\u200bang", name="\u202e张三")
        )
        assert (seen.json()["account"]["username"], seen.json()["account"]["name"]) == ("zhang", "张三")
    assert again.status_code == 404


async def test_an_administrator_of_a_township_reaches_no_further_and_nobody_else_reaches_anything(
    app: FastAPI,
) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        other = (await admin.post("/api/admin/accounts", json=new_account(EAST))).json()["account"]
    async with browser(app, **await as_role(app, Role.ADMIN, WEST)) as township:
        assert (await township.get("/api/admin/accounts")).json() == {"accounts": []}
        for path in (f"/api/admin/accounts/{other['id']}/password",):
            assert (await township.put(path, json={"password": PASSWORD})).status_code == 404
        for area in (EAST, COUNTY):
            refused = await township.post("/api/admin/accounts", json=new_account(area, username="li"))
            assert (refused.status_code, refused.json()["code"]) == (403, "not_your_area")
        for role in ("system", "kiosk"):
            assert (
                await township.post("/api/admin/accounts", json=new_account(role=role))
            ).status_code == 422
        assert (await township.get("/api/looks")).json()["looks"] == []  # what the county did is the county's
    for role in (Role.DISPATCHER, Role.LEADER, Role.AUDITOR, Role.KIOSK):
        async with browser(app, **await as_role(app, role)) as person:
            for path in ("accounts", "tokens", "sessions"):
                assert (await person.get(f"/api/admin/{path}")).status_code == 403
            assert (await person.get("/api/looks")).status_code == (200 if role is Role.AUDITOR else 403)


async def test_a_seat_is_given_only_where_there_is_one_and_with_a_unit_of_its_own(app: FastAPI) -> None:
    grid, foreign = f"{WEST}201001", f"{EAST}201001"
    wrong = (
        {"role": "dispatcher", "area": WEST},
        {"role": "grid_officer", "area": WEST},
        {"role": "duty_officer", "area": f"{COUNTY}199"},
        {"role": "duty_officer", "area": WEST, "desk": f"{WEST}201"},
        {"role": "department", "area": COUNTY},
        {"role": "department", "area": COUNTY, "desk": f"{COUNTY}/nobody"},
        {"role": "department", "area": WEST, "desk": f"{WEST}201/police"},
        {"role": "grid_officer", "area": grid, "unit": f"grid.{foreign}"},
        {"role": "grid_officer", "area": grid, "unit": "grid.none"},
        {"role": "kiosk", "area": WEST, "unit": f"grid.{grid}"},
        {"role": "reporter", "area": COUNTY},
        {"role": "system", "area": COUNTY},
    )
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        for seat in wrong:
            refused = await admin.post("/api/admin/tokens", json={"name": "x", **seat})
            assert (refused.status_code, refused.json()["code"]) == (422, "bad_seat"), seat
            if seat["role"] not in ("kiosk", "reporter", "system"):
                refused = await admin.post("/api/admin/accounts", json=new_account() | seat)
                assert (refused.status_code, refused.json()["code"]) == (422, "bad_seat"), seat
        refused = await admin.post("/api/admin/kiosks", json={"name": "厅", "area": f"{COUNTY}199"})
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_seat")
        officer = {"name": "x", "role": "grid_officer", "area": grid, "unit": f"grid.{grid}"}
        secret = (await admin.post("/api/admin/tokens", json=officer)).json()["secret"]
    async with browser(app, Authorization=f"Bearer {secret}") as person:
        me = (await person.get("/api/session")).json()["actor"]
    assert (me["desk"], me["unit_id"]) == (grid[:12], f"grid.{grid}"), (
        "a grid's officer sits at the village's desk"
    )


async def test_the_audit_log_is_turned_page_by_page_and_narrowed(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.DISPATCHER)) as desk:
        for words in ("路灯", "井盖", "积水", "麦苗", "羊群"):
            await desk.get("/api/cases", params={"text": words})
    async with browser(app, **await as_role(app, Role.AUDITOR)) as auditor:
        seen: list[str] = []
        cursor: int | None = 2**62
        while cursor is not None:
            page = (await auditor.get("/api/looks", params={"limit": 2, "cursor": cursor})).json()
            seen += [one["detail"] for one in page["looks"]]
            cursor = page["next"]
        assert seen == ["羊群", "麦苗", "积水", "井盖", "路灯"]
        for asked in ({"what": "sheet"}, {"account": "nobody"}, {"to": "2020-01-01T00:00:00Z"}):
            assert (await auditor.get("/api/looks", params=asked)).json()["looks"] == []
        mine = (await auditor.get("/api/looks", params={"what": "audit", "person": "someone"})).json()[
            "looks"
        ]
        assert mine[0]["detail"] == "looks to=2020-01-01T00:00:00Z"
        assert len(mine) == 6, "every page that was read is a look"


async def test_who_changed_what_is_told_by_person_by_case_and_by_time(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.DISPATCHER)) as desk:
        body = {"category": "road_damage", "text": "路面塌陷", "area_code": f"{WEST}201001"}
        case = (await desk.post("/api/cases", json=body)).json()["case"]
    async with browser(app, **await as_role(app, Role.AUDITOR)) as auditor:
        told = (await auditor.get("/api/changes", params={"case_id": case["id"]})).json()
        assert [(one["kind"], one["number"]) for one in told["changes"]] == [("case.report", case["number"])]
        assert (told["next"], told["since"]) == (None, None)
        by = told["changes"][0]
        for asked in ({"account": by["account"]}, {"person": by["name"][:3]}, {"what": "case.report"}):
            found = (await auditor.get("/api/changes", params=asked)).json()
            assert [one["id"] for one in found["changes"]] == [by["id"]]
            assert found["since"], "how far back is said where nobody asked"
        for asked in ({"person": "nobody"}, {"to": by["at"]}, {"from": "2100-01-01T00:00:00Z"}):
            assert (await auditor.get("/api/changes", params=asked)).json()["changes"] == []
    async with browser(app, **await as_role(app, Role.ADMIN, EAST)) as township:
        assert (await township.get("/api/changes")).json()["changes"] == []
    async with browser(app, **await as_role(app, Role.LEADER)) as leader:
        assert (await leader.get("/api/changes")).status_code == 403
