"""The search indexes of one process: one of what is public, and one of cameras for each range of areas."""

import asyncio
from collections import OrderedDict
from typing import Any

from sqlalchemy import func, select

from gis.actor import SYSTEM, Actor
from gis.database import Database
from layers.areas import AreaIndex
from layers.called import Called
from layers.search.entries import area_entries, point_entries, road_entries
from layers.search.index import Entry, Found, SearchIndex, merged
from layers.tables import data_sets

KEPT_SCOPES = 64
# How old the knowledge may be that another process has imported something.
REVISED_WITHIN_S = 1.0


class Searches:
    """`forget` it when the data change; data that another process loaded are noticed by themselves."""

    def __init__(self, db: Database, areas: AreaIndex) -> None:
        self.db, self.areas = db, areas
        self._called = Called(area.name for area in areas.by_code.values())
        self._public: SearchIndex | None = None
        self._cameras: OrderedDict[tuple[str, str], SearchIndex] = OrderedDict()
        self._building = asyncio.Lock()
        self._revision: tuple[Any, ...] = ()
        self._revised_at = 0.0

    def forget(self) -> None:
        """Read everything anew at the next search."""
        self._public = None
        self._cameras.clear()

    async def find(self, query: str, actor: Actor) -> list[tuple[Found, Entry]]:
        """Return all that fits the query and that this actor may see, the best first."""
        await self._revise()
        return merged((await self._of_everybody(), await self._of_scope(actor)), query)

    async def _of_everybody(self) -> SearchIndex:
        async with self._building:
            if self._public is None:
                async with self.db.read(SYSTEM) as tx:
                    read = [await road_entries(tx, self._called)]
                    read += [await point_entries(tx, kind, self._called) for kind in ("facility", "poi")]
                entries = area_entries(self.areas) + [entry for some in read for entry in some]
                self._public = await asyncio.to_thread(SearchIndex, entries)
            return self._public

    async def _of_scope(self, actor: Actor) -> SearchIndex:
        """Row-level security decides what is in it; those with the same range share it."""
        index = self._cameras.get(actor.range)
        if index is None:
            async with self.db.read(actor) as tx:
                entries = await point_entries(tx, "camera", self._called)
            index = self._cameras[actor.range] = await asyncio.to_thread(SearchIndex, entries)
        self._cameras.move_to_end(actor.range)
        while len(self._cameras) > KEPT_SCOPES:
            self._cameras.popitem(last=False)
        return index

    async def _revise(self) -> None:
        clock = asyncio.get_running_loop().time()
        if self._revision and clock - self._revised_at < REVISED_WITHIN_S:
            return
        self._revised_at = clock
        async with self.db.read(SYSTEM) as tx:
            statement = select(func.count(), func.max(data_sets.c.id), func.max(data_sets.c.built_at))
            revision = tuple((await tx.execute(statement)).one())
        if revision != self._revision:
            self._revision = revision
            self.forget()
