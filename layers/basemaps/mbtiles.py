"""MBTiles: a SQLite file of raster tiles, read and never written."""

import asyncio
import sqlite3
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from gis.errors import InvalidInput, Unavailable
from layers.basemaps.images import checked
from layers.basemaps.settings import DEEPEST
from layers.basemaps.source import Extent

RASTER = ("png", "jpg", "jpeg", "webp")
VECTOR = ("pbf", "mvt", "application/vnd.mapbox-vector-tile", "application/x-protobuf")


class MBTilesSource:
    """One file. A lock keeps its one connection to one thread at a time: a read takes microseconds."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._lock = Lock()
        # Immutable: nobody changes it, so that no lock file is written beside it.
        address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        try:
            self._file = sqlite3.connect(address, uri=True, check_same_thread=False)
            try:
                self.extent = self._read_extent()
            except BaseException:
                self._file.close()
                raise
        except sqlite3.Error as error:
            raise InvalidInput(
                f"{self.name} is no MBTiles file that can be read: {error}", code="bad_mbtiles"
            ) from error

    def _read_extent(self) -> Extent:
        told = {
            str(name): str(value) for name, value in self._file.execute("select name, value from metadata")
        }
        form = told.get("format", "").lower()
        if form in VECTOR:
            raise InvalidInput(
                f"{self.name} holds vector tiles. Base maps are raster tiles: PNG, JPEG or WebP.",
                code="vector_tiles",
            )
        if form and form not in RASTER:
            raise InvalidInput(
                f"{self.name} holds {form!r}; PNG, JPEG and WebP are served.", code="bad_mbtiles"
            )
        least, most = self._file.execute("select min(zoom_level), max(zoom_level) from tiles").fetchone()
        if least is None:
            raise InvalidInput(f"{self.name} holds no tiles.", code="bad_mbtiles")
        return Extent(max(0, int(least)), min(DEEPEST, int(most)), _bounds(told.get("bounds", "")))

    async def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile, None where the file has none. Raises Unavailable when it is damaged."""
        return await asyncio.to_thread(self._tile, z, x, y)

    def _tile(self, z: int, x: int, y: int) -> bytes | None:
        # MBTiles counts rows from the south.
        where = (z, x, (1 << z) - 1 - y)
        statement = "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?"
        try:
            with self._lock:
                row = self._file.execute(statement, where).fetchone()
        except sqlite3.Error as error:
            raise Unavailable(f"{self.name} is damaged: {error}", code="broken_file") from error
        return None if row is None else checked(bytes(row[0] or b""), self.name)

    async def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    """Read `west,south,east,north`; files that tell nonsense tell nothing."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if inside else None
