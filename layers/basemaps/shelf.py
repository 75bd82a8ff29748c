"""All base maps of one process: opened when first wanted, each tile composed once and then kept for a while."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.errors import NotFound, Unavailable, WallError
from layers.basemaps.mbtiles import MBTilesSource
from layers.basemaps.pmtiles import PMTilesSource
from layers.basemaps.settings import BaseMap
from layers.basemaps.source import Extent, Source
from layers.basemaps.warp import WARPS, Warp

log = logging.getLogger(__name__)

KEPT_BYTES = 48 << 20
# A disk that was not plugged in may be soon.
OPENED_AGAIN_S = 30.0

Key = tuple[str, int, int, int]


@dataclass(slots=True)
class Opened:
    """A base map's source, or why there is none."""

    source: Source | None
    problem: str
    at: float


class BaseMaps:
    """What the operator wrote down, and its tiles in WGS 84."""

    def __init__(self, told: tuple[BaseMap, ...], var: Path) -> None:
        self.told = {one.id: one for one in told}
        self.var = var
        self._opened: dict[str, Opened] = {}
        self._opening = asyncio.Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._making: dict[Key, asyncio.Task[bytes | None]] = {}

    async def list(self) -> list[dict[str, Any]]:
        """Describe every base map for a page; one that cannot be opened says why."""
        return [await self._described(one) for one in self.told.values()]

    async def tile(self, basemap_id: str, z: int, x: int, y: int) -> bytes | None:
        """Return a tile, None where there is none. Raises NotFound outside of the base map, Unavailable."""
        told = self._of(basemap_id)
        source = await self._source(told)
        extent = self._extent(told, source)
        if not (extent.min_zoom <= z <= extent.max_zoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
            raise NotFound(
                f"Base map {basemap_id!r} has the zooms {extent.min_zoom} to {extent.max_zoom}, each with 2^z rows "
                "and columns; this tile is outside.",
                code="tile_outside",
            )
        key = (basemap_id, z, x, y)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._making:
            task = self._making[key] = asyncio.create_task(self._made(told, source, z, x, y))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(self._making[key])

    async def close(self) -> None:
        """Give back every file and connection."""
        for task in tuple(self._making.values()):
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        for opened in self._opened.values():
            if opened.source is not None:
                await opened.source.close()
        self._opened.clear()

    def _of(self, basemap_id: str) -> BaseMap:
        if basemap_id not in self.told:
            known = ", ".join(self.told) or "none"
            raise NotFound(f"There is no such base map; there are: {known}.", code="unknown_basemap")
        return self.told[basemap_id]

    @staticmethod
    async def _made(told: BaseMap, source: Source, z: int, x: int, y: int) -> bytes | None:
        warp = _warp(told)
        return await (source.tile(z, x, y) if warp is None else warp.tile(source.tile, z, x, y))

    def _keep(self, key: Key, done: "asyncio.Task[bytes | None]") -> None:
        self._making.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        data = done.result()
        if data is None:
            return
        self._kept[key] = data
        self._bytes += len(data)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1])

    async def _source(self, told: BaseMap) -> Source:
        opened = await self._open(told)
        if opened.source is None:
            raise Unavailable(opened.problem, code="basemap_unavailable")
        return opened.source

    async def _open(self, told: BaseMap) -> Opened:
        clock = asyncio.get_running_loop().time()
        async with self._opening:
            found = self._opened.get(told.id)
            if found is None or (found.source is None and clock - found.at > OPENED_AGAIN_S):
                found = self._opened[told.id] = await self._tried(told, clock)
        return found

    async def _tried(self, told: BaseMap, clock: float) -> Opened:
        try:
            if told.remote:
                from layers.basemaps.remote import RemoteSource  # only those who ask elsewhere need a client

                return Opened(RemoteSource(told, self.var), "", clock)
            kind = MBTilesSource if told.kind == "mbtiles" else PMTilesSource
            return Opened(await asyncio.to_thread(kind, told.file), "", clock)  # type: ignore[arg-type]
        except WallError as error:
            log.warning("base map %s: %s", told.id, error.detail)
            return Opened(None, error.detail, clock)

    @staticmethod
    def _extent(told: BaseMap, source: Source) -> Extent:
        """Return which of our zooms a source serves, as far as the operator wants them."""
        deeper = getattr(_warp(told), "deeper", 0)
        most = source.extent.max_zoom if told.max_zoom is None else min(told.max_zoom, source.extent.max_zoom)
        return Extent(
            max(told.min_zoom, source.extent.min_zoom - deeper, 0), most - deeper, source.extent.bounds
        )

    async def _described(self, told: BaseMap) -> dict[str, Any]:
        opened = await self._open(told)
        extent = None if opened.source is None else self._extent(told, opened.source)
        return {
            "id": told.id,
            "name": told.name,
            "name_en": told.name_en or told.name,
            "kind": told.kind,
            "datum": told.datum,
            "attribution": told.attribution,
            "min_zoom": extent.min_zoom if extent else told.min_zoom,
            "max_zoom": extent.max_zoom if extent else told.max_zoom,
            "bounds": extent.bounds if extent else None,
            "problem": opened.problem,
            "href": f"/api/basemaps/{told.id}/{{z}}/{{x}}/{{y}}",
        }


def _warp(told: BaseMap) -> Warp | None:
    return WARPS.get((told.datum, told.grid))
