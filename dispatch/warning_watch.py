"""Measures by the rules of warnings now and then, in whichever process comes first, and marks late answers.

What three years of cases make slow to measure is measured less often, and never in one go: the machine is for moves.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from dispatch.actions.warnings import mark_late_answers, measure_ladder
from dispatch.rulebook import Rulebook
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable

logger = logging.getLogger(__name__)
LOOKS_EVERY_S = 20.0
MEASURES_EVERY = timedelta(seconds=60)
RESTS_TIMES = 1000.0
"""A ladder that took 0.4 s is measured again 400 s later: what warns of weeks may cost a thousandth of a core."""
BREATHES_TIMES = 4.0
"""Between two ladders the machine is left alone for so many times what the last one took."""


class WarningWatch:
    """One process's looks at everything that warns."""

    def __init__(self, db: Database, book: Rulebook) -> None:
        self.db, self.book = db, book
        self._took_s: dict[str, float] = {}

    def every(self, ladder: str) -> timedelta:
        """Return how often a ladder is measured, seeing what it took the last time."""
        return max(MEASURES_EVERY, timedelta(seconds=RESTS_TIMES * self._took_s.get(ladder, 0.0)))

    async def look_once(self, at: datetime) -> int:
        """Issue what is due and mark what is late; return how many cards changed."""
        changed = 0
        for key, ladder in self.book.ladders.items():
            began = time.perf_counter()
            issued = await measure_ladder(self.db, self.book, ladder, at, self.every(key))
            if issued is not None:
                self._took_s[key] = time.perf_counter() - began
                changed += len(issued)
                await asyncio.sleep(BREATHES_TIMES * self._took_s[key])
        return changed + len(await mark_late_answers(self.db, at))

    async def run(self) -> None:
        """Look for ever; a database that is away is waited for."""
        while True:
            try:
                await self.look_once(now())
            except Unavailable as error:
                logger.warning("warnings wait for the database: %s", error.detail)
            await asyncio.sleep(LOOKS_EVERY_S)
