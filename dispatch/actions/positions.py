"""Write positions: the history and the newest of each unit, in one transaction."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from gis.actor import SYSTEM
from gis.database import Database, driver

COLUMNS = (
    "unit",
    "at",
    "no",
    "desk",
    "area_code",
    "lon",
    "lat",
    "speed_mps",
    "heading_deg",
    "accuracy_m",
    "grid_code",
    "moving",
    "received_at",
)
LISTED = ", ".join(COLUMNS)
WRITE_TIMEOUT_S = 10.0

MAKE_STAGE = f"""
    create temporary table if not exists stage_positions on commit delete rows
    as select {LISTED} from positions with no data
"""
KEEP = f"insert into positions ({LISTED}) select {LISTED} from stage_positions on conflict do nothing"
RENEW = f"""
    insert into positions_latest as latest ({LISTED}, writer)
    select distinct on (unit) {LISTED}, $1::uuid from stage_positions order by unit, at desc
    on conflict (unit) do update set
        {", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS[1:], "writer"))},
        written_at = clock_timestamp()
    where excluded.at > latest.at
"""

Row = tuple[Any, ...]
"""One position, as `COLUMNS` has it."""


async def make_stage(connection: Any) -> None:
    """Make the table that batches are copied into; once for each asyncpg connection."""
    await connection.execute(MAKE_STAGE, timeout=WRITE_TIMEOUT_S)


async def make_days(connection: Any, days: Sequence[date]) -> None:
    """Make the partitions of these days where they are missing, in a transaction of their own."""
    for day in days:
        await connection.execute("select ensure_positions_day($1)", day, timeout=WRITE_TIMEOUT_S)


async def save_positions(connection: Any, rows: Sequence[Row], writer: UUID) -> None:
    """Write rows through the stage of an asyncpg connection that acts as the system.

    Doing it twice does no harm, so a write whose outcome is unknown is simply repeated. A copy into a stage
    is half again as fast as sending the rows as arrays, and COPY itself does not go through row-level
    security.
    """
    async with connection.transaction():
        await connection.copy_records_to_table(
            "stage_positions", records=rows, columns=COLUMNS, timeout=WRITE_TIMEOUT_S
        )
        await connection.execute(KEEP, timeout=WRITE_TIMEOUT_S)
        await connection.execute(RENEW, writer, timeout=WRITE_TIMEOUT_S)


async def forget_positions(db: Database, before: date) -> int:
    """Drop the days of positions before a day, and say how many: where people were is not kept for ever."""
    async with db.transaction(SYSTEM) as tx:
        dropped: int = await driver(tx).fetchval("select drop_positions_before($1)", before)
    return dropped


def day_of(at: datetime) -> date:
    """Return the partition's day of a moment: days are UTC's."""
    return at.astimezone(UTC).date()
