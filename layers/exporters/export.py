"""One layer to one file: GeoPackage, Shapefile (zipped), GeoJSON or CSV, in any coordinate system that we know.

What comes out goes in again unchanged: columns keep their names (a Shapefile's have at most ten letters, see
SHAPE_NAMES), and a thing without a code of its own is called by its number, `#17`.
"""

import csv
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psycopg
import shapely

from gis.errors import InvalidInput, NotFound
from gis.geometry import Geometries, as_geometries
from gis.systems import CoordinateSystem
from layers.importers.county import Row, read_county, read_rows
from layers.importers.said import refusal
from layers.importers.targets import LEVELS, TARGETS, Target
from layers.importers.vector import gdal
from layers.importers.writing import SYSTEM_SETTINGS

SHAPE_NAMES = {
    "bearing_deg": "bearing",
    "field_of_view_deg": "fov",
    "stream_url": "stream",
    "parent_code": "parent",
}
DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".zip": "ESRI Shapefile",
}
FORMATS = ".gpkg, .zip (Shapefile), .shp, .geojson, .csv"
KINDS = {"Point": "Point", "LineString": "LineString", "Polygon": "MultiPolygon"}
# A micrometre of degrees; as many digits as a coordinate can have.
DIGITS = 15


def export_layer(url: str, layer: str, path: Path, system: CoordinateSystem) -> int:
    """Write a layer; returns how many rows it has. Raises NotFound, InvalidInput."""
    target = TARGETS.get(layer)
    if target is None:
        raise refusal(NotFound, "unknown_layer", layer=layer, there=list(TARGETS))
    suffix = path.suffix.lower()
    if suffix not in (*DRIVERS, ".csv"):
        raise refusal(InvalidInput, "unknown_format.export", file=path.name, taken=FORMATS)
    if not path.resolve().parent.is_dir():
        raise refusal(InvalidInput, "no_folder", folder=path.parent)
    if suffix in (".geojson", ".json") and not (system.crs is None or (system.ours and system.degrees)):
        raise refusal(InvalidInput, "not_degrees.geojson")
    rows = _rows(url, target)
    names = columns(target)
    values = {name: [row.values.get(name) for row in rows] for name in names}
    shapes = _moved(as_geometries([row.geometry for row in rows]), system)
    if suffix == ".csv":
        _write_csv(path, target, values, shapes)
    elif suffix == ".zip":
        _write_zip(path, target, values, shapes, system)
    else:
        _write_vector(path, DRIVERS[suffix], target, values, shapes, system)
    return len(rows)


def columns(target: Target) -> list[str]:
    """The columns that an export has."""
    names = [one.name for one in target.fields]
    return [*names, "parent_code"] if target.level else [*names, *(("area_code",) if target.located else ())]


def _rows(url: str, target: Target) -> list[Row]:
    with psycopg.connect(url) as connection:
        connection.read_only = True
        connection.execute(SYSTEM_SETTINGS)
        if target.name not in LEVELS:
            rows = read_rows(connection, target)
            for row in rows:
                row.values["code"] = row.key
            return rows
        rows = list(read_county(connection).level(target.name).values())
    above = {"county": 0, "township": 6, "village": 9, "grid": 12}[target.name]
    for row in rows:
        row.values |= {"code": row.key, "parent_code": row.key[:above] or None}
    return rows


def _moved(shapes: Geometries, system: CoordinateSystem) -> Geometries:
    if not len(shapes):
        return shapes
    return np.asarray(shapely.transform(shapes, system.from_wgs84), dtype=object)


def _write_csv(path: Path, target: Target, values: dict[str, list[Any]], shapes: Geometries) -> None:
    """Points as lon and lat, others as WKT; with the mark by which Excel knows UTF-8."""
    if target.geometry == "Point":
        places = shapely.get_coordinates(shapes)
        values = {**values, "lon": places[:, 0].tolist(), "lat": places[:, 1].tolist()}
    else:
        values = {**values, "wkt": shapely.to_wkt(shapes, rounding_precision=DIGITS).tolist()}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(values)
        writer.writerows(zip(*(map(_cell, column) for column in values.values()), strict=True))


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value


def _write_zip(
    path: Path, target: Target, values: dict[str, list[Any]], shapes: Geometries, system: CoordinateSystem
) -> None:
    with TemporaryDirectory(prefix="wall-export-") as scratch:
        inside = Path(scratch) / f"{target.name}.shp"
        _write_vector(inside, DRIVERS[".shp"], target, values, shapes, system)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(scratch).iterdir()):
                archive.write(part, part.name)


def _write_vector(
    path: Path,
    driver: str,
    target: Target,
    values: dict[str, list[Any]],
    shapes: Geometries,
    system: CoordinateSystem,
) -> None:
    shapefile = driver == "ESRI Shapefile"
    names = [SHAPE_NAMES.get(name, name) if shapefile else name for name in values]
    data, masks = zip(*(_column(target, name, column) for name, column in values.items()), strict=True)
    options = (
        {"layer_options": {"COORDINATE_PRECISION": str(DIGITS), "RFC7946": "NO"}}
        if driver == "GeoJSON"
        else {}
    )
    path.unlink(missing_ok=True)
    with warnings.catch_warnings():
        # GCJ-02 and BD-09 have no name that a program would know: the file says none rather than a wrong one.
        warnings.simplefilter("ignore")
        gdal().raw.write(
            path.resolve(),
            shapely.to_wkb(shapes),
            list(data),
            names,
            field_mask=list(masks),
            layer=path.stem if shapefile else target.name,
            driver=driver,
            geometry_type=KINDS[target.geometry],
            crs=system.crs.to_wkt() if system.crs is not None else None,
            encoding="UTF-8",
            **options,
        )


def _column(target: Target, name: str, column: list[Any]) -> tuple[Any, Any]:
    """A column as GDAL takes it, and where it has nothing."""
    missing = np.array([value is None for value in column], dtype=bool)
    kind = target.table.c[name].type.python_type
    empty: Any = {int: 0, float: 0.0, bool: False}.get(kind, "")
    filled = [empty if value is None else value for value in column]
    dtype = {int: "int32", float: "float64", bool: "bool"}.get(kind, "object")
    return np.array(filled, dtype=dtype), missing
