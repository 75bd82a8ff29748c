"""Proposals and places over HTTP: what a caller gets, and that nobody learns of what he may not see."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from dispatch.actions.cases import NewReport, report_case
from dispatch.api.allowance import Allowance
from dispatch.rules.vocabulary import Source
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, centre_of, load_small_county
from wall_ui.application import create_app

CAMERA_WEST, CAMERA_EAST = "62082101001310300001", "62082102001310300001"
WORDS = "西南村麦草垛着火了，火大得很"


@dataclass(frozen=True, slots=True)
class House:
    """The application and ways into it."""

    app: FastAPI
    owner: str

    async def header(self, role: Role, area: str) -> dict[str, str]:
        """Return the header of a token."""
        return {
            "Authorization": f"Bearer {await create_token(self.app.state.db, role, area, 'taker', now())}"
        }

    async def post(
        self, role: Role, area: str, path: str, body: dict[str, Any], **headers: str
    ) -> httpx.Response:
        """Post as somebody."""
        async with browser(self.app, **await self.header(role, area), **headers) as client:
            return await client.post(path, json=body)

    async def get(self, role: Role, area: str, path: str) -> httpx.Response:
        """Get as somebody."""
        async with browser(self.app, **await self.header(role, area)) as client:
            return await client.get(path)

    async def happens(self, township: str, **changes: Any) -> str:
        """Let a fire be reported in a township; return the case's id."""
        grid = f"{township}201001"
        lon, lat = centre_of(grid)
        values: dict[str, Any] = {
            "category": "fire",
            "text": "村里麦草垛着火了",
            "lon": lon,
            "lat": lat,
            "area_code": grid,
            "source": Source.HOTLINE,
            "reporter_phone": f"100{township}7",
        }
        case = await report_case(self.app.state.db, SYSTEM, NewReport(**(values | changes)), now())
        return case.case["id"]


@pytest.fixture
async def house(urls: ClusterUrls) -> AsyncIterator[House]:
    """Two townships with a camera in each."""
    load_small_county(urls.owner)
    with psycopg.connect(urls.owner) as tx:
        for code, township in ((CAMERA_WEST, WEST), (CAMERA_EAST, EAST)):
            lon, lat = centre_of(f"{township}201001")
            tx.execute(
                "insert into cameras (code, data_set_id, area_code, name, kind, health, geom)"
                " select %s, id, %s, %s, 'road', 'online', ST_SetSRID(ST_MakePoint(%s, %s), 4326) from data_sets",
                (code, f"{township}201001", f"{township}路口01号", lon, lat),
            )
    app = create_app(Settings(), urls.app)
    async with app.router.lifespan_context(app):
        yield House(app, urls.owner)


async def propose(house: House, role: Role, area: str, **body: Any) -> dict[str, Any]:
    answer = await house.post(role, area, "/api/intake/proposal", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_text_proposes_category_priority_place_and_what_is_open_there(house: House) -> None:
    case = await house.happens(WEST)
    found = await propose(house, Role.DISPATCHER, COUNTY, text=WORDS + "，有老人没出来")
    assert found["categories"][0]["category"] == "fire"
    assert "着火" in found["categories"][0]["words"]
    assert found["priority"]["priority"] == 1
    assert found["places"][0]["area_code"] == f"{WEST}201"
    assert "西南村" in found["places"][0]["reason"]
    assert found["duplicates"][0]["case"]["id"] == case
    assert "都提到" in found["duplicates"][0]["reason"]


async def test_what_was_set_by_hand_is_believed(house: House) -> None:
    case = await house.happens(EAST)
    lon, lat = centre_of(f"{EAST}201001")
    by_hand = await propose(house, Role.DISPATCHER, COUNTY, text=WORDS, category="fire", lon=lon, lat=lat)
    assert by_hand["duplicates"][0]["case"]["id"] == case
    nowhere = await propose(house, Role.DISPATCHER, COUNTY, text="喂")
    assert nowhere == {"categories": [], "nothing": False, "priority": None, "places": [], "duplicates": []}
    mistaken = await propose(house, Role.DISPATCHER, COUNTY, text="打错了")
    assert mistaken["nothing"]


async def test_nobody_is_told_of_a_case_or_a_camera_beyond_his_sight(house: House) -> None:
    foreign = await house.happens(EAST)
    lon, lat = centre_of(f"{EAST}201001")
    body = {"text": f"东南村麦草垛着火了，监控{CAMERA_EAST}", "lon": lon, "lat": lat}
    for area in (WEST, f"{WEST}201"):
        role = Role.DUTY_OFFICER if area == WEST else Role.VILLAGE_OFFICER
        found = await propose(house, role, area, **body)
        assert found["duplicates"] == []
        assert foreign not in str(found)
        assert not [one for one in found["places"] if one["kind"] == "camera"]
        places = await house.get(role, area, f"/api/places?q={CAMERA_EAST}")
        assert places.json() == {"places": []}
    own = await propose(house, Role.DUTY_OFFICER, EAST, **body)
    assert own["duplicates"][0]["case"]["id"] == foreign
    assert own["places"][0]["kind"] == "camera"


async def test_who_reads_no_personal_data_learns_of_no_words(house: House) -> None:
    await house.happens(EAST)
    lon, lat = centre_of(f"{EAST}201001")
    found = await propose(house, Role.DEVICE, COUNTY, text=WORDS, lon=lon, lat=lat)
    assert found["duplicates"] == []
    for role in (Role.LEADER, Role.KIOSK, Role.AUDITOR):
        answer = await house.post(role, COUNTY, "/api/intake/proposal", {"text": WORDS})
        assert answer.status_code == 403
        assert answer.json()["code"] in ("not_of_your_role", "read_only")


async def test_the_names_are_read_again_when_the_rows_have_changed(house: House) -> None:
    assert (await house.get(Role.DISPATCHER, COUNTY, "/api/places?q=大戏台")).json()["places"] == []
    with psycopg.connect(house.owner) as tx:
        tx.execute(
            "insert into pois (data_set_id, area_code, name, kind, geom)"
            " select id, %s, '西镇大戏台', 'stage', ST_SetSRID(ST_MakePoint(107.3, 35.25), 4326) from data_sets",
            (f"{WEST}201001",),
        )
    house.app.state.names._looked_at = None  # as though some seconds had gone by
    found = (await house.get(Role.DISPATCHER, COUNTY, "/api/places?q=大戏台")).json()["places"]
    assert [one["name"] for one in found] == ["西镇大戏台"]


async def test_a_question_without_words_is_refused(house: House) -> None:
    answer = await house.get(Role.DISPATCHER, COUNTY, "/api/places?q=%20")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_query")


async def test_a_case_names_the_live_cases_that_tell_the_same_in_the_callers_sight_alone(
    house: House,
) -> None:
    first, second = await house.happens(EAST), await house.happens(EAST, text="麦草垛着火了快来人")
    other = await house.happens(EAST, category="noise", text="广场舞太吵")
    path = f"/api/cases/{second}/duplicates"
    found = (await house.get(Role.DISPATCHER, COUNTY, path)).json()["duplicates"]
    assert [one["case"]["id"] for one in found] == [first]
    assert "类别相同" in found[0]["reason"]
    assert other not in str(found)
    assert (await house.get(Role.LEADER, COUNTY, path)).json() == {"duplicates": []}
    assert (await house.get(Role.DUTY_OFFICER, WEST, path)).status_code == 404
    move = {"move": "merge", "into": first, "reason": found[0]["reason"]}
    await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{second}/moves", move)
    assert (await house.get(Role.DISPATCHER, COUNTY, path)).json() == {"duplicates": []}


REPEAT = {"text": "我也看见麦草垛着了", "reporter": {"name": "赵师傅", "phone": "1380000"}}


async def test_a_repeat_caller_joins_the_live_case_with_a_code_of_his_own(house: House) -> None:
    case = await house.happens(EAST)
    joined = await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/reports", REPEAT)
    assert joined.status_code == 201, joined.text
    told = joined.json()
    assert (told["case"]["id"], told["case"]["joined"], told["case"]["version"]) == (case, 1, 2)
    assert (told["report"]["status"], told["report"]["merged_into"]) == ("merged", case)
    sheet = (await house.get(Role.DISPATCHER, COUNTY, f"/api/cases/{case}")).json()
    assert [one["text"] for one in sheet["reports"]] == ["村里麦草垛着火了", REPEAT["text"]]
    assert [one["kind"] for one in sheet["history"]] == ["case.report", "case.join"]
    async with browser(house.app) as citizen:
        own = (await citizen.get(f"/api/reports/{told['query_code']}")).json()
    assert (own["number"], own["status"]) == (told["report"]["number"], "pending")
    assert sheet["case"]["number"] not in str(own)
    assert sheet["case"]["reported_at"] not in str(own)


async def test_who_only_joined_neither_withdraws_nor_rates_the_others_case(house: House) -> None:
    case = await house.happens(EAST)
    told = (await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/reports", REPEAT)).json()
    async with browser(house.app) as citizen:
        path = f"/api/reports/{told['query_code']}"
        assert (await citizen.get(path)).json()["may"] == []
        for what, body in (("cancel", {"reason": "不用了"}), ("rating", {"score": 1})):
            answer = await citizen.post(f"{path}/{what}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (409, "report_joined")
    sheet = (await house.get(Role.DISPATCHER, COUNTY, f"/api/cases/{case}")).json()
    assert sheet["case"]["status"] == "pending"


async def test_a_repeat_that_was_none_is_taken_out_again_with_one_move(house: House) -> None:
    case = await house.happens(EAST)
    told = (await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/reports", REPEAT)).json()
    move = {"move": "unmerge", "reason": "不是一件事", "expected_version": told["report"]["version"]}
    out = await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{told['report']['id']}/moves", move)
    assert out.status_code == 200, out.text
    assert (out.json()["case"]["status"], out.json()["case"]["merged_into"]) == ("pending", None)
    assert {clock["stopped_at"] for clock in out.json()["case"]["clocks"]} == {None}
    sheet = (await house.get(Role.DISPATCHER, COUNTY, f"/api/cases/{case}")).json()
    assert sheet["case"]["joined"] == 0
    assert [one["text"] for one in sheet["reports"]] == ["村里麦草垛着火了"]


async def test_the_same_repeat_sent_twice_joins_once(house: House) -> None:
    case = await house.happens(EAST)
    header = {**await house.header(Role.DISPATCHER, COUNTY), "Idempotency-Key": "repeat-0001"}
    async with browser(house.app, **header) as client:
        first = await client.post(f"/api/cases/{case}/reports", json=REPEAT)
        again = await client.post(f"/api/cases/{case}/reports", json=REPEAT)
    assert first.json() == again.json()
    assert again.json()["case"]["joined"] == 1


async def test_nobody_joins_a_case_that_he_cannot_see_or_that_is_finished(house: House) -> None:
    case = await house.happens(EAST)
    foreign = await house.post(Role.DUTY_OFFICER, WEST, f"/api/cases/{case}/reports", REPEAT)
    nothing = await house.post(
        Role.DUTY_OFFICER, WEST, "/api/cases/7d9f8a52-0000-4000-8000-000000000000/reports", REPEAT
    )
    assert (foreign.status_code, foreign.json()["code"]) == (nothing.status_code, nothing.json()["code"])
    assert foreign.status_code == 404
    await house.post(
        Role.DISPATCHER, COUNTY, f"/api/cases/{case}/moves", {"move": "cancel", "reason": "误报"}
    )
    late = await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/reports", REPEAT)
    assert (late.status_code, late.json()["code"]) == (409, "target_not_open")


async def test_a_citizens_report_joins_by_itself_only_where_the_county_wants_it_and_tells_him_nothing(
    house: House,
) -> None:
    case = await house.happens(EAST)
    lon, lat = centre_of(f"{EAST}201001")
    body = {"text": "村里麦草垛着火了，快来", "category": "fire", "lon": lon, "lat": lat}
    async with browser(house.app) as citizen:
        alone = (await citizen.post("/api/cases", json=body)).json()["case"]
        house.app.state.settings = Settings(wall_join_repeats=True)
        header = {"Idempotency-Key": str(uuid4())}
        told = (await citizen.post("/api/cases", json=body, headers=header)).json()
        again = (await citizen.post("/api/cases", json=body, headers=header)).json()
        other = body | {"text": "村里停水了", "category": "power_water"}
        different = (await citizen.post("/api/cases", json=other)).json()["case"]
        own = (await citizen.get(f"/api/reports/{told['query_code']}")).json()
    assert told == again
    assert (told["case"]["status"], told["case"]["merged_into"]) == ("pending", None)
    assert case not in str(told)
    assert alone["id"] not in str(told)
    assert own["number"] == told["case"]["number"]
    sheet = (await house.get(Role.DISPATCHER, COUNTY, f"/api/cases/{told['case']['id']}")).json()["case"]
    assert sheet["status"] == "merged"
    assert different["status"] == "pending"
    async with browser(house.app, **await house.header(Role.DISPATCHER, COUNTY)) as client:
        listed = (await client.get("/api/cases?open=1")).json()["cases"]
    assert {one["id"] for one in listed} == {case, alone["id"], different["id"]}


async def alarms(house: House, area: str = EAST, **body: Any) -> httpx.Response:
    return await house.post(Role.DEVICE, area, "/api/alarms", {"device": CAMERA_EAST, "type": "fire"} | body)


async def test_a_devices_alarm_becomes_a_case_at_its_camera_and_told_again_joins_it(house: House) -> None:
    first = await alarms(house)
    assert first.status_code == 201, first.text
    case = first.json()["case"]
    assert (case["category"], case["priority"], case["source"]) == ("fire", 1, "device")
    assert case["area_code"] == f"{EAST}201001"
    again = (await alarms(house, text="火势变大")).json()
    assert (again["joined"], again["case"]["id"], again["case"]["joined"]) == (True, case["id"], 1)
    other = (await alarms(house, type="gb28181:5/6")).json()
    assert (other["joined"], other["case"]["category"]) == (False, "public_order")


async def test_the_same_alarm_sent_twice_with_one_key_is_taken_in_once(house: House) -> None:
    header = {**await house.header(Role.DEVICE, EAST), "Idempotency-Key": "alarm-00001"}
    async with browser(house.app, **header) as client:
        first, again = [
            await client.post("/api/alarms", json={"device": CAMERA_EAST, "type": "fire"}) for _ in range(2)
        ]
    assert first.json() == again.json()
    assert again.json()["joined"] is False


async def test_an_alarm_that_is_wrong_is_refused_with_what_to_do(house: House) -> None:
    for body, status, code in (
        ({"type": "earthquake"}, 422, "no_such_alarm"),
        ({"device": CAMERA_WEST}, 404, "no_such_device"),
        ({"device": "x-1", "lon": 107.5}, 422, "half_a_place"),
        ({"at": "2020-01-01T00:00:00Z"}, 422, "stale_alarm"),
        ({"lon": 10.0, "lat": 10.0}, 422, "outside_county"),
        ({"device": "a b"}, 422, "invalid_input"),
    ):
        answer = await alarms(house, **body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    person = await house.post(Role.DISPATCHER, COUNTY, "/api/alarms", {"device": CAMERA_EAST, "type": "fire"})
    assert (person.status_code, person.json()["code"]) == (403, "not_of_your_role")


async def test_a_stuck_sensor_is_slowed_down(house: House) -> None:
    house.app.state.alarm_allowance = Allowance(
        0.001, 3
    )  # refilled too slowly for this machine's haste to matter
    header = await house.header(Role.DEVICE, EAST)
    async with browser(house.app, **header) as client:
        body = {"device": CAMERA_EAST, "type": "gas"}
        answers = [await client.post("/api/alarms", json=body) for _ in range(6)]
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) == 3
    assert refused[0].headers["Retry-After"]
    assert refused[0].json()["code"] == "too_many_alarms"
    assert len({one.json()["case"]["id"] for one in answers if one.status_code == 201}) == 1


async def test_every_door_names_its_source(house: House) -> None:
    lon, lat = centre_of(f"{EAST}201001")
    body = {"text": "路灯不亮", "category": "power_water", "lon": lon, "lat": lat}
    for role, area, named, source in (
        (Role.DISPATCHER, COUNTY, {}, "console"),
        (Role.DISPATCHER, COUNTY, {"source": "hotline"}, "hotline"),
        (Role.GRID_OFFICER, f"{EAST}201", {}, "grid_officer"),
        (Role.DEVICE, EAST, {}, "device"),
        (Role.DEVICE, EAST, {"source": "hotline"}, "hotline"),
    ):
        answer = await house.post(role, area, "/api/cases", body | named)
        assert answer.status_code == 201, answer.text
        assert answer.json()["case"]["source"] == source
    async with browser(house.app) as citizen:
        answer = await citizen.post("/api/cases", json=body)
    assert answer.json()["case"]["source"] == "citizen"


async def test_raising_the_alarm_is_one_move_and_the_plan_grows(house: House) -> None:
    case = await house.happens(EAST)
    path = f"/api/cases/{case}/recommendation"
    plan = (await house.get(Role.DISPATCHER, COUNTY, path)).json()["plan"]
    assert plan["level"] == 3
    assert {need["kind"]: need["wanted"] for need in plan["needs"]}["patrol"] == 1
    patrol = next(need for need in plan["needs"] if need["kind"] == "patrol")
    assert (patrol["lacking"], "没有此类力量" in patrol["reason"]) == (1, True)
    officers = next(need for need in plan["needs"] if need["kind"] == "grid_officer")
    assert "无近时定位" in officers["reason"]
    raised = await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/moves", {"move": "raise_alarm"})
    assert raised.json()["case"]["alarm_level"] == 2
    grown = (await house.get(Role.DISPATCHER, COUNTY, path)).json()["plan"]
    assert {need["kind"]: need["wanted"] for need in grown["needs"]}["patrol"] == 2
    await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/moves", {"move": "raise_alarm"})
    over = await house.post(Role.DISPATCHER, COUNTY, f"/api/cases/{case}/moves", {"move": "raise_alarm"})
    assert (over.status_code, over.json()["code"]) == (409, "highest_level")
    down = await house.post(
        Role.DISPATCHER, COUNTY, f"/api/cases/{case}/moves", {"move": "raise_alarm", "level": 3}
    )
    assert down.json()["case"]["alarm_level"] == 3


async def test_a_text_is_kept_without_what_nobody_sees_and_too_long_a_one_is_refused(house: House) -> None:
    lon, lat = centre_of(f"{EAST}201001")
    said = "\u202e着\u200b火\x00了🔥👨\u200d👩\u200d👧‍\ufeff\u2066 שלום"
    body = {"text": said, "category": "fire", "lon": lon, "lat": lat, "reporter": {"name": "\u202e王\u0000"}}
    answer = await house.post(Role.DISPATCHER, COUNTY, "/api/cases", body)
    assert answer.status_code == 201, answer.text
    case = answer.json()["case"]["id"]
    sheet = (await house.get(Role.DISPATCHER, COUNTY, f"/api/cases/{case}")).json()
    assert sheet["reports"][0]["text"] == "着火了🔥👨\u200d👩\u200d👧\u200d שלום"
    assert sheet["reports"][0]["reporter_name"] == "王"
    unseen = await house.post(Role.DISPATCHER, COUNTY, "/api/cases", body | {"text": "\u200b\u202e\x00"})
    assert (unseen.status_code, unseen.json()["code"]) == (422, "invalid_input")
    for much, status in ((5_000, 422), (10_000_000, 413)):
        long = await house.post(Role.DISPATCHER, COUNTY, "/api/cases", body | {"text": "水" * much})
        assert long.status_code == status
        assert len(long.text) < 2_000
