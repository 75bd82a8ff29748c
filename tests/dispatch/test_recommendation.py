"""Who should go: order, exclusions, reasons and shortfalls, on a small real road graph."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from dispatch.actions.cases import make_move, report_case
from dispatch.recommendation import (
    FRESH_S,
    MOST,
    Need,
    Recommendation,
    Responder,
    load_responders,
    recommend,
)
from dispatch.rules.decide import Command
from dispatch.rules.vocabulary import Move, UnitKind
from dispatch.tables_positions import positions_latest
from gis.actor import SYSTEM, Actor
from gis.crs import MetricZone
from gis.database import Database
from layers.roads import Edge, RoadGraph
from tests.dispatch.county import (
    START,
    UNITS,
    a_report,
    dispatcher,
    duty_officer,
    police,
    settle,
    stranger,
    village_officer,
)

GRID_CODE = "620821100203001"
GRID, PATROL, DEPARTMENT = UnitKind.GRID_OFFICER, UnitKind.PATROL, UnitKind.DEPARTMENT
# One straight road to the east, two kilometres a node, and a pass across the hills that is no way for cars.
NODES = [(107.30 + 0.022 * step, 35.33) for step in range(6)]
NEED = Need(*NODES[0], GRID_CODE, (GRID, PATROL))


@pytest.fixture(scope="module")
def roads() -> RoadGraph:
    edges = [
        Edge(at, at + 1, 40.0, shapely.LineString([NODES[at], NODES[at + 1]])) for at in range(len(NODES) - 1)
    ]
    return RoadGraph(edges, MetricZone(4545))


def officer(unit: str, node: int, **changes: object) -> Responder:
    lon, lat = NODES[node]
    one = Responder(unit, GRID, "620821100203009", True, 0, lon, lat, 12.0)
    return replace(one, **changes)  # type: ignore[arg-type]


def names(found: Recommendation) -> list[str]:
    return [one.unit for one in found.candidates]


def test_the_sooner_by_road_goes_first(roads: RoadGraph) -> None:
    found = recommend(NEED, [officer("far", 4), officer("near", 1), officer("middle", 2)], roads)
    assert names(found) == ["near", "middle", "far"]
    assert found.shortfall is None


def test_the_reason_is_made_of_the_candidates_own_numbers(roads: RoadGraph) -> None:
    one = recommend(NEED, [officer("near", 1)], roads).candidates[0]
    km = f"{one.distance_m / 1000:.1f}"
    assert one.reason.startswith(f"驾车约 {one.minutes} 分钟（{km} 公里），定位 12 秒前，手上无任务")
    assert one.reason_en.startswith(
        f"about {one.minutes} min by road ({km} km), fix 12 s old, no task in hand"
    )
    assert one.distance_m == pytest.approx(2000, rel=0.02)
    assert one.seconds == pytest.approx(one.distance_m / (40 / 3.6), rel=0.05)


def test_a_way_that_is_walked_does_not_read_as_a_drive(roads: RoadGraph) -> None:
    aside, beside = (
        officer("aside", 1, lat=NODES[1][1] + 0.004),
        officer("beside", 0, lat=NODES[0][1] + 0.002),
    )
    partly, wholly = (recommend(NEED, [one], roads).candidates[0] for one in (aside, beside))
    assert partly.reason.startswith(
        f"约 {partly.minutes} 分钟（{partly.distance_m / 1000:.1f} 公里，其中步行 {partly.foot_m:.0f} 米）"
    )
    assert 440 < partly.foot_m < 450 < partly.distance_m
    assert wholly.reason.startswith(f"步行约 {wholly.minutes} 分钟（{wholly.foot_m:.0f} 米）")
    assert "m of it on foot)" in partly.reason_en
    assert f"min on foot ({wholly.foot_m:.0f} m)" in wholly.reason_en


def test_the_route_runs_from_the_unit_to_the_case(roads: RoadGraph) -> None:
    route = recommend(NEED, [officer("near", 2)], roads).candidates[0].route
    assert route[0] == pytest.approx(NODES[2], abs=1e-5)
    assert route[-1] == pytest.approx(NODES[0], abs=1e-5)


def test_the_grids_own_officer_goes_first_within_the_tolerance_and_the_reason_says_so(
    roads: RoadGraph,
) -> None:
    # One straight kilometre takes 90 s at 40 km/h.
    lon = (NODES[1][0] + NODES[2][0]) / 2
    local = officer("local", 1, area_code=GRID_CODE, lon=lon)
    found = recommend(NEED, [officer("faster", 1), local], roads)
    assert names(found) == ["local", "faster"]
    assert "本网格人员，熟悉情况（比最快者慢 1.5 分钟" in found.candidates[0].reason
    assert "1.5 min slower" in found.candidates[0].reason_en


def test_the_grids_own_officer_beyond_the_tolerance_comes_in_his_turn(roads: RoadGraph) -> None:
    found = recommend(NEED, [officer("faster", 1), officer("local", 3, area_code=GRID_CODE)], roads)
    assert names(found) == ["faster", "local"]
    assert "比最快者慢" not in found.candidates[1].reason


def test_kinds_of_the_plan_go_before_others_however_near(roads: RoadGraph) -> None:
    found = recommend(NEED, [officer("team", 0, kind=DEPARTMENT), officer("officer", 4)], roads)
    assert names(found) == ["officer", "team"]
    assert "不在预案之列" in found.candidates[1].reason


def test_a_kind_that_the_plan_names_later_goes_first_when_it_is_much_sooner(roads: RoadGraph) -> None:
    found = recommend(NEED, [officer("officer", 4), officer("patrol", 1, kind=PATROL)], roads)
    assert names(found) == ["patrol", "officer"]


def test_a_busy_unit_comes_after_the_free_ones_with_its_load(roads: RoadGraph) -> None:
    found = recommend(NEED, [officer("busy", 0, load=1), officer("free", 5)], roads)
    assert names(found) == ["free", "busy"]
    assert "手上有 1 件任务" in found.candidates[1].reason
    assert found.shortfall is None


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"on_duty": False}, "nobody_on_duty"),
        ({"fix_age_s": FRESH_S + 1}, "no_fresh_fix"),
        ({"lon": None, "lat": None, "fix_age_s": None}, "no_fresh_fix"),
        ({"load": 1}, "all_busy"),
    ],
)
def test_a_shortfall_names_what_is_lacking(roads: RoadGraph, changes: dict[str, object], code: str) -> None:
    found = recommend(NEED, [officer("a", 1, **changes), officer("b", 2, **changes)], roads)
    assert found.shortfall is not None
    assert found.shortfall.code == code
    assert "2" in found.shortfall.text
    assert "2" in found.shortfall.text_en


def test_without_any_unit_the_shortfall_says_so(roads: RoadGraph) -> None:
    found = recommend(NEED, [], roads)
    assert found.shortfall is not None
    assert found.shortfall.code == "no_unit"


RESPONDERS = st.builds(
    officer,
    st.uuids().map(str),
    st.integers(0, 5),
    kind=st.sampled_from(list(UnitKind)),
    area_code=st.sampled_from([GRID_CODE, "620821100203009"]),
    on_duty=st.booleans(),
    load=st.integers(0, 1),
    fix_age_s=st.floats(0, 2 * FRESH_S),
)


@given(st.lists(RESPONDERS, max_size=12))
def test_only_located_units_on_duty_are_named_and_free_ones_first(
    roads: RoadGraph, crew: list[Responder]
) -> None:
    found = recommend(NEED, crew, roads)
    by_name = {one.unit: one for one in crew}
    chosen = [by_name[one.unit] for one in found.candidates]
    assert all(one.on_duty and (one.fix_age_s or 0) <= FRESH_S for one in chosen)
    assert [one.load for one in chosen] == sorted(one.load for one in chosen)
    assert len(chosen) == min(MOST, sum(one.on_duty and (one.fix_age_s or 0) <= FRESH_S for one in crew))
    assert (found.shortfall is None) == any(one.load == 0 for one in chosen)


# ── fed from the database ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def county(db: Database) -> Database:
    """The small county; every unit but the police was seen a minute before `START`."""
    await settle(db)
    async with db.transaction(SYSTEM) as tx:
        for no, (unit, _, desk, area) in enumerate(UNITS[:-1], start=1):
            await tx.execute(
                insert(positions_latest).values(
                    unit=unit,
                    at=START - timedelta(minutes=1),
                    no=no,
                    desk=desk,
                    area_code=area,
                    lon=NODES[no][0],
                    lat=NODES[no][1],
                    moving=False,
                    received_at=START,
                    writer=uuid4(),
                )
            )
    return db


async def seen_by(db: Database, actor: Actor) -> dict[str, Responder]:
    async with db.read(actor) as tx:
        responders, records = await load_responders(tx, START)
    assert {one.unit for one in responders} == set(records)
    return {one.unit: one for one in responders}


async def test_a_desk_is_recommended_only_units_in_its_sight(county: Database) -> None:
    assert set(await seen_by(county, dispatcher())) == {unit for unit, *_ in UNITS}
    assert set(await seen_by(county, duty_officer())) == {"grid-1", "grid-2", "patrol-1"}
    assert set(await seen_by(county, village_officer())) == {"grid-1", "grid-2"}
    assert set(await seen_by(county, police())) == {"police-1"}


async def test_a_responder_is_what_the_tables_say_of_it(county: Database) -> None:
    found = await seen_by(county, dispatcher())
    assert (found["grid-1"].fix_age_s, found["grid-1"].load) == (60.0, 0)
    assert (found["grid-1"].lon, found["grid-1"].lat) == NODES[1]
    assert found["police-1"].fix_age_s is None


async def test_a_dispatched_unit_has_a_load(county: Database) -> None:
    case = (await report_case(county, stranger(), a_report(), START)).case
    for command in (Command(Move.ACCEPT), Command(Move.DISPATCH, units=("grid-1",))):
        case = await make_move(county, village_officer(), UUID(case["id"]), command, case["version"], START)
    assert (await seen_by(county, dispatcher()))["grid-1"].load == 1
