"""What lies around one place, small enough for a phone: borders of grids and villages, and roads."""

import asyncio
import math
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import TypedDict

from layers.areas import AreaIndex

METRES_PER_DEGREE = 111_320.0
# The drawing lies across the phone: it is this much wider than high.
ASPECT = 1.9
# In degrees, about 8 m: less than a phone shows of a neighbourhood.
TOLERANCE_DEG = 8 / METRES_PER_DEGREE
DECIMALS = 5

Line = list[list[float]]
Box = tuple[float, float, float, float]

# Roads are public to every actor of the county. The box first, by its index; the cut only for what it found.
ROADS_SQL = """
    with box as (select ST_MakeEnvelope(:west, :south, :east, :north, 4326) as geom)
    select r.road_class, ST_AsBinary(ST_Simplify(ST_ClipByBox2D(r.geom, box.geom), :tolerance)) as line
    from roads r, box where r.geom && box.geom
"""


class Surroundings(TypedDict):
    """Lines as lists of (longitude, latitude) pairs."""

    grid: list[Line]
    village: list[Line]
    road: list[Line]


def box_around(lon: float, lat: float, radius_m: float) -> Box:
    """Return west, south, east and north of a box around a place, `radius_m` high each way."""
    up = radius_m / METRES_PER_DEGREE
    aside = ASPECT * up / math.cos(math.radians(lat))
    return lon - aside, lat - up, lon + aside, lat + up


def lines_of(shape: Any) -> list[Line]:
    """Return the lines of any geometry."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [shapely.get_coordinates(part).round(DECIMALS).tolist() for part in parts if not part.is_empty]


def borders_in(areas: AreaIndex, level: str, box: Box) -> Any:
    """Return the borders of a level's areas within a box as one geometry; a shared border is in it once."""
    frame = shapely.box(*box)
    shapes = [areas.geometry_of[area.code] for area in areas.level(level)]
    near = [shape for shape in shapes if shapely.intersects(frame, shape)]
    clipped = [shapely.clip_by_rect(shapely.boundary(shape), *box) for shape in near]
    return shapely.line_merge(shapely.union_all(clipped))


def divisions_in(areas: AreaIndex, box: Box) -> tuple[list[Line], list[Line]]:
    """Return the lines between grids and those between villages; where both run, it is a village's."""
    villages, grids = borders_in(areas, "village", box), borders_in(areas, "grid", box)
    only_grids = shapely.line_merge(shapely.difference(grids, villages))
    return drawn(only_grids), drawn(villages)


def drawn(shape: Any) -> list[Line]:
    """Return the lines of a geometry, no finer than a phone shows them."""
    return lines_of(shapely.simplify(shape, TOLERANCE_DEG))


async def surroundings(
    tx: AsyncConnection, areas: AreaIndex, place: tuple[float, float], radius_m: float
) -> Surroundings:
    """Return what lies around a place (longitude, latitude), within `radius_m` north and south of it."""
    box = box_around(*place, radius_m)
    west, south, east, north = box
    values = {"west": west, "south": south, "east": east, "north": north, "tolerance": TOLERANCE_DEG}
    found = (await tx.execute(text(ROADS_SQL), values)).mappings()
    roads = [shapely.from_wkb(bytes(row["line"])) for row in found if row["line"] is not None]
    grids, villages = await asyncio.to_thread(divisions_in, areas, box)
    return {
        "grid": grids,
        "village": villages,
        "road": [line for road in roads for line in lines_of(road)],
    }
