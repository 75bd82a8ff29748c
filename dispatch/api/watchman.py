"""The watchman of open sockets: a session that ended, or an account that changed, closes its sockets at once.

One question a second to the database for all sockets of the process, however many they are.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.identities import SessionLimits, actors_behind, digest_of
from gis.actor import SYSTEM, Actor
from gis.clock import now
from gis.database import Database
from gis.errors import WallError

log = logging.getLogger(__name__)

ROUND_S = 1.0


class Watchman:
    """The open sockets of one application process, by the credential that opened them."""

    def __init__(self, db: Database, limits: SessionLimits) -> None:
        self.db = db
        self.limits = limits
        self._sockets: dict[asyncio.Event, tuple[bytes, Actor]] = {}
        self._rounds: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, secret: str, actor: Actor) -> Iterator[asyncio.Event]:
        """Watch one socket; the event is set when `secret` no longer stands for exactly this actor."""
        over = asyncio.Event()
        self._sockets[over] = (digest_of(secret), actor)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._go_round())
        try:
            yield over
        finally:
            del self._sockets[over]

    async def _go_round(self) -> None:
        while self._sockets:
            await asyncio.sleep(ROUND_S)
            try:
                await self.look()
            except WallError as error:
                log.warning("the watchman could not ask the database: %s", error)

    async def look(self) -> None:
        """Set the event of every socket whose credential is over or stands for somebody else by now."""
        watched = dict(self._sockets)
        if not watched:
            return
        digests = {digest for digest, _ in watched.values()}
        async with self.db.read(SYSTEM) as tx:
            present = await actors_behind(tx, digests, now(), self.limits)
        for over, (digest, actor) in watched.items():
            if present.get(digest) != actor:
                over.set()
