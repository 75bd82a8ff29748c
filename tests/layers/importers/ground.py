"""A small county as sheets and as files, for tests of importing."""

import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import psycopg
import shapely

from gis.geometry import Geometries, as_geometries
from layers.demo.build import DemoCounty
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.report import Report
from layers.importers.run import NobodyHome, import_layers
from layers.importers.sheet import Sheet
from layers.importers.targets import LEVELS, TARGETS
from layers.tables import LENGTH_OF_LEVEL

FRAMES = {"road": "roads", "camera": "cameras", "facility": "facilities", "poi": "pois"}


def sheet(layer: str, columns: dict[str, list[Any]], shapes: Any, crs: str | None = "EPSG:4326") -> Sheet:
    """A sheet of our own making."""
    geometry = as_geometries(list(shapes))
    return Sheet(layer, columns, geometry, list(range(1, len(geometry) + 1)), crs, "UTF-8")


def sheet_of(county: DemoCounty, layer: str) -> Sheet:
    """A layer of a built county as a file would have it."""
    if layer in LEVELS:
        frame = county.areas[county.areas["code"].str.len() == LENGTH_OF_LEVEL[layer]]
        return sheet(layer, {"code": list(frame["code"]), "name": list(frame["name"])}, frame.geometry)
    if layer == "water":
        # The generator has rivers only where its source names some.
        course = shapely.LineString([(114.04, 30.5), (114.1, 30.51), (114.16, 30.49)])
        return sheet(layer, {"code": ["R1"], "name": ["小河"], "kind": ["河流"], "width_m": [12.0]}, [course])
    frame = getattr(county, FRAMES[layer])
    names = [one.name for one in TARGETS[layer].fields if one.name in frame.columns]
    columns: dict[str, list[Any]] = {
        name: [None if value != value else value for value in frame[name].tolist()] for name in names
    }
    if layer != "camera":
        columns = {"code": [f"{layer}-{number}" for number in range(len(frame))], **columns}
    return sheet(layer, columns, frame.geometry)


def bring(
    url: str, *sheets: Sheet, dry_run: bool = False, new_county: bool = False, **options: Any
) -> Report:
    """Import sheets named after their layers."""
    jobs = [Job(TARGETS[one.name], one, f"{one.name}.test") for one in sheets]
    return import_layers(
        url, jobs, Options(**options), house=NobodyHome(), dry_run=dry_run, new_county=new_county
    )


def whole(county: DemoCounty) -> list[Sheet]:
    """All layers."""
    return [sheet_of(county, layer) for layer in TARGETS]


def dump(url: str) -> dict[str, list[str]]:
    """Everything that an import can touch, row by row as text."""
    tables = ("areas", "roads", "waters", "cameras", "facilities", "pois")
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('wall.lo', '', true), set_config('wall.hi', '~', true)")
        held = connection.execute("SELECT id, county_code, name, demonstration, seed, source FROM data_sets")
        return {"data_sets": [str(row) for row in held]} | {
            table: [row[0] for row in connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1")]
            for table in tables
        }


def codes(report: Report) -> set[str]:
    """The codes of what is wrong."""
    return set(report.faults.errors)


def shapes_of(one: Sheet) -> Geometries:
    """The geometries of a sheet that has them."""
    assert one.geometry is not None
    return one.geometry


def moved(shapes: Any, east: float, north: float) -> Any:
    """Shapes moved by degrees."""
    return shapely.transform(
        np.asarray(shapes, dtype=object), lambda places: places + np.array((east, north))
    )


def write_shapefile(path: Path, columns: dict[str, list[Any]], shapes: Any, **options: Any) -> Path:
    """Write a Shapefile as another program would."""
    from layers.importers.vector import gdal

    pyogrio = gdal()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has no coordinate system is what a test may be about
        _write(pyogrio, path, columns, shapes, options)
    return path


def _write(
    pyogrio: ModuleType, path: Path, columns: dict[str, list[Any]], shapes: Any, options: dict[str, Any]
) -> None:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.asarray(shapes, dtype=object)),
        [np.array(column, dtype=object) for column in columns.values()],
        list(columns),
        driver="ESRI Shapefile",
        geometry_type=options.pop("kind", "Polygon"),
        crs=options.pop("crs", "EPSG:4490"),
        encoding=options.pop("encoding", "UTF-8"),
        **options,
    )
