"""What looks back on finished work: who was called to account, and how content those were who reported."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.records import maybe_stamp, stamp

LOW_SCORE = 2


Account = tuple[bool, datetime, UUID]
"""A place in the list of accounts: settled or not, when it was opened, and of which case."""

ACCOUNT_CONDITIONS = {
    "desk": "a.desk = :desk",
    "area": "c.area_code >= :area and c.area_code < :area || '~'",
    "finding": "a.finding = :finding",
    "opened_from": "a.opened_at >= :opened_from",
    "opened_to": "a.opened_at < :opened_to",
}


async def list_accounts(
    tx: AsyncConnection,
    asked: Mapping[str, Any],
    *,
    open_only: bool = False,
    after: Account | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the hops of custody in sight that their desks were called to account for: open ones first, then newest.

    `asked` narrows them by `ACCOUNT_CONDITIONS`; the list goes on `after` a place.
    """
    values = {name: value for name, value in asked.items() if value is not None} | {"limit": limit}
    where = [condition for name, condition in ACCOUNT_CONDITIONS.items() if name in values]
    where += ["a.settled_at is null"] if open_only else []
    if after is not None:
        where.append(
            "(a.settled_at is not null > :settled or a.settled_at is not null = :settled"
            " and (a.opened_at, a.case_id) < (:before_at, :before_id))"
        )
        values |= dict(zip(("settled", "before_at", "before_id"), after, strict=True))
    sql = f"""
        select a.case_id, c.number, c.category, c.area_code, a.hop, a.desk, a.opened_at, a.finding, a.settled_at
        from accountability a join cases c on c.id = a.case_id
        {f"where {' and '.join(where)}" if where else ""}
        order by a.settled_at is not null, a.opened_at desc, a.case_id desc limit :limit
    """
    rows = (await tx.execute(text(sql), values)).mappings()
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
