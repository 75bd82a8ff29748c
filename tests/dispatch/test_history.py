"""A past of sixty days: shaped as a county's, legal by the rules, whole in the log, the same from the same seed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import dict_row

from dispatch.actions.cases import NewReport, new_case
from dispatch.agreement import compare_with_log
from dispatch.history import arrivals, seasons
from dispatch.history.build import Past
from dispatch.history.county import read_county
from dispatch.history.past import days_of, write_past
from dispatch.history.worktime import CountedCalendar, us_of
from dispatch.queries import load_case
from dispatch.records import case_record
from dispatch.rulebook import load_rulebook
from dispatch.rules.calendar import CHINA, WorkingCalendar
from dispatch.rules.case import Case
from dispatch.rules.clocks import repainted
from dispatch.rules.command import Command, Context, Edit, UnitView
from dispatch.rules.decide import decide
from dispatch.rules.vocabulary import Callback, CaseClass, Move, Target, UnitKind, UnitState
from gis.actor import SYSTEM, Actor, Role
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict, InvalidInput
from gis.log import verify_chain
from tests.databases import Databases

UNTIL, DAYS, SEED = date(2026, 7, 1), 7, 7
"""A week in the harvest of wheat: seven thousand cases."""

HELP_HOURS = 14

Row = dict[str, Any]


@pytest.fixture(scope="module")
def past_urls(databases: Databases, county_template: str) -> Iterator[ClusterUrls]:
    """The demonstration county with a past, for all tests of this module."""
    with databases.clone(county_template) as urls:
        done: list[float] = []
        cases, facts = write_past(urls.owner, SEED, UNTIL, DAYS, done.append, load_rulebook().orders)
        assert facts > 2 * cases
        assert all(one <= other + 1e-9 for one, other in pairwise(done))
        assert done[-1] == pytest.approx(1.0)
        yield urls


@pytest.fixture(scope="module")
def rows(past_urls: ClusterUrls) -> list[Row]:
    with psycopg.connect(past_urls.owner, row_factory=dict_row) as connection:
        return connection.execute("select * from cases order by number").fetchall()


def test_there_are_as_many_of_each_kind_as_the_county_tells_of(rows: list[Row]) -> None:
    disputes = {*seasons.OF_VILLAGES, *seasons.OF_TOWNSHIPS, *seasons.OF_THE_COUNTY}
    complaints = sum(row["source"] == "citizen" for row in rows)
    information = sum(
        row["source"] == "grid_officer" and row["category"] in seasons.INFORMATION for row in rows
    )
    quarrels = sum(row["source"] != "citizen" and row["category"] in disputes for row in rows)
    assert (information, complaints, quarrels) == tuple(
        arrivals.numbers(DAYS)[kind] for kind in (arrivals.INFORMATION, arrivals.COMPLAINT, arrivals.DISPUTE)
    )
    assert len(rows) == sum(arrivals.numbers(DAYS))


def test_days_weeks_and_markets_have_their_shape(rows: list[Row]) -> None:
    local = [row["reported_at"].astimezone(CHINA) for row in rows]
    hours = Counter(at.hour for at in local)
    assert hours[10] > 2 * hours[19] > 10 * hours[3]
    days = Counter(at.date() for at in local)
    assert len(days) == DAYS
    weekend = np.mean([days[day] for day in days if day.weekday() >= 5])
    working = np.mean([days[day] for day in days if day.weekday() < 5])
    assert 0.4 < weekend / working < 0.7
    towns = sorted({row["area_code"][:9] for row in rows})
    market = {(town, day) for town in range(len(towns)) for day in days if seasons.is_market_day(day, town)}
    by_place = Counter(
        (towns.index(row["area_code"][:9]), at.date()) for row, at in zip(rows, local, strict=True)
    )
    share = {
        town: sum(n for (one, _), n in by_place.items() if one == town) / len(rows)
        for town in range(len(towns))
    }
    lift = [by_place[cell] / (days[cell[1]] * share[cell[0]]) for cell in by_place]
    on = np.mean([one for one, cell in zip(lift, by_place, strict=True) if cell in market])
    off = np.mean([one for one, cell in zip(lift, by_place, strict=True) if cell not in market])
    assert 1.25 < on / off < 1.65


def test_townships_report_by_their_size(rows: list[Row], past_urls: ClusterUrls) -> None:
    with psycopg.connect(past_urls.owner) as connection:
        grids: dict[str, int] = dict(
            connection.execute(
                "select left(code, 9), count(*) from areas where level = 'grid' group by 1"
            ).fetchall()
        )
    reports = Counter(row["area_code"][:9] for row in rows)
    towns = sorted(grids)
    assert np.corrcoef([grids[one] for one in towns], [reports[one] for one in towns])[0, 1] > 0.75


def test_handling_times_are_log_normal(rows: list[Row]) -> None:
    spent = [
        (row["closed_at"] - row["reported_at"]).total_seconds()
        for row in rows
        if row["source"] == "grid_officer" and row["closed_at"] and row["resolved_at"] == row["closed_at"]
    ]
    logs = np.log(spent)
    assert np.exp(np.median(logs)) == pytest.approx(270, rel=0.1)
    assert logs.std() == pytest.approx(0.73, abs=0.08)
    assert abs(np.mean(((logs - logs.mean()) / logs.std()) ** 3)) < 0.35


def test_disputes_end_where_the_county_says() -> None:
    """Over three years, as drawn: how each goes, and how many the centre settled."""
    rng = np.random.default_rng(1)
    number, days = arrivals.IN_THREE_YEARS[arrivals.DISPUTE], arrivals.THREE_YEARS
    at = np.sort(rng.integers(0, days * 24 * arrivals.HOUR_US, number))
    way, end = arrivals._ways(at, arrivals.DISPUTE, number, days * 24 * arrivals.HOUR_US, rng)
    ways = Counter(way.tolist())
    centre = np.isin(way, arrivals.CENTRE)
    assert int(centre.sum()) == arrivals.TO_THE_CENTRE
    assert int((end[centre] == arrivals.SETTLED).sum()) == arrivals.SETTLED_THERE
    assert ways[arrivals.AT_VILLAGE] / number == pytest.approx(0.18, abs=0.001)
    assert (ways[arrivals.AT_TOWNSHIP] + ways[arrivals.HANDED_DOWN]) / number == pytest.approx(
        0.67, abs=0.001
    )


def test_three_years_are_what_the_county_counts() -> None:
    assert arrivals.numbers(arrivals.THREE_YEARS) == (1_116_000, 50_525, 10_057, 4_245)


def test_seasons_come_with_their_troubles() -> None:
    before, festival = date(2026, 1, 28), date(2026, 2, 18)
    assert seasons.day_weight(before, "dispute") > 2 * seasons.day_weight(festival, "dispute")
    assert seasons.day_weight(festival, "information") < 0.5 * seasons.day_weight(
        date(2026, 3, 11), "information"
    )
    assert seasons.category_factor("wage_dispute", before) > 2 * seasons.category_factor(
        "wage_dispute", date(2026, 5, 1)
    )
    assert seasons.is_harvest(date(2026, 6, 20))
    assert not seasons.is_harvest(date(2026, 8, 1))
    assert sum(
        seasons.is_market_day(date(2026, 3, 1) + timedelta(days=day), 4) for day in range(60)
    ) in range(16, 21)


async def test_the_log_of_the_past_is_whole_and_the_tables_are_what_it_says(past_urls: ClusterUrls) -> None:
    db = Database(past_urls.app)
    async with db.read(SYSTEM, frozen=True) as tx:
        report, agreement = await verify_chain(tx), await compare_with_log(tx)
    await db.close()
    assert report.whole, report.faults[:3]
    assert report.events > 15_000
    assert agreement.whole, agreement.differences[:3]
    assert agreement.cases > 5_000


def test_who_may_search_the_words_is_what_the_trigger_would_have_written(past_urls: ClusterUrls) -> None:
    with psycopg.connect(past_urls.owner) as connection:
        other = connection.execute(
            "select count(*) from case_texts t join cases c on c.id = t.case_id"
            " where t.sight <> case_sight(c.area_code, c.access, c.reported_at)"
        ).fetchone()
    assert other == (0,)


def test_no_unit_was_in_two_places(past_urls: ClusterUrls) -> None:
    with psycopg.connect(past_urls.owner) as connection:
        twice = connection.execute(
            "select count(*) from assignments a join assignments b on a.unit = b.unit and a.id < b.id"
            " and tstzrange(a.dispatched_at, a.cleared_at) && tstzrange(b.dispatched_at, b.cleared_at)"
        ).fetchone()
        versions = connection.execute(
            "select count(*) from (select unit->>'id' as id, max((unit->>'version')::int) as version"
            " from log_events, jsonb_array_elements(data->'units') unit group by 1) told join units u using (id)"
            " where u.version <> told.version or (u.case_id is not null) <> exists"
            " (select from assignments a where a.unit = u.id and a.case_id = u.case_id and a.cleared_at is null)"
        ).fetchone()
    assert (twice, versions) == ((0,), (0,))


def test_a_past_is_written_only_once(past_urls: ClusterUrls) -> None:
    with pytest.raises(Conflict):
        write_past(past_urls.owner, SEED, UNTIL, 1, lambda _: None)
    with psycopg.connect(past_urls.owner) as connection:
        indexes = connection.execute("select count(*) from pg_indexes where tablename = 'cases'").fetchone()
        enabled = connection.execute("select bool_and(tgenabled = 'O') from pg_trigger").fetchone()
    assert indexes is not None
    assert indexes[0] > 8
    assert enabled == (True,)


def test_the_same_seed_draws_the_same_past(past_urls: ClusterUrls) -> None:
    with psycopg.connect(past_urls.owner) as connection:
        county = read_county(connection, SEED)
        known = connection.execute(
            "select id from cases where case_class = 'simple' and source = 'grid_officer'"
            " and category in ('help', 'noise') order by number limit 50"
        ).fetchall()
    one, other = (Past.draw(county, SEED, UNTIL, DAYS) for _ in range(2))
    assert (one.drawn.at == other.drawn.at).all()
    assert (one.writer.settled.id == other.writer.settled.id).all()
    drawn = {UUID(bytes=raw.tobytes()) for raw in one.writer.settled.id}
    assert {case_id for (case_id,) in known} <= drawn


def _samples(connection: psycopg.Connection[Any]) -> list[list[Row]]:
    """Return the facts of some cases: of everyday ones, and of every kind of move that there is."""
    rows = (
        connection.cursor(row_factory=dict_row)
        .execute(
            "with chosen as ((select case_id from log_events where kind = 'case.self_close'"
            "   order by md5(case_id::text) limit 60)"
            " union (select distinct on (kind) case_id from log_events order by kind, md5(case_id::text))"
            " union (select case_id from log_events where kind = 'case.take' order by md5(case_id::text) limit 25)"
            " union (select case_id from log_events where kind = 'clock.red' order by md5(case_id::text) limit 15))"
            " select e.* from log_events e join chosen using (case_id) order by e.case_id, e.id"
        )
        .fetchall()
    )
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(row)
    return list(found.values())


async def test_every_history_is_legal(past_urls: ClusterUrls) -> None:
    """Make the same moves in the same order with the rules themselves: the same records come of it."""
    db = Database(past_urls.app)
    with psycopg.connect(past_urls.owner) as connection:
        county, samples = read_county(connection, SEED), _samples(connection)
        accounts = {
            row[0]: row[1:] for row in connection.execute("select id::text, area, unit_id from accounts")
        }
    choose = Past.draw(county, SEED, UNTIL, DAYS).calendar_of
    moves = Counter[str]()
    for facts in samples:
        async with db.read(SYSTEM) as tx:
            case = _reported(await load_case(tx, facts[0]["case_id"]), facts[0], choose)
        assert case_record(case) == facts[0]["data"]["case"]
        for fact in facts[1:]:
            moves[fact["kind"]] += 1
            if fact["kind"].startswith("clock."):
                case = _painted(case, fact)
            else:
                case = decide(case, _command(fact), _context(fact, choose, accounts, case)).case
            told = fact["data"]["case"]
            assert _without_ids(case_record(case)) == _without_ids(told), (fact["kind"], fact["case_id"])
    await db.close()
    assert {
        "case.self_close",
        "case.verify",
        "case.accept",
        "case.resolve",
        "case.arrive",
        "clock.amber",
    } <= set(moves)


def _reported(last: Case, fact: Row, choose: Any) -> Case:
    """Return the case as it was reported, made by the rules from what the report said."""
    told = fact["data"]["case"]
    report = NewReport(
        told["category"], "", told["lon"], told["lat"], told["area_code"], last.source, holder=told["holder"],
        case_class=CaseClass(told["case_class"]), priority=told["priority"],
    )  # fmt: skip
    actor = Actor(
        fact["actor"]["account"],
        fact["actor"]["name"],
        Role(fact["actor"]["role"]),
        fact["actor"]["desk"],
        "",
    )
    return replace(new_case(report, actor, fact["at"], told["number"], choose), id=last.id)


def _painted(case: Case, fact: Row) -> Case:
    painted, turned = repainted(case, fact["at"])
    assert turned or case.changed_at == fact["at"]
    return replace(painted, changed_at=fact["at"])


def _without_ids(record: Any) -> Any:
    found = json.loads(json.dumps(record))
    for one in found["assignments"]:
        del one["id"]
    return found


def _context(fact: Row, choose: Any, accounts: dict[str, Any], case: Case) -> Context:
    who = fact["actor"]
    area, unit = accounts.get(who["account"], (who["desk"].partition("/")[0], None))
    role = Role(who["role"])
    actor = (
        SYSTEM if role is Role.SYSTEM else Actor(who["account"], who["name"], role, who["desk"], area, unit)
    )
    units = {
        one["id"]: UnitView(
            one["id"],
            one["name"],
            UnitKind(one["kind"]),
            one["desk"],
            one["area_code"],
            True,
            UnitState.AVAILABLE,
            None,
        )
        for one in fact["data"]["units"]
    }
    return Context(actor, fact["at"], choose, lambda: UUID(int=0), units)


def _command(fact: Row) -> Command:
    """Return the move that a fact tells of, with stand-ins for the words that the log does not hold."""
    move, detail, told = Move(fact["data"]["move"]), fact["data"]["detail"], fact["data"]["case"]
    words = {one["kind"] for one in detail.get("texts", ())}
    request = SimpleNamespace(**(told["request"] or {"cause": None, "until": None, "extra_s": 0}))
    to = (told["offer"] or {}).get("to")
    if move is Move.ASK_HELP:
        to = told["help"][-1]["desk"]
    edited = CaseClass(told["case_class"]) if move is Move.EDIT else None
    units = tuple(detail.get("units", ()))
    return Command(
        move,
        reason="x" if f"{move}_reason" in words else None,
        text="x" if str(move) in words else None,
        result="x" if "result" in words else None,
        where_to_turn="x" if "where_to_turn" in words else None,
        without_help="x" if "without_help" in words else None,
        to=to,
        units=units if move is Move.DISPATCH else (),
        unit=units[0] if units and move is not Move.DISPATCH else None,
        passed=detail.get("passed"),
        callback=Callback(detail["callback"]) if detail.get("callback") else None,
        target=Target(detail["target"]) if detail.get("target") else None,
        cause=request.cause,
        until=datetime.fromisoformat(request.until) if request.until else None,
        hours=HELP_HOURS if move is Move.ASK_HELP else request.extra_s // 3600 or None,
        score=detail.get("score"),
        edit=Edit(case_class=edited),
    )


@given(
    st.integers(0, 300 * 86_400).map(lambda s: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=s)),
    st.timedeltas(timedelta(0), timedelta(days=6)),
    st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 1)), max_size=30),
)
def test_the_counted_calendar_says_what_the_walked_one_says(
    start: datetime, amount: timedelta, turned: set[date]
) -> None:
    walked = WorkingCalendar({day: day.weekday() >= 5 for day in turned})
    counted = CountedCalendar.between_days(walked, date(2026, 1, 1), date(2027, 3, 1))
    expected = walked.add(start, amount)
    assert counted.add(start, amount) == expected
    if amount:
        assert counted.add_many(np.array([us_of(start)]), amount).tolist() == [us_of(expected)]


@pytest.mark.parametrize("length, days", [("30d", 30), ("6m", 184), ("3y", 1096), ("1y", 365)])
def test_a_length_is_days_months_or_years(length: str, days: int) -> None:
    assert days_of(length, date(2026, 11, 26)) == days


@pytest.mark.parametrize("length", ["", "3", "0d", "-3y", "3w", "99y", "1.5y", "3Y "])
def test_any_other_length_is_refused(length: str) -> None:
    with pytest.raises(InvalidInput):
        days_of(length, UNTIL)
