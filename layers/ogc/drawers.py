"""The connections that draw tiles: few, kept open, and acting as nobody until they are told for whom they draw."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg

from gis.actor import Actor, Role
from gis.database import LOST, Database, begin_sql, unavailable_when_lost
from gis.errors import Unavailable

DRAWERS = 3
MOST_S = 5.0
# He sees no row that is guarded: a statement that was not meant to come this way finds nothing.
NOBODY = Actor(account_id="tiles", name="tiles", role=Role.REPORTER, desk="", area="")


class Drawers:
    """A pool in small. The application's own asks the database twice more for each loan, which here would double
    what a tile costs: nothing outlives a drawing on these connections, so that nothing has to be reset.

    There are few on purpose. A new connection takes a tenth of a second to know PostGIS and PROJ, and more drawings at
    once than there are cores only wait for each other.
    """

    def __init__(self, db: Database, most: int = DRAWERS) -> None:
        self.db = db
        self._idle: list[asyncpg.Connection[asyncpg.Record]] = []
        self._most, self._room = most, asyncio.Semaphore(most)
        db.close_with(self.close)

    async def warm(self, statement: str, values: Sequence[float]) -> None:
        """Open all connections and let each draw once, so that nobody waits for what is done once in its life."""
        drawn = (self.fetch(statement, values) for _ in range(self._most))
        await asyncio.gather(*drawn)

    async def fetch(self, statement: str, values: Sequence[float], actor: Actor | None = None) -> bytes:
        """Return the one value of a statement, which is prepared once on each connection; as `actor` sees it, where
        it depends on who asks. Raises Unavailable.
        """
        async with self._room:
            with unavailable_when_lost():
                connection = await self._taken()
                try:
                    if actor is not None:
                        await connection.execute(begin_sql(actor, "read only"), timeout=MOST_S)
                    drawn = bytes(await connection.fetchval(statement, *values, timeout=MOST_S))
                    if actor is not None:
                        await connection.execute("commit", timeout=MOST_S)
                except BaseException as error:
                    # Broken or still busy: nobody shall get this connection again.
                    connection.terminate()
                    if isinstance(error, TimeoutError):
                        raise Unavailable("The tile took too long; try again in a moment.") from error
                    raise
        self._idle.append(connection)
        return drawn

    async def _taken(self) -> "asyncpg.Connection[asyncpg.Record]":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self.db.connect(NOBODY)

    async def close(self) -> None:
        """End the connections that wait for work."""
        while self._idle:
            with suppress(*LOST):
                await self._idle.pop().close(timeout=1)
