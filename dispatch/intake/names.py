"""The gazetteer of the rows as they are: built when it is first asked for, and again when the rows have changed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.intake.gazetteer import CAMERA_RADIUS_M, Gazetteer, Named, Place
from dispatch.intake.numbers import camera_codes_in
from gis.actor import SYSTEM
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable
from gis.geometry import from_wkb
from layers.areas import AreaIndex

LOOKS_EVERY = timedelta(seconds=10)
MOST_CAMERAS = 5
# Whether anything with a name came, went or changed; three small tables and the roads, read in a millisecond or two.
STATE_SQL = """
    select (select max(built_at) from data_sets) as built,
      (select concat(count(*), ':', sum(hashtext(concat(name, area_code, ST_AsText(geom))))) from facilities),
      (select concat(count(*), ':', sum(hashtext(concat(name, area_code, ST_AsText(geom))))) from pois),
      (select concat(count(*), ':', sum(hashtext(name))) from roads)
"""
PLACES_SQL = """
    select kind, name, area_code, ST_X(geom) as lon, ST_Y(geom) as lat from facilities
    union all select kind, name, area_code, ST_X(geom), ST_Y(geom) from pois
"""
ROADS_SQL = "select name, ST_AsBinary(geom) as line from roads order by id"
# In the caller's own transaction: row-level security decides which cameras there are for him.
CAMERAS_SQL = """
    select code, name, area_code, ST_X(geom) as lon, ST_Y(geom) as lat from cameras
    where code = any(:codes) or right(code, 10) like any(:tails) or (:by_name and strpos(:said, name) > 0)
    order by code limit :most
"""
CAMERA_WORDS = ("监控", "摄像", "探头", "枪机", "球机", "杆", "卡口")


class Names:
    """Keeps one gazetteer for the process."""

    def __init__(self, db: Database, areas: Callable[[], AreaIndex | None]) -> None:
        self._db, self._areas = db, areas
        self._made: tuple[Gazetteer, AreaIndex, Any] | None = None
        self._looked_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> Gazetteer:
        """Return the names as they are, at most some seconds old. Raises Unavailable before a county is loaded."""
        areas = self._areas()
        if areas is None:
            raise Unavailable("The county is not loaded yet; try again in a moment.")
        if not self._is_fresh(areas):
            async with self._lock:
                if not self._is_fresh(areas):
                    await self._look(areas)
        assert self._made is not None
        return self._made[0]

    def _is_fresh(self, areas: AreaIndex) -> bool:
        looked = self._looked_at
        return (
            self._made is not None
            and self._made[1] is areas
            and looked is not None
            and now() - looked < LOOKS_EVERY
        )

    async def _look(self, areas: AreaIndex) -> None:
        async with self._db.read(SYSTEM) as tx:
            state = tuple((await tx.execute(text(STATE_SQL))).one())
            if self._made is None or self._made[1] is not areas or self._made[2] != state:
                places, roads = await _rows(tx)
                gazetteer = await asyncio.to_thread(Gazetteer, areas, places, roads)
                self._made = (gazetteer, areas, state)
        self._looked_at = now()


async def _rows(tx: AsyncConnection) -> tuple[list[Place], list[tuple[str, Any]]]:
    found = (await tx.execute(text(PLACES_SQL))).mappings().all()
    places = [Place(row["kind"], row["name"], row["lon"], row["lat"], row["area_code"]) for row in found]
    roads = (await tx.execute(text(ROADS_SQL))).all()
    return places, list(zip((row.name for row in roads), from_wkb(row.line for row in roads), strict=True))


async def cameras_named(tx: AsyncConnection, said: str) -> list[tuple[str, Named]]:
    """Return the cameras in the caller's sight that a text names: by code, by the end of one, or by name."""
    codes, tails = camera_codes_in(said)
    by_name = any(word in said for word in CAMERA_WORDS)
    if not codes and not tails and not by_name:
        return []
    values = {
        "codes": codes,
        "tails": [f"%{tail}" for tail in tails],
        "by_name": by_name,
        "said": said[:1000],
        "most": MOST_CAMERAS,
    }
    rows = (await tx.execute(text(CAMERAS_SQL), values)).mappings()
    return [(_words_for(row["code"], row["name"], said, codes + tails), _camera(row)) for row in rows]


def _words_for(code: str, name: str, said: str, numbers: list[str]) -> str:
    return next((one for one in numbers if code.endswith(one)), name if name in said else code)


def _camera(row: Any) -> Named:
    return Named("camera", row["name"], row["lon"], row["lat"], row["area_code"], CAMERA_RADIUS_M)
