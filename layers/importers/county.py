"""What the database holds before an import: the county's areas, and a layer's rows under the keys of files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import psycopg
import shapely
from psycopg import sql
from psycopg.rows import dict_row

from gis.crs import MetricZone
from gis.geometry import from_wkb
from layers.areas import Area, AreaIndex
from layers.importers.targets import Target
from layers.tables import LENGTH_OF_LEVEL

Connection = psycopg.Connection[Any]
PARENT_LENGTH = dict(zip(LENGTH_OF_LEVEL, (0, 6, 9, 12), strict=True))
LEVEL_OF_LENGTH = {length: level for level, length in LENGTH_OF_LEVEL.items()}


def parent_of(code: str) -> str | None:
    """Return the code of the area above."""
    return code[: PARENT_LENGTH[LEVEL_OF_LENGTH[len(code)]]] or None


@dataclass(slots=True)
class Row:
    """One row of a layer, as it is or will be. `key` tells it from the others of its layer; `id` where it has one."""

    key: str
    values: dict[str, Any]
    geometry: Any
    id: int | None = None
    number: int | None = None


@dataclass(slots=True)
class County:
    """The county that the database holds, if any; an import changes this picture first and the tables afterwards."""

    data_set: int | None = None
    code: str | None = None
    name: str | None = None
    demonstration: bool = False
    areas: dict[str, Row] = field(default_factory=dict)

    def level(self, level: str) -> dict[str, Row]:
        """The areas of one level, by code."""
        length = LENGTH_OF_LEVEL[level]
        return {code: row for code, row in self.areas.items() if len(code) == length}

    @property
    def outline(self) -> Any | None:
        """The county's own area, None in an empty database."""
        row = self.areas.get(self.code or "")
        return None if row is None else row.geometry

    @property
    def zone(self) -> MetricZone:
        """The county's metric zone; it needs an outline or any area."""
        shapes = [self.outline] if self.outline is not None else [row.geometry for row in self.areas.values()]
        bounds = shapely.total_bounds(shapes)
        return MetricZone.around(float(bounds[0]), float(bounds[2]))

    def index(self) -> AreaIndex:
        """Point → area over the areas as they are in this picture."""
        records = [
            Area(
                code,
                LEVEL_OF_LENGTH[len(code)],
                row.values["name"],
                row.values["full_name"],
                parent_of(code),
                (row.values["seat"].x, row.values["seat"].y),
            )
            for code, row in self.areas.items()
        ]
        return AreaIndex(records, [row.geometry for row in self.areas.values()])

    def copy(self) -> "County":
        """A picture that may be changed without changing this one."""
        return replace(self, areas=dict(self.areas))


def read_county(connection: Connection) -> County:
    """Read the picture. A database with several data sets is not made by this program: the first counts."""
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute("SELECT * FROM data_sets ORDER BY id LIMIT 1").fetchone()
    if found is None:
        return County()
    rows = cursor.execute(
        "SELECT code, name, full_name, ST_AsBinary(seat) AS seat, ST_AsBinary(geom) AS geom FROM areas ORDER BY code"
    ).fetchall()
    seats, shapes = from_wkb(row["seat"] for row in rows), from_wkb(row["geom"] for row in rows)
    held = {
        row["code"]: Row(
            row["code"], {"name": row["name"], "full_name": row["full_name"], "seat": seat}, shape
        )
        for row, seat, shape in zip(rows, seats, shapes, strict=True)
    }
    return County(found["id"], found["county_code"], found["name"], found["demonstration"], held)


def columns_of(target: Target) -> list[str]:
    """The columns of a layer that a file can fill, and that an export writes."""
    return [one.name for one in target.fields]


def read_rows(connection: Connection, target: Target) -> list[Row]:
    """Read a layer other than the areas; rows have the keys of a file with codes."""
    names = [*columns_of(target), *(("area_code",) if target.located else ())]
    own_id = "id" in target.table.c
    columns = [sql.Identifier(name) for name in (["id"] if own_id else []) + names]
    statement = sql.SQL("SELECT {}, ST_AsBinary(geom) AS geom FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(columns),
        sql.Identifier(target.table.name),
        sql.Identifier("id" if own_id else "code"),
    )
    rows = connection.cursor(row_factory=dict_row).execute(statement).fetchall()
    shapes = from_wkb(row["geom"] for row in rows)
    return [
        Row(
            str(row["code"] or f"#{row['id']}"),
            {name: row[name] for name in names},
            shape,
            row["id"] if own_id else None,
        )
        for row, shape in zip(rows, shapes, strict=True)
    ]


def natural_key(values: Mapping[str, Any], geometry: Any) -> str:
    """What tells a row without a code from others: its name and its place, to a decimetre."""
    places = np.round(shapely.get_coordinates(geometry), 6) + 0.0
    digest = hashlib.sha256(places.tobytes()).hexdigest()[:16]
    return f"{values.get('name', '')}@{digest}"
