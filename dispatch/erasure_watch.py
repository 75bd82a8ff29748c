"""Erases what is kept no longer, in whichever process comes first, and never in one go: the machine is for moves."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from dispatch.actions.erasure import (
    Erasure,
    erase_case,
    erase_searches,
    forget_answers,
    forget_where_people_were,
)
from dispatch.attachments.folder import Folder
from dispatch.erasure import due_cases
from dispatch.rules.retention import Kept, RetentionRule
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable

logger = logging.getLogger(__name__)
BEGINS_AFTER_S = 60.0
LOOKS_EVERY_S = 3600.0
CASES_AT_ONCE = 1000
ROWS_AT_ONCE = 500
RESTS_S = 0.2
"""Between two cases. A county's thousand a day take three minutes so, and a move waits for none of them."""


class ErasureWatch:
    """One process's looks at what is kept no longer.

    `rests_s` is how long it leaves the machine alone in between; `told` hears of every case.
    """

    def __init__(
        self,
        db: Database,
        folder: Folder,
        rules: Sequence[RetentionRule],
        *,
        rests_s: float = RESTS_S,
        told: Callable[[Erasure], None] = lambda _: None,
    ) -> None:
        self.db, self.folder, self.rules, self.rests_s, self.told = db, folder, rules, rests_s, told

    async def look_once(self, at: datetime) -> int:
        """Erase everything that is due; return of how many cases something went."""
        done = 0
        while ids := await due_cases(self.db, self.rules, at, CASES_AT_ONCE):
            erased = [await self._erase(case_id, at) for case_id in ids]
            done += sum(erased)
            if not any(erased):  # another process was before us, or the case was opened again
                break
        await self._beside_cases(at)
        return done

    async def _erase(self, case_id: UUID, at: datetime) -> bool:
        try:
            erasure = await erase_case(self.db, self.folder, self.rules, case_id, at)
        except Unavailable:
            raise
        except Exception:
            # One case that cannot be erased must not keep all others beyond their time; `wall doctor` tells of it.
            logger.exception("case %s is kept longer than it should be", case_id)
            return False
        self.told(erasure)
        await asyncio.sleep(self.rests_s)
        return bool(erasure.erased)

    async def _beside_cases(self, at: datetime) -> None:
        for rule in self.rules:
            if rule.what is Kept.POSITIONS:
                await forget_where_people_were(self.db, rule, at)
            elif rule.what is Kept.SEARCHES:
                await self._all(partial(erase_searches, self.db, rule, at, ROWS_AT_ONCE))
            elif rule.what is Kept.ANSWERS:
                await self._all(partial(forget_answers, self.db, rule, at, ROWS_AT_ONCE))

    async def _all(self, some: Callable[[], Awaitable[int]]) -> None:
        """Take some away until fewer than so many were left."""
        more = True
        while more:
            more = await some() == ROWS_AT_ONCE
            await asyncio.sleep(self.rests_s)

    async def run(self) -> None:
        """Look for ever; a database that is away is waited for."""
        # Several processes begin together: they need not look together.
        await asyncio.sleep(BEGINS_AFTER_S * (1 + random.random()))
        while True:
            try:
                await self.look_once(now())
            except Unavailable as error:
                logger.warning("erasing waits for the database: %s", error.detail)
            await asyncio.sleep(LOOKS_EVERY_S)
