"""Accountability and ratings over HTTP."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.caller import Caller, Db
from dispatch.api.case_lists import decode_cursor, encode_cursor
from dispatch.api.cases import AreaCode, DeskId
from dispatch.api.moments import Moment
from dispatch.oversight import ACCOUNT_CONDITIONS, Account, list_accounts, rating_figures
from dispatch.rules.vocabulary import Finding
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


class AccountsWanted(BaseModel):
    """Which accounts. All that is asked for must hold."""

    model_config = ConfigDict(extra="forbid")

    open: bool = Field(default=False, description="Only what is not settled.")
    desk: DeskId | None = Field(default=None, description="The desk that must account for its part.")
    area: AreaCode | None = Field(default=None, description="Of cases in this area.")
    finding: Finding | None = None
    opened_from: Moment | None = Field(default=None, alias="from", description="Opened then or later.")
    opened_to: Moment | None = Field(default=None, alias="to", description="Opened before.")
    limit: int = Field(default=100, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200, description="`next` of the page before.")


class AccountList(BaseModel):
    """A page, open ones first, then the newest; `next` is the cursor of the page after it."""

    accounts: list[AccountRow]
    next: str | None


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
async def accounts(wanted: Annotated[AccountsWanted, Query()], actor: Caller, db: Db) -> AccountList:
    """List who was called to account in the caller's sight (责任追究), with what was found."""
    if actor.role in NOT_FOR:
        raise NotYourMove("this list is for those who answer for a desk", code="not_of_your_role")
    asked = wanted.model_dump(include={*ACCOUNT_CONDITIONS})
    after = _place_of(wanted.cursor) if wanted.cursor else None
    async with db.read(actor) as tx:
        found = await list_accounts(tx, asked, open_only=wanted.open, after=after, limit=wanted.limit + 1)
    page = found[: wanted.limit]
    following = _cursor_of(page[-1]) if len(found) > wanted.limit else None
    return AccountList(accounts=[AccountRow(**row) for row in page], next=following)


def _cursor_of(row: Mapping[str, Any]) -> str:
    settled = int(row["settled_at"] is not None)
    return f"{settled}{encode_cursor(datetime.fromisoformat(row['opened_at']), row['case_id'])}"


def _place_of(cursor: str) -> Account:
    settled, (at, case_id) = cursor[:1] == "1", decode_cursor(cursor[1:])
    return settled, at, case_id


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
