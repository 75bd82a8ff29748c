"""A sheet's geometry made fit: of the right kind, finite, in WGS 84, valid; what cannot be is named, row by row."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import InvalidInput
from gis.geometry import Geometries, as_geometries, mend_polygons
from gis.systems import CoordinateSystem
from layers.importers.faults import BadFile, Reporter
from layers.importers.said import Said, name_of
from layers.importers.sheet import Sheet
from layers.importers.values import BadValue, number, short

Bools = NDArray[np.bool_]
# China, generously: what lies in it when longitude and latitude are exchanged was exchanged.
CHINA = (70.0, 15.0, 138.0, 56.0)
# The shortest road or river that is one, in degrees: about a decimetre.
LEAST_LENGTH = 1e-6
POLYGONS, LINES, POINTS = (3, 6), (1, 2, 5), (0, 4)
EASTING = (1e5, 9e5)
NORTHING = (1.5e6, 6.5e6)


@dataclass(slots=True)
class Shaped:
    """Geometries in WGS 84, and which of them can be used; the others have their faults."""

    geometry: Geometries
    good: Bools


def from_columns(
    sheet: Sheet, columns: dict[str, str | None], say: Reporter
) -> tuple[Geometries, frozenset[int]]:
    """Make a table's geometry from its columns, WKT or longitude and latitude; and say which rows have no good one."""
    wkt = columns.get("wkt")
    found: list[Any] = []
    wrong: set[int] = set()
    for at, row in enumerate(sheet.rows):
        try:
            if wkt:
                found.append(_from_wkt(sheet.columns[wkt][at]))
            else:
                east, north = sheet.columns[str(columns["lon"])][at], sheet.columns[str(columns["lat"])][at]
                found.append(_from_numbers(east, north))
        except BadValue as error:
            say.error(error.said, row=row)
            found.append(None)
            wrong.add(at)
    return as_geometries(found), frozenset(wrong)


def _from_wkt(value: Any) -> Any:
    if value is None:
        return None
    try:
        return shapely.force_2d(shapely.from_wkt(str(value).rpartition(";")[2]))
    except (shapely.errors.GEOSException, TypeError):
        raise BadValue("bad_geometry", value=short(value)) from None


def _from_numbers(east: Any, north: Any) -> Any:
    if east is None or north is None:
        return None
    read = number(-1e9, 1e9)
    try:
        return shapely.Point(read(east), read(north))
    except BadValue:
        if re.search(r"nan|inf", f"{east}{north}", re.I):
            raise BadValue("not_finite") from None
        raise BadValue("bad_coordinate", value=short(f"{east}, {north}")) from None


def made_fit(
    geometry: Geometries,
    rows: list[int],
    wanted: str,
    system: CoordinateSystem,
    say: Reporter,
    named: frozenset[int] = frozenset(),
) -> Shaped:
    """Check and transform. `wanted` is Point, LineString or Polygon; `named` are rows whose fault was told already."""
    good = _present(geometry, rows, named, say)
    good &= _finite(geometry, rows, good, say)
    geometry = _of_kind(geometry, rows, good, wanted, say)
    good &= np.array([shape is not None for shape in geometry], dtype=bool)
    good &= _in_order(geometry, rows, good, system, say)
    result = geometry.copy()
    if good.any():
        result[good] = _transformed(geometry[good], system, say)
    good &= np.array([shape is not None for shape in result], dtype=bool)
    if wanted == "Polygon":
        _mend(result, rows, good, say)
    if wanted == "LineString":
        _refuse_dots(result, rows, good, say)
    return Shaped(result, good)


def _present(geometry: Geometries, rows: list[int], named: frozenset[int], say: Reporter) -> Bools:
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    for at in np.flatnonzero(missing):
        if at not in named:
            say.error(Said("empty_geometry"), row=rows[at])
    return np.asarray(~missing, dtype=bool)


def _finite(geometry: Geometries, rows: list[int], good: Bools, say: Reporter) -> Bools:
    places, owner = shapely.get_coordinates(geometry, return_index=True)
    bad = np.zeros(len(geometry), dtype=bool)
    bad[owner[~np.isfinite(places).all(axis=1)]] = True
    for at in np.flatnonzero(bad & good):
        say.error(Said("not_finite"), row=rows[at])
    return np.asarray(~bad, dtype=bool)


def _of_kind(geometry: Geometries, rows: list[int], good: Bools, wanted: str, say: Reporter) -> Geometries:
    kinds = {"Polygon": POLYGONS, "LineString": LINES, "Point": POINTS}[wanted]
    result = geometry.copy()
    types = shapely.get_type_id(geometry)
    for at in np.flatnonzero(good & ~np.isin(types, kinds)):
        kind = name_of("shape", geometry[at].geom_type)
        if wanted == "Point" and types[at] in POLYGONS:
            result[at] = shapely.point_on_surface(geometry[at])
            say.note(Said("point_for_polygon"), row=rows[at])
            continue
        say.error(Said("wrong_geometry", kind=kind, wanted=name_of("shape", wanted)), row=rows[at])
        result[at] = None
    for at in np.flatnonzero(good & (types == 4) & (wanted == "Point")):
        result[at] = shapely.get_geometry(geometry[at], 0)
        if shapely.get_num_geometries(geometry[at]) > 1:
            say.error(Said("wrong_geometry.several"), row=rows[at])
            result[at] = None
    return result


def _in_order(
    geometry: Geometries, rows: list[int], good: Bools, system: CoordinateSystem, say: Reporter
) -> Bools:
    """Longitude or easting comes first; what would only lie in China the other way round was exchanged."""
    bounds = shapely.bounds(geometry)
    west, south, east, north = bounds.T
    fine = good.copy()
    if system.degrees:
        inside = (west >= CHINA[0]) & (east <= CHINA[2]) & (south >= CHINA[1]) & (north <= CHINA[3])
        swapped = (
            ~inside & (south >= CHINA[0]) & (north <= CHINA[2]) & (west >= CHINA[1]) & (east <= CHINA[3])
        )
        metres = good & ((np.abs(bounds) > 1_000).any(axis=1))
        for at in np.flatnonzero(good & swapped):
            say.error(Said("swapped_coordinates", x=west[at], y=south[at]), row=rows[at])
        for at in np.flatnonzero(metres):
            say.error(Said("not_degrees", x=west[at], y=south[at]), row=rows[at])
        wild = good & ~swapped & ~metres & ~inside
        for at in np.flatnonzero(wild):
            say.error(Said("outside_china", x=west[at], y=south[at]), row=rows[at])
        return np.asarray(fine & ~swapped & ~metres & ~wild, dtype=bool)
    degrees = good & (np.abs(bounds) <= 360).all(axis=1)
    swapped = good & ~degrees & (west >= NORTHING[0]) & (east <= NORTHING[1])
    swapped &= ((south >= EASTING[0]) & (north <= EASTING[1])) | ((south >= 1.3e7) & (north <= 4.6e7))
    for at in np.flatnonzero(degrees):
        say.error(Said("not_metres", x=west[at], y=south[at], system=system.title), row=rows[at])
    for at in np.flatnonzero(swapped):
        say.error(Said("swapped_coordinates.metres", x=west[at], y=south[at]), row=rows[at])
    return np.asarray(fine & ~degrees & ~swapped, dtype=bool)


def _transformed(geometry: Geometries, system: CoordinateSystem, say: Reporter) -> Geometries:
    places, owner = shapely.get_coordinates(geometry, return_index=True)
    try:
        moved = system.to_wgs84(places)
    except InvalidInput as error:
        say.error(Said("outside_crs", **error.extra))
        return as_geometries([None] * len(geometry))
    result = shapely.set_coordinates(geometry.copy(), moved)
    lon, lat = moved.T
    outside = (lon < CHINA[0]) | (lon > CHINA[2]) | (lat < CHINA[1]) | (lat > CHINA[3])
    if outside.any():
        at = int(np.argmax(outside))
        x, y = places[at]
        say.error(Said("outside_china.zone", x=x, y=y, lon=lon[at], lat=lat[at], system=system.title))
        result[np.unique(owner[outside])] = None
    return np.asarray(result, dtype=object)


def _mend(geometry: Geometries, rows: list[int], good: Bools, say: Reporter) -> None:
    """Mend rings that cross themselves where that changes next to nothing; in place."""
    for at in np.flatnonzero(good):
        shape = geometry[at]
        if not shapely.is_valid(shape):
            shape = _mended(shape, rows[at], say)
        if shape is None:
            good[at] = False
            continue
        geometry[at] = shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _mended(shape: Any, row: int, say: Reporter) -> Any | None:
    told = str(shapely.is_valid_reason(shape))
    mended, changed = mend_polygons(shape)
    where = _place_in(told, shape)
    reason = Said("reason", what=name_of("reason", told.partition("[")[0]), x=where.x, y=where.y)
    if mended is not None:
        say.note(Said("mended", reason=reason, changed=changed), row=row, where=where)
        return mended
    say.error(Said("self_intersection", reason=reason, changed=changed), row=row, where=where)
    return None


def _place_in(reason: str, shape: Any) -> Any:
    found = re.search(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)\]", reason)
    return shapely.Point(float(found[1]), float(found[2])) if found else shapely.Point(shape.bounds[:2])


def _refuse_dots(geometry: Geometries, rows: list[int], good: Bools, say: Reporter) -> None:
    for at in np.flatnonzero(good & (shapely.length(geometry) < LEAST_LENGTH)):
        say.error(Said("no_length"), row=rows[at], where=shapely.Point(geometry[at].bounds[:2]))
        good[at] = False


def chosen_system(
    sheet: Sheet, given: CoordinateSystem | None, described: CoordinateSystem | None
) -> CoordinateSystem:
    """Return the system that counts: the operator's, or else the file's. Raises BadFile: no_crs."""
    if given is not None:
        return given
    if described is None:
        raise BadFile("no_crs", file=sheet.name)
    return described
