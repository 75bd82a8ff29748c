"""The audit log, for those who hold others to account: who looked at personal data, and what administrators did."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import and_, or_, select

from dispatch.api.caller import Caller, Db
from dispatch.records import stamp
from dispatch.rules.visibility import covers_county
from dispatch.tables import looks
from gis.actor import Role, code_range
from gis.errors import NotYourMove

router = APIRouter(tags=["audit"])

READS_LOOKS = frozenset({Role.AUDITOR, Role.ADMIN})


class LookView(BaseModel):
    """One look: who, at which desk, at what; `detail` is what he searched for, or what was done to whom."""

    id: int
    at: str
    account: str
    name: str
    desk: str
    what: str
    case_id: UUID | None
    detail: str | None


class LooksAnswer(BaseModel):
    """A page of the audit log, newest first; `next` is the cursor of the page after it."""

    looks: list[LookView]
    next: int | None


class Wanted(BaseModel):
    """Which looks."""

    model_config = ConfigDict(extra="forbid")

    account: str | None = Field(default=None, max_length=100)
    case_id: UUID | None = None
    what: str | None = Field(default=None, max_length=60)
    looked_from: AwareDatetime | None = Field(default=None, alias="from")
    looked_to: AwareDatetime | None = Field(default=None, alias="to")
    limit: int = Field(default=100, ge=1, le=500)
    cursor: int | None = Field(default=None, ge=0, le=2**62)


@router.get("/api/looks")
async def list_looks(wanted: Annotated[Wanted, Query()], actor: Caller, db: Db) -> LooksAnswer:
    """List the audit log of the caller's area, newest first."""
    if actor.role not in READS_LOOKS:
        raise NotYourMove("The audit log is for auditors and administrators.", code="not_of_your_role")
    lo, hi = code_range(actor.area)
    mine = and_(looks.c.desk >= lo, looks.c.desk < hi)
    # What the program itself does sits at no desk: the county sees it.
    query = select(looks).where(or_(mine, looks.c.desk == "") if covers_county(actor) else mine)
    asked = {"account": wanted.account, "case_id": wanted.case_id, "what": wanted.what}
    for name, value in asked.items():
        if value is not None:
            query = query.where(looks.c[name] == value)
    if wanted.looked_from:
        query = query.where(looks.c.at >= wanted.looked_from)
    if wanted.looked_to:
        query = query.where(looks.c.at < wanted.looked_to)
    if wanted.cursor is not None:
        query = query.where(looks.c.id < wanted.cursor)
    async with db.read(actor) as tx:
        rows = (await tx.execute(query.order_by(looks.c.id.desc()).limit(wanted.limit + 1))).mappings().all()
    page = rows[: wanted.limit]
    return LooksAnswer(
        looks=[LookView(**{**row, "at": stamp(row["at"])}) for row in page],
        next=page[-1]["id"] if len(rows) > len(page) else None,
    )
