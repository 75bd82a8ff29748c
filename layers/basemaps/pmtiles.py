"""PMTiles: one file with its own directory of raster tiles, mapped into memory."""

import asyncio
import gzip
import mmap
import struct
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from gis.errors import InvalidInput, Unavailable
from layers.basemaps.images import checked
from layers.basemaps.settings import DEEPEST
from layers.basemaps.source import Extent

HEADER_BYTES = 127
DEEPEST_DIRECTORY = 4
KEPT_DIRECTORIES = 64
RASTER = (TileType.PNG, TileType.JPEG, TileType.WEBP)
VECTOR = (TileType.MVT, TileType.MLT)
# What a directory that is none does to those who read it.
BROKEN = (
    EOFError,
    OSError,
    ValueError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
)


class PMTilesSource:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._directories: OrderedDict[tuple[int, int], list[Entry]] = OrderedDict()
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{self.name} cannot be read: {error}", code="bad_pmtiles") from error
        try:
            self.header = self._read_header()
        except BaseException:
            self._bytes.close()
            raise
        told = self.header
        degrees = tuple(told[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat"))
        west, south, east, north = degrees
        self.extent = Extent(
            told["min_zoom"],
            min(DEEPEST, told["max_zoom"]),
            (west, south, east, north) if west < east and south < north else None,
        )

    def _read_header(self) -> dict[str, Any]:
        try:
            header: dict[str, Any] = dict(deserialize_header(self._bytes[:HEADER_BYTES]))
        except Exception as error:  # the library raises what it finds
            raise InvalidInput(f"{self.name} is no PMTiles file of version 3.", code="bad_pmtiles") from error
        kind = header["tile_type"]
        if kind in VECTOR:
            raise InvalidInput(
                f"{self.name} holds vector tiles. Base maps are raster tiles: PNG, JPEG or WebP.",
                code="vector_tiles",
            )
        if kind not in RASTER:
            raise InvalidInput(
                f"{self.name} holds {kind.name}; PNG, JPEG and WebP are served.", code="bad_pmtiles"
            )
        if header["tile_compression"] not in (Compression.NONE, Compression.UNKNOWN, Compression.GZIP):
            raise InvalidInput(
                f"{self.name} packs its tiles with {header['tile_compression'].name}; images need no packing.",
                code="bad_pmtiles",
            )
        return header

    async def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile, None where the file has none. Raises Unavailable when it is damaged."""
        return await asyncio.to_thread(self._tile, z, x, y)

    def _tile(self, z: int, x: int, y: int) -> bytes | None:
        try:
            data = self._find(zxy_to_tileid(z, x, y))
        except BROKEN as error:
            raise Unavailable(f"{self.name} is damaged.", code="broken_file") from error
        if data is None:
            return None
        if self.header["tile_compression"] is Compression.GZIP:
            data = gzip.decompress(data)
        return checked(data, self.name)

    def _find(self, tile_id: int) -> bytes | None:
        offset, length = self.header["root_offset"], self.header["root_length"]
        for _ in range(DEEPEST_DIRECTORY):
            entry = find_tile(self._directory(offset, length), tile_id)
            if entry is None:
                return None
            if entry.run_length:
                return self._part(self.header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = self.header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _part(self, offset: int, length: int) -> bytes:
        part = self._bytes[offset : offset + length]
        if len(part) != length:
            raise EOFError("the file is cut off")
        return part

    def _directory(self, offset: int, length: int) -> list[Entry]:
        """Read a directory once: unpacking it costs more than all else."""
        key = (offset, length)
        found = self._directories.get(key)
        if found is None:
            found = self._directories[key] = deserialize_directory(self._part(offset, length))
            while len(self._directories) > KEPT_DIRECTORIES:
                self._directories.popitem(last=False)
        return found

    async def close(self) -> None:
        """Unmap the file."""
        self._bytes.close()
