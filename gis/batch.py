"""Several writes of one transaction in one round trip."""

import re
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gis.database import driver

PLACE = re.compile(r"\$(\d+)")


class Batch:
    """Statements that do not look at each other's rows: PostgreSQL runs them as one, each on what was there before.

    The text of a batch depends on what it writes and never on the values, so that the server plans it once.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []

    def add(self, sql: str, *values: Any) -> str:
        """Add a statement and return the name by which later ones may read what it returns.

        Its own parameters are $1, $2, …, with values as asyncpg takes them.
        """
        shift, name = len(self._values), f"part_{len(self._parts)}"
        placed = PLACE.sub(lambda found: f"${int(found[1]) + shift}", sql) if shift else sql
        self._parts.append(f"{name} as ({placed})")
        self._values += values
        return name

    async def send(self, tx: AsyncConnection) -> None:
        """Run what was added, and begin anew."""
        if self._parts:
            await driver(tx).fetch(f"with {', '.join(self._parts)} select 1", *self._values)
        self._parts, self._values = [], []
