"""Lists of cases, narrowed by what somebody asks for, and cases found by words. As everywhere: in sight only."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.queries import CASE_SQL, OPEN_SQL, case_of
from dispatch.rules.case import Case
from dispatch.rules.case_numbers import reported_within
from gis.actor import WITHOUT_AREA, Actor
from gis.database import Database, driver
from layers.tables import LENGTH_OF_LEVEL

Place = tuple[datetime, UUID]
"""A place in a list that is ordered by the moment of the report."""

# What is asked for → the condition. Only operators that are leakproof stand here, so that an index may serve them
# under row-level security.
CONDITIONS = {
    "status": "c.status = :status",
    "holder": "c.holder = :holder",
    "area": "c.area_code >= :area and c.area_code < :area || '~'",
    "category": "c.category = :category",
    "case_class": "c.case_class = :case_class",
    "priority": "c.priority = :priority",
    "source": "c.source = :source",
    "reported_from": "c.reported_at >= :reported_from",
    "reported_to": "c.reported_at < :reported_to",
    "unit": "c.id in (select a.case_id from assignments a where a.unit = :unit)",
    # Clocks run on open cases alone, and of those there are few.
    "colour": f"c.status in ({OPEN_SQL}) and exists (select 1 from clocks k where k.case_id = c.id"
    " and k.stopped_at is null and k.colour = :colour)",
    "number": "c.number >= :number and c.number < :number || '~'",
}


OF_IDS = f"{CASE_SQL} where c.id = any($1) order by c.reported_at desc, c.id desc"
NOWHERE = "-" * LENGTH_OF_LEVEL["grid"]  # of a code that no area has


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed to; None asks for nothing."""

    status: str | None = None
    holder: str | None = None
    area: str | None = None
    category: str | None = None
    case_class: str | None = None
    priority: int | None = None
    source: str | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    unit: str | None = None
    colour: str | None = None
    number: str | None = None
    open_only: bool = False

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """Return the SQL conditions and the values that they bind."""
        asked = {one.name: getattr(self, one.name) for one in fields(self) if one.name in CONDITIONS}
        values = {name: value for name, value in asked.items() if value is not None}
        where = [f"c.status in ({OPEN_SQL})"] if self.open_only else []
        where += (CONDITIONS[name] for name in values)
        if self.number is not None:
            # A number begins with its day: in the order of time, what begins so lies together.
            within = reported_within(self.number)
            where.append(
                "c.reported_at >= :numbered_from and c.reported_at < :numbered_to" if within else "false"
            )
            values |= dict(zip(("numbered_from", "numbered_to"), within or (), strict=False))
        return where, values


@dataclass(frozen=True, slots=True)
class Found:
    """A case whose words hold what was searched for: where it stands in the list, and the words around."""

    case_id: UUID
    reported_at: datetime
    kind: str
    excerpt: str


def sight_on(actor: Actor, area: str | None) -> Actor:
    """Return who sees of this area what the actor sees of it, by the policies, and of the rest as little as can be.

    The planner goes by how much is in sight: without it a list of somebody else's area reads all of one's own.
    """
    if area is None or actor.area.startswith(area) or actor.role in WITHOUT_AREA:
        return actor
    return replace(actor, area=area if actor.covers(area) else NOWHERE)


def sees_few(actor: Actor) -> bool:
    """Say whether so few cases are in sight that a list is made of all of them rather than looked for by time."""
    return actor.role in WITHOUT_AREA or len(actor.area) >= LENGTH_OF_LEVEL["village"]


async def cases_in_sight(
    db: Database, actor: Actor, wanted: CaseFilter, *, before: Place | None = None, limit: int = 50
) -> list[Case]:
    """Return what the actor sees of the cases that are wanted, newest report first, from the place `before` on."""
    looks = sight_on(actor, wanted.area)
    async with db.read(looks, frozen=True) as tx:
        return await list_cases(tx, wanted, before=before, limit=limit, few=sees_few(looks))


async def list_cases(
    tx: AsyncConnection,
    wanted: CaseFilter | None = None,
    *,
    ids: Sequence[UUID] | None = None,
    before: Place | None = None,
    limit: int = 50,
    few: bool = False,
) -> list[Case]:
    """Return cases in sight, newest report first, from the place `before` on; of `ids` where they are given.

    `few` is `sees_few` of who looks. First where they stand, and then what they are, which two are to be of one
    moment: in a frozen transaction, or by `ids`.
    """
    where, values = (wanted or CaseFilter()).conditions()
    values["limit"] = limit
    if ids is not None:
        where.append("c.id = any(:ids)")
        values["ids"] = list(ids)
    if before:
        where.append("(c.reported_at, c.id) < (:before_at, :before_id)")
        values |= {"before_at": before[0], "before_id": before[1]}
    narrowed = f"where {' and '.join(where)}" if where else ""
    # Planned for these very values: of rare ones and of common ones the way is not the same.
    await driver(tx).execute("set local plan_cache_mode = force_custom_plan")
    places = f"select c.id, c.reported_at from cases c {narrowed}{' offset 0' if few else ''}"
    sql = f"select id from ({places}) as c order by reported_at desc, id desc limit :limit"
    found = list((await tx.execute(text(sql), values)).scalars())
    await driver(tx).execute("set local plan_cache_mode to default")
    rows = await driver(tx).fetch(OF_IDS, found)
    return [case_of(row) for row in rows]


async def search_words(
    tx: AsyncConnection, words: Sequence[str], *, before: Place | None = None, limit: int = 50
) -> list[Found]:
    """Return the newest cases in sight of which one text holds all words; none for who reads no personal data."""
    at, case_id = before or (None, None)
    sql = text("select * from search_cases(:words, :at, :id, :most)")
    rows = await tx.execute(sql, {"words": list(words), "at": at, "id": case_id, "most": limit})
    return [Found(row.case_id, row.reported_at, row.kind, row.excerpt) for row in rows]
