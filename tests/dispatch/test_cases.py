"""Cases on a real database: custody, rights, versions, keys and what the log keeps."""

import asyncio
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch.actions.cases import make_move, report_case, turn_clocks
from dispatch.actions.looks import note_look
from dispatch.actions.once import Key
from dispatch.actions.units import set_duty
from dispatch.case_lists import list_cases
from dispatch.queries import load_case, snapshot_cases, snapshot_units
from dispatch.records import CaseRecord, case_record, stamp
from dispatch.rules.decide import Command, Edit
from dispatch.rules.vocabulary import CaseClass, Move, Target
from dispatch.watch import watch_once
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import Conflict, MoveNotAllowed, NotFound, NotYourMove, StaleVersion
from tests.dispatch.county import (
    COUNTY,
    OTHER_TOWN,
    POLICE,
    START,
    TOWN,
    VILLAGE,
    a_report,
    actor,
    dispatcher,
    duty_officer,
    grid_officer,
    leader,
    police,
    stranger,
    village_officer,
)


async def reported(db: Database, **changes: object) -> CaseRecord:
    return (await report_case(db, stranger(), a_report(**changes), START)).case  # type: ignore[arg-type]


async def moved(db: Database, mover: Actor, case: CaseRecord, command: Command | Move) -> CaseRecord:
    made = command if isinstance(command, Command) else Command(command)
    return await make_move(db, mover, UUID(case["id"]), made, case["version"], START + timedelta(seconds=5))


async def test_a_dispute_goes_first_to_its_village(county: Database) -> None:
    case = await reported(county)
    assert (case["holder"], case["status"]) == (VILLAGE, "pending")
    assert [hop["desk"] for hop in case["custody"]] == [VILLAGE]


async def test_an_emergency_goes_first_to_the_county(county: Database) -> None:
    assert (await reported(county, category="fire"))["holder"] == COUNTY


async def test_one_case_lives_from_report_to_close(county: Database) -> None:
    case = await reported(county)
    village, officer = village_officer(), grid_officer()
    case = await moved(county, village, case, Move.ACCEPT)
    case = await moved(county, village, case, Command(Move.DISPATCH, units=("grid-1",)))
    assert case["status"] == "dispatched"
    for move in (Move.ACKNOWLEDGE, Move.DEPART, Move.ARRIVE):
        case = await moved(county, officer, case, Command(move, unit="grid-1"))
    assert case["status"] == "handling"
    case = await moved(county, officer, case, Command(Move.RESOLVE, result="已调解"))
    assert {one["state"] for one in case["assignments"]} == {"cleared"}
    case = await moved(county, duty_officer(), case, Command(Move.VERIFY, passed=True))
    assert case["status"] == "closed"
    assert all(clock["stopped_at"] for clock in case["clocks"])
    async with county.read(SYSTEM) as tx:
        assert {unit["state"] for unit in await snapshot_units(tx)} == {"available"}


async def test_custody_stays_with_the_giver_until_the_receiver_takes_it(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.ESCALATE, reason="超出能力"))
    assert case["holder"] == VILLAGE
    assert case["offer"]
    assert case["offer"]["to"] == TOWN
    case = await moved(county, duty_officer(), case, Move.TAKE)
    assert (case["holder"], case["offer"]) == (TOWN, None)
    assert [hop["to_at"] is None for hop in case["custody"]] == [False, True]


async def test_a_returned_offer_leaves_the_case_where_it_was(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Command(Move.ESCALATE, reason="难"))
    case = await moved(county, duty_officer(), case, Command(Move.RETURN, reason="村里可办"))
    assert (case["holder"], case["offer"], case["returns"]) == (VILLAGE, None, 1)


async def test_a_case_handed_down_is_verified_by_who_handed_it_down(county: Database) -> None:
    centre = dispatcher()
    case = await moved(county, centre, await reported(county, category="fire"), Move.ACCEPT)
    case = await moved(county, centre, case, Command(Move.HAND_DOWN, to=POLICE, reason="属公安职责"))
    case = await moved(county, police(), case, Move.TAKE)
    case = await moved(county, police(), case, Move.START)
    case = await moved(county, police(), case, Command(Move.RESOLVE, result="已处置"))
    with pytest.raises(NotYourMove):
        await moved(county, police(), case, Command(Move.VERIFY, passed=True))
    assert (await moved(county, centre, case, Command(Move.VERIFY, passed=True)))["status"] == "closed"


async def test_nobody_verifies_his_own_result(county: Database) -> None:
    centre = dispatcher()
    case = await moved(county, centre, await reported(county, category="fire"), Move.ACCEPT)
    case = await moved(county, centre, case, Move.START)
    case = await moved(county, centre, case, Command(Move.RESOLVE, result="已处置"))
    with pytest.raises(NotYourMove) as refusal:
        await moved(county, centre, case, Command(Move.VERIFY, passed=True))
    assert refusal.value.code == "own_result"
    assert (await moved(county, dispatcher(), case, Command(Move.VERIFY, passed=True)))["status"] == "closed"


async def test_a_result_that_fails_its_check_is_worked_on_again(county: Database) -> None:
    village = village_officer()
    case = await moved(county, village, await reported(county), Move.ACCEPT)
    case = await moved(county, village, case, Move.START)
    case = await moved(county, village, case, Command(Move.RESOLVE, result="已办"))
    case = await moved(county, duty_officer(), case, Command(Move.VERIFY, passed=False, text="群众不认可"))
    assert (case["status"], case["resolved_at"]) == ("handling", None)
    assert [clock["stopped_at"] for clock in case["clocks"] if clock["target"] == "resolve"] == [None]


async def test_another_township_does_not_see_the_case_at_all(county: Database) -> None:
    case = await reported(county)
    with pytest.raises(NotFound):
        await moved(county, duty_officer(OTHER_TOWN), case, Move.ACCEPT)
    async with county.read(duty_officer(OTHER_TOWN)) as tx:
        assert await snapshot_cases(tx) == []
        assert (await tx.execute(text("select count(*) from case_texts"))).scalar() == 0
        assert (await tx.execute(text("select count(*) from log_events"))).scalar() == 0


async def test_a_department_sees_only_what_it_was_given(county: Database) -> None:
    case = await moved(county, dispatcher(), await reported(county, category="fire"), Move.ACCEPT)
    await reported(county)
    async with county.read(police()) as tx:
        assert await snapshot_cases(tx) == []
    await moved(county, dispatcher(), case, Command(Move.HAND_DOWN, to=POLICE, reason="职责"))
    async with county.read(police()) as tx:
        assert [seen["id"] for seen in await snapshot_cases(tx)] == [case["id"]]


async def test_a_stale_version_is_refused_with_the_case_as_it_is(county: Database) -> None:
    case = await reported(county)
    await moved(county, village_officer(), case, Move.ACCEPT)
    with pytest.raises(StaleVersion) as refusal:
        await moved(county, village_officer(), case, Command(Move.REFUSE, reason="否", where_to_turn="镇"))
    assert refusal.value.extra["current"]["status"] == "accepted"


async def test_of_two_conflicting_moves_at_once_exactly_one_wins(county: Database) -> None:
    case = await reported(county)
    results = await asyncio.gather(
        moved(county, village_officer(), case, Move.ACCEPT),
        moved(county, village_officer(), case, Command(Move.REFUSE, reason="否", where_to_turn="镇政府")),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["StaleVersion", "dict"]


async def test_the_same_key_returns_the_first_answer_and_acts_once(county: Database) -> None:
    officer, key = village_officer(), Key.of("key-0001", {"a": 1})
    first = await report_case(county, officer, a_report(), START, key)
    again = await report_case(county, officer, a_report(), START, key)
    assert again == first
    async with county.read(SYSTEM) as tx:
        assert len(await list_cases(tx)) == 1
    with pytest.raises(Conflict):
        await report_case(county, officer, a_report(), START, Key.of("key-0001", {"a": 2}))


async def test_a_unit_is_never_on_two_cases(county: Database) -> None:
    cases = [await moved(county, village_officer(), await reported(county), Move.ACCEPT) for _ in range(2)]
    send = Command(Move.DISPATCH, units=("grid-1",))
    results = await asyncio.gather(
        *(moved(county, village_officer(), case, send) for case in cases), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "dict"]


async def test_a_village_cannot_send_a_unit_that_is_not_its_own(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    with pytest.raises(NotFound):
        await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("patrol-1",)))


async def test_a_superior_may_send_units_of_its_own_area_to_a_case_held_below(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, duty_officer(), case, Command(Move.DISPATCH, units=("patrol-1",)))
    assert (case["holder"], case["status"]) == (VILLAGE, "dispatched")
    # The village resolves, and so sets free a unit that it may not otherwise touch.
    case = await moved(county, village_officer(), case, Command(Move.RESOLVE, result="已办结"))
    async with county.read(SYSTEM) as tx:
        assert [u["state"] for u in await snapshot_units(tx) if u["id"] == "patrol-1"] == ["available"]


async def test_the_last_unit_that_declines_leaves_the_case_accepted(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("grid-1", "grid-2")))
    case = await moved(county, grid_officer(), case, Command(Move.DECLINE, unit="grid-1", reason="在外"))
    assert case["status"] == "dispatched"
    case = await moved(county, grid_officer("grid-2"), case, Command(Move.CLEAR, unit="grid-2"))
    assert case["status"] == "accepted"


async def test_a_grid_officer_moves_no_unit_but_himself(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("grid-1",)))
    with pytest.raises((NotYourMove, MoveNotAllowed)):
        await moved(county, grid_officer("grid-2"), case, Command(Move.ARRIVE, unit="grid-1"))


async def test_a_unit_that_comes_upon_a_case_is_on_scene_at_once(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, grid_officer(), case, Command(Move.ATTACH, unit="grid-1"))
    assert (case["status"], case["assignments"][0]["state"]) == ("handling", "on_scene")


async def test_cancelling_sets_its_units_free(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("grid-1",)))
    case = await moved(county, village_officer(), case, Command(Move.CANCEL, reason="误报"))
    assert (case["status"], case["assignments"][0]["state"]) == ("cancelled", "cleared")


async def test_taking_over_ends_an_open_offer_and_names_the_hop(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Command(Move.ESCALATE, reason="难"))
    case = await moved(county, dispatcher(), case, Command(Move.TAKE_OVER, reason="提级办理"))
    assert (case["holder"], case["offer"], case["custody"][-1]["how"]) == (COUNTY, None, "take_over")


async def test_a_supervision_waits_for_the_holders_answer(county: Database) -> None:
    case = await moved(county, leader(), await reported(county), Command(Move.SUPERVISE, text="请抓紧"))
    assert case["supervision"]
    assert case["supervision"]["answered_at"] is None
    with pytest.raises(MoveNotAllowed):
        await moved(county, leader(), case, Command(Move.SUPERVISE, text="再催"))
    case = await moved(county, village_officer(), case, Command(Move.ANSWER, text="正在办理"))
    assert case["supervision"]
    assert case["supervision"]["answered_at"]


async def test_an_order_older_than_its_clock_is_given_one_that_the_watcher_turns(county: Database) -> None:
    case = await moved(county, leader(), await reported(county), Command(Move.SUPERVISE, text="请抓紧"))
    answered = await moved(county, leader(), await reported(county), Command(Move.SUPERVISE, text="请抓紧"))
    answered = await moved(county, village_officer(), answered, Command(Move.ANSWER, text="正在办理"))
    mended = text(import_module("wall_ui.migrations.versions.0021_time_open_orders").START_CLOCKS)
    async with county.transaction(SYSTEM) as tx:
        await tx.execute(text("delete from clocks where target = 'answer' and stopped_at is null"))
        assert [(await tx.execute(mended)).rowcount for _ in range(2)] == [1, 0]
        (clock,) = [
            one for one in (await load_case(tx, UUID(case["id"]))).clocks if one.target is Target.ANSWER
        ]
    assert case["supervision"]
    assert (clock.desk, stamp(clock.due_at)) == (VILLAGE, case["supervision"]["due_at"])
    assert [stamp(clock.amber_at)] == [one["amber_at"] for one in case["clocks"] if one["target"] == "answer"]
    await watch_once(county, clock.due_at + timedelta(minutes=1))
    async with county.read(SYSTEM) as tx:
        red = await tx.scalar(
            text(
                "select count(*) from log_events where kind = 'clock.red' and data->'detail'->>'target' = 'answer'"
            )
        )
    assert red == 1


async def test_an_edit_of_the_class_reckons_the_clocks_anew(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    before = {clock["target"]: clock["due_at"] for clock in case["clocks"]}
    change = Command(Move.EDIT, edit=Edit(case_class=None, priority=2), reason="更正")
    case = await moved(county, village_officer(), case, change)
    assert {clock["target"]: clock["due_at"] for clock in case["clocks"]} == before
    case = await moved(
        county,
        village_officer(),
        case,
        Command(Move.EDIT, edit=Edit(case_class=CaseClass.COMPLEX), reason="疑难"),
    )
    after = {clock["target"]: clock["due_at"] for clock in case["clocks"]}
    assert after["resolve"] > before["resolve"]
    assert after["accept"] == before["accept"]


async def test_a_late_pending_case_is_offered_upwards_exactly_once(county: Database) -> None:
    case = await reported(county)
    late = START + timedelta(hours=2)
    turned = await asyncio.gather(*(turn_clocks(county, UUID(case["id"]), late) for _ in range(3)))
    assert sorted(map(len, turned)) == [0, 0, 1]
    async with county.read(SYSTEM) as tx:
        after = await load_case(tx, UUID(case["id"]))
        kinds = (await tx.execute(text("select kind from log_events order by id"))).scalars().all()
    assert after.offer
    assert after.offer.to == TOWN
    assert after.holder == VILLAGE
    assert kinds == ["case.report", "clock.red", "case.escalate"]


async def test_an_offer_that_nobody_takes_passes_over_the_silent_desk(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    case = await moved(county, village_officer(), case, Command(Move.ESCALATE, reason="难"))
    assert await watch_once(county, START + timedelta(hours=3)) >= 1
    async with county.read(SYSTEM) as tx:
        after = await load_case(tx, UUID(case["id"]))
    assert after.offer
    assert after.offer.to == COUNTY
    assert after.holder == VILLAGE


async def test_a_clock_that_turns_does_not_make_a_reader_stale(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    await watch_once(county, START + timedelta(minutes=49))
    assert (await moved(county, village_officer(), case, Move.START))["status"] == "handling"


async def test_duty_is_refused_to_end_while_the_unit_is_bound(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    await moved(county, village_officer(), case, Command(Move.DISPATCH, units=("grid-1",)))
    with pytest.raises(Conflict):
        await set_duty(county, grid_officer(), "grid-1", on_duty=False, at=now())
    assert (await set_duty(county, grid_officer("grid-2"), "grid-2", on_duty=False, at=now()))[
        "state"
    ] == "off_duty"


async def test_the_last_fact_of_a_case_carries_its_whole_record(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT)
    async with county.read(SYSTEM) as tx:
        told = (await tx.execute(text("select data from log_events order by id desc limit 1"))).scalar_one()
        held = await load_case(tx, UUID(case["id"]))
    assert told["case"] == case == case_record(held)


async def test_words_stay_out_of_the_log(county: Database) -> None:
    case = await reported(county, text="电话里说的秘密")
    await moved(county, village_officer(), case, Command(Move.NOTE, text="另一个秘密"))
    async with county.read(SYSTEM) as tx:
        everything = (
            await tx.execute(text("select string_agg(data::text, ' ') from log_events"))
        ).scalar_one()
    assert "秘密" not in everything


async def test_every_look_is_written_down_and_only_auditors_read_it(county: Database) -> None:
    case, village = await reported(county), village_officer()
    async with county.transaction(village) as tx:
        await note_look(tx, village, UUID(case["id"]), "sheet", START)
        assert (await tx.execute(text("select count(*) from looks"))).scalar_one() == 0
    async with county.read(actor(Role.AUDITOR, COUNTY)) as tx:
        assert (await tx.execute(text("select account from looks"))).scalars().all() == [village.account_id]
