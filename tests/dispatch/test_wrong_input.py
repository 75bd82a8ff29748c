"""Wrong input and faults at the API: each is answered so that its sender knows what to do, and nothing is half done."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from dispatch.rules.cleaning import clean
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, load_small_county
from wall_ui.application import create_app

REPORT = {"text": "路灯不亮", "category": "power_water", "area_code": f"{WEST}201001"}
ODD = (
    "😀🚒",
    "路\u200b灯\ufeff",
    "\u202eabc\u2066",
    "e\u0301",
    "𠮷野家",
    "<script>alert(1)</script>",
    "'; drop table cases; --",
)


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner)
    built = create_app(Settings(wall_var=tmp_path), urls.app)
    async with built.router.lifespan_context(built):
        yield built


async def way_in(app: FastAPI, role: Role = Role.DISPATCHER, area: str = COUNTY) -> dict[str, str]:
    return {"Authorization": f"Bearer {await create_token(app.state.db, role, area, 'someone', now())}"}


async def a_case(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/cases", json=REPORT)).json()["case"]["id"])


async def test_of_two_conflicting_moves_at_once_one_wins_and_the_other_is_told_what_changed(
    app: FastAPI,
) -> None:
    township = await way_in(app, Role.DUTY_OFFICER, WEST)
    for _ in range(5):
        async with browser(app, **township) as one, browser(app, **township) as other:
            at = f"/api/cases/{await a_case(one)}"
            moves = (
                {"move": "accept"},
                {"move": "refuse", "reason": "不属本辖区", "where_to_turn": "县医院"},
            )
            first, second = await asyncio.gather(
                *(client.post(f"{at}/moves", json={**move, "expected_version": 1})
                  for client, move in zip((one, other), moves, strict=True))
            )  # fmt: skip
            lost = max(first, second, key=lambda answer: answer.status_code)
            assert sorted((first.status_code, second.status_code)) == [200, 412]
            assert lost.json()["code"] == "stale_version"
            now_it_is = (await one.get(at)).json()["case"]
            assert lost.json()["case"] == now_it_is
            assert now_it_is["version"] == 2


async def test_the_same_request_three_times_is_done_once_and_answered_alike(app: FastAPI) -> None:
    async with browser(app, **await way_in(app)) as client:
        key = {"Idempotency-Key": str(uuid4())}
        answers = await asyncio.gather(
            *(client.post("/api/cases", json=REPORT, headers=key) for _ in range(3))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        other = await client.post("/api/cases", json={**REPORT, "text": "别的事"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        assert len((await client.get("/api/cases")).json()["cases"]) == 1


async def test_a_key_of_one_case_does_not_answer_for_another(app: FastAPI) -> None:
    async with browser(app, **await way_in(app)) as client:
        first, second = [f"/api/cases/{await a_case(client)}" for _ in range(2)]
        header, move = {"Idempotency-Key": str(uuid4())}, {"move": "note", "text": "已联系"}
        assert (await client.post(f"{first}/moves", json=move, headers=header)).status_code == 200
        other = await client.post(f"{second}/moves", json=move, headers=header)
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        assert (await client.get(second)).json()["case"]["version"] == 1


async def test_strangers_keys_are_not_to_be_guessed_for_they_bring_the_query_code(app: FastAPI) -> None:
    async with browser(app) as stranger:
        for key, status in (("my-report-1", 422), (str(uuid4()), 201)):
            told = await stranger.post("/api/cases", json=REPORT, headers={"Idempotency-Key": key})
            assert told.status_code == status, told.text
        assert (
            "made by chance"
            in (
                await stranger.post("/api/cases", json=REPORT, headers={"Idempotency-Key": "my-report-1"})
            ).json()["detail"]
        )


@pytest.mark.parametrize("odd", ODD)
async def test_odd_letters_are_kept_and_what_nobody_sees_is_taken_out(app: FastAPI, odd: str) -> None:
    async with browser(app, **await way_in(app)) as client:
        made = await client.post("/api/cases", json={**REPORT, "text": f"说{odd}完"})
        assert made.status_code == 201
        sheet = (await client.get(f"/api/cases/{made.json()['case']['id']}")).json()
        assert sheet["reports"][0]["text"] == clean(f"说{odd}完")


async def test_what_no_text_may_hold_is_refused_in_words(app: FastAPI) -> None:
    async with browser(app, **await way_in(app)) as client:
        at = f"/api/cases/{await a_case(client)}"
        for text, status in (("x" * (10 << 20), 413), ("x" * 4001, 422), ("\x00\u200b", 422), ("   ", 422)):
            for path, body in (
                ("/api/cases", {**REPORT, "text": text}),
                (f"{at}/moves", {"move": "note", "text": text}),
            ):
                refused = await client.post(path, json=body)
                assert refused.status_code == status, (path, text[:5], refused.text[:200])
                assert len(refused.json()["detail"]) > 10
        for text in ("a\x00b", "\x00\x00"):
            refused = await client.get("/api/cases", params={"text": text})
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
        lone = await client.post(
            "/api/cases", content=b'{"text":"\\ud800","category":"help","area_code":"620821"}'
        )
        assert lone.status_code == 422


async def test_a_refusal_of_a_body_or_a_key_reads_as_a_sentence(app: FastAPI) -> None:
    async with browser(app, **await way_in(app)) as client:
        json = {"Content-Type": "application/json"}
        broken = await client.post("/api/cases", content=b'{"text": oops}', headers=json)
        assert broken.json()["errors"][0]["field"] == "body"
        assert "the body is not valid JSON at character 9" in broken.json()["detail"]
        short = await client.post("/api/cases", json=REPORT, headers={"Idempotency-Key": "k1"})
        assert "`Idempotency-Key` must have at least 8 characters" in short.json()["detail"]
        wrong = {"text": "\u200b", "area_code": "6208", "reporter": {"phone": "手机", "name": "张" * 61}}
        said = [one["problem"] for one in (await client.post("/api/cases", json=wrong)).json()["errors"]]
        assert said == [
            "`text` must not be empty",
            "`area_code` must have the form ^[0-9]{6}([0-9]{3}){0,3}$",
            "`reporter.name` must have at most 60 characters, not 61",
            "`reporter.phone` must have the form ^[0-9+() -]{3,24}$",
        ]


async def test_bodies_and_moments_at_the_ends_of_what_there_is_are_refused_in_words(app: FastAPI) -> None:
    async with browser(app, **await way_in(app)) as client:
        json = {"Content-Type": "application/json"}
        for body in ('{"text": "村口"}'.encode("gb18030"), b"[" * 200_000, b'{"text":' + b"9" * 5000 + b"}"):
            refused = await client.post("/api/cases", content=body, headers=json)
            assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
            assert "JSON in UTF-8" in refused.json()["detail"]
        for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
            for path in ("/api/cases", "/api/accounts"):
                refused = await client.get(path, params={"from": moment})
                assert "`from` must lie within the years 1 to 9999" in refused.json()["detail"]
            cursor = urlsafe_b64encode(f"{moment} {uuid4()}".encode()).decode()
            for path, mark in (
                ("/api/cases", cursor),
                ("/api/accounts", "1" + cursor),
                ("/api/practices", cursor),
            ):
                refused = await client.get(path, params={"cursor": mark})
                assert (refused.status_code, refused.json()["code"]) == (422, "bad_cursor")
        at = f"/api/cases/{await a_case(client)}/moves"
        late = {
            "move": "ask_suspend",
            "cause": "weather",
            "until": "9999-12-31T23:59:59-23:59",
            "reason": "雨",
        }
        assert (await client.post(at, json=late)).status_code == 422


async def test_a_foreign_case_takes_as_long_as_one_that_there_is_not(app: FastAPI) -> None:
    """The two queries find no row alike; measured so that a difference of a whole query would show."""
    async with browser(app, **await way_in(app)) as county:
        foreign = await a_case(county)
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, EAST)) as client:
        taken: dict[str, list[float]] = {foreign: [], str(uuid4()): []}
        for _ in range(40):
            for case_id, times in taken.items():
                began = perf_counter()
                answer = await client.get(f"/api/cases/{case_id}")
                times.append(perf_counter() - began)
                assert answer.status_code == 404
    there, not_there = (median(times) for times in taken.values())
    assert 0.5 < there / not_there < 2
