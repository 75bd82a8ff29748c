"""A county's people come in from a table: read by row, written whole, told to open pages, and undone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dispatch.actions.accounts import Origin, log_in
from dispatch.actions.ground import Ground
from dispatch.actions.staff import import_staff
from dispatch.identities import SessionLimits
from dispatch.rules.seats import LEVELS_OF_ROLE
from dispatch.rules.vocabulary import UnitKind
from dispatch.staff.export import export_staff
from dispatch.staff.sheets import DEPARTMENTS, LEVELS_OF_UNIT, ROLES, SHEETS, UNITS
from dispatch.stream.projection import project
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict
from gis.log import LogEvent
from layers.demo.people import DEPARTMENTS as DEMONSTRATED
from layers.importers.prepare import Options
from layers.importers.reading import Job, named, read_jobs
from layers.importers.report import Report
from layers.importers.run import undo_import
from layers.importers.sheet import Sheet
from tests.databases import Databases
from tests.dispatch.county import dispatcher
from tests.dispatch.small_county import COUNTY, WEST, load_small_county

DESKS: dict[str, list[Any]] = {
    "部门名称": ["泾川县公安局", "林业局", "西镇综治中心"],
    "代码": [None, "forestry", WEST],
    "联系电话": ["0933-1", "0933-2", "0933-3"],
    "进驻方式": ["常驻", "随叫随到", None],
}
PEOPLE: dict[str, list[Any]] = {
    "姓名": ["王调度", "李值班", "张网格", "赵警官", "西镇巡逻队"],
    "职务": ["调度员", "乡镇值班员", "网格员", "部门", "无"],
    "所属区域": [None, "西镇", "西南村第一网格", None, WEST],
    "部门": [None, None, None, "公安局", None],
    "电话": ["13900000001", "139-0000-0002", "13900000003", "13900000004", "0933-110"],
    "力量类型": [None, None, None, None, "巡逻"],
}


@pytest.fixture(scope="session")
def small_template(databases: Databases, migrated_template: str) -> str:
    """The small county as a real one: areas and desks, and no accounts."""
    return databases.template(
        "small_real", lambda urls: load_small_county(urls.owner, demonstration=False), base=migrated_template
    )


@pytest.fixture
def small(databases: Databases, small_template: str) -> Iterator[ClusterUrls]:
    """A database of one's own with the small county in it."""
    with databases.clone(small_template) as cloned:
        yield cloned


def table(name: str, columns: dict[str, list[Any]]) -> Job:
    """A table as it was read."""
    rows = list(range(2, 2 + len(next(iter(columns.values())))))
    return Job(SHEETS[name], Sheet(name, columns, None, rows), f"{name}.csv")


def bring(
    urls: ClusterUrls,
    *jobs: Job,
    given: list[tuple[str, str, str]] | None = None,
    dry_run: bool = False,
    replace: bool = False,
) -> Report:
    """Import tables; initial passwords end up in `given`."""
    write = None if given is None else given.extend
    options = Options(replace=replace)
    return import_staff(urls.owner, jobs, options, now(), dry_run=dry_run, passwords=write)


def dump(urls: ClusterUrls) -> list[str]:
    """Desks, units and accounts, row by row."""
    with psycopg.connect(urls.owner) as connection:
        return [
            row[0]
            for name in ("desks", "units", "accounts")
            for row in connection.execute(f"SELECT t::text FROM {name} t ORDER BY 1")
        ]


def faults(report: Report) -> dict[int | None, str]:
    """What is wrong, by row."""
    return {fault.row: fault.code for fault in report.faults.kept if not fault.note}


def test_people_come_in_sit_where_they_belong_and_can_log_in(small: ClusterUrls) -> None:
    before = dump(small)
    tables = (table("people", PEOPLE), table("desk", DESKS))
    report = bring(small, *tables, dry_run=True)
    assert (report.status, report.faults.kept) == ("dry_run", [])
    assert dump(small) == before
    given: list[tuple[str, str, str]] = []
    report = bring(small, *tables, given=given)
    assert report.status == "imported"
    assert {layer.layer: len(layer.new) for layer in report.layers} == {"desk": 1, "people": 5}
    with psycopg.connect(small.owner) as connection:
        seats = {
            row[0]: row[1:]
            for row in connection.execute("SELECT username, role, desk, area, unit_id FROM accounts")
        }
        rows = connection.execute("SELECT id, telephone FROM desks WHERE telephone LIKE '0933-_'").fetchall()
        patrol = connection.execute("SELECT name, desk, phone FROM units WHERE kind = 'patrol'").fetchone()
    village = f"{WEST}201"
    assert seats == {
        "13900000001": ("dispatcher", COUNTY, COUNTY, None),
        "13900000002": ("duty_officer", WEST, WEST, None),
        # The grid has an officer already: this one is another.
        "13900000003": ("grid_officer", village, f"{village}001", f"grid.{village}001.2"),
        "13900000004": ("department", f"{COUNTY}/police", COUNTY, None),
    }
    assert dict(rows) == {f"{COUNTY}/police": "0933-1", f"{COUNTY}/forestry": "0933-2", WEST: "0933-3"}
    assert patrol == ("西镇巡逻队", WEST, "0933-110")

    async def come_in() -> None:
        db = Database(small.app)
        try:
            name, username, password = given[0]
            assert name == "王调度"
            limits = SessionLimits()
            assert (await log_in(db, username, password, Origin("127.0.0.1"), now(), limits)).session
        finally:
            await db.close()

    asyncio.run(come_in())
    assert bring(small, *tables).status == "unchanged"


def test_every_wrong_row_is_named_and_nothing_is_changed(small: ClusterUrls) -> None:
    before = dump(small)
    rows = [
        ("甲", "飞行员", WEST, None, "1", "unknown_word"),
        ("乙", "乡镇值班员", "北镇", None, "2", "unknown_area"),
        ("丙", "乡镇值班员", f"{WEST}201", None, "3", "wrong_level"),
        ("丁", "部门", None, "气象局", "4", "unknown_department"),
        ("戊", "部门", None, None, "5", "missing_department"),
        ("己", "网格员", None, None, "6", "missing_area"),
        ("庚", "调度员", None, None, None, "no_username"),
        ("辛", "调度员", None, None, "77", None),
        ("壬", "调度员", None, None, "７７", "duplicate_code"),
        ("癸", "无", WEST, None, "8", "nobody_and_nothing"),
        (None, "调度员", None, None, "9", "missing_value"),
    ]
    names = ("姓名", "职务", "所属区域", "部门", "电话")
    report = bring(small, table("people", {name: [row[at] for row in rows] for at, name in enumerate(names)}))
    assert faults(report) == {row: wanted[5] for row, wanted in enumerate(rows, start=2) if wanted[5]}
    assert all(fault.told("zh") != fault.told("en") for fault in report.faults.kept)
    nameless = table("desk", {"名称": ["妖管局"], "代码": [None]})
    assert faults(bring(small, nameless)) == {2: "no_department_key"}
    assert dump(small) == before


def test_an_import_of_people_is_undone_and_who_came_in_meanwhile_is_only_closed(small: ClusterUrls) -> None:
    before = dump(small)
    given: list[tuple[str, str, str]] = []
    first = bring(small, table("desk", DESKS), table("people", PEOPLE), given=given)
    changed = {
        **PEOPLE,
        "姓名": ["王改名", *PEOPLE["姓名"][1:]],
        "电话": [*PEOPLE["电话"][:4], "0933-120"],
    }
    second = bring(small, table("people", changed))
    assert second.layers[0].counts() == {"new": 0, "changed": 2, "unchanged": 3, "gone": 0}
    with pytest.raises(Conflict) as refused:
        undo_import(small.owner, first.import_id, Ground(now()))
    assert refused.value.code == "later_imports"
    undo_import(small.owner, second.import_id, Ground(now()))
    with psycopg.connect(small.owner) as connection:
        connection.execute(
            "INSERT INTO sessions (id, digest, account_id, kind, created_at, last_seen_at, expires_at)"
            " SELECT gen_random_uuid(), '1', id, 'human', now(), now(), now() + interval '1 h' FROM accounts"
            " WHERE username = '13900000002'"
        )
    undo_import(small.owner, first.import_id, Ground(now()))
    with psycopg.connect(small.owner) as connection:
        left = connection.execute("SELECT username, disabled_at IS NULL FROM accounts").fetchall()
        assert left == [("13900000002", False)], "somebody who was here is closed and not forgotten"
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
        connection.execute("DELETE FROM accounts")
    assert dump(small) == before


def test_a_name_in_other_letters_is_the_same_person(small: ClusterUrls) -> None:
    boss = {"姓名": ["钱管理"], "职务": ["管理员"], "账号": ["Admin"]}
    bring(small, table("people", boss))
    assert bring(small, table("people", boss | {"账号": ["ＡＤＭＩＮ"]})).status == "unchanged"
    report = bring(small, table("people", boss | {"账号": ["admin"], "姓名": ["钱改名"]}))
    assert report.layers[0].counts() == {"new": 0, "changed": 1, "unchanged": 0, "gone": 0}
    with psycopg.connect(small.owner) as connection:
        held = connection.execute("SELECT username, display_name FROM accounts").fetchall()
    assert held == [("Admin", "钱改名")]


def test_a_whole_list_closes_who_is_not_on_it_but_no_administrator(small: ClusterUrls) -> None:
    boss = {"姓名": ["钱管理"], "职务": ["管理员"], "账号": ["admin"]}
    bring(small, table("people", boss))
    bring(small, table("people", PEOPLE))
    fewer = {name: column[:1] for name, column in PEOPLE.items()}
    report = bring(small, table("people", fewer), replace=True)
    assert report.status == "imported"
    with psycopg.connect(small.owner) as connection:
        open_ones = connection.execute(
            "SELECT username FROM accounts WHERE disabled_at IS NULL ORDER BY 1"
        ).fetchall()
        on_duty = connection.execute("SELECT count(*) FROM units WHERE on_duty").fetchone()
    assert open_ones == [("13900000001",), ("admin",)]
    assert on_duty == (0,)


def test_what_goes_out_comes_in_again_unchanged(small: ClusterUrls, tmp_path: Path) -> None:
    bring(small, table("desk", DESKS), table("people", PEOPLE))
    files = []
    for name, count in (("desk", 9), ("people", 9)):
        assert export_staff(small.owner, name, tmp_path / f"{name}.csv") == count
        files.append(named(f"{name}={tmp_path / name}.csv", None, SHEETS))
    jobs, _ = read_jobs(files, sheet=None, encoding=None, most_mb=1, targets=SHEETS)
    for replace in (False, True):
        report = bring(small, *jobs, replace=replace)
        assert (report.status, report.faults.kept) == ("unchanged", [])


def test_open_pages_are_told_of_units_that_come_and_go(small: ClusterUrls) -> None:
    made = bring(small, table("people", {name: column[4:] for name, column in PEOPLE.items()}))
    undo_import(small.owner, made.import_id, Ground(now()))
    with psycopg.connect(small.owner) as connection:
        rows = connection.execute(
            "SELECT id, at, kind, actor, scope_before, scope_after, data FROM log_events ORDER BY id"
        ).fetchall()
    told = [
        project(
            dispatcher(), ("units",), LogEvent(seq, id_, at, kind, actor, None, None, before, after, data)
        )
        for seq, (id_, at, kind, actor, before, after, data) in enumerate(rows, start=1)
    ]
    came, went = told
    assert came is not None
    assert [unit["name"] for unit in came["units"]] == ["西镇巡逻队"]
    assert went is not None
    assert (went["op"], went["gone"]) == ("leave", [came["units"][0]["id"]])


def test_the_tables_of_words_and_seats_are_whole() -> None:
    assert {key for key, _, _ in DEMONSTRATED} <= set(DEPARTMENTS)
    assert {role.value for role in LEVELS_OF_ROLE} | {"none"} == set(ROLES)
    assert {kind.value for kind in LEVELS_OF_UNIT} | {"none"} == set(UNITS)
    assert set(LEVELS_OF_UNIT) == set(UnitKind)
