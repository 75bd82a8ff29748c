"""Bringing tiles of a shifted datum to where they belong, to a fifth of a pixel.

GCJ-02 and BD-09 shift smoothly, so it is enough to shift the corners of small squares and let Pillow fill them.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gis.crs import Places, wgs84_to_bd09, wgs84_to_gcj02
from layers.basemaps.images import opened, packed

TILE_PX = 256
# Squares to a side of a tile.
SQUARES = 16
# What reaches into another tile by less than this is not worth fetching it.
SLIVER_PX = 0.05
# Baidu's zoom 18 has a metre to the pixel.
BAIDU_METRE_ZOOM = 18
# Baidu's plane: per band of latitude, x = k0 + k1·lon and y = a polynomial in lat / k9. From 15° to 60° north.
BAIDU_BANDS = (
    (45.0, (0.00337398766765, 111320.7020202162),
     (4481351.045890365, -23393751.19931662, 79682215.47186455, -115964993.2797253, 97236711.15602145,
      -43661946.33752821, 8477230.501135234), 52.5),
    (30.0, (0.00220636496208, 111320.7020209128),
     (51751.86112841131, 3796837.749470245, 992013.7397791013, -1221952.21711287, 1340652.697009075,
      -620943.6990984312, 144416.9293806241), 37.5),
    (15.0, (-0.0003441963504368392, 111320.7020576856),
     (278.2353980772752, 2485758.690035394, 6070.750963243378, 54821.18345352118, 9540.606633304236,
      -2710.55326746645, 1405.483844121726), 22.5),
)  # fmt: skip

Fetch = Callable[[int, int, int], Awaitable[bytes | None]]
Grid = Callable[[Places, int], Places]


def corners_of(z: int, x: int, y: int, steps: int = SQUARES) -> Places:
    """Return WGS 84 places of a lattice over a Web Mercator tile, row by row from its north-western corner."""
    at = np.arange(steps + 1) / steps
    columns, rows = np.meshgrid(x + at, y + at)
    return unmercator(np.column_stack((columns.ravel(), rows.ravel())) * TILE_PX, z)


def mercator(places: Places, zoom: int) -> Places:
    """Return where places lie in the pixels of the Web Mercator world, from its north-western corner."""
    size = TILE_PX * 2.0**zoom
    sine = np.sin(np.radians(places[:, 1]))
    north = 0.5 - np.arctanh(sine) / (2 * math.pi)
    return np.column_stack(((places[:, 0] / 360 + 0.5) * size, north * size))


def unmercator(pixels: NDArray[np.float64], zoom: int) -> Places:
    """Undo `mercator`."""
    size = TILE_PX * 2.0**zoom
    latitude = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * pixels[:, 1] / size))))
    return np.column_stack((pixels[:, 0] / size * 360 - 180, latitude))


def baidu(places: Places, zoom: int) -> Places:
    """Return where BD-09 places lie in the pixels of Baidu's plane: from its middle, rows downwards."""
    metres = np.zeros_like(places)
    latitude = np.clip(places[:, 1], 15.0, 60.0)
    for floor, (k0, k1), terms, unit in reversed(BAIDU_BANDS):
        inside = latitude >= floor
        metres[inside, 0] = k0 + k1 * places[inside, 0]
        metres[inside, 1] = np.polynomial.polynomial.polyval(latitude[inside] / unit, terms)
    return metres * (1.0, -1.0) / 2.0 ** (BAIDU_METRE_ZOOM - zoom)


@dataclass(frozen=True, slots=True)
class Warp:
    """How one datum and grid lie on the world; `deeper` is how many zooms the source's numbers run ahead of ours."""

    shift: Callable[[Places], Places]
    grid: Grid = mercator
    deeper: int = 0

    def places(self, z: int, x: int, y: int, steps: int = SQUARES) -> Places:
        """Return the source's pixels under the lattice of a tile of ours."""
        return self.grid(self.shift(corners_of(z, x, y, steps)), z + self.deeper)

    async def tile(self, fetch: Fetch, z: int, x: int, y: int) -> bytes | None:
        """Compose one tile; None where the source has nothing at all. Raises Unavailable."""
        places = self.places(z, x, y)
        wanted = list(tiles_under(places))
        found = await asyncio.gather(*(self._fetched(fetch, z + self.deeper, *at) for at in wanted))
        if not any(found):
            return None
        return await asyncio.to_thread(composed, places, dict(zip(wanted, found, strict=True)))

    async def _fetched(self, fetch: Fetch, z: int, column: int, row: int) -> bytes | None:
        """Return a source's tile; beyond the edge of the Web Mercator world there is none."""
        inside = self.grid is not mercator or (0 <= column < 1 << z and 0 <= row < 1 << z)
        return await fetch(z, column, row) if inside else None


WARPS = {
    ("gcj02", "mercator"): Warp(wgs84_to_gcj02),
    ("bd09", "mercator"): Warp(wgs84_to_bd09),
    ("bd09", "baidu"): Warp(wgs84_to_bd09, baidu, deeper=1),
}


def tiles_under(places: Places) -> Iterator[tuple[int, int]]:
    """Yield column and row of every source tile that the places lie on: four but for a few where zooms are alike."""
    least = np.floor((places.min(axis=0) + SLIVER_PX) / TILE_PX).astype(int)
    most = np.floor((places.max(axis=0) - SLIVER_PX) / TILE_PX).astype(int)
    for row in range(least[1], most[1] + 1):
        for column in range(least[0], most[0] + 1):
            yield column, row


def composed(places: Places, tiles: dict[tuple[int, int], bytes | None]) -> bytes:
    """Paste the source's tiles together and draw ours from them."""
    west, north = min(column for column, _ in tiles), min(row for _, row in tiles)
    east, south = max(column for column, _ in tiles), max(row for _, row in tiles)
    sheet = Image.new("RGBA", ((east - west + 1) * TILE_PX, (south - north + 1) * TILE_PX))
    for (column, row), data in tiles.items():
        if data:
            image = opened(data, "The base map")
            if image.size != (TILE_PX, TILE_PX):
                image = image.resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS)
            sheet.paste(image, ((column - west) * TILE_PX, (row - north) * TILE_PX))
    mesh = list(squares(places - (west * TILE_PX, north * TILE_PX)))
    drawn = sheet.transform((TILE_PX, TILE_PX), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return packed(drawn)


def squares(places: Places) -> Iterator[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """Yield each square of a tile with the corners that it comes from: NW, SW, SE, NE."""
    side = TILE_PX // SQUARES
    lattice = places.reshape(SQUARES + 1, SQUARES + 1, 2)
    for row in range(SQUARES):
        for column in range(SQUARES):
            box = (column * side, row * side, (column + 1) * side, (row + 1) * side)
            around = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            yield box, tuple(float(value) for at in around for value in lattice[at])
