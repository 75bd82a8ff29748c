"""Reading the files that a county is made from; whatever is wrong with one is said with its name and place."""

import csv
import json
from pathlib import Path
from typing import Any

import shapely

from gis.crs import to_wgs84
from gis.errors import InvalidInput
from gis.geometry import mend_polygons
from layers.tables import LENGTH_OF_LEVEL

Row = dict[str, str]
PARENT_OF = {"township": "county", "village": "township"}
MOST_BYTES = 64 << 20


def text_of(path: Path) -> str:
    """Read a text file in UTF-8. Raises InvalidInput."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path.name} has more than {MOST_BYTES >> 20} MiB", code="file_too_large")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path.name} is not UTF-8; save it as UTF-8", code="bad_encoding") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", code="unreadable_file") from None


def rows_of(path: Path, *columns: str) -> list[Row]:
    """Read a CSV with these columns. Raises InvalidInput."""
    found = csv.DictReader(text_of(path).splitlines())
    missing = [name for name in columns if name not in (found.fieldnames or ())]
    if missing:
        raise InvalidInput(f"{path.name} has no column {', '.join(missing)}", code="missing_column")
    return [{name: (value or "").strip() for name, value in row.items() if name} for row in found]


def place_of(path: Path, row: Row) -> tuple[float, float]:
    """Return the place of a row, in degrees of WGS 84. Raises InvalidInput."""
    try:
        lon, lat = float(row["lon_wgs84"]), float(row["lat_wgs84"])
    except ValueError:
        lon = lat = float("nan")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        named = " ".join(value for value in row.values() if value)
        raise InvalidInput(
            f"{path.name}: lon_wgs84 and lat_wgs84 are degrees, not as in {named!r}", code="bad_place"
        )
    return lon, lat


def divisions_of(path: Path) -> dict[str, list[Row]]:
    """Read the list of divisions by level, each in code order. Raises InvalidInput."""
    by_level: dict[str, list[Row]] = {"county": [], "township": [], "village": []}
    known = set[str]()
    for number, row in enumerate(rows_of(path, "code", "name", "level", "parent_code"), start=2):
        wrong = _fault_of(row, known)
        if wrong:
            raise InvalidInput(f"{path.name}, line {number}: {wrong}", code="bad_divisions")
        known.add(row["code"])
        by_level[row["level"]].append(row)
    for level, rows in by_level.items():
        rows.sort(key=lambda row: row["code"])
        if not rows:
            raise InvalidInput(f"{path.name} names no {level}", code="bad_divisions")
    if len(by_level["county"]) > 1:
        raise InvalidInput(f"{path.name} names {len(by_level['county'])} counties", code="bad_divisions")
    for level, below in (("county", "township"), ("township", "village")):
        parents = {row["parent_code"] for row in by_level[below]}
        orphans = sorted(parents - {row["code"] for row in by_level[level]})
        if orphans:
            raise InvalidInput(f"{path.name} lacks the {level} {orphans[0]}", code="bad_divisions")
        childless = [row["name"] for row in by_level[level] if row["code"] not in parents]
        if childless:
            raise InvalidInput(f"{path.name} names no {below} of {childless[0]}", code="bad_divisions")
    return by_level


def _fault_of(row: Row, known: set[str]) -> str | None:
    code, level = row["code"], row["level"]
    if level not in ("county", "township", "village"):
        return f"the level is county, township or village, not {level!r}"
    if not (code.isascii() and code.isdigit() and len(code) == LENGTH_OF_LEVEL[level]):
        return f"the code of a {level} has {LENGTH_OF_LEVEL[level]} digits, not {code!r}"
    if code in known:
        return f"the code {code} stands there twice"
    if not row["name"]:
        return f"{code} has no name"
    parent = code[: LENGTH_OF_LEVEL[PARENT_OF[level]]] if level in PARENT_OF else ""
    if row["parent_code"] != parent:
        return f"the code is the hierarchy: the parent_code of {code} is {parent or 'empty'}, not {row['parent_code']}"
    return None


def outline_of(path: Path, datum: str | None) -> shapely.MultiPolygon:
    """Read an outline as WGS 84. `datum`, or the file's property of that name, says what it is in.

    Raises InvalidInput.
    """
    features = _features(path)
    parts: list[Any] = []
    for feature in features:
        named = datum or (feature.get("properties") or {}).get("datum")
        if not isinstance(named, str):
            raise InvalidInput(
                f"{path.name} does not say its datum: name it, wgs84, cgcs2000, gcj02 or bd09",
                code="no_datum",
            )
        shape = _shape(path, feature)
        west, south, east, north = shape.bounds
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise InvalidInput(f"{path.name} is not in degrees, longitude first", code="bad_outline")
        converted = to_wgs84(shapely.get_coordinates(shape), named.replace(" ", ""))
        parts += shapely.get_parts(shapely.set_coordinates(shape, converted)).tolist()
    whole = shapely.union_all(parts)
    if whole.is_empty or not whole.is_valid:
        raise InvalidInput(f"{path.name} holds no valid polygon", code="bad_outline")
    return shapely.MultiPolygon([part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"])


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        said = json.loads(text_of(path))
        kind = said["type"]
        features = said["features"] if kind == "FeatureCollection" else [said]
        if kind in ("Polygon", "MultiPolygon"):
            features = [{"type": "Feature", "properties": {}, "geometry": said}]
        if not features or not all(feature["type"] == "Feature" for feature in features):
            raise LookupError
        return list(features)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InvalidInput(f"{path.name} is not a GeoJSON outline of a county", code="bad_outline") from None


def _shape(path: Path, feature: dict[str, Any]) -> Any:
    try:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    except (ValueError, LookupError, TypeError, shapely.errors.ShapelyError):
        shape = None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InvalidInput(f"{path.name} must hold polygons and nothing else", code="bad_outline")
    if not shape.is_valid:
        return _mended(path, shape)
    return shape


def _mended(path: Path, shape: Any) -> Any:
    """Return an outline whose rings cross themselves without that, where next to nothing changes."""
    mended, changed = mend_polygons(shape)
    if mended is not None:
        return mended
    raise InvalidInput(
        f"{path.name}: {shapely.is_valid_reason(shape)}. Mending that would change the area by {changed:.2%}, which "
        "is more than may go unseen: mend the outline in a GIS program first (in QGIS: Fix geometries).",
        code="bad_outline",
    )
