"""Tiles of a service on the network, XYZ or WMTS: asked by the server, from the host that is written down and no other.

The key never leaves the server: it is in no answer, no message and no log.
"""

import asyncio
import hashlib
import logging
from pathlib import Path
from urllib.parse import urlencode

import httpx

from gis.errors import Unavailable, WallError
from layers.basemaps.disk import DiskCache
from layers.basemaps.images import checked
from layers.basemaps.settings import BaseMap
from layers.basemaps.source import Extent

AT_ONCE = 6
MOST_BYTES = 2 << 20
# So long nobody is kept waiting again for a service that did not answer.
AWAY_S = 20.0
MOST_ZOOM = 18
AGENT = "Mozilla/5.0 (compatible; CommandWall)"
NOTHING_HERE = (204, 404)

# It writes whole addresses to the log, and a key is part of one.
logging.getLogger("httpx").setLevel(logging.WARNING)


class RemoteSource:
    """One service. `transport` is for tests."""

    def __init__(self, told: BaseMap, var: Path, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.told = told
        self.extent = Extent(told.min_zoom, MOST_ZOOM if told.max_zoom is None else told.max_zoom)
        self._client = httpx.AsyncClient(
            timeout=told.timeout_s,
            follow_redirects=False,  # it could lead to another host
            headers={"User-Agent": AGENT},
            limits=httpx.Limits(max_connections=AT_ONCE),
            transport=transport,
        )
        # Another address is another map: nothing of the old one may be shown for it.
        mark = hashlib.sha256(f"{told.url} {told.layer} {told.matrix_set} {told.style}".encode()).hexdigest()[
            :8
        ]
        folder = var / "basemaps" / f"{told.id}-{mark}"
        self._disk = DiskCache(folder, told.cache_mb << 20, told.keep_days * 86_400.0)
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._away_until = 0.0

    async def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile from the disk, or from the service; an old one rather than none. Raises Unavailable."""
        kept = await asyncio.to_thread(self._disk.get, z, x, y)
        if kept is not None and kept[1]:
            return kept[0]
        try:
            data = await self._fetched(z, x, y)
        except Unavailable:
            if kept is not None:
                return kept[0]
            raise
        if data is not None:
            await asyncio.to_thread(self._disk.put, z, x, y, data)
        return data

    async def _fetched(self, z: int, x: int, y: int) -> bytes | None:
        if asyncio.get_running_loop().time() < self._away_until:
            raise self._away()
        async with self._seats:
            try:
                async with asyncio.timeout(2 * self.told.timeout_s):
                    return await self._asked(self.address(z, x, y))
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
                self._away_until = asyncio.get_running_loop().time() + AWAY_S
                # Without the cause: it names the address, and the key is in it.
                raise self._away() from None

    async def _asked(self, address: str) -> bytes | None:
        async with self._client.stream("GET", address) as answer:
            if answer.status_code in NOTHING_HERE:
                return None
            if answer.status_code != 200:
                raise self._refused(f"answered with status {answer.status_code}")
            parts, size = [], 0
            async for part in answer.aiter_bytes():
                size += len(part)
                if size > MOST_BYTES:
                    raise self._refused(f"sent a tile of more than {MOST_BYTES >> 20} MB")
                parts.append(part)
        return checked(b"".join(parts), f"The service of base map {self.told.id!r}")

    def _away(self) -> WallError:
        return Unavailable(
            f"The service of base map {self.told.id!r} cannot be reached. The map works on without it.",
            code="basemap_offline",
        )

    def _refused(self, what: str) -> WallError:
        return Unavailable(f"The service of base map {self.told.id!r} {what}.", code="basemap_refused")

    def address(self, z: int, x: int, y: int) -> str:
        """Return the address of a tile, counted from the north, with the key in it."""
        told = self.told
        host = told.subdomains[(x + y) % len(told.subdomains)] if told.subdomains else ""
        url = told.url.replace("{s}", host)
        if told.kind == "wmts":
            return url + ("&" if "?" in url else "?") + urlencode(self._wmts(z, x, y))
        row = -y - 1 if told.grid == "baidu" else (1 << z) - 1 - y
        values = {"z": z, "x": x, "y": y, "-y": row, "key": told.secret}
        if told.grid == "baidu" or told.rows == "from_south":
            values["y"] = row
        for name, value in values.items():
            url = url.replace(f"{{{name}}}", str(value))
        return url

    def _wmts(self, z: int, x: int, y: int) -> dict[str, str]:
        told = self.told
        values = {
            "SERVICE": "WMTS",
            "REQUEST": "GetTile",
            "VERSION": "1.0.0",
            "LAYER": told.layer,
            "STYLE": told.style,
            "TILEMATRIXSET": told.matrix_set,
            "FORMAT": told.format,
            "TILEMATRIX": f"{told.matrix_prefix}{z}",
            "TILEROW": str(y),
            "TILECOL": str(x),
        }
        if told.secret:
            values[told.key_parameter] = told.secret
        return values

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()
