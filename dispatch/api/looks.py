"""The audit log, for those who hold others to account: who looked at personal data, what administrators did, and who
changed what. To read it is a look as well.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.looks import note_look
from dispatch.api.caller import Caller, Db
from dispatch.api.moments import Moment
from dispatch.records import stamp
from dispatch.rules.visibility import covers_county
from dispatch.tables import cases, looks
from gis.actor import Actor, Role, code_range
from gis.clock import now
from gis.database import Database
from gis.errors import NotYourMove
from gis.log import log_events

router = APIRouter(tags=["audit"])

ERASURES = ("case.erase", "erasure.searches")
READS_LOOKS = frozenset({Role.AUDITOR, Role.ADMIN})
# Whoever names no case and no beginning is shown so much of what was changed: the log may hold ten years.
CHANGES_BACK: Final = timedelta(days=31)


class LookView(BaseModel):
    """One look: who, at which desk, at what; `detail` is what he searched for, or what was done to whom."""

    id: int
    at: str
    account: str
    name: str
    desk: str
    what: str
    case_id: UUID | None
    number: str | None
    detail: str | None


class LooksAnswer(BaseModel):
    """A page of the audit log, newest first; `next` is the cursor of the page after it."""

    looks: list[LookView]
    next: int | None


class ChangeView(BaseModel):
    """One change: who, at which desk, as what; `kind` is the fact, as `case.accept`. A robot says that it is one."""

    id: int
    at: str
    account: str
    name: str
    desk: str
    role: str
    robot: bool
    kind: str
    case_id: UUID | None
    number: str | None
    version: int | None


class ChangesAnswer(BaseModel):
    """A page of what people and devices changed, or rules erased, newest first; `since`: how far back, null for all."""

    changes: list[ChangeView]
    next: int | None
    since: str | None


class Wanted(BaseModel):
    """Which looks or changes."""

    model_config = ConfigDict(extra="forbid")

    account: str | None = Field(default=None, max_length=100)
    person: str | None = Field(
        default=None, min_length=1, max_length=100, description="An account, or a part of somebody's name."
    )
    case_id: UUID | None = None
    what: str | None = Field(default=None, max_length=60)
    looked_from: Moment | None = Field(default=None, alias="from")
    looked_to: Moment | None = Field(default=None, alias="to")
    limit: int = Field(default=100, ge=1, le=500)
    cursor: int | None = Field(default=None, ge=0, le=2**62)

    def asked_for(self) -> str:
        """Return the conditions as the audit log keeps them of whoever reads it."""
        asked = self.model_dump(exclude={"limit", "cursor"}, exclude_none=True, by_alias=True, mode="json")
        return " ".join(f"{name}={value}" for name, value in asked.items())


WantedQuery = Annotated[Wanted, Query()]
AnySelect = Select[*tuple[Any, ...]]


@router.get("/api/looks")
async def list_looks(wanted: WantedQuery, actor: Caller, db: Db) -> LooksAnswer:
    """List the audit log of the caller's area, newest first. This look is on it as well."""
    require_reader(actor)
    lo, hi = code_range(actor.area)
    mine = and_(looks.c.desk >= lo, looks.c.desk < hi)
    # What the program itself does sits at no desk: the county sees it.
    query = select(looks).where(or_(mine, looks.c.desk == "") if covers_county(actor) else mine)
    rows, after = await read_page(db, actor, "looks", wanted, narrowed(query, dict(looks.c.items()), wanted))
    return LooksAnswer(looks=[LookView(**row) for row in rows], next=after)


@router.get("/api/changes")
async def list_changes(wanted: WantedQuery, actor: Caller, db: Db) -> ChangesAnswer:
    """List what people and devices changed in the caller's area, and what was erased there, newest first, from the log.

    This look is noted. Without a case and without `from` it goes back 31 days.
    """
    require_reader(actor)
    if wanted.looked_from is None and wanted.case_id is None:
        since = (wanted.looked_to or now()) - CHANGES_BACK
        wanted = wanted.model_copy(update={"looked_from": since})
    by, told = log_events.c.actor, ("id", "at", "kind", "case_id", "version")
    person = {name: by[name].astext.label(name) for name in ("account", "name", "desk", "role")}
    columns = {**{name: log_events.c[name] for name in told}, **person}
    # Clocks that ran out are nobody's doing; what the program erased by itself is somebody's concern.
    query = select(*columns.values(), by.has_key("robot").label("robot")).where(
        or_(by["role"].astext != str(Role.SYSTEM), log_events.c.kind.in_(ERASURES))
    )
    query = narrowed(query, {**columns, "what": log_events.c.kind}, wanted)
    rows, after = await read_page(db, actor, "changes", wanted, query)
    since_at = stamp(wanted.looked_from) if wanted.looked_from else None
    return ChangesAnswer(changes=[ChangeView(**row) for row in rows], next=after, since=since_at)


def narrowed(query: AnySelect, of: Mapping[str, ColumnElement[Any]], wanted: Wanted) -> AnySelect:
    """Return the query of one page, and one row more to know whether there is a next; `of` names its columns."""
    if wanted.person is not None:
        named = of["name"].contains(wanted.person, autoescape=True)
        query = query.where(or_(of["account"] == wanted.person, named))
    for name in ("account", "case_id", "what"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(of[name] == value)
    if wanted.looked_from is not None:
        query = query.where(of["at"] >= wanted.looked_from)
    if wanted.looked_to is not None:
        query = query.where(of["at"] < wanted.looked_to)
    if wanted.cursor is not None:
        query = query.where(of["id"] < wanted.cursor)
    return query.order_by(of["id"].desc()).limit(wanted.limit + 1)


async def read_page(
    db: Database, actor: Actor, which: str, wanted: Wanted, query: AnySelect
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page with the numbers of its cases, and the cursor of the next; note that it was read."""
    async with db.transaction(actor) as tx:
        found = (await tx.execute(query)).mappings().all()
        numbers = await numbers_of(tx, {row["case_id"] for row in found})
        asked = f"{which} {wanted.asked_for()}".strip()
        await note_look(tx, actor, wanted.case_id, "audit", now(), detail=asked)
    rows = [
        {**row, "at": stamp(row["at"]), "number": numbers.get(row["case_id"])}
        for row in found[: wanted.limit]
    ]
    return rows, rows[-1]["id"] if len(found) > len(rows) else None


def require_reader(actor: Actor) -> None:
    """Raise NotYourMove for who does not read the audit log."""
    if actor.role not in READS_LOOKS:
        raise NotYourMove("The audit log is for auditors and administrators.", code="not_of_your_role")


async def numbers_of(tx: AsyncConnection, case_ids: set[UUID | None]) -> dict[UUID, str]:
    """Return the numbers of cases in the reader's sight, for people do not read ids."""
    wanted = select(cases.c.id, cases.c.number).where(cases.c.id.in_(case_ids - {None}))
    return {row.id: row.number for row in await tx.execute(wanted)}
