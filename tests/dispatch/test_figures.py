"""Figures of response on a real database: counts, exact percentiles, scope and how often the database is asked."""

import asyncio
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import numpy as np
import pytest

from dispatch.actions.cases import make_move, report_case
from dispatch.figures import By, FigureRow, Figures, ResponseFigures, response_figures
from dispatch.records import CaseRecord
from dispatch.rules.decide import Command
from dispatch.rules.vocabulary import Move
from gis.actor import Actor
from gis.database import Database
from tests.dispatch.county import (
    OTHER_GRID,
    OTHER_TOWN,
    START,
    TOWN,
    VILLAGE,
    a_report,
    dispatcher,
    duty_officer,
    grid_officer,
    police,
    stranger,
    village_officer,
)

LATER = START + timedelta(hours=2)


def seconds(value: float) -> datetime:
    return START + timedelta(seconds=value)


async def reported(db: Database, at: datetime = START, **changes: object) -> CaseRecord:
    return (await report_case(db, stranger(), a_report(**changes), at)).case  # type: ignore[arg-type]


async def moved(db: Database, actor: Actor, case: CaseRecord, command: Command, at: datetime) -> CaseRecord:
    return await make_move(db, actor, UUID(case["id"]), command, case["version"], at)


async def lived(db: Database, arrival_s: float, **changes: object) -> CaseRecord:
    """A case of the village that is dispatched after 60 s, driven to for `arrival_s`, and closed."""
    case, officer = await reported(db, START, **changes), grid_officer()
    village = village_officer()
    case = await moved(db, village, case, Command(Move.ACCEPT), seconds(30))
    case = await moved(db, village, case, Command(Move.DISPATCH, units=("grid-1",)), seconds(60))
    case = await moved(db, officer, case, Command(Move.DEPART, unit="grid-1"), seconds(90))
    case = await moved(db, officer, case, Command(Move.ARRIVE, unit="grid-1"), seconds(90 + arrival_s))
    case = await moved(db, officer, case, Command(Move.RESOLVE, result="已调解"), seconds(1000 + arrival_s))
    return await moved(db, duty_officer(), case, Command(Move.VERIFY, passed=True), seconds(2000 + arrival_s))


async def figures(db: Database, actor: Actor, by: By = By.TOWNSHIP, hours: float = 24) -> ResponseFigures:
    return await response_figures(db, actor, by, hours, LATER)


def row(found: ResponseFigures, key: str) -> FigureRow:
    return next(one for one in found["rows"] if one["key"] == key)


async def test_an_empty_county_has_figures_and_no_percentiles(county: Database) -> None:
    total = (await figures(county, dispatcher()))["total"]
    assert (total["received"], total["open"], total["completion_rate"]) == (0, 0, None)
    assert total["response"] == {"p50_s": None, "p90_s": None, "n": 0}


async def test_each_interval_of_a_case_is_measured_from_its_own_facts(county: Database) -> None:
    await lived(county, 300)
    total = (await figures(county, dispatcher()))["total"]
    assert total["alarm_handling"]["p50_s"] == 60
    assert total["travel"]["p50_s"] == 300
    assert total["response"]["p50_s"] == 390
    assert total["handling"]["p50_s"] == 910
    assert total["total"]["p50_s"] == 2300
    assert (total["received"], total["closed"], total["completion_rate"]) == (1, 1, 1.0)


async def test_percentiles_are_exact_and_those_of_the_total_are_no_averages(county: Database) -> None:
    rng = Random(7)
    drives = [rng.uniform(60, 900) for _ in range(7)]
    for drive_s in drives:
        await lived(county, drive_s)
    total = (await figures(county, dispatcher()))["total"]
    expected = np.percentile(np.array(drives) + 90, [50, 90])
    assert [total["response"]["p50_s"], total["response"]["p90_s"]] == pytest.approx(expected, abs=0.06)
    assert total["response"]["n"] == 7


async def test_a_desk_counts_what_it_may_see_and_nothing_else(county: Database) -> None:
    await reported(county)
    await reported(county, area=OTHER_GRID)
    await reported(county, area=OTHER_GRID)
    everything = await figures(county, dispatcher())
    assert [(one["key"], one["open"]) for one in everything["rows"]] == [(TOWN, 1), (OTHER_TOWN, 2)]
    assert (await figures(county, duty_officer()))["total"]["open"] == 1
    assert (await figures(county, village_officer(VILLAGE)))["total"]["received"] == 1
    assert (await figures(county, police()))["total"]["received"] == 0


async def test_tiers_follow_who_holds_the_case(county: Database) -> None:
    await reported(county)
    await reported(county, category="fire")
    await reported(county, category="road_damage")
    found = await figures(county, dispatcher(), By.TIER)
    assert [(one["key"], one["open"]) for one in found["rows"]] == [
        ("county", 1),
        ("township", 1),
        ("village", 1),
    ]
    assert all(one["name"] != one["key"] for one in found["rows"])


async def test_categories_bear_their_names(county: Database) -> None:
    await reported(county, category="fire")
    found = await figures(county, dispatcher(), By.CATEGORY)
    assert row(found, "fire")["name"] == "火灾"


async def test_an_open_case_is_overdue_once_a_running_clock_is_past_its_limit(county: Database) -> None:
    case = await reported(county, at=LATER - timedelta(minutes=20))  # a simple case is to be accepted in 30
    assert (await figures(county, dispatcher()))["total"]["overdue"] == 0
    late = await response_figures(county, dispatcher(), By.TOWNSHIP, 24, LATER + timedelta(minutes=20))
    assert late["total"]["overdue"] == 1
    await moved(county, village_officer(), case, Command(Move.ACCEPT), LATER + timedelta(minutes=15))
    after = await response_figures(county, dispatcher(), By.TOWNSHIP, 24, LATER + timedelta(minutes=20))
    assert after["total"]["overdue"] == 0


async def test_what_ended_before_the_window_is_left_out_and_what_is_open_never(county: Database) -> None:
    await lived(county, 300)
    await reported(county)
    total = (await figures(county, dispatcher(), hours=0.5))["total"]
    assert (total["received"], total["closed"], total["open"], total["response"]["n"]) == (0, 0, 1, 0)


async def test_refused_cases_do_not_lower_the_completion_rate(county: Database) -> None:
    await lived(county, 300)
    case = await reported(county)
    refuse = Command(Move.REFUSE, reason="不属于受理范围", where_to_turn="请到窗口办理")
    await moved(county, village_officer(), case, refuse, seconds(40))
    total = (await figures(county, dispatcher()))["total"]
    assert (total["received"], total["closed"], total["completion_rate"]) == (2, 1, 1.0)


async def test_the_database_is_asked_once_for_all_who_ask_at_once(county: Database) -> None:
    known = Figures(county)
    one, two = await asyncio.gather(
        known.response(dispatcher(), By.TIER, 24, LATER), known.response(dispatcher(), By.TIER, 24, LATER)
    )
    assert one is two


async def test_an_answer_is_remembered_for_two_seconds_and_never_for_another_scope(county: Database) -> None:
    known = Figures(county)
    await known.response(dispatcher(), By.TIER, 24, LATER)
    await reported(county, area=OTHER_GRID)
    one_second, three_seconds = (LATER + timedelta(seconds=count) for count in (1, 3))
    assert (await known.response(dispatcher(), By.TIER, 24, one_second))["total"]["open"] == 0
    assert (await known.response(duty_officer(OTHER_TOWN), By.TIER, 24, one_second))["total"]["open"] == 1
    assert (await known.response(dispatcher(), By.TIER, 24, three_seconds))["total"]["open"] == 1


async def test_a_month_is_counted_anew_only_after_half_a_minute(county: Database) -> None:
    known = Figures(county)
    await known.response(dispatcher(), By.TIER, 720, LATER)
    await reported(county)
    later, much_later = (LATER + timedelta(seconds=count) for count in (20, 31))
    assert (await known.response(dispatcher(), By.TIER, 720, later))["total"]["open"] == 0
    assert (await known.response(dispatcher(), By.TIER, 720, much_later))["total"]["open"] == 1


async def test_what_a_telephone_tells_late_is_measured_from_when_it_was_done_and_counted(
    county: Database,
) -> None:
    case, officer, village = await reported(county), grid_officer(), village_officer()
    case = await moved(county, village, case, Command(Move.ACCEPT), seconds(30))
    case = await moved(county, village, case, Command(Move.DISPATCH, units=("grid-1",)), seconds(60))
    gone = Command(Move.DEPART, unit="grid-1", done_at=seconds(120))
    case = await moved(county, officer, case, gone, seconds(3000))
    there = Command(Move.ARRIVE, unit="grid-1", done_at=seconds(420))
    case = await moved(county, officer, case, there, seconds(3001))
    (one,) = case["assignments"]
    assert one["arrived_done_at"] is not None
    assert one["arrived_at"] is not None
    assert one["arrived_done_at"] < one["arrived_at"]
    total = (await figures(county, dispatcher()))["total"]
    assert (total["travel"]["p50_s"], total["response"]["p50_s"], total["told_late"]) == (300, 420, 1)
