"""Closing on the spot, reopening, rating, merging and helping, on a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from dispatch.actions.cases import make_move, report_case
from dispatch.api import reports
from dispatch.queries import case_reports, load_case, snapshot_units
from dispatch.records import CaseRecord, case_record
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Callback, Finding, Move
from gis.actor import SYSTEM, Actor
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput, MoveNotAllowed, NotFound, NotYourMove
from tests.dispatch.county import (
    GRID,
    POLICE,
    START,
    TOWN,
    VILLAGE,
    a_report,
    dispatcher,
    duty_officer,
    grid_officer,
    leader,
    police,
    stranger,
    village_officer,
)
from tests.dispatch.entrances import browser, guarded_app

LATER = START + timedelta(minutes=20)


async def reported(db: Database, category: str = "neighbour_dispute") -> tuple[CaseRecord, str]:
    made = await report_case(db, stranger(), a_report(category), START)
    return made.case, made.query_code


async def moved(
    db: Database, mover: Actor, case: CaseRecord, command: Command | Move, at: datetime = LATER
) -> CaseRecord:
    made = command if isinstance(command, Command) else Command(command)
    return await make_move(db, mover, UUID(case["id"]), made, case["version"], at)


async def now_of(db: Database, case: CaseRecord) -> CaseRecord:
    async with db.read(SYSTEM) as tx:
        return case_record(await load_case(tx, UUID(case["id"])))


async def closed(db: Database) -> tuple[CaseRecord, str]:
    case, code = await reported(db)
    case = await moved(db, village_officer(), case, Move.ACCEPT)
    case = await moved(db, village_officer(), case, Move.START)
    done = Command(Move.RESOLVE, result="两家各让一步，已签协议", reply="已调解，请放心")
    case = await moved(db, village_officer(), case, done)
    verify = Command(Move.VERIFY, passed=True, callback=Callback.REACHED)
    return await moved(db, duty_officer(), case, verify), code


def officer_of_the_grid() -> Actor:
    return replace(grid_officer(), area=GRID)


async def sampled_or_not(db: Database, wanted: bool) -> CaseRecord:
    while True:
        case, _ = await reported(db)
        async with db.read(SYSTEM) as tx:
            if (await load_case(tx, UUID(case["id"]))).sampled is wanted:
                return case


async def test_a_grid_officer_closes_a_simple_case_of_his_own_grid_on_the_spot(county: Database) -> None:
    case = await sampled_or_not(county, wanted=False)
    with pytest.raises(NotYourMove):
        await moved(county, replace(grid_officer("grid-2"), area=GRID[:-1] + "2"), case, spot())
    case = await moved(county, officer_of_the_grid(), case, spot())
    assert (case["status"], case["closed_at"]) == ("closed", case["resolved_at"])
    assert all(clock["stopped_at"] for clock in case["clocks"])


def spot() -> Command:
    return Command(Move.SELF_CLOSE, result="现场劝和，照片已存")


async def test_one_in_ten_of_those_is_checked_by_the_township(county: Database) -> None:
    case = await sampled_or_not(county, wanted=True)
    case = await moved(county, officer_of_the_grid(), case, spot())
    assert (case["status"], case["verifier"]) == ("resolved", TOWN)
    with pytest.raises(NotYourMove):
        await moved(county, officer_of_the_grid(), case, Command(Move.VERIFY, passed=True))
    assert (await moved(county, duty_officer(), case, Command(Move.VERIFY, passed=True)))[
        "status"
    ] == "closed"


async def test_what_is_not_simple_is_not_closed_on_the_spot(county: Database) -> None:
    case = (await report_case(county, stranger(), a_report("land_dispute"), START)).case
    with pytest.raises(MoveNotAllowed, match="simple"):
        await moved(county, officer_of_the_grid(), case, spot())


async def test_a_reopened_case_begins_again_with_its_last_holder_and_new_clocks(county: Database) -> None:
    case, _ = await closed(county)
    again = START + timedelta(days=3)
    case = await moved(county, leader(), case, Command(Move.REOPEN, reason="问题复发"), again)
    assert (case["status"], case["holder"], case["reopened"]) == ("pending", VILLAGE, 1)
    fresh = [clock for clock in case["clocks"] if clock["stopped_at"] is None]
    assert sorted(clock["target"] for clock in fresh) == ["accept", "resolve", "response"]
    assert {datetime.fromisoformat(clock["started_at"]) for clock in fresh} == {again}
    case = await moved(county, village_officer(), case, Move.ACCEPT, again)
    case = await moved(county, village_officer(), case, Move.START, again)
    case = await moved(county, village_officer(), case, Command(Move.RESOLVE, result="再次调解"), again)
    # A result that fails its check lets only the clock of this life run again.
    with pytest.raises(InvalidInput, match="text"):  # whoever works again must know on what
        await moved(county, duty_officer(), case, Command(Move.VERIFY, passed=False), again)
    failed = Command(Move.VERIFY, passed=False, text="问题仍在")
    case = await moved(county, duty_officer(), case, failed, again)
    assert [clock["target"] for clock in case["clocks"] if clock["stopped_at"] is None] == ["resolve"]
    assert await now_of(county, case) == case


async def test_the_call_back_is_told_with_the_check(county: Database) -> None:
    case, _ = await closed(county)
    async with county.read(SYSTEM) as tx:
        told = await tx.scalar(
            text("select data->'detail'->>'callback' from log_events where kind = 'case.verify'")
        )
    assert (case["status"], told) == ("closed", "reached")


@pytest.fixture
async def citizen(county: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without an account, before the real gate."""
    app: FastAPI = guarded_app(county)
    app.router.routes[:0] = reports.router.routes
    async with browser(app) as client:
        yield client


async def test_a_reporter_follows_rates_and_reopens_with_nothing_but_his_code(
    county: Database, citizen: httpx.AsyncClient
) -> None:
    case, code = await closed(county)
    seen = (await citizen.get(f"/api/reports/{code.lower()}")).json()
    assert [step["step"] for step in seen["steps"]] == [
        "reported",
        "accepted",
        "handling",
        "resolved",
        "closed",
    ]
    assert seen["may"] == ["reopen", "rate"]
    assert seen["answers"] == ["已调解，请放心"]  # and not the result, which is for the desks
    assert case["id"] not in str(seen)
    rated = await citizen.post(f"/api/reports/{code}/rating", json={"score": 4, "text": "不错"})
    assert rated.json()["rating"] == 4
    again = await citizen.post(f"/api/reports/{code}/rating", json={"score": 5})
    assert (again.status_code, again.json()["code"]) == (409, "rated")
    reopened = await citizen.post(f"/api/reports/{code}/reopen", json={"reason": "又吵起来了"})
    assert reopened.json()["status"] == "pending"
    assert [step["step"] for step in reopened.json()["steps"]] == ["reported", "reopened"]
    for move in (Move.ACCEPT, Move.START):
        case = await moved(county, village_officer(), await now_of(county, case), move, now())
    again = (await citizen.get(f"/api/reports/{code}")).json()
    assert [step["step"] for step in again["steps"]] == ["reported", "reopened", "accepted", "handling"]
    assert again["answers"] == []  # what did not stand is no answer
    await moved(
        county, village_officer(), await now_of(county, case), Command(Move.RESOLVE, result="x"), now()
    )
    assert (await citizen.get(f"/api/reports/{code}")).json()["answers"] == []
    async with county.read(SYSTEM) as tx:
        rows = (await tx.execute(text("select score, reopened from ratings"))).all()
        who = await tx.scalar(text("select actor->>'role' from log_events where kind = 'case.reopen'"))
    assert ([tuple(row) for row in rows], who) == ([(4, 0)], "reporter")


async def test_a_code_that_nobody_was_given_finds_nothing_and_guessing_is_slowed(
    citizen: httpx.AsyncClient,
) -> None:
    answers = [await citizen.get(f"/api/reports/{'2' * 9}{n}") for n in range(2, 10)]
    assert [answer.status_code for answer in answers] == [404] * 6 + [429] * 2
    assert answers[0].json()["code"] == "no_such_code"


async def test_a_reporter_cancels_only_before_work_has_begun(
    county: Database, citizen: httpx.AsyncClient
) -> None:
    case, code = await reported(county)
    case = await moved(county, village_officer(), case, Move.ACCEPT)
    case = await moved(county, village_officer(), case, Move.START)
    late = await citizen.post(f"/api/reports/{code}/cancel", json={"reason": "不用了"})
    assert (late.status_code, late.json()["code"]) == (409, "work_began")
    _, other = await reported(county)
    assert (await citizen.post(f"/api/reports/{other}/cancel", json={"reason": "不用了"})).json()[
        "status"
    ] == "cancelled"


async def test_a_merged_case_leaves_its_reports_with_the_other_and_its_units_free(county: Database) -> None:
    target, _ = await reported(county)
    case, _ = await reported(county)
    case = await moved(county, village_officer(), case, Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("grid-1",)))
    before = case
    merge = Command(Move.MERGE, into=UUID(target["id"]), reason="同一事件")
    case = await moved(county, village_officer(), case, merge)
    assert (case["status"], case["merged_into"]) == ("merged", target["id"])
    assert all(clock["stopped_at"] for clock in case["clocks"])
    joined = await now_of(county, target)
    assert (joined["joined"], joined["version"]) == (1, target["version"] + 1)
    async with county.read(SYSTEM) as tx:
        assert len(await case_reports(tx, UUID(target["id"]))) == 2
        assert {unit["state"] for unit in await snapshot_units(tx)} == {"available"}
    case = await moved(county, village_officer(), case, Command(Move.UNMERGE, reason="并非同一事件"))
    assert (case["status"], case["merged_into"], case["closed_at"]) == ("accepted", None, None)
    ran = {clock["target"]: clock["due_at"] for clock in before["clocks"] if clock["stopped_at"] is None}
    runs = {clock["target"]: clock["due_at"] for clock in case["clocks"] if clock["stopped_at"] is None}
    assert runs == {target: due for target, due in ran.items() if target != "turnout"}
    async with county.read(SYSTEM) as tx:
        assert len(await case_reports(tx, UUID(target["id"]))) == 1
        assert len(await case_reports(tx, UUID(case["id"]))) == 1
    assert (await now_of(county, target))["joined"] == 0


async def test_a_case_is_merged_only_into_an_open_one_in_sight(county: Database) -> None:
    case, _ = await reported(county)
    over, _ = await closed(county)
    with pytest.raises(MoveNotAllowed, match="not open"):
        await moved(
            county, village_officer(), case, Command(Move.MERGE, into=UUID(over["id"]), reason="重复")
        )
    fire, _ = await reported(county, "fire")
    away = (await report_case(county, stranger(), a_report(area="620821102201001"), START)).case
    assert fire["holder"] != VILLAGE
    with pytest.raises(NotFound):
        await moved(
            county, village_officer(), case, Command(Move.MERGE, into=UUID(away["id"]), reason="重复")
        )


async def test_resolving_waits_for_help_or_says_why_not(county: Database) -> None:
    case, _ = await reported(county, "fire")
    case = await moved(county, dispatcher(), case, Move.ACCEPT)
    case = await moved(county, dispatcher(), case, Move.START)
    case = await moved(
        county, dispatcher(), case, Command(Move.ASK_HELP, to=POLICE, hours=2, text="维持秩序")
    )
    async with county.read(police()) as tx:
        assert (await load_case(tx, UUID(case["id"]))).open_helps[0].desk == POLICE
    with pytest.raises(MoveNotAllowed, match="finished helping"):
        await moved(county, dispatcher(), case, Command(Move.RESOLVE, result="已扑灭"))
    with pytest.raises(NotYourMove):
        await moved(county, duty_officer(), case, Command(Move.FINISH_HELP, result="已完成"))
    helped = await moved(county, police(), case, Command(Move.FINISH_HELP, result="秩序已恢复"))
    assert helped["help"][0]["done"]
    assert (await moved(county, dispatcher(), helped, Command(Move.RESOLVE, result="已扑灭")))[
        "status"
    ] == "resolved"


async def test_a_leader_calls_a_finished_hop_to_account_and_settles_it(county: Database) -> None:
    case, _ = await reported(county)
    with pytest.raises(MoveNotAllowed, match="finished"):
        await moved(county, leader(), case, Command(Move.CALL_TO_ACCOUNT, hop=0, reason="拖延"))
    case = await moved(county, duty_officer(), case, Command(Move.TAKE_OVER, reason="逾期未办"))
    with pytest.raises(NotYourMove):
        await moved(county, duty_officer(), case, Command(Move.CALL_TO_ACCOUNT, hop=0, reason="拖延"))
    with pytest.raises(InvalidInput):
        await moved(county, leader(), case, Command(Move.CALL_TO_ACCOUNT, hop=1, reason="拖延"))
    case = await moved(county, leader(), case, Command(Move.CALL_TO_ACCOUNT, hop=0, reason="拖延"))
    assert [(one["desk"], one["finding"]) for one in case["accounts"]] == [(VILLAGE, None)]
    settle_it = Command(Move.SETTLE_ACCOUNT, hop=0, finding=Finding.REMINDED, text="已提醒")
    case = await moved(county, leader(), case, settle_it)
    assert case["accounts"][0]["finding"] == "reminded"
    assert await now_of(county, case) == case


async def test_help_that_is_not_waited_for_lapses(county: Database) -> None:
    case, _ = await reported(county, "fire")
    case = await moved(county, dispatcher(), case, Move.ACCEPT)
    case = await moved(county, dispatcher(), case, Move.START)
    case = await moved(
        county, dispatcher(), case, Command(Move.ASK_HELP, to=POLICE, hours=2, text="维持秩序")
    )
    resolve = Command(Move.RESOLVE, result="已扑灭", without_help="现场已无需警力")
    case = await moved(county, dispatcher(), case, resolve)
    assert (case["help"][0]["done"], case["help"][0]["finished_at"]) == (False, case["resolved_at"])
