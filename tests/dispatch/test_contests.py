"""Transfer, arbitration, suspension, extension and objection on a real database."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dispatch.actions.cases import make_move
from dispatch.queries import load_calendars, load_case, snapshot_units
from dispatch.records import CaseRecord, ClockRecord, case_record
from dispatch.rules.command import Command, Edit
from dispatch.rules.explanation import explanation
from dispatch.rules.vocabulary import Cause, Move, Target
from dispatch.watch import watch_once
from gis.actor import SYSTEM, Actor
from gis.database import Database
from gis.errors import InvalidInput, MoveNotAllowed, NotFound, NotYourMove
from tests.dispatch.county import (
    COUNTY,
    GRID,
    OTHER_TOWN,
    OTHER_VILLAGE,
    POLICE,
    START,
    TOWN,
    VILLAGE,
    dispatcher,
    duty_officer,
    leader,
    police,
    village_officer,
)
from tests.dispatch.test_cases import reported

UNTIL = START + timedelta(days=2)
LATER = START + timedelta(hours=1)


async def moved(
    db: Database, mover: Actor, case: CaseRecord, command: Command | Move, at: datetime = LATER
) -> CaseRecord:
    made = command if isinstance(command, Command) else Command(command)
    return await make_move(db, mover, UUID(case["id"]), made, case["version"], at)


async def held_by_town(db: Database) -> CaseRecord:
    case = await reported(db, category="power_water")
    assert case["holder"] == TOWN
    return await moved(db, duty_officer(), case, Move.ACCEPT, START)


def clock(case: CaseRecord, target: str) -> ClockRecord:
    return [one for one in case["clocks"] if one["target"] == target][-1]


async def test_a_case_is_transferred_to_a_sister_that_takes_it(county: Database) -> None:
    case = await held_by_town(county)
    case = await moved(
        county, duty_officer(), case, Command(Move.TRANSFER, to=OTHER_TOWN, reason="属对方辖区")
    )
    assert case["offer"]
    assert clock(case, "take")["desk"] == OTHER_TOWN
    assert clock(case, "take")["stopped_at"] is None
    case = await moved(county, duty_officer(OTHER_TOWN), case, Move.TAKE)
    assert (case["holder"], case["custody"][-1]["how"], case["hops"]) == (OTHER_TOWN, "transfer", 1)
    assert clock(case, "take")["stopped_at"]


async def test_a_case_is_transferred_only_sideways(county: Database) -> None:
    case = await held_by_town(county)
    for to in (VILLAGE, OTHER_VILLAGE, COUNTY, POLICE, TOWN):
        with pytest.raises(InvalidInput, match="stand beside"):
            await moved(county, duty_officer(), case, Command(Move.TRANSFER, to=to, reason="转"))


async def test_custody_is_offered_to_no_desk_that_the_directory_does_not_have(county: Database) -> None:
    case = await held_by_town(county)
    with pytest.raises(NotFound):
        await moved(county, duty_officer(), case, Command(Move.TRANSFER, to="620821199", reason="转"))


async def test_a_transfer_that_nobody_takes_goes_to_the_common_superior(county: Database) -> None:
    case = await held_by_town(county)
    await moved(county, duty_officer(), case, Command(Move.TRANSFER, to=OTHER_TOWN, reason="转"))
    await watch_once(county, LATER + timedelta(hours=3))
    async with county.read(SYSTEM) as tx:
        after = await load_case(tx, UUID(case["id"]))
    assert after.offer
    assert (after.offer.to, after.holder) == (COUNTY, TOWN)


async def disputed(db: Database) -> CaseRecord:
    case = await held_by_town(db)
    for _ in range(2):
        case = await moved(db, duty_officer(), case, Command(Move.TRANSFER, to=OTHER_TOWN, reason="转"))
        case = await moved(db, duty_officer(OTHER_TOWN), case, Command(Move.RETURN, reason="非我辖区"))
    return case


async def test_after_two_returns_the_lowest_superior_that_is_no_party_decides(county: Database) -> None:
    case = await disputed(county)
    assert (case["arbiter"], case["returns"]) == (COUNTY, 2)
    with pytest.raises(NotYourMove):
        await moved(county, leader(), case, Command(Move.DECIDE, to=OTHER_TOWN, reason="裁定"))
    case = await moved(county, dispatcher(), case, Command(Move.DECIDE, to=OTHER_TOWN, reason="裁定"))
    assert (case["holder"], case["offer"], case["arbiter"]) == (OTHER_TOWN, None, None)
    assert case["custody"][-1]["how"] == "decide"
    for again in (Command(Move.TRANSFER, to=TOWN, reason="转"), Command(Move.ESCALATE, reason="上报")):
        with pytest.raises(MoveNotAllowed, match="arbiter"):
            await moved(county, duty_officer(OTHER_TOWN), case, again)


async def test_a_case_is_not_decided_before_the_second_return(county: Database) -> None:
    case = await held_by_town(county)
    case = await moved(county, duty_officer(), case, Command(Move.TRANSFER, to=OTHER_TOWN, reason="转"))
    case = await moved(county, duty_officer(OTHER_TOWN), case, Command(Move.RETURN, reason="非我辖区"))
    with pytest.raises(MoveNotAllowed, match="two returns"):
        await moved(county, dispatcher(), case, Command(Move.DECIDE, to=TOWN, reason="裁定"))


async def test_where_the_county_is_a_party_a_leader_decides(county: Database) -> None:
    case = await moved(county, dispatcher(), await reported(county, category="fire"), Move.ACCEPT, START)
    for _ in range(2):
        case = await moved(county, dispatcher(), case, Command(Move.HAND_DOWN, to=POLICE, reason="职责"))
        case = await moved(county, police(), case, Command(Move.RETURN, reason="非我职责"))
    assert case["arbiter"] == "leader"
    with pytest.raises(NotYourMove):
        await moved(county, dispatcher(), case, Command(Move.DECIDE, to=POLICE, reason="裁定"))
    case = await moved(county, leader(), case, Command(Move.DECIDE, to=POLICE, reason="裁定"))
    assert case["holder"] == POLICE


async def suspended(db: Database) -> CaseRecord:
    case = await moved(db, village_officer(), await reported(db), Move.ACCEPT, START)
    case = await moved(db, village_officer(), case, Command(Move.DISPATCH, units=("grid-1",)), START)
    ask = Command(Move.ASK_SUSPEND, cause=Cause.MATERIAL, until=UNTIL, reason="待补材料")
    case = await moved(db, village_officer(), case, ask, START + timedelta(minutes=10))
    with pytest.raises(MoveNotAllowed, match="already"):
        await moved(db, village_officer(), case, Command(Move.ASK_EXTEND, hours=2, reason="忙"))
    with pytest.raises(NotYourMove):
        await moved(db, village_officer(), case, Move.APPROVE)
    return await moved(db, duty_officer(), case, Move.APPROVE, LATER)


async def test_a_suspended_case_waits_and_its_clocks_with_it(county: Database) -> None:
    before = clock(await reported(county), "resolve")["due_at"]
    case = await suspended(county)
    assert (case["status"], case["suspended_until"], case["request"]) == (
        "suspended",
        case_moment(UNTIL),
        None,
    )
    # The village runs on the wall clock: what is left of the limit is counted from the end of the pause.
    due = datetime.fromisoformat(clock(case, "resolve")["due_at"])
    assert due - datetime.fromisoformat(before) == UNTIL - LATER
    assert clock(case, "resolve")["paused_s"] == (UNTIL - LATER).total_seconds()
    async with county.read(SYSTEM) as tx:
        assert {unit["state"] for unit in await snapshot_units(tx)} == {"available"}
        held = await load_case(tx, UUID(case["id"]))
    assert case_record(held) == case


def case_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


async def test_a_case_resumed_early_gets_no_more_time_than_it_waited(county: Database) -> None:
    before = datetime.fromisoformat(clock(await reported(county), "resolve")["due_at"])
    case = await suspended(county)
    resumed_at = LATER + timedelta(hours=5)
    case = await moved(county, village_officer(), case, Move.RESUME, resumed_at)
    assert (case["status"], case["suspended_at"], case["suspended_until"]) == ("accepted", None, None)
    assert datetime.fromisoformat(clock(case, "resolve")["due_at"]) - before == timedelta(hours=5)


async def test_at_its_date_a_case_resumes_by_itself_and_once(county: Database) -> None:
    case = await suspended(county)
    assert clock(case, "resolve")["colour"] == "green"
    await watch_once(county, UNTIL - timedelta(minutes=1))
    async with county.read(SYSTEM) as tx:
        assert (await load_case(tx, UUID(case["id"]))).status == "suspended"
    for _ in range(2):
        await watch_once(county, UNTIL + timedelta(minutes=1))
    async with county.read(SYSTEM) as tx:
        after = await load_case(tx, UUID(case["id"]))
    assert (after.status, after.version) == ("accepted", case["version"] + 1)
    assert case_record(after)["clocks"][-1]["due_at"] == case["clocks"][-1]["due_at"]


async def test_a_denied_request_changes_no_clock(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT, START)
    due = clock(case, "resolve")["due_at"]
    case = await moved(county, village_officer(), case, Command(Move.ASK_EXTEND, hours=9, reason="复杂"))
    assert case["request"]
    assert case["request"]["kind"] == "extend"
    case = await moved(county, duty_officer(), case, Command(Move.DENY, reason="理由不足"))
    assert (case["request"], clock(case, "resolve")["due_at"]) == (None, due)


async def test_an_extension_moves_the_limit_to_resolve_and_the_clock_says_so(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT, START)
    before = datetime.fromisoformat(clock(case, "resolve")["due_at"])
    case = await moved(county, village_officer(), case, Command(Move.ASK_EXTEND, hours=9, reason="复杂"))
    case = await moved(county, duty_officer(), case, Move.APPROVE)
    assert datetime.fromisoformat(clock(case, "resolve")["due_at"]) - before == timedelta(hours=9)
    async with county.read(SYSTEM) as tx:
        held, calendars = await load_case(tx, UUID(case["id"])), await load_calendars(tx)
    resolve = next(one for one in held.clocks if one.target is Target.RESOLVE)
    said = explanation(resolve, held, calendars)
    assert (said["started_by"], said["calendar"], said["limit_s"], said["extra_s"]) == (
        "reported",
        "wall",
        86400,
        9 * 3600,
    )


async def test_an_upheld_objection_takes_out_the_time_before_the_case_came(county: Database) -> None:
    case = await moved(
        county, village_officer(), await reported(county), Command(Move.ESCALATE, reason="难"), START
    )
    with pytest.raises(NotYourMove):
        await moved(
            county, duty_officer(), case, Command(Move.OBJECT, target=Target.RESOLVE, reason="来得晚")
        )
    case = await moved(county, duty_officer(), case, Move.TAKE, LATER)
    case = await moved(county, duty_officer(), case, Move.ACCEPT, LATER)
    before = datetime.fromisoformat(clock(case, "resolve")["due_at"])
    case = await moved(
        county, duty_officer(), case, Command(Move.OBJECT, target=Target.RESOLVE, reason="来得晚")
    )
    case = await moved(county, dispatcher(), case, Move.APPROVE)
    assert datetime.fromisoformat(clock(case, "resolve")["due_at"]) - before == LATER - START


async def test_the_countys_own_requests_are_granted_by_a_leader(county: Database) -> None:
    case = await moved(county, dispatcher(), await reported(county, category="fire"), Move.ACCEPT, START)
    case = await moved(county, dispatcher(), case, Command(Move.ASK_EXTEND, hours=2, reason="火势大"))
    with pytest.raises(NotYourMove):
        await moved(county, dispatcher(), case, Move.APPROVE)
    assert (await moved(county, leader(), case, Move.APPROVE))["request"] is None


async def test_the_desk_above_the_holder_sees_a_case_whose_place_turns_out_to_be_elsewhere(
    county: Database,
) -> None:
    case = await moved(county, village_officer(), await reported(county), Move.ACCEPT, START)
    placed = Edit(lon=107.45, lat=35.35, area_code=OTHER_VILLAGE)
    case = await moved(county, village_officer(), case, Command(Move.EDIT, reason="地点有误", edit=placed))
    asked = Command(Move.ASK_EXTEND, hours=8, reason="路远")
    case = await moved(county, village_officer(), case, asked)
    assert case["request"]
    case = await moved(county, duty_officer(), case, Move.APPROVE)
    assert case["request"] is None


async def test_a_request_ends_with_the_custody_of_who_made_it(county: Database) -> None:
    case = await moved(county, village_officer(), await reported(county, area=GRID), Move.ACCEPT, START)
    case = await moved(county, village_officer(), case, Command(Move.ASK_EXTEND, hours=2, reason="忙"))
    case = await moved(county, duty_officer(), case, Command(Move.TAKE_OVER, reason="提级"))
    assert (case["request"], case["holder"]) == (None, TOWN)
