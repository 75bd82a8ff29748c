"""Every name that a report may call a place by, in memory: areas, facilities, points of interest and roads."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import cos, pi, radians, sqrt
from pathlib import Path
from typing import Any

import shapely

from layers.areas import Area, AreaIndex

WORDS = Path(__file__).with_name("places.toml")
DEGREE_M = 111_320.0
POINT_RADIUS_M, CAMERA_RADIUS_M = 80.0, 40.0
TOWNSHIP_ENDS = ("街道办事处", "街道", "镇", "乡")
VILLAGE_ENDS = ("社区", "村")
ROAD_ENDS = ("公路", "干线", "通组路", "路", "街")
COUNTY_ENDS = ("县", "市", "区")
LEAST_STEM = 2
HEARD_ENDS, LEAST_HEARD, MOST_HEARD = ("镇", "乡", "村"), 3, 5
VARIANTS = str.maketrans({"郞": "郎", "—": "-", "－": "-", "–": "-", "～": "-", "~": "-"})


@dataclass(frozen=True, slots=True)
class Named:
    """One place with a name. `radius_m` says how far from (lon, lat) the thing told of may be."""

    kind: str  # county, township, village, grid, facility, poi, road, camera, point
    name: str
    lon: float
    lat: float
    area_code: str
    radius_m: float


@dataclass(frozen=True, slots=True)
class Calling:
    """One way to call a place: `bare` where the word that says what it is was left away, `within` where the
    township's or the county's name was, `heard` where only the sound is right: hotlines write down what they hear.
    """

    place: Named
    bare: bool = False
    within: bool = False
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a facility or a point of interest."""

    kind: str
    name: str
    lon: float
    lat: float
    area_code: str


def plain_name(text: str) -> str:
    """Return a text with the variants of a character made one; every character stays in its place."""
    return text.translate(VARIANTS)


def stem_of(name: str, ends: Sequence[str] = (*TOWNSHIP_ENDS, *VILLAGE_ENDS)) -> str:
    """Return a name without the word that says what it is, if enough of it is left."""
    for end in ends:
        if name.endswith(end) and len(name) - len(end) >= LEAST_STEM:
            return name[: -len(end)]
    return name


class Gazetteer:
    """The names of one county. Built once, read by many; a change of the rows builds a new one."""

    def __init__(self, areas: AreaIndex, places: Iterable[Place], roads: Iterable[tuple[str, Any]]) -> None:
        self.areas = areas
        self.callings: dict[str, list[Calling]] = defaultdict(list)
        self.roads: dict[str, Any] = {}
        self.between: dict[frozenset[str], list[str]] = defaultdict(list)
        self.named: dict[str, Named] = {}
        self._parts: dict[tuple[str, str], tuple[float, float] | None] = {}
        self._areas()
        self._places(places)
        self._roads(roads)
        self._heard: dict[tuple[str, ...], list[Calling]] = defaultdict(list)
        for name, callings in self.callings.items():
            if len(name) >= LEAST_HEARD and name.endswith(HEARD_ENDS):
                alike = [one for one in callings if one.place.kind in ("township", "village")]
                self._heard[sound_of(name)] += [replace(one, heard=True) for one in alike]
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self.callings:
            lengths[name[0]].add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def _call(self, name: str, place: Named, *, bare: bool = False, within: bool = False) -> None:
        key = plain_name(name)
        if len(key) < LEAST_STEM or any(one.place == place for one in self.callings[key]):
            return
        self.callings[key].append(Calling(place, bare, within))

    def _areas(self) -> None:
        for area in self.areas.by_code.values():
            place = self._area(area)
            self.named[area.code] = place
            self._call(area.name, place)
            if area.level == "township":
                stem = stem_of(area.name, TOWNSHIP_ENDS)
                for end in ("镇", "乡", *words()["said"]["township"]):
                    self._call(stem + end, place)
                self._call(stem, place, bare=True)
            elif area.level == "village":
                stem = stem_of(area.name, VILLAGE_ENDS)
                own = "社区" if area.name.endswith("社区") else "村"
                self._call(stem + own, place)
                # A village called "Wang village" is called so, and not "Wang village village".
                self._call(stem, place, bare=not stem.endswith("村"))

    def _area(self, area: Area) -> Named:
        shape = self.areas.geometry_of[area.code]
        square_m = shapely.area(shape) * DEGREE_M**2 * cos(radians(area.seat[1]))
        return Named(area.level, area.name, *area.seat, area.code, round(sqrt(square_m / pi), 1))

    def _places(self, places: Iterable[Place]) -> None:
        for row in places:
            place = Named(row.kind, row.name, row.lon, row.lat, row.area_code, POINT_RADIUS_M)
            for name, within in self._said_of(row):
                for variant in (name, *also(name)):
                    self._call(variant, place, within=within)

    def _said_of(self, row: Place) -> Iterable[tuple[str, bool]]:
        """Yield the names of a place, and whether they leave away where it is."""
        yield row.name, False
        codes = [
            code for code in (row.area_code[:6], row.area_code[:9], row.area_code[:12]) if code in self.areas
        ]
        for code in codes:
            area = self.areas.get(code)
            for first, within in (
                (area.name, True),
                (stem_of(area.name, (*TOWNSHIP_ENDS, *VILLAGE_ENDS, *COUNTY_ENDS)), True),
            ):
                if row.name.startswith(area.name) and len(row.name) - len(area.name) >= LEAST_STEM:
                    rest = row.name.removeprefix(area.name)
                    yield rest, within
                    yield first + rest, False

    def _roads(self, roads: Iterable[tuple[str, Any]]) -> None:
        lines: dict[str, list[Any]] = defaultdict(list)
        for name, line in roads:
            lines[name].append(line)
        for name, parts in lines.items():
            shape = shapely.multilinestrings(parts)
            middle = shapely.line_interpolate_point(max(parts, key=shapely.length), 0.5, normalized=True)
            west, south, east, north = shapely.bounds(shape)
            reach_m = DEGREE_M * max(north - south, (east - west) * cos(radians(south))) / 2
            code = self._code_at(middle.x, middle.y)
            place = Named("road", name, middle.x, middle.y, code, round(max(reach_m, POINT_RADIUS_M), 1))
            self.roads[name] = shape
            self.named[name] = place
            self._call(name, place)
            ends = plain_name(stem_of(name, ROAD_ENDS)).split("-")
            if len(ends) == 2:
                self.between[frozenset(map(stem_of, ends))].append(name)

    def _code_at(self, lon: float, lat: float) -> str:
        found = self.areas.codes_of([(lon, lat)])[0]
        return str(found) or self.areas.county.code

    def longest_at(self, text: str, start: int) -> tuple[str, list[Calling]] | None:
        """Return the longest name that stands in a text at a place, with all that is called so."""
        for length in self._lengths.get(text[start], ()):
            name = text[start : start + length]
            found = self.callings.get(name) if len(name) == length else None
            if found:
                return name, found
        return None

    def heard_at(self, text: str, start: int) -> tuple[str, list[Calling]] | None:
        """Return the longest piece of a text that sounds like the whole name of an area, with what sounds so."""
        for length in range(MOST_HEARD, LEAST_HEARD - 1, -1):
            name = text[start : start + length]
            if len(name) == length and name.endswith(HEARD_ENDS):
                found = self._heard.get(sound_of(name))
                if found:
                    return name, found
        return None

    def part_of_road(self, name: str, code: str) -> tuple[float, float] | None:
        """Return a place on a road within an area, near its seat; None where the road does not touch the area."""
        key = (name, code)
        if key not in self._parts:
            self._parts[key] = self._part(name, code)
        return self._parts[key]

    def _part(self, name: str, code: str) -> tuple[float, float] | None:
        # A trunk road has hundreds of pieces and an area touches a few: their boxes say which.
        shape, parts = self.areas.geometry_of[code], shapely.get_parts(self.roads[name])
        west, south, east, north = shapely.bounds(shape)
        left, low, right, top = shapely.bounds(parts).T
        near = parts[(left <= east) & (right >= west) & (low <= north) & (top >= south)]
        if not len(near):
            return None
        inside = shapely.intersection(shapely.multilinestrings(list(near)), shape)
        if shapely.is_empty(inside):
            return None
        seat = shapely.Point(*self.areas.point_of(code))
        nearest = shapely.get_point(shapely.shortest_line(inside, seat), 0)
        return float(nearest.x), float(nearest.y)

    def beginning(self, said: str, most: int) -> list[Named]:
        """Return what is called so, or so at the beginning, or so within: for a search while somebody types."""
        said = plain_name(said.strip())
        if not said:
            return []
        ranked = sorted(
            (not name.startswith(said), len(name), name) for name in self.callings if said in name
        )
        found: dict[Named, None] = {}
        for _, _, name in ranked:
            for one in self.callings[name]:
                found.setdefault(one.place)
            if len(found) >= most:
                break
        return list(found)[:most]


def sound_of(name: str) -> tuple[str, ...]:
    """Return how a name sounds, as somebody writes it down who does not know it: no tones, z for zh, n for ng."""
    return tuple(map(_sound, name))


@lru_cache(maxsize=4096)
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary is a third of a second of every start

    said = lazy_pinyin(character)[0]
    return re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", said))


@cache
def words() -> dict[str, Any]:
    """Return the table of how people call places."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def also(name: str) -> list[str]:
    """Return what else a name is called by its end."""
    return [
        name.removesuffix(end) + other
        for end, others in words()["also"].items()
        if name.endswith(end)
        for other in others
    ]
