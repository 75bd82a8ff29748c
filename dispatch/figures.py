"""Figures of response: counts and exact percentiles, straight from the rows that the caller may see.

Intervals are in the field's terms (design §5): `alarm_handling` report → first dispatch or start, `response`
report → first arrive or start, `travel` depart → arrive of each unit, `handling` arrive or start → resolve,
`total` report → close. An interval belongs to the window in which it ended.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from typing_extensions import TypedDict

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.vocabulary import OPEN, Status
from dispatch.tables import sql_list
from gis.actor import Actor
from gis.database import Database

# Counts of a day are wanted as they are now; those of a month cost much more and hardly change in half a minute.
REMEMBERED = timedelta(seconds=2)
LONG_HOURS = 72.0
LONG_REMEMBERED = timedelta(seconds=30)
MOST_SCOPES = 500


class By(StrEnum):
    """What the rows stand for."""

    TOWNSHIP = "township"
    TIER = "tier"
    CATEGORY = "category"


class Percentiles(TypedDict):
    """Exact percentiles of one interval in seconds; None where nothing ended in the window."""

    p50_s: float | None
    p90_s: float | None
    n: int


class FigureRow(TypedDict):
    """One row: what came in and went out, what is open now, and how long things took."""

    key: str
    name: str
    received: int
    closed: int
    open: int
    overdue: int
    completion_rate: float | None
    response: Percentiles
    alarm_handling: Percentiles
    travel: Percentiles
    handling: Percentiles
    total: Percentiles
    told_late: int  # of the drives, those whose moments a telephone told later


class ResponseFigures(TypedDict):
    """All rows, and the same over all of them together (percentiles of the cases, not of the rows)."""

    at: datetime
    hours: float
    by: str
    rows: list[FigureRow]
    total: FigureRow


KEY_SQL = {
    By.TOWNSHIP: "left(c.area_code, 9)",
    # Who holds the case now, or held it when it ended.
    By.TIER: "case when c.holder like '%/%' then 'department' when length(c.holder) <= 6 then 'county'"
    " when length(c.holder) <= 9 then 'township' else 'village' end",
    By.CATEGORY: "c.category",
}
TIER_NAMES = {"county": "县级", "township": "乡镇(街道)", "village": "村(社区)", "department": "部门"}
TIERS = tuple(TIER_NAMES)

_OPEN = sql_list(OPEN)
_UNCOUNTED = sql_list((Status.REFUSED, Status.CANCELLED, Status.MERGED))

# An officer without a line arrives when he arrives, and not when his telephone can tell of it.
ARRIVED = "coalesce(d.arrived_done_at, c.arrived_at)"
TOLD_LATE = """left join (
            select case_id, arrived_at, min(arrived_done_at) as arrived_done_at from assignments
            where arrived_done_at is not null group by case_id, arrived_at
          ) d on d.case_id = c.id and d.arrived_at = c.arrived_at"""

# name → (start, end): the end decides whether the interval belongs to the window.
INTERVALS = {
    "response": ("c.reported_at", ARRIVED),
    "alarm_handling": ("c.reported_at", "least(c.dispatched_at, c.arrived_at)"),
    "handling": (ARRIVED, "c.resolved_at"),
    "total": ("c.reported_at", "case when c.status = 'closed' then c.closed_at end"),
}


def _interval_sql(name: str, start: str, end: str) -> str:
    return f"case when {end} >= :since then extract(epoch from {end} - {start})::float8 end as {name}_s"


def _percentiles_sql(name: str) -> str:
    ordered = f"within group (order by {name}_s)"
    return f"percentile_cont(array[0.5, 0.9]) {ordered} as {name}_p, count({name}_s) as {name}_n"


def cases_sql(by: By) -> str:
    """Return the query over cases; every case of the window was reported in it, ended in it, or is open."""
    intervals = ", ".join(_interval_sql(name, *ends) for name, ends in INTERVALS.items())
    percentiles = ", ".join(map(_percentiles_sql, INTERVALS))
    return f"""
        with seen as materialized (
          select {KEY_SQL[by]} as key, c.status in ({_OPEN}) as is_open, c.reported_at >= :since as is_new,
            c.status = 'closed' as is_closed, c.status not in ({_UNCOUNTED}) as counts,
            coalesce(c.closed_at >= :since, false) as is_ended,
            c.status in ({_OPEN}) and exists (
              select 1 from clocks k where k.case_id = c.id and k.stopped_at is null and k.due_at <= :at
            ) as is_overdue, {intervals}
          from cases c {TOLD_LATE}
          where c.reported_at >= :since or c.closed_at >= :since or c.status in ({_OPEN})
        )
        select key, grouping(key) = 1 as is_total,
          count(*) filter (where is_new) as received,
          count(*) filter (where is_closed and is_ended) as closed,
          count(*) filter (where is_open) as open,
          count(*) filter (where is_overdue) as overdue,
          count(*) filter (where is_new and counts) as countable,
          count(*) filter (where is_new and is_closed) as completed,
          {percentiles}
        from seen group by grouping sets ((key), ())
    """


def travel_sql(by: By) -> str:
    """Return the query over assignments: a case that three units drove to counts three times."""
    return f"""
        with seen as (
          select {KEY_SQL[by]} as key,
            extract(epoch from coalesce(a.arrived_done_at, a.arrived_at)
              - coalesce(a.departed_done_at, a.departed_at))::float8 as travel_s,
            a.arrived_done_at is not null or a.departed_done_at is not null as is_told_late
          from assignments a join cases c on c.id = a.case_id
          where a.arrived_at >= :since and a.departed_at is not null
        )
        select key, grouping(key) = 1 as is_total, {_percentiles_sql("travel")},
          count(*) filter (where is_told_late) as told_late
        from seen group by grouping sets ((key), ())
    """


TOWNSHIPS = """
    select code, name from areas where level = 'township'
    union all select code, name from retired_areas where level = 'township'
"""


async def response_figures(db: Database, actor: Actor, by: By, hours: float, at: datetime) -> ResponseFigures:
    """Return the figures of the last `hours` in the actor's sight, as of `at`."""
    values = {"at": at, "since": at - timedelta(hours=hours)}
    async with db.read(actor, frozen=True) as tx:
        found = (await tx.execute(text(cases_sql(by)), values)).mappings().all()
        drives = (await tx.execute(text(travel_sql(by)), values)).mappings().all()
        names = await _names(tx, by)
    travel = {(row["is_total"], row["key"]): row for row in drives}
    rows = [_row(row, travel.get((row["is_total"], row["key"])), names) for row in found]
    totals = [one for one, row in zip(rows, found, strict=True) if row["is_total"]]
    parts = [one for one, row in zip(rows, found, strict=True) if not row["is_total"]]
    parts.sort(key=lambda one: TIERS.index(one["key"]) if by is By.TIER else one["key"])
    return {"at": at, "hours": hours, "by": str(by), "rows": parts, "total": totals[0]}


async def _names(tx: Any, by: By) -> dict[str, str]:
    if by is By.TIER:
        return TIER_NAMES
    if by is By.CATEGORY:
        return {key: category.name for key, category in CATEGORIES.items()}
    rows = await tx.execute(text(TOWNSHIPS))
    return {row.code: row.name for row in rows}


def _row(row: Any, travel: Any, names: dict[str, str]) -> FigureRow:
    key = "" if row["is_total"] else row["key"]
    return {
        "key": key,
        "name": names.get(key, key),
        "received": row["received"],
        "closed": row["closed"],
        "open": row["open"],
        "overdue": row["overdue"],
        "completion_rate": round(row["completed"] / row["countable"], 4) if row["countable"] else None,
        "response": _percentiles(row, "response"),
        "alarm_handling": _percentiles(row, "alarm_handling"),
        "travel": _percentiles(travel, "travel"),
        "handling": _percentiles(row, "handling"),
        "total": _percentiles(row, "total"),
        "told_late": travel["told_late"] if travel else 0,
    }


def _percentiles(row: Any, name: str) -> Percentiles:
    if row is None or not row[f"{name}_n"]:
        return {"p50_s": None, "p90_s": None, "n": 0}
    p50, p90 = row[f"{name}_p"]
    return {"p50_s": round(p50, 1), "p90_s": round(p90, 1), "n": row[f"{name}_n"]}


@dataclass(frozen=True, slots=True)
class _Known:
    asked_at: datetime
    answer: asyncio.Task[ResponseFigures]

    def is_good(self, hours: float, at: datetime) -> bool:
        """Say whether it is young enough for a window of so many hours, and no failure."""
        longest = LONG_REMEMBERED if hours > LONG_HOURS else REMEMBERED
        return timedelta(0) <= at - self.asked_at < longest and not _failed(self.answer)


class Figures:
    """The figures of one application process: asked of the database once in a while for each scope."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._known: dict[tuple[object, ...], _Known] = {}

    async def response(self, actor: Actor, by: By, hours: float, at: datetime) -> ResponseFigures:
        """Return the figures in the actor's sight, at most two seconds old, or thirty for more than three days.

        Who asks while they are being counted waits along.
        """
        # What somebody sees is decided by his range and his desk, and by nothing else.
        scope = (*actor.range, actor.desk, by, hours)
        known = self._known.get(scope)
        if known is None or not known.is_good(hours, at):
            self._forget(at)
            known = _Known(at, asyncio.create_task(response_figures(self.db, actor, by, hours, at)))
            self._known[scope] = known
        # Whoever goes away must not take the answer from those who wait with him.
        return await asyncio.shield(known.answer)

    def _forget(self, at: datetime) -> None:
        """Drop what is too old, and the oldest when there are too many scopes."""
        self._known = {
            scope: one for scope, one in self._known.items() if at - one.asked_at < LONG_REMEMBERED
        }
        while len(self._known) >= MOST_SCOPES:
            del self._known[next(iter(self._known))]


def _failed(answer: asyncio.Task[ResponseFigures]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
