"""Bringing the demonstration county into the database: one transaction, everything or nothing."""

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

import geopandas as gpd
import psycopg
import shapely
from psycopg import sql

from gis.clock import now
from gis.errors import Conflict
from layers.demo.build import SEED, DemoCounty, Progress, build_county
from layers.demo.cameras import CAMERAS
from layers.demo.source import CountySource, read_county
from layers.tables import areas, cameras, facilities, pois, roads, waters

NAME = "{county}（示意数据）"
# Tables of floor 1 that hold a county, parents first.
FILLED = (areas, roads, waters, cameras, facilities, pois)


def load_demo(
    owner_url: str,
    seed: int = SEED,
    progress: Progress | None = None,
    source: CountySource | None = None,
    *,
    grids: int | None = None,
    cameras_wanted: int | None = None,
) -> DemoCounty:
    """Build the county and copy it into an empty database, as the owner of the tables.

    Returns what was loaded. Raises Conflict when a county is already there: nothing is ever overwritten.
    """
    with psycopg.connect(owner_url) as connection:
        refuse_if_loaded(connection)
        county = build_county(
            source or read_county(),
            seed,
            grids=grids,
            cameras_wanted=cameras_wanted or CAMERAS,
            progress=progress,
        )
        copy_county(connection, county)
    return county


def refuse_if_loaded(connection: psycopg.Connection[Any]) -> None:
    """Lock the list of data sets for this transaction. Raises Conflict when it is not empty."""
    connection.execute(
        "SELECT set_config('wall.role', 'system', true), set_config('wall.lo', '', true),"
        " set_config('wall.hi', '~', true)"
    )
    connection.execute("LOCK TABLE data_sets IN EXCLUSIVE MODE")
    found = connection.execute("SELECT name FROM data_sets LIMIT 1").fetchone()
    if found is not None:
        raise Conflict(f"the database already holds {found[0]}; load into an empty one", code="county_loaded")


def copy_county(connection: psycopg.Connection[Any], county: DemoCounty) -> int:
    """Copy every layer within the connection's transaction; returns the data set's number."""
    row = connection.execute(
        "INSERT INTO data_sets (county_code, name, demonstration, seed, built_at, source)"
        " VALUES (%s, %s, true, %s, %s, %s) RETURNING id",
        (county.code, NAME.format(county=county.name), county.seed, now(), county.credits),
    ).fetchone()
    assert row is not None
    connection.execute(
        "INSERT INTO reliefs (data_set_id, west, south, east, north, width, height, range_m, heights)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (row[0], *astuple(county.relief)),
    )
    for table in FILLED:
        _copy(connection, table.name, getattr(county, table.name), int(row[0]))
        if "id" in table.c:
            _move_sequence(connection, table.name)
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    return int(row[0])


def _copy(connection: psycopg.Connection[Any], table: str, frame: gpd.GeoDataFrame, data_set: int) -> None:
    """Copy one frame; its geometry column is called `geom` in the table."""
    names = [str(name) for name in frame.columns]
    columns = [("geom" if name == "geometry" else name) for name in names]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, [*columns, "data_set_id"]))
    )
    with connection.cursor().copy(statement) as copy:
        for values in zip(*(_values(frame, name) for name in names), strict=True):
            copy.write_row((*values, data_set))


def _values(frame: gpd.GeoDataFrame, name: str) -> Iterable[Any]:
    column = frame[name]
    if isinstance(column, gpd.GeoSeries):
        geometries = shapely.set_srid(column.to_numpy(), 4326)
        return [str(value) for value in shapely.to_wkb(geometries, hex=True, include_srid=True)]
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return values


def _move_sequence(connection: psycopg.Connection[Any], table: str) -> None:
    """Rows were copied with their own numbers; the next one drawn must come after them."""
    connection.execute(
        sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {}))").format(
            sql.Identifier(table)
        ),
        (table,),
    )
