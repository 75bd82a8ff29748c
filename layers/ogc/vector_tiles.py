"""Vector tiles: drawn by PostGIS, kept in memory by tile and by who may see what, dropped when the data changes."""

import asyncio
from collections import OrderedDict
from functools import cache
from typing import Any

from sqlalchemy import func, select
from starlette.datastructures import State

from gis.actor import SYSTEM, Actor
from gis.database import Database
from layers.api import served_by
from layers.ogc.collections import COLLECTIONS, Collection
from layers.ogc.drawers import Drawers
from layers.ogc.tile_matrix import Tile
from layers.served import EVERYBODY, Packed, ServedLayers
from layers.tables import data_sets

EXTENT, BUFFER = 4096, 64
MOST_FEATURES = 20_000
KEPT_BYTES = 64 << 20
# What an entry weighs beside its bytes.
ENTRY_BYTES = 600
# Half a pixel of a tile of 256: what is smaller nobody sees.
TOLERANCE_TILES = 0.5 / 256
# From here on a pixel is finer than what was surveyed.
EXACT_FROM = 17
# How old the knowledge may be that another process has imported something.
REVISED_WITHIN_S = 1.0

Key = tuple[tuple[str, ...], Tile, tuple[str, str]]


@cache
def tile_sql(collection: Collection) -> str:
    """Return the statement for one layer of a tile; every name in it is from the table of collections.

    It takes west, south, east and north of the tile with its margin, the tolerance in degrees, and matrix, column
    and row. Simplifying comes first, so that few corners are left to project.
    """
    names = ", ".join(collection.properties)
    level = f"level = '{collection.level}' and" if collection.level else ""
    shape = "geom" if collection.geometry == "Point" else "ST_Simplify(geom, $5, true)"
    unused = " and $5 >= 0" if collection.geometry == "Point" else ""
    return f"""
        select ST_AsMVT(drawn, '{collection.id}', {EXTENT}, 'geom') from (
            select {names}, ST_AsMVTGeom(
                ST_Transform({shape}, 3857), ST_TileEnvelope($6, $7, $8), {EXTENT}, {BUFFER}, true
            ) as geom
            from {collection.table.name}
            where {level} geom && ST_MakeEnvelope($1, $2, $3, $4, 4326){unused}
            limit {MOST_FEATURES}
        ) drawn where geom is not null"""


def key_of(collections: tuple[Collection, ...], place: Tile, actor: Actor) -> Key:
    """Return what a tile is kept under: those who see the same share it."""
    scope = actor.range if any(one.scoped for one in collections) else EVERYBODY
    return tuple(one.id for one in collections), place, scope


class VectorTiles:
    """The tiles of one process."""

    def __init__(self, db: Database, served: ServedLayers, drawers: Drawers | None = None) -> None:
        self.db, self.served = db, served
        self.drawers = drawers or Drawers(db)
        self.revision: tuple[Any, ...] = ()
        self._kept: OrderedDict[Key, Packed] = OrderedDict()
        self._drawing: dict[Key, asyncio.Task[Packed]] = {}
        self._bytes = 0
        self._revised_at = 0.0

    async def warm(self) -> None:
        """Make the connections ready that draw."""
        county = Tile(0, 0, 0)
        values = (*county.bounds(), county.degrees, county.matrix, county.column, county.row)
        await self.drawers.warm(tile_sql(COLLECTIONS["county"]), values)

    async def tile(self, collections: tuple[Collection, ...], place: Tile, actor: Actor) -> Packed:
        """Return a tile as this actor may see it; `count` is 0 when it is empty. Raises Unavailable."""
        await self._revise()
        key = key_of(collections, place, actor)
        kept = self._looked_up(key)
        if kept is not None:
            return kept
        if key not in self._drawing:
            # Whoever asks meanwhile waits for the same drawing, and none who leaves takes it from the others.
            task = self._drawing[key] = asyncio.create_task(self._draw(collections, place, actor))
            task.add_done_callback(lambda done: self._drawn(key, done))
        return await asyncio.shield(self._drawing[key])

    def kept_tile(self, collections: tuple[Collection, ...], place: Tile, actor: Actor) -> Packed | None:
        """Return a tile that is in memory and known to be of today's data; None says to ask `tile` for it."""
        if not self._fresh() or self.served.generation != self.revision[-1]:
            return None
        return self._looked_up(key_of(collections, place, actor))

    def _looked_up(self, key: Key) -> Packed | None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _fresh(self) -> bool:
        return asyncio.get_running_loop().time() - self._revised_at <= REVISED_WITHIN_S and bool(
            self.revision
        )

    def forget(self) -> None:
        """Draw everything anew."""
        self._kept.clear()
        self._drawing.clear()
        self._bytes = 0

    @property
    def kept(self) -> int:
        """How many tiles are in memory."""
        return len(self._kept)

    def _drawn(self, key: Key, done: "asyncio.Task[Packed]") -> None:
        if self._drawing.get(key) is not done:
            return  # the data has changed since: the answer goes out once, and is not kept
        del self._drawing[key]
        if not done.cancelled() and done.exception() is None:
            self._kept[key] = done.result()
            self._bytes += weight(done.result())
        while self._bytes > KEPT_BYTES:
            self._bytes -= weight(self._kept.popitem(last=False)[1])

    async def _revise(self) -> None:
        """Forget everything when this process was told of new data, or another one has loaded some."""
        known = self.revision
        if not self._fresh():
            self._revised_at = asyncio.get_running_loop().time()
            async with self.db.read(SYSTEM) as tx:
                statement = select(func.count(), func.max(data_sets.c.id), func.max(data_sets.c.built_at))
                known = (*(await tx.execute(statement)).one(), self.served.generation)
        known = (*known[:3], self.served.generation)
        if known != self.revision:
            self.revision = known
            self.forget()

    async def _draw(self, collections: tuple[Collection, ...], place: Tile, actor: Actor) -> Packed:
        drawn = [await self._layer(one, place, actor) for one in collections]
        # A tile is a sequence of layers: written one after another they are one tile.
        return Packed(b"".join(drawn), sum(map(bool, drawn)), hasty=True)

    async def _layer(self, collection: Collection, place: Tile, actor: Actor) -> bytes:
        tolerance = 0.0 if place.matrix >= EXACT_FROM else place.degrees * TOLERANCE_TILES
        values = (*place.bounds(BUFFER / EXTENT), tolerance, place.matrix, place.column, place.row)
        return await self.drawers.fetch(tile_sql(collection), values, actor if collection.scoped else None)


def weight(packed: Packed) -> int:
    """Return about how many bytes a tile takes in memory, packed forms included."""
    return 2 * len(packed.plain) + ENTRY_BYTES


def vector_tiles(state: State) -> VectorTiles:
    """Return the process's tiles; a county that was loaded anew gets new ones. Raises Unavailable."""
    served = served_by(state)
    kept: VectorTiles | None = getattr(state, "vector_tiles", None)
    if kept is None or kept.served is not served:
        kept = state.vector_tiles = VectorTiles(state.db, served, kept.drawers if kept else None)
    return kept
