"""What the start page of a demonstration county tells everybody: how many cases and units, and where it is busy."""

from datetime import datetime, time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import TypedDict

from dispatch.rules.calendar import CHINA
from dispatch.rules.vocabulary import OPEN, UnitState
from dispatch.tables import sql_list

MOST_PINS = 200
OUT = (UnitState.DISPATCHED, UnitState.ENROUTE, UnitState.ON_SCENE)

OPEN_SQL = sql_list(OPEN)

COUNTS_SQL = f"""
    select
      (select count(*) from cases where status in ({OPEN_SQL})) as open,
      (select count(*) from cases where reported_at >= :today) as received,
      (select count(*) from cases where status = 'closed' and closed_at >= :today) as closed,
      (select count(*) from units where on_duty) as on_duty,
      (select count(*) from units where state in ({sql_list(OUT)})) as under_way
"""
# About 100 m: enough for a drawing of the county, too little to find a door.
PINS_SQL = f"""
    select round(lon::numeric, 3)::float8 as lon, round(lat::numeric, 3)::float8 as lat, priority
    from cases where status in ({OPEN_SQL}) order by priority, reported_at desc limit {MOST_PINS}
"""


class Pin(TypedDict):
    """Roughly where a case is open, and how urgent it is."""

    lon: float
    lat: float
    priority: int


class Glance(TypedDict):
    """Counts of this moment and of this day, and the open cases as pins."""

    open: int
    received: int
    closed: int
    on_duty: int
    under_way: int
    pins: list[Pin]


async def glance(tx: AsyncConnection, at: datetime) -> Glance:
    """Return the state of the county at `at`; the day is China's."""
    local = at.astimezone(CHINA)
    today = datetime.combine(local.date(), time(), CHINA)
    counts = (await tx.execute(text(COUNTS_SQL), {"today": today})).mappings().one()
    pins = (await tx.execute(text(PINS_SQL))).mappings()
    return {
        "open": counts["open"],
        "received": counts["received"],
        "closed": counts["closed"],
        "on_duty": counts["on_duty"],
        "under_way": counts["under_way"],
        "pins": [{"lon": pin["lon"], "lat": pin["lat"], "priority": pin["priority"]} for pin in pins],
    }
