"""Every look at personal data is written down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch import tables
from gis.actor import Actor


async def note_look(
    tx: AsyncConnection,
    actor: Actor,
    case_id: UUID | None,
    what: str,
    at: datetime,
    *,
    detail: str | None = None,
) -> None:
    """Write down that the actor looked at personal data, in the transaction of the look.

    `case_id` is None where he looked into many cases at once; `detail` then says what for.
    """
    await tx.execute(
        insert(tables.looks)
        .values(
            at=at,
            account=actor.account_id,
            name=actor.name,
            desk=actor.desk,
            case_id=case_id,
            what=what,
            detail=detail,
        )
        .inline()
    )
