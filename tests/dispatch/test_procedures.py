"""Procedures on a real database: ticked off by those who work on a case, told to the log, asked for at the result."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from dispatch.actions.cases import make_move, report_case
from dispatch.actions.procedures import tick_step
from dispatch.api import oversight, problems, procedures, reports
from dispatch.procedures import ticks_of
from dispatch.queries import case_texts
from dispatch.rulebook import load_rulebook
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Finding, Move
from gis.actor import SYSTEM, Actor
from gis.database import Database
from gis.errors import InvalidInput, MoveNotAllowed, NotFound, NotYourMove
from tests.dispatch.county import (
    OTHER_TOWN,
    START,
    TOWN,
    VILLAGE,
    a_report,
    duty_officer,
    grid_officer,
    leader,
    stranger,
    village_officer,
)
from tests.dispatch.test_warnings import As

BOOK = load_rulebook()


async def a_case(db: Database) -> UUID:
    made = await report_case(db, stranger(), a_report(), START)
    return UUID(made.case["id"])


def client_of(db: Database, actor: Actor) -> httpx.AsyncClient:
    app = FastAPI()
    app.state.db, app.state.book = db, BOOK
    problems.install(app)
    for router in (procedures.router, oversight.router, reports.router):
        app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=As(app, actor)), base_url="http://wall.test")


async def test_a_step_is_ticked_once_and_the_log_says_by_whom(county: Database) -> None:
    case_id, officer = await a_case(county), village_officer()
    for _ in range(2):
        await tick_step(county, BOOK, officer, case_id, "hear", True, START)
    async with county.read(SYSTEM) as tx:
        assert list(await ticks_of(tx, case_id)) == ["hear"]
        facts = (
            await tx.execute(text("select kind, actor, version from log_events where kind like 'case.%tick'"))
        ).all()
    assert [(one.kind, one.actor["desk"], one.version) for one in facts] == [("case.tick", VILLAGE, 1)]
    await tick_step(county, BOOK, officer, case_id, "hear", False, START)
    async with county.read(SYSTEM) as tx:
        assert await ticks_of(tx, case_id) == {}


async def test_only_who_works_on_it_ticks_and_only_while_it_is_open(county: Database) -> None:
    case_id = await a_case(county)
    with pytest.raises(NotYourMove):
        await tick_step(county, BOOK, leader(), case_id, "hear", True, START)
    with pytest.raises(NotFound):
        await tick_step(county, BOOK, duty_officer(OTHER_TOWN), case_id, "hear", True, START)
    with pytest.raises(InvalidInput, match="calm, hear"):
        await tick_step(county, BOOK, grid_officer(), case_id, "call119", True, START)
    await tick_step(county, BOOK, duty_officer(), case_id, "hear", True, START)
    await make_move(county, village_officer(), case_id, Command(Move.CANCEL, reason="误报"), None, START)
    with pytest.raises(MoveNotAllowed):
        await tick_step(county, BOOK, village_officer(), case_id, "calm", True, START)


async def test_a_sheet_shows_the_steps_with_the_texts_that_they_point_to(county: Database) -> None:
    case_id = await a_case(county)
    async with client_of(county, village_officer()) as client:
        told = await client.post(f"/api/cases/{case_id}/steps", json={"step": "mediate"})
        assert told.status_code == 200, told.text
        steps = {one["key"]: one for one in told.json()["procedure"]["steps"]}
        assert steps["mediate"]["tick"]["actor_desk"] == VILLAGE
        assert steps["mediate"]["see"]["key"] == "township.3"
        assert steps["hear"]["tick"] is None
        assert told.json()["may_tick"] is True
        handbook = (await client.get("/api/handbook")).json()
    assert {len(tier) for tier in handbook["duties"].values()} == {12}
    async with client_of(county, leader()) as client:
        assert (await client.get(f"/api/cases/{case_id}/procedure")).json()["may_tick"] is False


async def test_why_required_steps_were_left_open_is_kept_with_the_case(county: Database) -> None:
    case_id, officer = await a_case(county), village_officer()
    await make_move(county, officer, case_id, Command(Move.ACCEPT), None, START)
    await make_move(county, officer, case_id, Command(Move.START), None, START)
    done = Command(Move.RESOLVE, result="双方和解", without_steps="电话调解，未到场")
    await make_move(county, officer, case_id, done, None, START)
    async with county.read(SYSTEM) as tx:
        kept = {one["kind"]: one["text"] for one in await case_texts(tx, case_id)}
    assert kept["without_steps"] == "电话调解，未到场"


async def test_accounts_are_listed_with_what_was_found_open_ones_first(county: Database) -> None:
    ids = [await a_case(county), await a_case(county)]
    for case_id in ids:
        await make_move(
            county, village_officer(), case_id, Command(Move.ESCALATE, reason="超出能力"), None, START
        )
        await make_move(county, duty_officer(), case_id, Command(Move.TAKE), None, START)
        await make_move(
            county, leader(), case_id, Command(Move.CALL_TO_ACCOUNT, hop=0, reason="拖延"), None, START
        )
    settled = Command(Move.SETTLE_ACCOUNT, hop=0, finding=Finding.REMINDED)
    await make_move(county, leader(), ids[1], settled, None, START)
    async with client_of(county, leader()) as client:
        listed = (await client.get("/api/accounts")).json()["accounts"]
        assert [(one["case_id"], one["desk"], one["finding"]) for one in listed] == [
            (str(ids[0]), VILLAGE, None),
            (str(ids[1]), VILLAGE, "reminded"),
        ]
        assert len((await client.get("/api/accounts?open=true")).json()["accounts"]) == 1
        first = (await client.get("/api/accounts?limit=1")).json()
        second = (await client.get("/api/accounts", params={"limit": 1, "cursor": first["next"]})).json()
        assert (first["accounts"] + second["accounts"], second["next"]) == (listed, None)
        for asked, left in (
            ({"finding": "reminded"}, 1),
            ({"desk": VILLAGE, "area": VILLAGE}, 2),
            ({"desk": OTHER_TOWN}, 0),
            ({"from": (START + timedelta(hours=1)).isoformat()}, 0),
            ({"to": (START + timedelta(hours=1)).isoformat()}, 2),
        ):
            narrowed = await client.get("/api/accounts", params=asked)
            assert len(narrowed.json()["accounts"]) == left, asked
        for wrong in ({"cursor": "1x"}, {"colour": "red"}, {"finding": "none"}):
            assert (await client.get("/api/accounts", params=wrong)).status_code == 422
        none = (await client.get("/api/figures/ratings")).json()
        assert none["total"]["n"] == 0
    async with client_of(county, duty_officer(OTHER_TOWN)) as client:
        assert (await client.get("/api/accounts")).json()["accounts"] == []
    async with client_of(county, grid_officer()) as client:
        assert (await client.get("/api/accounts")).status_code == 403


async def test_ratings_are_figured_by_township(county: Database) -> None:
    case_id = await a_case(county)
    async with county.transaction(SYSTEM) as tx:
        rated = text("insert into ratings (case_id, at, score, reopened) values (:id, now(), :score, :times)")
        for times, score in enumerate((1, 4, 5)):
            await tx.execute(rated, {"id": case_id, "score": score, "times": times})
    async with client_of(county, leader()) as client:
        figures = (await client.get("/api/figures/ratings?hours=24")).json()
    assert figures["rows"] == [{"key": TOWN, "n": 3, "mean": 3.33, "low": 1}]
    assert figures["total"]["n"] == 3


async def test_a_refusal_tells_its_reporter_who_why_and_where_to_turn(county: Database) -> None:
    made = await report_case(county, stranger(), a_report(), START)
    refused = Command(Move.REFUSE, reason="属于民事合同纠纷", where_to_turn="请到县人民法院立案窗口")
    await make_move(county, village_officer(), UUID(made.case["id"]), refused, None, START)
    async with client_of(county, stranger()) as client:
        told = (await client.get(f"/api/reports/{made.query_code}")).json()
    assert told["refusal"] == {"reason": "属于民事合同纠纷", "where_to_turn": "请到县人民法院立案窗口"}
    assert (told["holder_name"], told["telephone"], told["may"]) == (VILLAGE, None, ["reopen"])
