"""Which layers there are, and how each becomes GeoJSON: one short function per layer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.geometry import Geometries, as_geometries, from_wkb
from layers.areas import AreaIndex
from layers.tables import LENGTH_OF_LEVEL, cameras, facilities, pois, roads, waters

Feature = dict[str, Any]

DIGITS = 6
# Borders are simplified by tens of metres before they go out; a sixth digit, a decimetre, would say nothing.
BORDER_DIGITS = 5
# What all four levels together may weigh as JSON, so that a screen has them at once: so much a corner and an area.
BORDERS_BYTES, CORNER_BYTES, AREA_BYTES = 580_000, 21, 210
FIRST_TOLERANCE_M, NEXT_TOLERANCE, COARSEST_M = 20.0, 1.15, 1_000.0


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the map; where `scoped`, what an actor gets depends on his jurisdiction."""

    name: str
    geometry: str
    scoped: bool
    read: Callable[[AsyncConnection, AreaIndex], Awaitable[list[Feature]]]


def _feature(geometry: Any, properties: dict[str, Any], digits: int = DIGITS) -> Feature:
    rounded = shapely.transform(geometry, lambda places: np.round(places, digits))
    return {"type": "Feature", "geometry": shapely.geometry.mapping(rounded), "properties": properties}


async def _rows(connection: AsyncConnection, table: Table, *columns: str) -> list[tuple[Row[Any], Any]]:
    """Read some columns of a table with its geometries, in the order of its key."""
    key = next(iter(table.primary_key.columns))
    shape = func.ST_AsBinary(table.c.geom).label("shape")
    statement = select(*(table.c[name] for name in columns), shape).order_by(key)
    rows: list[Row[Any]] = list(await connection.execute(statement))
    return list(zip(rows, from_wkb(row.shape for row in rows), strict=True))


def _reader(table: Table, *columns: str) -> Callable[[AsyncConnection, AreaIndex], Awaitable[list[Feature]]]:
    async def read(connection: AsyncConnection, index: AreaIndex) -> list[Feature]:
        rows = await _rows(connection, table, *columns)
        return [_feature(shape, dict(zip(columns, row, strict=False))) for row, shape in rows]

    return read


def simplified_levels(index: AreaIndex) -> dict[str, Geometries]:
    """Simplify all four levels alike, until together they are light enough; borders still coincide. WGS 84."""
    leaves = index.leaf_codes.tolist()
    metric = shapely.transform(
        as_geometries([index.geometry_of[code] for code in leaves]), index.zone.to_metres
    )
    parts, owner = shapely.get_parts(metric, return_index=True)
    tolerance_m = FIRST_TOLERANCE_M
    while True:
        simple = shapely.coverage_simplify(parts, tolerance_m)
        levels = {
            level: _united(simple, [leaves[number][:length] for number in owner.tolist()])
            for level, length in LENGTH_OF_LEVEL.items()
        }
        corners = sum(int(shapely.get_num_coordinates(shapes).sum()) for shapes in levels.values())
        weight = corners * CORNER_BYTES + len(index.by_code) * AREA_BYTES
        if weight < BORDERS_BYTES or tolerance_m > COARSEST_M:
            break
        tolerance_m *= NEXT_TOLERANCE
    return {
        level: np.asarray(shapely.transform(shapes, index.zone.to_degrees), dtype=object)
        for level, shapes in levels.items()
    }


def _united(parts: Geometries, codes: Sequence[str]) -> Geometries:
    """Unite parts with equal codes; the result is in code order."""
    keys, group = np.unique(np.array(codes), return_inverse=True)
    return as_geometries([shapely.coverage_union_all(parts[group == number]) for number in range(len(keys))])


def area_features(index: AreaIndex, level: str, shapes: Geometries) -> list[Feature]:
    """The areas of one level with where their names stand."""
    labels = shapely.get_point(shapely.maximum_inscribed_circle(shapes, tolerance=0.0005), 0)
    features = []
    for area, shape, label in zip(index.level(level), shapes, labels, strict=True):
        properties: dict[str, Any] = {
            "code": area.code,
            "name": area.name,
            "level": level,
            "parent": area.parent_code,
            "label": [round(label.x, BORDER_DIGITS), round(label.y, BORDER_DIGITS)],
            "seat": [round(value, BORDER_DIGITS) for value in area.seat],
        }
        features.append(_feature(shape, properties, BORDER_DIGITS))
    return features


# Where cameras send their pictures is not for every screen: the address stays in the table.
LAYERS = {
    layer.name: layer
    for layer in (
        Layer(
            "road",
            "LineString",
            False,
            _reader(roads, "id", "name", "road_class", "speed_kmh", "one_way", "closed"),
        ),
        Layer("water", "LineString", False, _reader(waters, "id", "name", "kind", "width_m")),
        Layer(
            "facility", "Point", False, _reader(facilities, "id", "name", "kind", "telephone", "area_code")
        ),
        Layer("poi", "Point", False, _reader(pois, "id", "name", "kind", "area_code")),
        Layer(
            "camera",
            "Point",
            True,
            _reader(
                cameras, "code", "name", "kind", "bearing_deg", "field_of_view_deg", "health", "area_code"
            ),
        ),
    )
}
