"""Measures by the rules of warnings now and then, in whichever process comes first, and marks late answers."""

import asyncio
import logging
from datetime import datetime, timedelta

from dispatch.actions.warnings import mark_late_answers, measure_all
from dispatch.rulebook import Rulebook
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable

logger = logging.getLogger(__name__)
LOOKS_EVERY_S = 20.0
MEASURES_EVERY = timedelta(seconds=60)


async def look_once(db: Database, book: Rulebook, at: datetime, every: timedelta = MEASURES_EVERY) -> int:
    """Issue what is due and mark what is late; return how many cards changed."""
    issued = await measure_all(db, book, at, every)
    return len(issued) + len(await mark_late_answers(db, at))


async def watch_warnings(db: Database, book: Rulebook) -> None:
    """Look for ever; a database that is away is waited for."""
    while True:
        try:
            await look_once(db, book, now())
        except Unavailable as error:
            logger.warning("warnings wait for the database: %s", error.detail)
        await asyncio.sleep(LOOKS_EVERY_S)
