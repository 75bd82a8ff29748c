"""The hub on a real database: snapshots, replays, live events, slow pages, presence, and the one
invariant.
"""

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.actions.cases import make_move, report_case, turn_clocks
from dispatch.actions.units import set_duty
from dispatch.records import CaseRecord
from dispatch.rules.decide import Command, Edit
from dispatch.rules.vocabulary import Move
from dispatch.stream import hub as hub_module
from dispatch.stream import view
from gis.actor import Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import WallError
from tests.dispatch.county import (
    COUNTY,
    OTHER_GRID,
    OTHER_TOWN,
    POLICE,
    TOWN,
    UNITS,
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
from tests.dispatch.pages import all_told, hub_at_work, open_page


async def reported(db: Database, **changes: object) -> CaseRecord:
    return (await report_case(db, stranger(), a_report(**changes), now())).case  # type: ignore[arg-type]


async def moved(db: Database, by: Actor, case: CaseRecord, command: Command | Move) -> CaseRecord:
    made = command if isinstance(command, Command) else Command(command)
    return await make_move(db, by, UUID(case["id"]), made, None, now())


async def test_a_page_starts_with_everything_that_its_actor_sees(county: Database) -> None:
    here, there = await reported(county), await reported(county, area=OTHER_GRID)
    async with hub_at_work(county) as hub:
        await all_told(hub, county)
        store = await open_page(hub, dispatcher()).snapshot()
        assert set(store.cases) == {here["id"], there["id"]}
        assert store.cases[here["id"]] == here
        assert set(store.units) == {unit for unit, *_ in UNITS}
        store = await open_page(hub, duty_officer()).snapshot()
        assert set(store.cases) == {here["id"]}
        assert set(store.units) == {"grid-1", "grid-2", "patrol-1"}
        store = await open_page(hub, police()).snapshot()
        assert (set(store.cases), set(store.units)) == (set(), {"police-1"})


async def test_a_live_event_comes_by_itself_and_names_the_snapshot_before_it(county: Database) -> None:
    async with hub_at_work(county) as hub:
        page = open_page(hub, dispatcher())
        await page.snapshot()
        case = await reported(county)
        await page.wire.until(lambda: page.wire.of_type("event"))
        event = page.wire.of_type("event")[0]
        assert (event["kind"], event["op"], event["case"]) == ("case.report", "enter", case)
        assert event["prev"] == page.wire.of_type("snapshot")[0]["seq"]


async def test_a_case_that_is_given_enters_and_one_that_is_taken_back_leaves(county: Database) -> None:
    async with hub_at_work(county) as hub:
        pages = {
            name: open_page(hub, one)
            for name, one in (("police", police()), ("other", duty_officer(OTHER_TOWN)))
        }
        for page in pages.values():
            await page.snapshot()
        centre = dispatcher()
        case = await moved(county, centre, await reported(county, category="fire"), Move.ACCEPT)
        await moved(county, centre, case, Command(Move.HAND_DOWN, to=POLICE, reason="属公安职责"))
        await all_told(hub, county)
        assert [event["op"] for event in pages["police"].wire.of_type("event")] == ["enter"]
        assert pages["other"].wire.of_type("event") == []


async def test_moving_a_case_to_another_township_is_a_leave_here_and_an_enter_there(county: Database) -> None:
    case = await reported(county, category="fire")
    async with hub_at_work(county) as hub:
        await all_told(hub, county)
        here, there = open_page(hub, duty_officer()), open_page(hub, duty_officer(OTHER_TOWN))
        await here.snapshot()
        await there.snapshot()
        edit = Edit(area_code=OTHER_GRID, lon=107.5, lat=35.4)
        await moved(county, dispatcher(), case, Command(Move.EDIT, reason="位置有误", edit=edit))
        await all_told(hub, county)
        assert [event["op"] for event in there.wire.of_type("event")] == ["enter"]
        assert here.wire.of_type("event")[-1]["op"] == "leave"
        assert here.take().cases == {}


async def test_a_page_that_comes_back_gets_what_it_missed_and_no_snapshot(county: Database) -> None:
    async with hub_at_work(county) as hub:
        first = open_page(hub, dispatcher())
        await first.snapshot()
        await reported(county)
        await all_told(hub, county)
        seq = first.take().seq
        await first.close()
        ids = [(await reported(county))["id"] for _ in range(3)]
        await all_told(hub, county)
        second = open_page(hub, dispatcher(), seq)
        second.store = first.store
        await second.wire.until(lambda: second.wire.of_type("beat"))
        assert second.wire.of_type("snapshot") == []
        assert [event["case_id"] for event in second.wire.of_type("event")] == ids
        assert second.wire.of_type("event")[0]["prev"] == seq
        assert set(ids) < set(second.take().cases)


@pytest.mark.parametrize("since", [10_000_000, 0])
async def test_a_page_that_was_away_too_long_starts_afresh(
    county: Database, since: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "KEPT", 2)
    async with hub_at_work(county) as hub:
        for _ in range(4):
            await reported(county)
        await all_told(hub, county)
        page = open_page(hub, dispatcher(), since)
        assert len((await page.snapshot()).cases) == 4


async def test_a_page_of_another_view_starts_afresh(county: Database) -> None:
    async with hub_at_work(county) as hub:
        page = open_page(hub, dispatcher())
        await page.snapshot()
        said = page.wire.of_type("snapshot")[0]
        same = open_page(hub, dispatcher(), said["seq"], view=said["view"])
        await same.wire.until(lambda: same.wire.of_type("beat"))
        assert same.wire.of_type("snapshot") == []
        await open_page(hub, duty_officer(), said["seq"], view=said["view"]).snapshot()


async def test_a_slow_page_is_dropped_to_a_fresh_snapshot_and_delays_nobody(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "KEPT", 5)
    async with hub_at_work(county) as hub:
        slow, quick = open_page(hub, dispatcher()), open_page(hub, dispatcher())
        await slow.snapshot()
        await quick.snapshot()
        slow.wire.flows.clear()
        ids = set()
        for _ in range(12):
            ids.add((await reported(county))["id"])
            await all_told(hub, county)
        assert {event["case_id"] for event in quick.wire.of_type("event")} == ids
        assert slow.wire.of_type("event") == []
        slow.wire.flows.set()
        await slow.wire.until(lambda: len(slow.wire.of_type("snapshot")) == 2)
        await reported(county)
        await all_told(hub, county)
        assert slow.take().cases == quick.take().cases


async def test_socket_after_socket_drops_and_nothing_is_lost_or_repeated(county: Database) -> None:
    async with hub_at_work(county) as hub:
        chance = random.Random(7)
        page = open_page(hub, dispatcher())
        await page.snapshot()
        seen: list[int] = []

        async def report_many() -> None:
            await asyncio.gather(*(report_some() for _ in range(4)))

        async def report_some() -> None:
            for _ in range(15):
                await reported(county)

        writers = asyncio.create_task(report_many())
        drops = 0
        while not writers.done() or page.wire.of_type("event"):
            await asyncio.sleep(chance.uniform(0.01, 0.06))
            store = page.take()
            seen += [event["seq"] for event in page.wire.of_type("event")]
            await page.close()
            page = open_page(hub, dispatcher(), store.seq)
            page.store = store
            drops += 1
            if writers.done():
                await all_told(hub, county)
                await page.wire.until(lambda page=page: page.wire.of_type("beat"))
                if not page.wire.of_type("event"):
                    break
        await writers
        assert drops > 5
        assert seen == list(range(seen[0], seen[0] + 60))
        assert len(page.store.cases) == 60


async def test_a_hundred_events_cost_one_projection_for_all_pages_of_a_view(county: Database) -> None:
    async with hub_at_work(county) as hub:
        pages = [open_page(hub, dispatcher()) for _ in range(20)]
        for page in pages:
            await page.snapshot()
        assert len(hub._views) == 1
        assert len({one for page in pages for one in [page.wire.of_type("snapshot")[0]["seq"]]}) == 1


@pytest.mark.parametrize(
    "said",
    [
        "not JSON",
        "[]",
        {"type": "beat"},
        {"type": "hello", "since": "7"},
        {"type": "hello", "since": -1},
        {"type": "hello", "since": True},
        {"type": "hello", "topics": ["secrets"]},
        {"type": "hello", "topics": "cases"},
        {"type": "hello", "topics": [{}]},
        '{"type": "hello", "x": "' + "x" * 5_000 + '"}',
    ],
)
async def test_a_hello_that_makes_no_sense_closes_the_socket(county: Database, said: Any) -> None:
    async with hub_at_work(county) as hub:
        page = open_page(hub, dispatcher())
        page.wire._said = asyncio.Queue()
        page.wire.say(said)
        await asyncio.wait_for(page.task, 5)
        assert page.wire.closed
        assert page.wire.closed[0] == hub_module.NOT_UNDERSTOOD


async def test_a_socket_that_says_nothing_is_closed(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "SILENT_S", 0.4)
    async with hub_at_work(county) as hub:
        silent, lively = open_page(hub, dispatcher()), open_page(hub, dispatcher())
        for _ in range(10):
            lively.wire.say({"type": "beat"})
            await asyncio.sleep(0.1)
        assert silent.wire.closed
        assert silent.wire.closed[0] == hub_module.TOO_SILENT
        assert lively.wire.closed is None


async def test_beats_tell_the_time_and_how_far_the_page_is(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "BEAT_S", 0.3)
    async with hub_at_work(county) as hub:
        page = open_page(hub, dispatcher())
        await reported(county)
        await page.wire.until(lambda: len(page.wire.of_type("beat")) >= 3)
        assert page.wire.of_type("beat")[-1]["seq"] == page.take().seq


async def test_viewers_of_one_case_learn_of_each_other(county: Database) -> None:
    case = await reported(county)
    async with hub_at_work(county) as hub:
        centre, officer = dispatcher(), duty_officer()
        first, second = open_page(hub, centre), open_page(hub, officer)
        await first.snapshot()
        await second.snapshot()
        first.wire.say({"type": "viewing", "case_id": case["id"]})
        await first.wire.until(lambda: first.wire.of_type("presence"))
        assert first.wire.of_type("presence")[-1]["viewers"] == []
        second.wire.say({"type": "viewing", "case_id": case["id"]})
        await first.wire.until(lambda: first.wire.of_type("presence")[-1]["viewers"])
        assert first.wire.of_type("presence")[-1]["viewers"] == [{"name": officer.name, "desk": TOWN}]
        await second.wire.until(lambda: second.wire.of_type("presence"))
        assert second.wire.of_type("presence")[-1]["viewers"] == [{"name": centre.name, "desk": COUNTY}]
        assert len(hub.viewers(case["id"])) == 2
        hall = open_page(hub, actor(Role.KIOSK, COUNTY))
        await hall.snapshot()
        hall.wire.say({"type": "viewing", "case_id": case["id"]})
        await second.close()
        await first.wire.until(lambda: not first.wire.of_type("presence")[-1]["viewers"])
        assert hall.wire.of_type("presence") == [], "a hall does not read who is looking at what"


async def test_what_one_may_not_see_one_may_not_be_seen_viewing(county: Database) -> None:
    case = await reported(county)
    async with hub_at_work(county) as hub:
        page = open_page(hub, duty_officer(OTHER_TOWN))
        await page.snapshot()
        page.wire.say({"type": "viewing", "case_id": case["id"]})
        page.wire.say({"type": "viewing", "case_id": "nonsense"})
        await asyncio.wait_for(page.task, 5)
        assert hub.viewers(case["id"]) == []
        assert page.wire.of_type("presence") == []
        assert page.wire.closed
        assert page.wire.closed[0] == hub_module.NOT_UNDERSTOOD


async def test_a_case_that_leaves_is_no_longer_viewed(county: Database) -> None:
    case = await reported(county, category="fire")
    async with hub_at_work(county) as hub:
        page = open_page(hub, duty_officer())
        await page.snapshot()
        page.wire.say({"type": "viewing", "case_id": case["id"]})
        await page.wire.until(lambda: page.wire.of_type("presence"))
        edit = Edit(area_code=OTHER_GRID, lon=107.5, lat=35.4)
        await moved(county, dispatcher(), case, Command(Move.EDIT, reason="位置有误", edit=edit))
        await all_told(hub, county)
        assert hub.viewers(case["id"]) == []


async def test_a_desk_is_attended_by_people_at_a_desk_page_and_by_nobody_else(county: Database) -> None:
    robot = Actor("r", "robot", Role.DUTY_OFFICER, OTHER_TOWN, OTHER_TOWN, robot=True)
    async with hub_at_work(county) as hub:
        page = open_page(hub, duty_officer(), desk=True)
        others = [
            open_page(hub, robot, desk=True),
            open_page(hub, actor(Role.KIOSK, COUNTY), desk=True),
            open_page(hub, village_officer()),
        ]
        for one in (page, *others):
            await one.snapshot()
        assert hub.attended_desks() == [TOWN]
        await page.close()
        assert hub.attended_desks() == []


async def test_presence_is_shared_between_processes(county: Database) -> None:
    case = await reported(county)
    async with hub_at_work(county) as one, hub_at_work(county) as other:
        here, there = open_page(one, dispatcher(), desk=True), open_page(other, duty_officer(), desk=True)
        await here.snapshot()
        await there.snapshot()
        for page in (here, there):
            page.wire.say({"type": "viewing", "case_id": case["id"]})
        for page in (here, there):
            await page.wire.until(
                lambda page=page: any(said["viewers"] for said in page.wire.of_type("presence"))
            )
        assert one.attended_desks() == other.attended_desks() == [COUNTY, TOWN]


async def test_a_snapshot_and_the_events_after_it_are_the_next_snapshot(county: Database) -> None:
    """The invariant, for every kind of actor, over hundreds of moves by all of them at once."""
    people = [
        dispatcher(),
        leader(),
        duty_officer(),
        duty_officer(OTHER_TOWN),
        village_officer(),
        police(),
        grid_officer(),
        actor(Role.KIOSK, COUNTY),
        actor(Role.AUDITOR, COUNTY),
    ]
    async with hub_at_work(county) as hub:
        for _ in range(3):
            await reported(county)
        # Not waited for: snapshots are taken while events have no number yet.
        pages = [open_page(hub, one) for one in people]
        time = Time()
        await asyncio.gather(*(muddle(county, time, seed, people) for seed in range(4)))
        await all_told(hub, county)
        for one, page in zip(people, pages, strict=True):
            kept = page.take()
            fresh = await open_page(hub, one).snapshot()
            assert kept.cases == fresh.cases, one.role
            assert kept.units == fresh.units, one.role
        assert len(pages[0].wire.of_type("event")) > 100
        assert any(event["op"] == "enter" for event in pages[5].wire.of_type("event"))


class Time:
    """A clock that is put forward and never back, so that clocks of cases turn."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return now() + self.ahead


async def muddle(db: Database, time: Time, seed: int, people: list[Actor]) -> None:
    """Make moves at random; most are refused, and those that are not make a life."""
    chance = random.Random(seed)
    known = [await reported(db, category=category) for category in ("fire", "neighbour_dispute")]
    await moved(db, people[0], known[0], Move.ACCEPT)
    await moved(db, people[0], known[0], Command(Move.HAND_DOWN, to=POLICE, reason="属公安职责"))
    for _ in range(150):
        by, case_id, kind = chance.choice(people), UUID(chance.choice(known)["id"]), chance.random()
        with suppress(WallError):
            if kind < 0.05:
                known.append(await reported(db, area=chance.choice([OTHER_GRID, f"{VILLAGE}001"])))
            elif kind < 0.1:
                unit, on_duty = chance.choice(UNITS)[0], chance.random() < 0.7
                await set_duty(db, by, unit, on_duty=on_duty, at=time.now())
            elif kind < 0.2:
                at = time.now()
                time.ahead += timedelta(hours=chance.random() * 3)
                await turn_clocks(db, case_id, at)
            else:
                await make_move(db, by, case_id, a_move(chance), None, time.now())


def a_move(chance: random.Random) -> Command:
    """Return any move with everything that any move may need."""
    unit = chance.choice(UNITS)[0]
    return Command(
        chance.choice([move for move in Move if move is not Move.REPORT]),
        reason="原因",
        text="说明",
        result="结果",
        where_to_turn="信访局",
        to=chance.choice([COUNTY, TOWN, OTHER_TOWN, VILLAGE, POLICE]),
        units=(unit,),
        unit=unit,
        passed=chance.random() < 0.5,
        edit=Edit(area_code=chance.choice([OTHER_GRID, f"{VILLAGE}001"]), lon=107.4, lat=35.4),
    )
