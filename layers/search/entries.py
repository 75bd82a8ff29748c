"""Reading what can be found: areas from memory, all else from its table, under row-level security."""

from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from layers.areas import AreaIndex
from layers.called import Called
from layers.latin import in_english
from layers.search.index import Entry
from layers.tables import LENGTH_OF_LEVEL, cameras, facilities, pois, roads

RANK = {level: number for number, level in enumerate(LENGTH_OF_LEVEL)}
CLASSES = ("trunk", "county", "township", "village")
# Of equally good finds, areas stand first and cameras, of which there are thousands, last.
BEHIND_AREAS = {"facility": 4, "road": 5, "poi": 9, "camera": 10}


def area_entries(index: AreaIndex) -> list[Entry]:
    """Every area of the county; public to all its actors."""
    return [
        Entry(
            "area",
            area.code,
            area.name,
            *area.seat,
            detail=area.level,
            area_code=area.parent_code or "",
            rank=RANK[area.level],
            english=in_english(area.name),
            box=tuple(float(value) for value in shapely.bounds(index.geometry_of[area.code])),  # type: ignore[arg-type]
        )
        for area in index.by_code.values()
    ]


async def point_entries(tx: AsyncConnection, kind: str, called: Called) -> list[Entry]:
    """Facilities, points of interest or cameras, as far as the actor of the transaction sees them."""
    table = {"facility": facilities, "poi": pois, "camera": cameras}[kind]
    key: Any = next(iter(table.primary_key.columns))
    statement = select(
        key.label("id"),
        table.c.name,
        table.c.kind,
        table.c.area_code,
        func.ST_X(table.c.geom).label("lon"),
        func.ST_Y(table.c.geom).label("lat"),
    )
    return [
        Entry(
            kind,
            str(row.id),
            row.name,
            row.lon,
            row.lat,
            detail=row.kind,
            area_code=row.area_code,
            rank=BEHIND_AREAS[kind],
            english=called.in_english(row.name),
        )
        for row in await tx.execute(statement.order_by(key))
    ]


async def road_entries(tx: AsyncConnection, called: Called) -> list[Entry]:
    """Roads by name: the pieces between junctions are one road to whoever looks for it."""
    joined = func.ST_Collect(roads.c.geom)
    middle = func.ST_ClosestPoint(joined, func.ST_Centroid(joined))
    sides = (func.ST_XMin(joined), func.ST_YMin(joined), func.ST_XMax(joined), func.ST_YMax(joined))
    statement = select(
        roads.c.name,
        func.min(roads.c.id).label("id"),
        func.mode().within_group(roads.c.road_class).label("road_class"),
        func.ST_X(middle).label("lon"),
        func.ST_Y(middle).label("lat"),
        *(side.label(name) for side, name in zip(sides, ("west", "south", "east", "north"), strict=True)),
    ).group_by(roads.c.name)
    return [
        Entry(
            "road",
            f"road-{row.id}",
            row.name,
            row.lon,
            row.lat,
            detail=row.road_class,
            rank=BEHIND_AREAS["road"] + CLASSES.index(row.road_class),
            box=(row.west, row.south, row.east, row.north),
            english=called.in_english(row.name),
        )
        for row in await tx.execute(statement)
        if row.name
    ]
