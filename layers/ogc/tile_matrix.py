"""The tile matrix set WebMercatorQuad, and one tile's place in it."""

import math
import re
from dataclasses import dataclass
from typing import Any

from gis.errors import BadRequest, NotFound

NAME = "WebMercatorQuad"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"

DEEPEST = 24
TILE_PX = 256
# Half the equator of EPSG:3857's sphere, in metres.
HALF_M = 20037508.342789244
# The standard's pixel, in metres: a scale denominator is so many of them on the ground.
PIXEL_M = 0.00028


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile by its matrix, row from the north and column from the west."""

    matrix: int
    row: int
    column: int

    @property
    def degrees(self) -> float:
        """How wide it is, in degrees of longitude."""
        return 360.0 / (1 << self.matrix)

    def bounds(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees, `margin` tiles wider on each side."""
        west = -180.0 + self.degrees * (self.column - margin)
        east = -180.0 + self.degrees * (self.column + 1 + margin)
        return west, self._latitude(self.row + 1 + margin), east, self._latitude(self.row - margin)

    def _latitude(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << self.matrix)))))


def tile(matrix_set: str, matrix: str, row: str, column: str) -> Tile:
    """Read a tile's address. Raises NotFound where there is no such tile, BadRequest where it is no address."""
    require(matrix_set)
    if not all(re.fullmatch(r"-?[0-9]{1,12}", part, re.ASCII) for part in (matrix, row, column)):
        raise BadRequest("tileMatrix, tileRow and tileCol are whole numbers.", code="bad_tile")
    found = inside(int(matrix), int(row), int(column))
    if found is None:
        raise NotFound(
            f"{NAME} has the matrices 0 to {DEEPEST} with 2^n rows and columns; this tile is outside.",
            code="tile_outside",
        )
    return found


def inside(matrix: int, row: int, column: int) -> Tile | None:
    """Return a tile of the set; None where there is no such tile."""
    if 0 <= matrix <= DEEPEST and 0 <= row < 1 << matrix and 0 <= column < 1 << matrix:
        return Tile(matrix, row, column)
    return None


def require(matrix_set: str) -> None:
    """Raise NotFound where a tile matrix set is not ours."""
    if matrix_set != NAME:
        raise NotFound(f"There is no such tile matrix set; there is {NAME}.", code="unknown_tile_matrix_set")


def definition() -> dict[str, Any]:
    """Return the set as the standard's JSON."""
    return {
        "id": NAME,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(number) for number in range(DEEPEST + 1)],
    }


def _matrix(number: int) -> dict[str, Any]:
    cell_m = 2 * HALF_M / TILE_PX / (1 << number)
    return {
        "id": str(number),
        "scaleDenominator": cell_m / PIXEL_M,
        "cellSize": cell_m,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_M, HALF_M],
        "tileWidth": TILE_PX,
        "tileHeight": TILE_PX,
        "matrixWidth": 1 << number,
        "matrixHeight": 1 << number,
    }
