"""The collections that GIS programs see, and of each the columns that they may read and ask for.

This table is the whitelist: no name that a client sends reaches the database unless it is here.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Float, Integer, Numeric, Table

from gis.errors import NotFound
from layers.tables import areas, cameras, facilities, pois, roads, waters

GEOMETRY = "geom"


@dataclass(frozen=True)
class Collection:
    """One collection; `level` is set for those that are cut out of the table of areas."""

    id: str
    title: str
    description: str
    table: Table
    properties: tuple[str, ...]
    geometry: str
    scoped: bool = False
    level: str | None = None

    @cached_property
    def key(self) -> Column[Any]:
        """The column that names a feature and orders the pages."""
        return next(iter(self.table.primary_key.columns))

    @cached_property
    def types(self) -> dict[str, str]:
        """The JSON type of each property: string, integer, number or boolean."""
        return {name: json_type(self.table.c[name]) for name in self.properties}

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for each of its rows."""
        return [] if self.level is None else [self.table.c.level == self.level]


def json_type(column: Column[Any]) -> str:
    """Return what a column's values are in JSON."""
    kind = column.type
    if isinstance(kind, Boolean):
        return "boolean"
    if isinstance(kind, Integer):
        return "integer"
    return "number" if isinstance(kind, Float | Numeric) else "string"


def _areas(level: str, title: str) -> Collection:
    properties = ("code", "name", "full_name", "level", "parent_code")
    description = f"Areas of the level {level}; the code is the hierarchy."
    return Collection(level, title, description, areas, properties, "MultiPolygon", level=level)


# Where cameras send their pictures is not for every program: the address stays in the table.
COLLECTIONS = {
    one.id: one
    for one in (
        _areas("county", "The county"),
        _areas("township", "Townships"),
        _areas("village", "Villages"),
        _areas("grid", "Grids"),
        Collection(
            "camera",
            "Cameras",
            "Cameras with their GB/T 28181 codes, as far as the caller's jurisdiction reaches.",
            cameras,
            ("code", "name", "kind", "bearing_deg", "field_of_view_deg", "health", "area_code"),
            "Point",
            scoped=True,
        ),
        Collection(
            "facility",
            "Facilities",
            "Centres, police, hospitals, fire stations, schools, compounds.",
            facilities,
            ("id", "name", "kind", "telephone", "area_code"),
            "Point",
        ),
        Collection(
            "road",
            "Roads",
            "Roads with class, speed and closures.",
            roads,
            ("id", "name", "road_class", "speed_kmh", "length_m", "one_way", "closed"),
            "LineString",
        ),
        Collection(
            "poi", "Places", "Points of interest.", pois, ("id", "name", "kind", "area_code"), "Point"
        ),
        Collection("water", "Waters", "Rivers.", waters, ("id", "name", "kind", "width_m"), "LineString"),
    )
}


def collection(collection_id: str) -> Collection:
    """Return the collection with this id. Raises NotFound."""
    try:
        return COLLECTIONS[collection_id]
    except KeyError:
        known = ", ".join(COLLECTIONS)
        raise NotFound(
            f"There is no such collection; there are {known}.", code="unknown_collection"
        ) from None
