"""The tables of floor 1: area divisions, roads, waters, cameras, facilities and points of interest.

Every geometry is EPSG:4326, longitude first. Area codes are `text COLLATE "C"`, so that a jurisdiction is the
half-open range `code >= lo AND code < hi`.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    false,
)

from gis.database import metadata, visible_sql

CODE = Text(collation="C")

# Table → the condition under which its rows are visible. Divisions, roads, waters, facilities and points of interest
# are public to every actor of the county.
POLICIES: dict[str, str] = {"cameras": visible_sql(access=None)}

LENGTH_OF_LEVEL = {"county": 6, "township": 9, "village": 12, "grid": 15}

_NESTS = " OR ".join(
    f"(level = '{level}' AND code ~ '^[0-9]{{{length}}}$' AND "
    + ("parent_code IS NULL)" if parent is None else f"parent_code = left(code, {parent}))")
    for (level, length), parent in zip(LENGTH_OF_LEVEL.items(), (None, 6, 9, 12), strict=True)
)


def _geometry(name: str, kind: str) -> Column[object]:
    # The index is declared beside each table: one way of naming for all of them.
    return Column(name, Geometry(kind, srid=4326, spatial_index=False), nullable=False)


def _data_set() -> Column[int]:
    return Column(
        "data_set_id",
        Integer,
        ForeignKey("data_sets.id", ondelete="CASCADE"),
        nullable=False,
    )


def _number() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def _own_code() -> Column[str]:
    """The code that an office gave the thing; an import tells rows apart by it, where a file has one."""
    return Column("code", CODE, unique=True)


def _area_code() -> Column[str]:
    """The smallest area that holds the row: a grid's code."""
    return Column("area_code", CODE, ForeignKey("areas.code"), nullable=False, index=True)


data_sets = Table(
    "data_sets",
    metadata,
    Column("id", Integer, Identity(always=False), primary_key=True),
    Column("county_code", CODE, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("seed", BigInteger),
    Column("built_at", DateTime(timezone=True), nullable=False),
    Column("source", Text, nullable=False),
)

reliefs = Table(
    "reliefs",
    metadata,
    Column("data_set_id", Integer, ForeignKey("data_sets.id", ondelete="CASCADE"), primary_key=True),
    *(Column(side, Double, nullable=False) for side in ("west", "south", "east", "north")),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("range_m", Double, nullable=False),
    Column("heights", LargeBinary, nullable=False),
    CheckConstraint("length(heights) = width * height", name="whole"),
)
"""Heights on a grid: one byte a cell from 0, the lowest, to 255, `range_m` above it; rows from the north."""

areas = Table(
    "areas",
    metadata,
    Column("code", CODE, primary_key=True),
    _data_set(),
    Column("level", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column(
        "parent_code",
        CODE,
        ForeignKey("areas.code", deferrable=True, initially="DEFERRED"),
        index=True,
    ),
    _geometry("seat", "POINT"),
    _geometry("geom", "MULTIPOLYGON"),
    CheckConstraint(_NESTS, name="code_nests"),
    Index("ix_areas_geom", "geom", postgresql_using="gist"),
)

retired_areas = Table(
    "retired_areas",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("level", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    _geometry("seat", "POINT"),
    _geometry("geom", "MULTIPOLYGON"),
    Column("retired_at", DateTime(timezone=True), nullable=False),
)
"""Areas that are no more, while cases or people belong to them: known by name and place, and nothing new comes in."""

roads = Table(
    "roads",
    metadata,
    _number(),
    _data_set(),
    _own_code(),
    Column("name", Text, nullable=False),
    Column("road_class", Text, nullable=False),
    Column("speed_kmh", Double, nullable=False),
    Column("from_node", BigInteger, nullable=False),
    Column("to_node", BigInteger, nullable=False),
    Column("length_m", Double, nullable=False),
    Column("one_way", Boolean, nullable=False, server_default=false()),
    Column("closed", Boolean, nullable=False, server_default=false()),
    _geometry("geom", "LINESTRING"),
    CheckConstraint("road_class IN ('trunk', 'county', 'township', 'village')", name="road_class"),
    CheckConstraint("speed_kmh > 0 AND length_m > 0", name="positive"),
    Index("ix_roads_geom", "geom", postgresql_using="gist"),
)

waters = Table(
    "waters",
    metadata,
    _number(),
    _data_set(),
    _own_code(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("width_m", Double, nullable=False),
    _geometry("geom", "LINESTRING"),
    Index("ix_waters_geom", "geom", postgresql_using="gist"),
)

cameras = Table(
    "cameras",
    metadata,
    Column("code", CODE, primary_key=True),
    _data_set(),
    _area_code(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bearing_deg", SmallInteger),
    Column("field_of_view_deg", SmallInteger),
    Column("health", Text, nullable=False),
    Column("stream_url", Text),
    _geometry("geom", "POINT"),
    CheckConstraint("code ~ '^[0-9]{20}$'", name="gbt_28181"),
    CheckConstraint("bearing_deg BETWEEN 0 AND 359", name="bearing"),
    CheckConstraint("health IN ('online', 'offline', 'fault')", name="health"),
    Index("ix_cameras_geom", "geom", postgresql_using="gist"),
)

facilities = Table(
    "facilities",
    metadata,
    _number(),
    _data_set(),
    _own_code(),
    _area_code(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("telephone", Text),
    _geometry("geom", "POINT"),
    Index("ix_facilities_geom", "geom", postgresql_using="gist"),
)

pois = Table(
    "pois",
    metadata,
    _number(),
    _data_set(),
    _own_code(),
    _area_code(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _geometry("geom", "POINT"),
    Index("ix_pois_geom", "geom", postgresql_using="gist"),
)

TABLES = (data_sets, reliefs, areas, retired_areas, roads, waters, cameras, facilities, pois)
