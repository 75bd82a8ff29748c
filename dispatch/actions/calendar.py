"""Load China's official calendar into its table, a row a day, as far as it is published."""

from datetime import date, timedelta

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dispatch.tables import calendar_days
from gis.actor import SYSTEM
from gis.database import Database

FIRST = date(2024, 1, 1)


def official_days(first: date = FIRST) -> list[dict[str, object]]:
    """Return every day from `first` on that the library knows; a year not yet published is simply not there."""
    days: list[dict[str, object]] = []
    day = first
    while True:
        try:
            _, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return days
        days.append({"day": day, "working": chinese_calendar.is_workday(day), "name": name})
        day += timedelta(days=1)


async def load_calendar(db: Database) -> int:
    """Bring the table up to what is published, and return how many days had to be written: at most starts, none."""
    held = select(calendar_days.c.day, calendar_days.c.working, calendar_days.c.name)
    statement = insert(calendar_days)
    renewed = statement.on_conflict_do_update(
        index_elements=["day"],
        set_={"working": statement.excluded.working, "name": statement.excluded.name},
    )
    async with db.transaction(SYSTEM) as tx:
        known = {tuple(row) for row in await tx.execute(held)}
        news = [day for day in official_days() if (day["day"], day["working"], day["name"]) not in known]
        if news:
            await tx.execute(renewed, news)
    return len(news)
