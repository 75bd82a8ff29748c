"""What the demonstration county is made from: an outline, the list of divisions, the seats and the rivers."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import shapely

from gis.crs import MetricZone, to_wgs84
from gis.errors import InvalidInput

DATA = Path(__file__).parent / "data"
OUTLINE = DATA / "jingchuan_outline_gcj02.geojson"
DIVISIONS = DATA / "jingchuan_divisions.csv"
SEATS = DATA / "township_seats_approx.csv"
RIVERS = DATA / "rivers_approx.csv"
CORRIDORS = DATA / "corridors_approx.csv"

TOWNSHIP_DIGITS = slice(6, 9)


@dataclass(frozen=True, slots=True)
class Township:
    """One township-level division and the villages in it; `seat` and distances are metres in the county's zone."""

    code: str
    name: str
    seat: tuple[float, float]
    setting: str
    villages: tuple[tuple[str, str], ...]

    @property
    def urban(self) -> bool:
        """Sub-districts (街道) have the serials 001 to 099: built-up ground inside another township."""
        return self.code[TOWNSHIP_DIGITS] < "100"


@dataclass(frozen=True, slots=True)
class River:
    """A river's course by a few waypoints, in metres."""

    name: str
    waypoints: tuple[tuple[float, float], ...]
    width_m: float


@dataclass(frozen=True, slots=True)
class Corridor:
    """A main road through the seats of these townships, in order; it may run on over the county's border."""

    name: str
    road_class: str
    township_codes: tuple[str, ...]
    leaves_at_start: bool
    leaves_at_end: bool


@dataclass(frozen=True, slots=True)
class CountySource:
    """Everything the generator needs; the outline is metres in `zone`."""

    code: str
    name: str
    zone: MetricZone
    outline: shapely.Polygon
    townships: tuple[Township, ...]
    rivers: tuple[River, ...]
    corridors: tuple[Corridor, ...]

    @property
    def centre(self) -> Township:
        """Where the county's own centre sits: the urban sub-district, else the first town."""
        return next((one for one in self.townships if one.urban), self.townships[0])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _read_outline(path: Path) -> shapely.Polygon:
    """Read the outline as WGS 84; the feature's `datum` property says what the file is in."""
    try:
        feature = json.loads(path.read_text(encoding="utf-8"))["features"][0]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    except (ValueError, LookupError, TypeError, shapely.errors.ShapelyError) as error:
        raise InvalidInput(f"{path.name} is not a GeoJSON outline of a county", code="bad_outline") from error
    datum = feature.get("properties", {}).get("datum", "WGS84")
    shape = shapely.transform(shape, lambda places: to_wgs84(places, datum))
    parts = shapely.get_parts(shape)
    largest = max(parts, key=lambda part: float(part.area))
    if not isinstance(largest, shapely.Polygon) or not largest.is_valid:
        raise InvalidInput(f"{path.name} must hold one valid polygon", code="bad_outline")
    return shapely.Polygon(largest.exterior)


def _seats(path: Path | None, zone: MetricZone) -> dict[str, tuple[tuple[float, float], str]]:
    found = {}
    for row in _rows(path) if path else []:
        x, y = zone.to_metres([(float(row["lon_wgs84"]), float(row["lat_wgs84"]))])[0]
        found[row["code"]] = ((float(x), float(y)), row.get("setting") or "")
    return found


def _rivers(path: Path | None, zone: MetricZone) -> tuple[River, ...]:
    courses: dict[str, list[dict[str, str]]] = {}
    for row in _rows(path) if path else []:
        courses.setdefault(row["river"], []).append(row)
    rivers = []
    for rows in courses.values():
        points = zone.to_metres([(float(row["lon_wgs84"]), float(row["lat_wgs84"])) for row in rows])
        width = max(float(row["width_m"]) for row in rows)
        rivers.append(River(rows[0]["name"], tuple((float(x), float(y)) for x, y in points), width))
    return tuple(rivers)


def _corridors(path: Path | None) -> tuple[Corridor, ...]:
    return tuple(
        Corridor(
            row["name"],
            row["road_class"],
            tuple(row["township_codes"].split()),
            row["leaves_county"] == "both",
            row["leaves_county"] in ("both", "end"),
        )
        for row in (_rows(path) if path else [])
    )


def read_county(
    outline: Path = OUTLINE,
    divisions: Path = DIVISIONS,
    seats: Path | None = SEATS,
    rivers: Path | None = RIVERS,
    corridors: Path | None = CORRIDORS,
) -> CountySource:
    """Read a county's source files. Raises InvalidInput when a file does not hold what it should."""
    polygon = _read_outline(outline)
    west, _, east, _ = polygon.bounds
    zone = MetricZone.around(west, east)
    metric = shapely.transform(polygon, zone.to_metres)
    by_level: dict[str, list[dict[str, str]]] = {}
    for row in _rows(divisions):
        by_level.setdefault(row["level"], []).append(row)
    if len(by_level.get("county", [])) != 1 or not by_level.get("township") or not by_level.get("village"):
        raise InvalidInput(
            f"{divisions.name} needs one county, its townships and villages", code="bad_divisions"
        )
    known = _seats(seats, zone)
    townships = []
    for row in sorted(by_level["township"], key=lambda row: row["code"]):
        villages = tuple(
            (one["code"], one["name"]) for one in by_level["village"] if one["parent_code"] == row["code"]
        )
        if row["code"] not in known:
            raise InvalidInput(f"the seat of {row['name']} ({row['code']}) is missing", code="bad_seats")
        seat, setting = known[row["code"]]
        townships.append(Township(row["code"], row["name"], seat, setting, tuple(sorted(villages))))
    county = by_level["county"][0]
    return CountySource(
        county["code"],
        county["name"],
        zone,
        metric,
        tuple(townships),
        _rivers(rivers, zone),
        _corridors(corridors),
    )
