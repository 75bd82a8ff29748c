"""The robots: what they say, how they decide, drive and repeat themselves, and when they stand aside."""

import asyncio
import json
import struct
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.actions.cases import new_case
from dispatch.records import UnitRecord, case_record
from dispatch.rules.calendar import WallCalendar
from dispatch.rules.case import Case
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.decide import Command, Context, UnitView, decide
from dispatch.rules.desks import commands
from dispatch.rules.routing import first_desk
from dispatch.rules.vocabulary import OPEN, Cause, Colour, Move, Status, UnitKind, UnitState
from dispatch.simulation import client, scenarios, sentences
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.client import Api
from dispatch.simulation.county import County
from dispatch.simulation.credentials import Robot, Roster, read_roster
from dispatch.simulation.decisions import Minds, Step, delay_s
from dispatch.simulation.fleet import AT_THE_PLACE_M, SPEED_MPS, Fleet
from dispatch.simulation.gateways import Gateways
from dispatch.simulation.picture import FRAME_HEAD, FRAME_ROW, Picture
from dispatch.simulation.terrain import Terrain
from gis.actor import Actor, Role
from gis.errors import MoveNotAllowed, NotYourMove
from tests.dispatch.county import COUNTY, GRID, POLICE, START, TOWN, VILLAGE, a_report, stranger

CALENDAR = WallCalendar()


def robot(role: Role, desk: str, unit: str | None = None, serial: int = 0) -> Robot:
    return Robot(f"{role}-{desk}-{unit}-{serial}", role, desk, desk.partition("/")[0], unit=unit)


STAFF = (
    robot(Role.DISPATCHER, COUNTY),
    robot(Role.DISPATCHER, COUNTY, serial=1),
    robot(Role.LEADER, COUNTY),
    robot(Role.DUTY_OFFICER, TOWN),
    robot(Role.VILLAGE_OFFICER, VILLAGE),
    robot(Role.DEPARTMENT, POLICE),
    robot(Role.GRID_OFFICER, VILLAGE, "grid-1"),
    robot(Role.GRID_OFFICER, VILLAGE, "grid-2"),
    robot(Role.DEVICE, TOWN),
)


# ── what they say ──────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_texts_enough_for_every_category() -> None:
    rows = scenarios.scenarios()
    assert {row.category for row in rows} == set(CATEGORIES)
    assert len({text for row in rows for text in row.texts}) >= 100


@given(st.integers(0, 23), st.randoms(use_true_random=False))
def test_a_drawn_incident_is_a_whole_sentence_about_a_known_category(hour: int, rng: Random) -> None:
    incident = scenarios.pick(rng, hour)
    assert incident.category in CATEGORIES
    assert "{" not in incident.text
    assert len(incident.text) > 10


def test_a_department_is_drawn_only_what_it_is_there_for() -> None:
    among = frozenset({"traffic_crash", "fraud"})
    assert {scenarios.pick(Random(seed), 10, among).category for seed in range(60)} == among


def test_what_happens_depends_on_the_hour() -> None:
    def share(hour: int) -> float:
        drawn = [scenarios.pick(Random(seed), hour).category for seed in range(800)]
        return drawn.count("inquiry") / len(drawn)

    assert share(10) > 3 * share(3)


def test_emergencies_are_few() -> None:
    drawn = [CATEGORIES[scenarios.pick(Random(seed), 10).category].priority for seed in range(2000)]
    assert 0.04 < drawn.count(1) / len(drawn) < 0.12


@given(st.randoms(use_true_random=False))
def test_no_reporter_has_a_number_that_could_be_somebodys(rng: Random) -> None:
    phone = sentences.reporter(rng)["phone"]
    assert len(phone) == 11
    assert phone.startswith("100")


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_a_result_to_report(category: str) -> None:
    assert sentences.result(Random(1), category)


# ── how they decide: the rules themselves, in virtual time ─────────────────────────────────────────────────


@dataclass
class Village:
    """The small county without any server: the pure rules, the robots' minds, and a clock that jumps."""

    minds: Minds
    case: Case
    at: datetime = START
    units: dict[str, UnitView] = field(default_factory=dict)
    moves: Counter[str] = field(default_factory=Counter)

    def live(self, most: int = 120) -> Case:
        """Take the earliest step again and again until nothing is left to do."""
        for _ in range(most):
            steps = self.minds.next_steps(case_record(self.case), self.at) + self._arrivals()
            if not steps:
                return self.case
            rng = Random(len(self.moves))
            step = min(steps, key=lambda one: delay_s(one, rng, 1.0))
            self.at += timedelta(seconds=delay_s(step, rng, 1.0))
            self._make(step)
        return self.case

    def _arrivals(self) -> list[Step]:
        record = case_record(self.case)
        return [self.minds.arrival(record, one) for one in record["assignments"] if one["state"] == "enroute"]

    def _make(self, step: Step) -> None:
        refused: Exception | None = None
        for actor in self._actors(step):
            try:
                self._decide(actor, self._command(step))
            except (NotYourMove, MoveNotAllowed) as error:
                refused = error
            else:
                self.moves[str(step.move)] += 1
                return
        raise AssertionError(f"nobody may {step}: {refused}")

    def _decide(self, actor: Actor, command: Command) -> None:
        context = Context(actor, self.at, lambda _class, _desk: CALENDAR, uuid4, self.units)
        outcome = decide(self.case, command, context)
        self.case = outcome.case
        for change in outcome.units:
            self.units[change.unit] = replace(
                self.units[change.unit], state=change.state, case_id=change.case_id
            )

    def _command(self, step: Step) -> Command:
        fields: dict[str, Any] = dict(step.fields)
        if step.move is Move.DISPATCH:
            declined = {one.unit for one in self.case.assignments}
            free = [
                unit
                for unit in self.units.values()
                if unit.case_id is None
                and unit.id not in declined
                and commands(self.case.holder, unit.desk, unit.area_code)
            ]
            if not free:
                assert step.fallback is not None
                return Command(step.fallback, reason="-", result="-")
            return Command(Move.DISPATCH, units=(free[0].id,))
        if "until" in fields:
            fields |= {"until": datetime.fromisoformat(fields["until"]), "cause": Cause(fields["cause"])}
        if "units" in fields:
            fields["units"] = tuple(fields["units"])
        return Command(step.move, **fields)

    def _actors(self, step: Step) -> list[Actor]:
        roster = self.minds.roster
        if step.who == "leader":
            return [as_actor(one) for one in roster.of_role(Role.LEADER)]
        if step.who.startswith("unit:"):
            return [as_actor(roster.by_unit[step.who.removeprefix("unit:")])]
        return [as_actor(one) for one in roster.at(step.who)]


def as_actor(one: Robot) -> Actor:
    return Actor(one.token, one.name, one.role, one.desk, one.area, one.unit, robot=True)


def crew() -> dict[str, UnitView]:
    rows = (
        ("grid-1", UnitKind.GRID_OFFICER, VILLAGE, GRID),
        ("grid-2", UnitKind.GRID_OFFICER, VILLAGE, GRID),
        ("grid-3", UnitKind.GRID_OFFICER, VILLAGE, GRID),
    )
    return {
        unit: UnitView(unit, unit, kind, desk, area, True, UnitState.AVAILABLE, None)
        for unit, kind, desk, area in rows
    }


def village_with(category: str, seed: int) -> Village:
    report = replace(a_report(category), holder=first_desk(category, CATEGORIES[category].priority, GRID))
    case = new_case(report, stranger(), START, "1", lambda _class, _desk: CALENDAR)
    # The same seed tells the same story: everything that robots draw depends on the case's id.
    case = replace(case, id=UUID(int=Random(f"{category}{seed}").getrandbits(128)))
    return Village(Minds(seed, Roster(STAFF)), case, units=crew())


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(CATEGORIES)), st.integers(0, 10_000))
def test_every_case_comes_to_an_end_by_moves_that_are_the_robots_own(category: str, seed: int) -> None:
    village = village_with(category, seed)
    assert village.live().status not in OPEN
    assert all(unit.case_id is None for unit in village.units.values())


def test_cases_differ_in_how_they_go() -> None:
    moves: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    rng = Random(5)
    for seed in range(250):
        village = village_with(scenarios.pick(rng, 10).category, seed)
        ends[str(village.live().status)] += 1
        moves += Counter(dict.fromkeys(village.moves, 1))
    assert {str(Status.CLOSED), str(Status.CANCELLED), str(Status.REFUSED)} <= set(ends)
    assert ends["closed"] > 200
    wanted = {"escalate", "hand_down", "take", "return", "decline", "start", "resolve"}
    assert wanted <= set(moves)


def test_now_and_then_a_case_is_disputed_or_has_to_wait() -> None:
    moves: Counter[str] = Counter()
    rng = Random(6)
    for seed in range(700):
        village = village_with(scenarios.pick(rng, 10).category, seed)
        assert village.live().status not in OPEN
        moves += Counter(dict.fromkeys(village.moves, 1))
    rare = {"decide", "ask_suspend", "ask_extend", "approve", "deny", "resume"}
    assert rare <= set(moves)
    assert all(moves[move] < 40 for move in rare)


def test_planning_again_changes_no_mind() -> None:
    village = village_with("sanitation", 3)
    record = case_record(village.case)
    assert village.minds.next_steps(record, START) == village.minds.next_steps(record, START)


def test_some_emergencies_are_accepted_too_late_on_purpose() -> None:
    late = 0
    for seed in range(400):
        village = village_with("fire", seed)
        step = village.minds.next_steps(case_record(village.case), START)[0]
        late += step.fixed_s is not None and step.fixed_s > 60
    assert 10 < late < 60


def test_a_leader_asks_about_some_cases_that_are_red() -> None:
    asked = 0
    for seed in range(300):
        village = village_with("sanitation", seed)
        red = tuple(replace(clock, colour=Colour.RED) for clock in village.case.clocks)
        record = case_record(replace(village.case, clocks=red))
        asked += any(step.move is Move.SUPERVISE for step in village.minds.next_steps(record, START))
    assert 60 < asked < 150


def test_lateness_knows_no_speed_but_everything_else_does() -> None:
    slow = Step("c", "k", "w", Move.ACCEPT, 30.0)
    assert delay_s(slow, Random(1), 10.0) == pytest.approx(delay_s(slow, Random(1), 1.0) / 10)
    assert delay_s(replace(slow, fixed_s=70.0), Random(1), 10.0) == 70.0


# ── the agenda ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_step_is_planned_once_and_dropped_with_its_situation() -> None:
    agenda, step = Agenda(), Step("c", "accept", "w", Move.ACCEPT, 1.0)
    agenda.replan("c", [step], lambda _: 5.0)
    agenda.replan("c", [replace(step)], lambda _: 1.0)  # thought of again: it keeps its moment
    assert agenda.take_due(4.0) == []
    agenda.replan("c", [], lambda _: 0.0)
    assert agenda.take_due(10.0) == []


# ── the picture ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_picture_takes_newer_versions_only_and_forgets_what_is_over() -> None:
    record = case_record(village_with("noise", 1).case)
    picture = Picture()
    picture.apply({"type": "snapshot", "cases": [record], "units": []})
    newer: Any = {**record, "version": 3, "status": "accepted"}
    assert picture.apply({"type": "event", "case": newer, "units": []}) == {record["id"]}
    assert picture.apply({"type": "event", "case": {**newer, "version": 2}, "units": []}) == set()
    assert picture.cases[record["id"]]["version"] == 3
    picture.apply({"type": "event", "case": {**newer, "version": 4, "status": "closed"}, "units": []})
    assert picture.cases == {}


def test_a_frame_of_positions_is_read_to_the_degree() -> None:
    picture = Picture()
    frame = FRAME_HEAD.pack(1, 1, 1, 0.0) + FRAME_ROW.pack(7, 3, 255, 255, 107_356_789, 35_332_211)
    assert FRAME_ROW.size == struct.calcsize("<HHBBii") == 14
    assert picture.locate(frame)
    assert picture.places[7] == (107.356789, 35.332211)


# ── the client ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_was_not_answered_is_sent_again_under_the_same_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE_S", 0.001)
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["idempotency-key"])
        if len(seen) == 1:
            raise httpx.ReadError("the line went dead")
        return httpx.Response(503 if len(seen) == 2 else 201, json={"case": {"id": "1"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://wall") as http:
        found = await Api(http).post(STAFF[0], "/api/cases", {"text": "x"})
    assert found.ok
    assert len(seen) == 3
    assert len(set(seen)) == 1


async def test_each_robot_comes_with_its_own_credential() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://wall") as http:
        api = Api(http)
        await api.get(STAFF[0], "/x")
        await api.get(STAFF[3], "/x")
    assert seen == [f"Bearer {STAFF[0].token}", f"Bearer {STAFF[3].token}"]


def test_the_roster_is_read_from_the_servers_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    entry = {
        "token": "t",
        "role": "grid_officer",
        "desk": VILLAGE,
        "area": GRID,
        "unit_id": "grid-1",
        "name": "x",
    }
    path.write_text(json.dumps({"tokens": [entry]}), encoding="utf-8")
    roster = read_roster(path)
    assert roster.by_unit["grid-1"].token == "t"
    assert roster.has(VILLAGE)


# ── on the ground ──────────────────────────────────────────────────────────────────────────────────────────


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


@pytest.fixture(scope="module")
def terrain() -> Terrain:
    """A square of roads in one grid, some 1.8 km a side."""
    west, south, east, north = 107.30, 35.30, 107.32, 35.316
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    sides = [
        feature("LineString", [one, two], road_class="trunk" if number == 0 else "village", speed_kmh=40)
        for number, (one, two) in enumerate(pairwise(corners))
    ]
    ring = [[[107.29, 35.29], [107.33, 35.29], [107.33, 35.33], [107.29, 35.33], [107.29, 35.29]]]
    town = feature("Polygon", ring, code=TOWN, seat=[107.301, 35.3005])
    return Terrain(
        {"features": sides}, {"features": [feature("Polygon", ring, code=GRID)]}, {"features": [town]}
    )


def unit_record(unit: str = "grid-1", state: str = "available", **changes: Any) -> UnitRecord:
    record: UnitRecord = {
        "id": unit,
        "no": 1,
        "version": 1,
        "name": unit,
        "kind": "grid_officer",
        "desk": VILLAGE,
        "area_code": GRID,
        "on_duty": True,
        "state": state,
        "case_id": None,
        "state_at": START.isoformat(),
    }
    return {**record, **changes}  # type: ignore[typeddict-item]


def test_places_are_told_apart_by_their_kind(terrain: Terrain) -> None:
    assert set(terrain.kinds.tolist()) == {"road", "town", "village"}
    rng = Random(1)
    town_m = terrain.zone.to_metres([terrain.spot(rng, "town") for _ in range(40)])
    assert np.hypot(*(town_m - terrain.zone.to_metres([[107.301, 35.3005]])).T).max() < 400


def test_a_called_unit_drives_to_the_case_and_waits_there_until_it_is_free(terrain: Terrain) -> None:
    fleet = Fleet(terrain, 1, 1.0)
    fleet.add(unit_record(), (107.30, 35.30))
    goal = (107.32, 35.316)
    fleet.call("grid-1", "assignment", goal)
    states = {"grid-1": unit_record(state="enroute")}
    reached: list[str] = []
    ticks = 0
    while not reached and ticks < 2000:
        ticks += 1
        reached = fleet.step(1.0, float(ticks), states)
    way_m = terrain.route((107.30, 35.30), goal).metres
    assert way_m / (SPEED_MPS[UnitKind.GRID_OFFICER][1] * 1.1) <= ticks <= way_m / 5
    assert (
        np.hypot(*(terrain.zone.to_metres([fleet.place("grid-1")]) - terrain.zone.to_metres([goal]))[0]) < 1
    )
    assert fleet.step(1.0, ticks + 1.0, states) == ["grid-1"]
    assert fleet.step(1.0, ticks + 2.0, {"grid-1": unit_record()}) == []


def test_a_patrol_stays_on_the_roads_of_its_grid(terrain: Terrain) -> None:
    fleet = Fleet(terrain, 2, 5.0)
    fleet.add(unit_record(), None)
    states = {"grid-1": unit_record()}
    places = []
    for tick in range(900):
        fleet.step(1.0, float(tick), states)
        places.append(fleet.place("grid-1"))
    off_m = terrain.graph._snapper.snap(terrain.zone.to_metres(places)).off_m
    assert off_m.max() < 5
    assert len({(round(lon, 3), round(lat, 3)) for lon, lat in places}) > 10


def test_who_stands_still_sends_a_fix_only_now_and_then(terrain: Terrain) -> None:
    fleet = Fleet(terrain, 3, 1.0)
    fleet.add(unit_record(), (107.30, 35.30))
    sent = [len(fleet.fixes(float(tick), {"grid-1"})) for tick in range(30)]
    assert sum(sent) == 3
    fix = fleet.fixes(100.0, {"grid-1"})[0]
    assert abs(fix.lon - 107.30) < AT_THE_PLACE_M / 90_000
    assert (fix.speed_mps, 3 <= fix.accuracy_m <= 12) == (0.0, True)


def test_a_township_gateway_sends_for_its_units(terrain: Terrain) -> None:
    api = Api(httpx.AsyncClient())
    gateways = Gateways(api, Roster(STAFF), [unit_record("grid-1", no=1), unit_record("grid-2", no=2)])
    assert [(one.role, units) for one, units in gateways.groups] == [(Role.DEVICE, frozenset({"grid-2"}))]
    assert set(gateways.phones) == {"grid-1"}


# ── standing aside ─────────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Stands in for the wall: remembers who asked for which move, and says yes."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/recommendation"):
            return httpx.Response(200, json={"candidates": [], "shortfall": None})
        body = json.loads(request.content)
        self.moves.append((request.headers["authorization"].removeprefix("Bearer "), body["move"]))
        return httpx.Response(200, json={})


def county_of(server: Server, http: httpx.AsyncClient, terrain: Terrain) -> County:
    roster = Roster(STAFF)
    return County(
        Api(http), roster, Picture(), Fleet(terrain, 1, 1.0), Minds(1, roster), Random(1), speed=1000.0
    )


async def test_a_robot_stands_aside_where_a_human_sits_and_goes_on_when_he_leaves(terrain: Terrain) -> None:
    server = Server()
    async with httpx.AsyncClient(transport=httpx.MockTransport(server), base_url="http://wall") as http:
        county = county_of(server, http, terrain)
        record = case_record(village_with("noise", 4).case)
        county.picture.replace([record], [])
        county.attended = {VILLAGE}
        county.think({record["id"]})
        await asyncio.sleep(0.1)
        county.wake()
        await asyncio.sleep(0.05)
        assert server.moves == []
        county.attended = set()
        county.agenda.put_back(county.minds.next_steps(record, START)[0], 0.0)  # not planned: changes nothing
        await asyncio.sleep(0.05)
        step = county.agenda._planned[record["id"]][next(iter(county.agenda._planned[record["id"]]))]
        county.agenda.put_back(step, 0.0)
        county.wake()
        await asyncio.sleep(0.1)
        assert [move for _, move in server.moves] == ["accept"]
        assert server.moves[0][0].startswith("village_officer")


async def test_a_unit_whose_phone_a_human_holds_is_not_moved(terrain: Terrain) -> None:
    server = Server()
    async with httpx.AsyncClient(transport=httpx.MockTransport(server), base_url="http://wall") as http:
        county = county_of(server, http, terrain)
        step = Step("c", "k", "unit:grid-1", Move.ACKNOWLEDGE)
        assert not county.stands_aside(step)
        county.attended = {"unit:grid-1"}
        assert county.stands_aside(step)


async def test_when_the_finder_is_busy_somebody_else_is_sent(terrain: Terrain) -> None:
    class Busy(Server):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = super().__call__(request)
            if self.moves and self.moves[-1][1] == "attach":
                return httpx.Response(409, json={"code": "unit_busy", "detail": "bound to another case"})
            return answer

    server = Busy()
    async with httpx.AsyncClient(transport=httpx.MockTransport(server), base_url="http://wall") as http:
        county = county_of(server, http, terrain)
        for seed in range(60):  # until one is found whose finder would go himself
            village = village_with("sanitation", seed)
            record = case_record(replace(village.case, status=Status.ACCEPTED))
            county.minds.finders[record["id"]] = "grid-1"
            steps = county.minds.next_steps(record, START)
            if [step.move for step in steps] == [Move.ATTACH]:
                break
        county.picture.replace([record], [])
        county.think({record["id"]})
        county.agenda.put_back(next(iter(county.agenda._planned[record["id"]].values())), 0.0)
        county.wake()
        await asyncio.sleep(0.05)
        assert server.moves[0][1] == "attach"
        assert [step.move for step in county.agenda._planned[record["id"]].values()] == [Move.DISPATCH]
