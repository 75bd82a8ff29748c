"""Three-colour warnings on a real database: measured, issued once, moved, printed, talked over, commended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import ASGIApp, Receive, Scope, Send

from dispatch.actions.cases import make_move, report_case, reporter_move, turn_clocks
from dispatch.actions.repeats import join_report
from dispatch.actions.warnings import mark_late_answers, measure_ladder, move_card
from dispatch.api import problems, warnings
from dispatch.api.case_lists import encode_cursor
from dispatch.cards import CardRecord, list_cards
from dispatch.measures import QUESTIONS, read_measure
from dispatch.rulebook import Rulebook, load_rulebook
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move
from dispatch.rules.warnings import CardCommand, CardMove, Measure, Reading, SubjectKind
from gis.actor import SYSTEM, Actor
from gis.database import Database
from gis.errors import NotFound, StaleVersion
from tests.dispatch.county import (
    COUNTY,
    GRID,
    OTHER_GRID,
    OTHER_TOWN,
    OTHER_VILLAGE,
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
from tests.dispatch.house import issued

BOOK = load_rulebook()
EVERY = timedelta(minutes=1)
MUCH_LATER = START + timedelta(days=2)


def book_of(*keys: str, **changes: object) -> Rulebook:
    """Return a book with some of our rules alone, each changed."""
    return replace(BOOK, rules=tuple(replace(BOOK.rule_of[key], **changes) for key in keys))  # type: ignore[arg-type]


async def reported(db: Database, n: int, grid: str = GRID, at: datetime = START) -> list[UUID]:
    made = [await report_case(db, stranger(), a_report(area=grid), at) for _ in range(n)]
    return [UUID(one.case["id"]) for one in made]


async def cards_of(db: Database, actor: Actor) -> list[str]:
    async with db.read(actor) as tx:
        return [card.subject for card in await list_cards(tx)]


async def a_card(db: Database, rule: str = "township_resolve_red", subject: str = TOWN) -> CardRecord:
    return await issued(db, BOOK, rule, Reading(subject, "", 12, 30, ()), START)


async def moved(
    db: Database, actor: Actor, card: CardRecord, move: CardMove, at: datetime = START, **fields: object
) -> CardRecord:
    command = CardCommand(move, **fields)  # type: ignore[arg-type]
    return await move_card(db, BOOK, actor, UUID(card["id"]), command, card["version"], at)


async def test_every_measure_of_every_kind_can_be_asked(county: Database) -> None:
    asked = 0
    for measure in QUESTIONS:
        kinds = [SubjectKind.UNIT] if measure in (Measure.DECLINED, Measure.PROMPT) else [*SubjectKind][:2]
        for kind in kinds:
            rule = replace(BOOK.rules[0], measure=measure, subject=kind)
            async with county.read(SYSTEM) as tx:
                assert await read_measure(tx, rule, START) == []
            asked += 1
    assert asked == 20


async def measure_all(db: Database, book: Rulebook, at: datetime, every: timedelta) -> list[CardRecord]:
    """Measure by every rule; return the cards that came of it."""
    found = [await measure_ladder(db, book, ladder, at, every) for ladder in book.ladders.values()]
    return [card for cards in found for card in cards or []]


@pytest.mark.parametrize(
    "measure, index",
    [(Measure.LOW_RATINGS, "ix_ratings_at"), (Measure.DECLINED, "ix_assignments_dispatched_at")],
)
async def test_a_window_is_read_by_its_moments_and_not_through_all_years(
    county: Database, measure: Measure, index: str
) -> None:
    rule = next(rule for rule in BOOK.rules if rule.measure is measure)
    question = QUESTIONS[measure](rule.subject)
    values = {"since": START, "at": START, "digits": 9}
    named = {name: value for name, value in values.items() if f":{name}" in question}
    async with county.read(SYSTEM) as tx:
        # The planner of an empty table would rather read it whole.
        await tx.execute(text("set local enable_seqscan = off"))
        plan = (await tx.execute(text(f"explain {question}"), named)).scalars().all()
    assert index in "\n".join(plan)


async def test_late_clocks_raise_a_card_with_its_evidence_once_and_not_again_while_it_lasts(
    county: Database,
) -> None:
    book = book_of("village_overdue_yellow", on=3, off=2)
    ids = await reported(county, 3)
    assert await measure_all(county, book, START + timedelta(minutes=1), EVERY) == []
    [card] = await measure_all(county, book, MUCH_LATER, EVERY)
    assert (card["subject"], card["desk"], card["value"], card["colour"]) == (VILLAGE, VILLAGE, 3, "yellow")
    assert {one["case_id"] for one in card["evidence"]} == {str(one) for one in ids}
    assert card["threshold"] == 3
    assert await measure_all(county, book, MUCH_LATER + timedelta(hours=1), EVERY) == []
    async with county.read(SYSTEM) as tx:
        told = (
            (await tx.execute(text("select data from log_events where kind = 'warning.issue'")))
            .scalars()
            .all()
        )
    assert [one["detail"]["card"]["id"] for one in told] == [card["id"]]


async def test_whoever_measures_at_the_same_time_issues_one_card_between_them(county: Database) -> None:
    book = book_of("village_overdue_yellow", on=2, off=1)
    await reported(county, 2)
    runs = await asyncio.gather(*(measure_all(county, book, MUCH_LATER, EVERY) for _ in range(5)))
    assert sum(len(run) for run in runs) == 1
    # A process that starts afresh a moment later finds that it was done.
    assert await measure_all(county, book, MUCH_LATER + timedelta(seconds=5), EVERY) == []


async def test_a_card_comes_again_only_after_the_measure_fell_and_the_first_was_closed(
    county: Database,
) -> None:
    book = book_of("repeated_place_yellow", on=2, off=1, rest_h=1)
    await reported(county, 2)
    [first] = await measure_all(county, book, START + timedelta(hours=1), EVERY)
    assert (first["subject"], first["about"]) == (VILLAGE, "neighbour_dispute")
    await moved(county, duty_officer(), first, CardMove.LIFT, text="已化解")
    week = START + timedelta(days=8)
    assert await measure_all(county, book, week, EVERY) == []
    await reported(county, 2, at=week + timedelta(hours=1))
    [again] = await measure_all(county, book, week + timedelta(hours=3), EVERY)
    assert again["id"] != first["id"]


async def test_who_rings_again_complains_again_but_not_of_an_emergency(county: Database) -> None:
    book = book_of("repeated_place_yellow", on=2, off=1)
    for category in ("neighbour_dispute", "fire"):
        first = await report_case(county, stranger(), a_report(category), START)
        await join_report(county, dispatcher(), UUID(first.case["id"]), a_report(category), START)
    [card] = await measure_all(county, book, START + timedelta(hours=1), EVERY)
    assert (card["about"], len(card["evidence"])) == ("neighbour_dispute", 2)


async def test_of_two_rules_that_measure_the_same_the_graver_speaks_alone(county: Database) -> None:
    book = replace(
        BOOK,
        rules=(
            replace(BOOK.rule_of["repeated_place_yellow"], on=2, off=1),
            replace(BOOK.rule_of["repeated_place_red"], on=3, off=1),
        ),
    )
    await reported(county, 3)
    await reported(county, 2, OTHER_GRID)
    cards = await measure_all(county, book, START + timedelta(hours=1), EVERY)
    assert {(card["subject"], card["colour"]) for card in cards} == {
        (VILLAGE, "red"),
        (OTHER_VILLAGE, "yellow"),
    }


async def test_a_supervision_that_nobody_answered_raises_a_card_on_the_holder(county: Database) -> None:
    [case_id] = await reported(county, 1)
    await make_move(county, leader(), case_id, Command(Move.SUPERVISE, text="请立即办理"), None, START)
    book = book_of("unanswered_supervision_red")
    assert await measure_all(county, book, START + timedelta(hours=1), EVERY) == []
    [card] = await measure_all(county, book, START + timedelta(hours=5), EVERY)
    assert (card["subject"], card["evidence"][0]["case_id"]) == (TOWN, str(case_id))


async def test_bad_ratings_count_against_the_holder_and_good_ones_for_it(county: Database) -> None:
    for score in (1, 5, 5):
        made = await report_case(county, stranger(), a_report(), START)
        case_id = UUID(made.case["id"])
        officer, checker = village_officer(), duty_officer()
        await make_move(county, officer, case_id, Command(Move.ACCEPT), None, START)
        await make_move(county, officer, case_id, Command(Move.START), None, START)
        await make_move(county, officer, case_id, Command(Move.RESOLVE, result="已调解"), None, START)
        await make_move(county, checker, case_id, Command(Move.VERIFY, passed=True), None, START)
        await reporter_move(
            county, made.query_code, Command(Move.RATE, score=score), START + timedelta(minutes=1)
        )
    at = START + timedelta(hours=1)
    async with county.read(SYSTEM) as tx:
        [low] = await read_measure(tx, BOOK.rule_of["low_ratings_yellow"], at)
        [high] = await read_measure(tx, BOOK.rule_of["high_ratings_green"], at)
        [done] = await read_measure(tx, BOOK.rule_of["all_on_time_green"], at)
    assert (low.subject, round(low.value, 3), low.n, len(low.evidence)) == (TOWN, 0.333, 3, 1)
    assert (round(high.value, 3), len(high.evidence)) == (3.667, 2)
    assert (done.subject, done.value) == (TOWN, 3)


async def test_a_unit_that_declines_again_and_again_is_told_to_its_own_desk(county: Database) -> None:
    for case_id in await reported(county, 2):
        await make_move(county, village_officer(), case_id, Command(Move.ACCEPT), None, START)
        await make_move(
            county, village_officer(), case_id, Command(Move.DISPATCH, units=("grid-1",)), None, START
        )
        declined = Command(Move.DECLINE, unit="grid-1", reason="车坏了")
        await make_move(county, grid_officer(), case_id, declined, None, START)
    book = book_of("declined_yellow", on=2, off=1)
    [card] = await measure_all(county, book, START + timedelta(hours=1), EVERY)
    assert (card["subject"], card["desk"], card["area_code"]) == ("grid-1", VILLAGE, GRID)


async def test_late_information_counts_what_was_taken_up_too_late(county: Database) -> None:
    [case_id] = await reported(county, 1)
    await turn_clocks(county, case_id, START + timedelta(hours=1))
    async with county.read(SYSTEM) as tx:
        [reading] = await read_measure(
            tx, BOOK.rule_of["late_information_yellow"], START + timedelta(hours=2)
        )
    assert (reading.subject, reading.value) == (TOWN, 1)
    assert {one["what"] for one in reading.evidence} == {"accept", "take"}


async def test_the_whole_life_of_a_red_card(county: Database) -> None:
    card = await a_card(county)
    card = await moved(county, duty_officer(), card, CardMove.ACKNOWLEDGE)
    card = await moved(county, dispatcher(), card, CardMove.NOTIFY, text="逐件核查，三日内办结", days=3)
    assert card["notice_number"]
    assert card["due_at"] is not None
    due_at = datetime.fromisoformat(card["due_at"])
    assert await mark_late_answers(county, due_at - timedelta(seconds=1)) == []
    [late] = await mark_late_answers(county, due_at)
    assert late["late_at"] is not None
    assert await mark_late_answers(county, due_at + timedelta(hours=1)) == []
    held = due_at + timedelta(hours=1)
    card = await moved(
        county, leader(), late, CardMove.TALK, held, who="镇长", text="要求本周办结", held_at=held
    )
    card = await moved(county, duty_officer(), card, CardMove.ANSWER, held, text="已办结十二件")
    card = await moved(county, dispatcher(), card, CardMove.CHECK, held, passed=False, text="还有两件")
    card = await moved(county, duty_officer(), card, CardMove.ANSWER, held, text="全部办结")
    card = await moved(county, leader(), card, CardMove.CHECK, held, passed=True, text="属实")
    assert (card["status"], card["outcome"], card["rounds"], card["talks"]) == ("closed", "rectified", 1, 1)
    async with county.read(SYSTEM) as tx:
        log_said = (
            await tx.execute(text("select data::text from log_events where kind like 'warning.%'"))
        ).scalars()
        told = "\n".join(log_said)
        talk = (await tx.execute(text("select salt, who, minutes from warning_talks"))).one()
    # Words stay outside the log, which has their salted hash.
    assert not any(words in told for words in ("三日内", "十二件", "本周办结", "镇长"))
    assert sha256(bytes(talk.salt) + f"{talk.who}\n{talk.minutes}".encode()).hexdigest() in told


async def test_a_stale_move_is_told_how_the_card_is_now(county: Database) -> None:
    card = await a_card(county)
    await moved(county, duty_officer(), card, CardMove.ACKNOWLEDGE)
    with pytest.raises(StaleVersion) as caught:
        await moved(county, duty_officer(), card, CardMove.ACKNOWLEDGE)
    assert caught.value.extra["current"]["status"] == "acknowledged"


async def test_a_card_is_seen_by_its_own_and_those_above_and_nobody_beside(county: Database) -> None:
    card = await a_card(county)
    await a_card(county, "village_overdue_yellow", OTHER_VILLAGE)
    await a_card(county, "department_overdue_yellow", POLICE)
    assert await cards_of(county, duty_officer()) == [TOWN]
    assert await cards_of(county, duty_officer(OTHER_TOWN)) == [OTHER_VILLAGE]
    assert await cards_of(county, village_officer()) == []
    assert await cards_of(county, police()) == [POLICE]
    assert set(await cards_of(county, dispatcher())) == {TOWN, OTHER_VILLAGE, POLICE}
    with pytest.raises(NotFound):
        await moved(county, duty_officer(OTHER_TOWN), card, CardMove.ACKNOWLEDGE)


async def test_good_work_goes_into_the_library_and_its_case_is_named_to_those_who_may_see_it(
    county: Database,
) -> None:
    [case_id] = await reported(county, 1)
    card = await a_card(county, "all_on_time_green")
    told: dict[str, Any] = {
        "title": "院坝说事一天办结",
        "text": "支书和网格员当晚上门，100%当面说清",
        "case_id": case_id,
    }
    card = await moved(county, dispatcher(), card, CardMove.COMMEND, START, **told)
    assert (card["status"], card["outcome"]) == ("closed", "commended")
    async with served(county, duty_officer()) as client:
        [mine] = (await client.get("/api/practices", params={"q": "院坝 当晚"})).json()["practices"]
        assert mine["case_id"] == str(case_id)
        assert (await client.get("/api/practices", params={"q": "100%x"})).json()["practices"] == []
        assert len((await client.get("/api/practices", params={"q": "100%"})).json()["practices"]) == 1
    async with served(county, duty_officer(OTHER_TOWN)) as client:
        page = (await client.get("/api/practices?limit=1")).json()
        [foreign] = page["practices"]
        assert page["next"] is None
        after = encode_cursor(datetime.fromisoformat(foreign["at"]), foreign["id"])
        assert (await client.get("/api/practices", params={"cursor": after})).json()["practices"] == []
    assert (foreign["title"], foreign["case_id"], foreign["case_number"]) == (told["title"], None, None)


class As:
    """Lets every request pass as one actor."""

    def __init__(self, app: ASGIApp, actor: Actor) -> None:
        self.app, self.actor = app, actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["actor"] = self.actor
        await self.app(scope, receive, send)


@asynccontextmanager
async def served(db: Database, actor: Actor) -> AsyncIterator[httpx.AsyncClient]:
    """The API of warnings, as one actor."""
    app = FastAPI()
    app.state.db, app.state.book = db, BOOK
    problems.install(app)
    app.include_router(warnings.router)
    transport = httpx.ASGITransport(app=As(app, actor))
    async with httpx.AsyncClient(transport=transport, base_url="http://wall.test") as client:
        yield client


async def test_the_notice_is_a_page_with_everything_on_it_and_nothing_that_runs(county: Database) -> None:
    ids = await reported(county, 3)
    book = book_of("village_overdue_yellow", on=3, off=2)
    [card] = await measure_all(county, book, MUCH_LATER, EVERY)
    async with served(county, dispatcher()) as client:
        path = f"/api/warnings/{card['id']}"
        assert (await client.get(f"{path}/notice")).status_code == 404
        told = await client.post(
            f"{path}/moves", json={"move": "notify", "text": "核查<script>alert(1)</script>", "days": 2}
        )
        assert told.status_code == 200, told.text
        page = await client.get(f"{path}/notice")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert "近7天超时 3 件（提示标准 3）" in page.text
    assert f"编号：{told.json()['card']['notice_number']}" in page.text
    async with county.read(SYSTEM) as tx:
        numbers = (
            await tx.execute(text("select number from cases where id = any(:ids)"), {"ids": ids})
        ).scalars()
        centre = await tx.scalar(text("select name from desks where id = :id"), {"id": COUNTY})
    # The village's card, but the county's notice: over it stands who issued it, and not the desk between.
    assert f'class="issuer">{centre}<' in page.text
    assert all(number in page.text for number in numbers)
    assert "$" not in page.text


async def test_the_api_lists_what_may_be_done_and_says_why_not(county: Database) -> None:
    card = await a_card(county)
    async with served(county, duty_officer()) as client:
        sheet = (await client.get(f"/api/warnings/{card['id']}")).json()
        moves = {one["move"]: one["why"] for one in sheet["moves"]}
        assert moves["acknowledge"] is None
        assert moves["answer"] == "wrong_status"
        assert moves["check"] == "not_your_move"
        refused = await client.post(
            f"/api/warnings/{card['id']}/moves", json={"move": "check", "passed": True}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_move")
        short = await client.post(f"/api/warnings/{card['id']}/moves", json={"move": "talk", "when": "x"})
        assert short.status_code == 422
        page = (await client.get("/api/warnings", params={"limit": 1, "open": True, "colour": "red"})).json()
        assert [one["id"] for one in page["cards"]] == [card["id"]]
        assert page["names"] == {}
        rules = (await client.get("/api/warnings/rules")).json()
        assert len(rules["rules"]) == len(BOOK.rules)


async def test_pages_of_cards_follow_each_other_without_a_gap(county: Database) -> None:
    made = {(await a_card(county, key))["id"] for key in ("township_resolve_red", "late_information_yellow")}
    async with served(county, dispatcher()) as client:
        first = (await client.get("/api/warnings", params={"limit": 1})).json()
        second = (await client.get("/api/warnings", params={"limit": 1, "cursor": first["next"]})).json()
    assert {first["cards"][0]["id"], second["cards"][0]["id"]} == made
    assert second["next"] is None
