"""Keeps a process's picture of the county fresh: when an import changed a layer, here or anywhere, it is read anew.

Open pages are told by the hub, once this process has the new layers.

A poll and no doorbell: imports are seldom, a missed ring would leave a wall wrong for days, and asking for a dozen
numbers costs a tenth of a millisecond.
"""

import asyncio
import logging

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import State

from gis.actor import SYSTEM
from gis.database import Database
from gis.errors import Unavailable
from layers.api import served_by
from layers.areas import AreaIndex, load_area_index
from layers.importers.tables import layer_revisions
from layers.roads import RoadGraph, load_road_graph
from layers.tables import LENGTH_OF_LEVEL
from wall_ui.memory import settle

log = logging.getLogger(__name__)

LOOKS_EVERY_S = 1.0
# What is built anew, and not merely drawn anew, when these layers change.
BUILT_FROM = {*LENGTH_OF_LEVEL, "road"}

Revisions = dict[str, int]


class GroundWatch:
    """Puts `areas` and `roads` on the application's state, and new ones when they changed."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.revisions: Revisions = {}

    async def load(self) -> None:
        """Read the county for the first time. Raises NotFound when there is none."""
        async with self.state.db.read(SYSTEM, frozen=True) as tx:
            self.revisions = await _revisions(tx)
            self.state.areas = await load_area_index(tx)
            self.state.roads = await load_road_graph(tx, self.state.areas.zone)
        self.state.hub.take_ground(self.revisions)

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            try:
                await self.look()
            except Unavailable:
                continue  # the database is away: what we have is still the best there is

    async def look(self) -> bool:
        """Look once; say whether anything had changed."""
        async with self.state.db.read(SYSTEM) as tx:
            found = await _revisions(tx)
        changed = {layer for layer, revision in found.items() if self.revisions.get(layer) != revision}
        if not changed:
            return False
        if changed & BUILT_FROM:
            # Building takes a second of a core: in a thread, so that no socket waits for it.
            areas, roads = await asyncio.to_thread(
                _built, self.state.db.url.render_as_string(hide_password=False)
            )
            self.state.areas, self.state.roads = areas, roads
            settle()
        served_by(self.state).forget()
        self.revisions = found
        # Last of all: what a page fetches from here on is as new as what it is told of.
        self.state.hub.take_ground(found)
        log.info("the layers %s changed and were read anew", ", ".join(sorted(changed)))
        return True


async def _revisions(tx: AsyncConnection) -> Revisions:
    rows = await tx.execute(select(layer_revisions.c.layer, layer_revisions.c.revision))
    return {row.layer: row.revision for row in rows}


def _built(url: str) -> tuple[AreaIndex, RoadGraph]:
    """Read areas and roads over a connection of this thread's own."""

    async def read() -> tuple[AreaIndex, RoadGraph]:
        db = Database(url.replace("+asyncpg", ""), pool_size=1, max_overflow=0)
        try:
            async with db.read(SYSTEM, frozen=True) as tx:
                areas = await load_area_index(tx)
                return areas, await load_road_graph(tx, areas.zone)
        finally:
            await db.close()

    return asyncio.run(read())
