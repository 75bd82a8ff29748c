"""Administration over HTTP: who may come in and as what, in one's own area, on the audit log, and at once."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import NewAccount, create_account, create_token
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
        taken = await admin.post("/api/admin/accounts", json=new_account(username="Ｚhang"))
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
        listed, screens = await admin.get("/api/admin/tokens"), await admin.get("/api/admin/kiosks")
        assert secret not in listed.text
        assert kiosk not in screens.text
        named = {one["name"]: one for one in listed.json()["tokens"]}
        assert [(one["name"], one["showing"]) for one in screens.json()["kiosks"]] == [("大厅", 0)]
        async with browser(app, Authorization=f"Bearer {secret}") as program:
            assert (await program.get("/api/cases")).status_code == 200
            assert (await admin.delete(f"/api/admin/tokens/{named['QGIS']['id']}")).status_code == 204
            assert (await program.get("/api/cases")).status_code == 401
        again = await admin.delete(f"/api/admin/tokens/{named['QGIS']['id']}")
        for state, names in (("good", ["someone"]), ("over", ["QGIS"])):
            told = (await admin.get("/api/admin/tokens", params={"state": state})).json()
            assert ([one["name"] for one in told["tokens"]], told["total"]) == (names, 1)
        made = (await admin.post("/api/admin/tokens", json=body | {"name": "Q\u202eGI\u200bS"})).json()
        listed = (await admin.get("/api/admin/tokens")).json()["tokens"]
        assert [one["name"] for one in listed if one["id"] == made["id"]] == ["QGIS"]
        seen = await admin.post(
            "/api/admin/accounts", json=new_account(username="zh\u200bang", name="\u202e张三")
        )
        assert (seen.json()["account"]["username"], seen.json()["account"]["name"]) == ("zhang", "张三")
    assert again.status_code == 404


async def test_a_wall_screen_goes_dark_with_its_token_and_becomes_nothing_else(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin, browser(app) as screen:
        made = (await admin.post("/api/admin/kiosks", json={"name": "大厅", "area": COUNTY})).json()
        token = {"token": made["secret"]}
        begun = await screen.post("/api/session", json=token, headers={"Sec-Fetch-Site": "same-origin"})
        assert begun.status_code == 201
        (shown,) = (await admin.get("/api/admin/kiosks", params={"state": "good"})).json()["kiosks"]
        assert (shown["id"], shown["showing"]) == (made["id"], 1)
        # Its token would come in as whatever its account became.
        (account,) = (await admin.get("/api/admin/accounts", params={"role": "kiosk"})).json()["accounts"]
        at, seat = f"/api/admin/accounts/{account['id']}", {"role": "dispatcher", "area": COUNTY}
        for refused in (
            await admin.put(at + "/role", json=seat),
            await admin.put(at + "/password", json={"password": PASSWORD}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (409, "wall_screen")
        at = f"/api/admin/kiosks/{made['id']}"
        assert (await admin.delete(at)).status_code == 204
        assert (await screen.get("/api/cases")).status_code == 401
        again = await screen.post("/api/session", json=token, headers={"Sec-Fetch-Site": "same-origin"})
        assert (again.status_code, (await admin.delete(at)).status_code) == (401, 404)
        (listed,) = (await admin.get("/api/admin/kiosks", params={"state": "over"})).json()["kiosks"]
        assert (listed["showing"], bool(listed["revoked_at"])) == (0, True)


async def test_accounts_are_found_and_turned_page_by_page_and_told_what_ends_with_them(app: FastAPI) -> None:
    grid = f"{WEST}201001"
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        people = (
            ("li", "李四", WEST, "leader"),
            ("wang", "王五", EAST, "leader"),
            ("zhang", "张三", WEST, "duty_officer"),
        )
        for username, name, area, role in people:
            body = new_account(area, role, username=username, name=name)
            assert (await admin.post("/api/admin/accounts", json=body)).status_code == 201
        officer = new_account(grid, "grid_officer", username="zhao", name="赵六", unit=f"grid.{grid}")
        made = (await admin.post("/api/admin/accounts", json=officer)).json()["account"]
        seen, cursor = [], ""
        while cursor is not None:
            asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await admin.get("/api/admin/accounts", params=asked)).json()
            seen += [one["username"] for one in page["accounts"]]
            cursor = page["next"]
            assert page["total"] == 4
        assert seen == ["li", "wang", "zhang", "zhao"]
        for asked, found in (
            ({"text": "ZH"}, ["zhang", "zhao"]),
            ({"text": "五"}, ["wang"]),
            ({"text": "%"}, []),
            ({"role": "leader"}, ["li", "wang"]),
            ({"area": EAST}, ["wang"]),
            ({"state": "closed"}, []),
            ({"role": "leader", "area": WEST, "state": "open"}, ["li"]),
        ):
            page = (await admin.get("/api/admin/accounts", params=asked)).json()
            assert [one["username"] for one in page["accounts"]] == found, asked
        await logged_in(app)
        (zhang,) = (await admin.get("/api/admin/accounts", params={"text": "zhang"})).json()["accounts"]
        assert (zhang["sessions"], zhang["opens_by"], bool(zhang["last_seen_at"])) == (1, "password", True)
        told = (await admin.get(f"/api/admin/accounts/{zhang['id']}")).json()["ends"]
        assert told == {"sessions": 1, "tokens": 0, "tasks": 0, "others": 0}
        async with browser(app, **await as_role(app, Role.VILLAGE_OFFICER, grid[:12])) as village:
            body = {"category": "neighbour_dispute", "text": "院墙塌了", "area_code": grid}
            case = (await village.post("/api/cases", json=body)).json()["case"]
            for move in ({"move": "accept"}, {"move": "dispatch", "units": [f"grid.{grid}"]}):
                assert (await village.post(f"/api/cases/{case['id']}/moves", json=move)).status_code == 200
        told = (await admin.get(f"/api/admin/accounts/{made['id']}")).json()["ends"]
        assert told == {"sessions": 0, "tokens": 0, "tasks": 1, "others": 0}


async def test_a_list_that_is_asked_wrongly_says_so(app: FastAPI) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        for path in ("accounts", "tokens", "kiosks", "sessions"):
            for asked in (
                {"limit": 0},
                {"limit": 501},
                {"text": "\u200b"},
                {"text": "x" * 61},
                {"role_": "leader"},
            ):
                refused = await admin.get(f"/api/admin/{path}", params=asked)
                assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input"), (path, asked)
            refused = await admin.get(f"/api/admin/{path}", params={"cursor": "a\x00"})
            assert refused.status_code == 422
        for path in ("tokens", "kiosks", "sessions"):
            refused = await admin.get(f"/api/admin/{path}", params={"cursor": "none of ours"})
            assert (refused.status_code, refused.json()["code"]) == (422, "bad_cursor")
        for asked in ({"role": "mayor"}, {"area": "62"}, {"state": "half"}):
            assert (await admin.get("/api/admin/accounts", params=asked)).status_code == 422
        nobodys = uuid4()
        for path in ("accounts", "tokens", "kiosks"):
            assert (await admin.delete(f"/api/admin/{path}/{nobodys}")).status_code == 404


async def test_the_form_is_offered_exactly_the_seats_that_are_taken(app: FastAPI) -> None:
    grid = f"{WEST}201001"
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        county = (await admin.get("/api/admin/seats")).json()
        assert [one["code"] for one in county["below"]] == [WEST, EAST]
        assert county["passwords"] == {"shortest": 10, "longest": 200}
        assert [one["id"] for one in county["desks"]] == [COUNTY, f"{COUNTY}/police"]
        for area in (COUNTY, WEST, f"{WEST}201", grid):
            answer = (await admin.get("/api/admin/seats", params={"area": area})).json()
            desks = [one["id"] for one in answer["desks"]]
            for choice in answer["roles"]:
                if not choice["password"]:
                    continue
                for desk in desks:
                    body = new_account(area, choice["role"], desk=desk, password="weak")
                    code = (await admin.post("/api/admin/accounts", json=body)).json()["code"]
                    # A password too weak is the last thing that is looked at.
                    assert code == ("weak_password" if desk in choice["desks"] else "bad_seat"), body
        (unit,) = (await admin.get("/api/admin/seats", params={"area": grid})).json()["units"]
        assert (unit["id"], unit["crew"]) == (f"grid.{grid}", [])
        nowhere = await admin.get("/api/admin/seats", params={"area": f"{COUNTY}199"})
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_area")


async def test_an_administrator_keeps_his_seat_and_demonstration_accounts_stay_as_they_are(
    app: FastAPI,
) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as first:
        made = (await first.post("/api/admin/accounts", json=new_account(COUNTY, "admin"))).json()["account"]
    new = NewAccount("demo", "示意", Role.LEADER, COUNTY, COUNTY, demonstration=True)
    shown = await create_account(app.state.db, new, PASSWORD, now())
    async with browser(app) as admin:
        body = {"username": "zhang", "password": PASSWORD}
        entered = await admin.post("/api/session", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        admin.headers["X-CSRF-Token"] = entered.json()["csrf"]
        (mine,) = (await admin.get("/api/admin/sessions")).json()["sessions"]
        assert (mine["own"], mine["name"], mine["role"]) == (True, "张三", "admin")
        seat = {"role": "leader", "area": WEST}
        for account_id, status, code in (
            (made["id"], 422, "own_account"),
            (shown, 409, "demonstration_account"),
        ):
            at = f"/api/admin/accounts/{account_id}"
            for refused in (await admin.delete(at), await admin.put(at + "/role", json=seat)):
                assert (refused.status_code, refused.json()["code"]) == (status, code)
        changed = await admin.put(f"/api/admin/accounts/{shown}/password", json={"password": PASSWORD})
        assert changed.json()["code"] == "demonstration_account"
        assert (
            await admin.put(f"/api/admin/accounts/{made['id']}/password", json={"password": "short"})
        ).json()["code"] == "weak_password", "his own password is his to change"


async def test_an_administrator_of_a_township_reaches_no_further_and_nobody_else_reaches_anything(
    app: FastAPI,
) -> None:
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        other = (await admin.post("/api/admin/accounts", json=new_account(EAST))).json()["account"]
        token = {"name": "x", "role": "device", "area": EAST}
        foreign = {
            "tokens": (await admin.post("/api/admin/tokens", json=token)).json()["id"],
            "kiosks": (await admin.post("/api/admin/kiosks", json={"name": "厅", "area": EAST})).json()["id"],
        }
        await logged_in(app)
        (session,) = (await admin.get("/api/admin/sessions")).json()["sessions"]
    async with browser(app, **await as_role(app, Role.ADMIN, WEST)) as township:
        assert (await township.get("/api/admin/accounts")).json() == {
            "accounts": [],
            "total": 0,
            "next": None,
        }
        for path in ("accounts", "seats"):
            refused = await township.get(f"/api/admin/{path}", params={"area": EAST})
            assert (refused.status_code, refused.json()["code"]) == (403, "not_your_area")
        at = f"/api/admin/accounts/{other['id']}"
        assert (await township.get(at)).status_code == (await township.delete(at)).status_code == 404
        assert (await township.put(f"{at}/password", json={"password": PASSWORD})).status_code == 404
        for area in (EAST, COUNTY):
            refused = await township.post("/api/admin/accounts", json=new_account(area, username="li"))
            assert (refused.status_code, refused.json()["code"]) == (403, "not_your_area")
        for role in ("system", "kiosk"):
            assert (
                await township.post("/api/admin/accounts", json=new_account(role=role))
            ).status_code == 422
        questions: tuple[dict[str, str], ...] = ({}, {"text": "厅"}, {"state": "all", "limit": "500"})
        for path, thing in foreign.items():
            for asked in questions:
                told = (await township.get(f"/api/admin/{path}", params=asked)).json()
                assert thing not in str(told), path
            assert (await township.delete(f"/api/admin/{path}/{thing}")).status_code == 404
        assert (await township.get("/api/admin/sessions", params={"text": "zhang"})).json()["total"] == 0
        assert (
            await township.delete(f"/api/admin/sessions/{session['id']}")
        ).status_code == 204  # as if over
        assert (await township.get("/api/looks")).json()["looks"] == []  # what the county did is the county's
    async with browser(app, **await as_role(app, Role.ADMIN)) as admin:
        assert (await admin.get("/api/admin/sessions")).json()["total"] == 1, "and it is not"
    for role in (Role.DISPATCHER, Role.LEADER, Role.AUDITOR, Role.KIOSK):
        async with browser(app, **await as_role(app, role)) as person:
            for path in ("accounts", f"accounts/{other['id']}", "seats", "tokens", "kiosks", "sessions"):
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
