"""Accountability and ratings over HTTP."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dispatch.api.caller import Caller, Db
from dispatch.oversight import list_accounts, rating_figures
from gis.actor import Role
from gis.clock import now
from gis.errors import NotYourMove

router = APIRouter(tags=["oversight"])

MOST_HOURS = 90 * 24
# A wall screen is for everybody in the hall: whose fault something was is not written there.
NOT_FOR = frozenset({Role.KIOSK, Role.DEVICE, Role.REPORTER, Role.GRID_OFFICER})


class AccountRow(BaseModel):
    """One hop of custody that its desk must account for; `finding` once it is settled."""

    case_id: str
    number: str
    category: str
    area_code: str
    hop: int
    desk: str
    opened_at: str
    finding: str | None
    settled_at: str | None


class AccountList(BaseModel):
    """Open ones first."""

    accounts: list[AccountRow]


class RatingRow(BaseModel):
    """How content reporters were: how many rated, the mean, and how many gave 1 or 2."""

    key: str
    n: int
    mean: float | None
    low: int


class RatingFigures(BaseModel):
    """By township, and over all of them together."""

    hours: float
    rows: list[RatingRow]
    total: RatingRow


@router.get("/api/accounts")
async def accounts(
    actor: Caller,
    db: Db,
    open_only: Annotated[bool, Query(alias="open")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> AccountList:
    """List who was called to account in the caller's sight (责任追究), with what was found."""
    if actor.role in NOT_FOR:
        raise NotYourMove("this list is for those who answer for a desk", code="not_of_your_role")
    async with db.read(actor) as tx:
        found = await list_accounts(tx, open_only=open_only, limit=limit)
    return AccountList(accounts=[AccountRow(**row) for row in found])


@router.get("/api/figures/ratings")
async def ratings(
    actor: Caller,
    db: Db,
    hours: Annotated[float, Query(gt=0, le=MOST_HOURS, allow_inf_nan=False)] = 720,
) -> RatingFigures:
    """Say how content those were who reported, by township, from the ratings in the caller's sight."""
    async with db.read(actor) as tx:
        found = [RatingRow(**row) for row in await rating_figures(tx, now() - timedelta(hours=hours))]
    nothing = RatingRow(key="", n=0, mean=None, low=0)
    total = next((row for row in found if row.key == ""), nothing)
    return RatingFigures(hours=hours, rows=[row for row in found if row.key], total=total)
