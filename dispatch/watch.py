"""The watcher: turns clocks amber and red on time, exactly once, in whichever process comes first."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from dispatch.actions.cases import turn_clocks
from dispatch.rules.by_clock import OrderRule
from gis.actor import SYSTEM
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable

logger = logging.getLogger(__name__)
PAUSE_S = 1.0
DUE_SQL = text(
    """
    select distinct case_id from (
      (select case_id, amber_at as turns_at from clocks
         where stopped_at is null and colour = 'green' and amber_at <= :at order by amber_at limit :most)
      union all
      (select case_id, due_at from clocks
         where stopped_at is null and colour = 'amber' and due_at <= :at order by due_at limit :most)
      union all
      (select id, suspended_until from cases
         where status = 'suspended' and suspended_until <= :at order by suspended_until limit :most)
    ) late
    """
)
MOST_AT_ONCE = 500


async def due_cases(db: Database, at: datetime) -> list[UUID]:
    """Return the cases that have a clock whose colour must turn, or that have waited long enough."""
    async with db.read(SYSTEM) as tx:
        return list((await tx.execute(DUE_SQL, {"at": at, "most": MOST_AT_ONCE})).scalars())


async def watch_once(db: Database, at: datetime, rules: Sequence[OrderRule] = ()) -> int:
    """Turn every clock that is due and return how many turned.

    A second watcher does no harm: the row is locked and a turned clock stays turned.
    """
    turned = 0
    for case_id in await due_cases(db, at):
        turned += len(await turn_clocks(db, case_id, at, rules))
    return turned


async def watch(db: Database, rules: Sequence[OrderRule]) -> None:
    """Watch for ever, and order attention by these rules; a database that is away is waited for."""
    while True:
        try:
            await watch_once(db, now(), rules)
        except Unavailable as error:
            logger.warning("the watcher waits for the database: %s", error.detail)
        except Exception:
            # One case that cannot be turned must not stop the clocks of all others.
            logger.exception("the watcher met an error and goes on")
        await asyncio.sleep(PAUSE_S)
