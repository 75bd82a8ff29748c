"""A real county, imported: its desks take cases, and the ground is not pulled from under them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
import pytest
import shapely
from sqlalchemy import select

from dispatch.actions.calendar import load_calendar
from dispatch.actions.cases import report_case
from dispatch.actions.ground import Ground
from dispatch.people import directory
from dispatch.tables import cases
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict
from layers.areas import AreaIndex, load_area_index
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.report import Report
from layers.importers.run import import_layers, undo_import
from layers.importers.sheet import Sheet
from layers.importers.targets import TARGETS
from tests.dispatch.county import COUNTY, GRID, OTHER_GRID, START, TOWN, VILLAGE, a_report, dispatcher
from tests.layers.importers.ground import sheet

WEST, EAST = (107.30, 35.40, 107.35, 35.45), (107.35, 35.40, 107.40, 35.45)
Value = TypeVar("Value")


def levels() -> list[Sheet]:
    """A county of two townships, each of one village of one grid, where `tests.dispatch.county` has them."""
    halves = [shapely.box(*WEST), shapely.box(*EAST)]
    codes = (GRID, OTHER_GRID)
    made = [
        sheet("county", {"code": [COUNTY], "name": ["泾川县"]}, [shapely.box(107.30, 35.40, 107.40, 35.45)])
    ]
    for level, length, names in (
        ("township", 9, ["甲镇", "乙镇"]),
        ("village", 12, ["甲村", "乙村"]),
        ("grid", 15, ["甲村第1网格", "乙村第1网格"]),
    ):
        made.append(sheet(level, {"code": [code[:length] for code in codes], "name": names}, halves))
    return made


def bring(urls: ClusterUrls, *sheets: Sheet, new_county: bool = False, **options: bool) -> Report:
    """Import as the command does, desks and all."""
    jobs = [Job(TARGETS[one.name], one, "test") for one in sheets]
    return import_layers(urls.owner, jobs, Options(**options), house=Ground(START), new_county=new_county)  # type: ignore[arg-type]


def on(urls: ClusterUrls, work: Callable[[Database], Awaitable[Value]]) -> Value:
    """Do something as the application."""

    async def do() -> Value:
        db = Database(urls.app)
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(do())


def test_a_case_is_taken_in_and_routed_in_a_county_that_was_imported(urls: ClusterUrls) -> None:
    assert bring(urls, *levels()).status == "imported"

    async def report(db: Database) -> tuple[str, list[str]]:
        await load_calendar(db)
        reported = await report_case(db, dispatcher(), a_report(), START)
        async with db.read(dispatcher()) as tx:
            desks = {row.id: row.name for row in await directory(tx, dispatcher())}
        return str(reported.case["holder"]), [desks[code] for code in (COUNTY, TOWN, VILLAGE)]

    holder, names = on(urls, report)
    assert holder in (COUNTY, TOWN, VILLAGE)
    assert names == ["泾川县社会治理中心", "甲镇综治中心", "甲村综治站"]


async def report_one(db: Database) -> str:
    """Report a case in the first grid; returns where it is filed."""
    await load_calendar(db)
    return str((await report_case(db, dispatcher(), a_report(), START)).case["area_code"])


def divided_anew() -> Sheet:
    """The grids with another one in the place of the first."""
    columns = {"code": [f"{VILLAGE}009", OTHER_GRID], "name": ["新网格", "乙村第1网格"]}
    return sheet("grid", columns, levels()[3].geometry)


def test_areas_that_cases_lie_in_do_not_vanish(urls: ClusterUrls) -> None:
    bring(urls, *levels())
    assert on(urls, report_one) == GRID
    report = bring(urls, divided_anew(), replace=True)
    assert report.refused
    fault = next(fault for fault in report.faults.kept if fault.code == "areas_in_use")
    assert (fault.layer, fault.key) == ("grid", GRID)
    assert "甲村第1网格" in fault.told("zh")
    assert "1 件未结案件" in fault.told("zh")
    assert "--retire" in fault.detail
    with pytest.raises(Conflict) as refused:
        bring(urls, *levels(), new_county=True)
    assert refused.value.code == "county_in_use"
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM areas WHERE code = %s", (GRID,)).fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM imports").fetchone() == (1,)


def test_a_retired_area_keeps_its_name_and_its_cases_and_gets_no_new_ones(urls: ClusterUrls) -> None:
    bring(urls, *levels())
    on(urls, report_one)
    made = bring(urls, divided_anew(), replace=True, retire=True)
    assert made.status == "imported", made.as_json()["faults"]
    assert made.faults.notes["area_retired"] == 1

    async def look(db: Database) -> tuple[AreaIndex, list[str]]:
        async with db.read(dispatcher()) as tx:
            held = (await tx.execute(select(cases.c.area_code))).scalars().all()
            return await load_area_index(tx), list(held)

    index, held = on(urls, look)
    assert held == [GRID]
    assert index.path_name(GRID) == "泾川县甲镇甲村第1网格"
    assert index.point_of(GRID)
    assert GRID not in index, "no place lies in it any more"
    assert index.locate(a_report().lon, a_report().lat).code == f"{VILLAGE}009"
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM desks WHERE id = %s", (VILLAGE,)).fetchone() == (1,)
    undo_import(urls.owner, made.import_id, Ground(START))
    index, _ = on(urls, look)
    assert GRID in index
    assert not index.retired


def test_an_undo_does_not_take_away_what_is_in_use(urls: ClusterUrls) -> None:
    bring(urls, *levels()[:3])
    grids = bring(urls, levels()[3])
    on(urls, report_one)
    with pytest.raises(Conflict) as refused:
        undo_import(urls.owner, grids.import_id, Ground(START))
    assert refused.value.code == "areas_in_use"
    assert GRID in refused.value.detail


def test_desks_follow_the_areas(urls: ClusterUrls) -> None:
    bring(urls, *levels())
    towns, villages, grids = levels()[1:]
    for one in (towns, villages, grids):
        length = len(one.columns["code"][0])
        one.columns["code"][1] = ("620821103" + OTHER_GRID[9:])[:length]
    bring(urls, towns, villages, grids, replace=True)
    with psycopg.connect(urls.owner) as connection:
        desks = {row[0] for row in connection.execute("SELECT id FROM desks")}
    assert desks == {COUNTY, TOWN, VILLAGE, "620821103", "620821103201"}


def test_a_demonstration_in_which_cases_were_reported_stays(county_urls: ClusterUrls) -> None:
    with psycopg.connect(county_urls.owner) as connection:
        held = connection.execute("SELECT count(*) FROM cases").fetchone()
    if held == (0,):

        async def report(db: Database) -> None:
            await report_case(db, dispatcher(), a_report(), START)

        on(county_urls, report)
    with pytest.raises(Conflict) as refused:
        bring(county_urls, *levels(), new_county=True)
    assert refused.value.code == "county_in_use"
    assert "WALL_VAR" in refused.value.detail
