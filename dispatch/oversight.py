"""What looks back on finished work: who was called to account, and how content those were who reported."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.records import maybe_stamp, stamp

LOW_SCORE = 2


async def list_accounts(tx: AsyncConnection, *, open_only: bool, limit: int) -> list[dict[str, Any]]:
    """Return the hops of custody in sight that their desks were called to account for, newest first."""
    sql = f"""
        select a.case_id, c.number, c.category, c.area_code, a.hop, a.desk, a.opened_at, a.finding, a.settled_at
        from accountability a join cases c on c.id = a.case_id
        {"where a.settled_at is null" if open_only else ""}
        order by a.settled_at is not null, a.opened_at desc, a.id desc limit :limit
    """
    rows = (await tx.execute(text(sql), {"limit": limit})).mappings()
    return [
        {
            **row,
            "case_id": str(row["case_id"]),
            "opened_at": stamp(row["opened_at"]),
            "settled_at": maybe_stamp(row["settled_at"]),
        }
        for row in rows
    ]


async def rating_figures(tx: AsyncConnection, since: datetime) -> list[dict[str, Any]]:
    """Return number, mean and how many were low, by township, and over all with the key ''."""
    sql = f"""
        select coalesce(left(c.area_code, 9), '') as key, count(*) as n, round(avg(r.score), 2)::float8 as mean,
          count(*) filter (where r.score <= {LOW_SCORE}) as low
        from ratings r join cases c on c.id = r.case_id where r.at > :since
        group by grouping sets ((left(c.area_code, 9)), ()) order by 1
    """
    return [dict(row) for row in (await tx.execute(text(sql), {"since": since})).mappings()]
