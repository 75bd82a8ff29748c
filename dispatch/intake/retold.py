"""Open cases in somebody's sight that a new report may tell again."""

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.rules.duplicates import DEGREE_M, Duplicate, Told, duplicates_of
from dispatch.rules.vocabulary import Status
from dispatch.tables import sql_list

LOOKS_BACK = timedelta(days=7)
LOOKS_AROUND_M = 4_000.0
MOST_CASES = 300
# What is resolved is not told again, but has come back: that is a reopening.
LIVE = frozenset({Status.PENDING, Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING, Status.SUSPENDED})
KNOWN_SQL = f"""
    select c.id, c.category, c.lon, c.lat, c.reported_at, array_agg(r.text order by r.at) as texts,
      array_remove(array_agg(r.reporter_phone), null) as phones, max(r.at) as last_at
    from cases c join reports r on r.case_id = c.id
    where c.status in ({sql_list(LIVE)}) and c.lon between :west and :east and c.lat between :south and :north
      and c.reported_at >= :since
    group by c.id order by c.reported_at desc limit :most
"""


async def known_near(tx: AsyncConnection, lon: float, lat: float, at: datetime) -> list[Told]:
    """Return what the live cases around a place have been told, as far as the transaction's actor sees them."""
    up = LOOKS_AROUND_M / DEGREE_M
    aside = up / cos(radians(lat))
    values = {
        "west": lon - aside,
        "east": lon + aside,
        "south": lat - up,
        "north": lat + up,
        "since": at - LOOKS_BACK,
        "most": MOST_CASES,
    }
    return [_told(row) for row in (await tx.execute(text(KNOWN_SQL), values)).mappings()]


def _told(row: Any) -> Told:
    return Told(
        category=row["category"],
        lon=row["lon"],
        lat=row["lat"],
        # Who rings about what was last told of a minute ago rings about something fresh.
        at=row["last_at"],
        texts=tuple(row["texts"]),
        phones=frozenset(row["phones"]),
        case=row["id"],
    )


async def find_duplicates(
    tx: AsyncConnection, new: Told, other_than: UUID | None = None
) -> tuple[Duplicate, ...]:
    """Return the live cases in the actor's sight that a report may belong to, the likeliest first."""
    known = await known_near(tx, new.lon, new.lat, new.at)
    return duplicates_of(new, [one for one in known if one.case != other_than])
