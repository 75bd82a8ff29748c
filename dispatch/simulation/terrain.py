"""The ground that robots move on: the roads and grids that the public API serves, and where things happen on them."""

from collections import defaultdict
from random import Random
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import MetricZone
from layers.roads import Edge, RoadGraph, Route

Floats = NDArray[np.float64]
Place = tuple[float, float]

BIG_ROADS = frozenset({"trunk", "county"})
TOWN_RADIUS_M = 900.0
DEGREES_PER_M = 1 / 111_000.0
ROUNDED_TO = 6  # digits at which two ends are the same node: a decimetre
DEFAULT_KMH = 30.0


class Terrain:
    """The road graph, and its corner points by grid and by kind of place (town, village, road, hill)."""

    def __init__(
        self, roads: dict[str, Any], grids: dict[str, Any], towns: dict[str, Any] | None = None
    ) -> None:
        """Build from GeoJSON FeatureCollections: lines, grids with a `code`, townships with a `seat`."""
        passable = [feature for feature in roads["features"] if not feature["properties"].get("closed")]
        lines = [as_line(feature) for feature in passable]
        kinds = [str(feature["properties"].get("road_class", "village")) for feature in passable]
        west, _, east, _ = shapely.total_bounds(np.array(lines, dtype=object))
        self.zone = MetricZone.around(float(west), float(east))
        self.graph = RoadGraph(edges_of(lines, passable), self.zone)
        self.points, owner = shapely.get_coordinates(np.array(lines, dtype=object), return_index=True)
        self.metres: Floats = self.zone.to_metres(self.points)
        self.codes = codes_of(self.points, grids)
        self.kinds = np.array([place_kind(kind) for kind in kinds])[owner]
        self._mark_towns(towns)
        self.by_grid: dict[str, list[int]] = defaultdict(list)
        for number, code in enumerate(self.codes):
            if code:
                self.by_grid[code].append(number)
        self._inside = np.flatnonzero(self.codes != "")
        self.by_kind = {
            kind: self._inside[self.kinds[self._inside] == kind] for kind in ("road", "village", "town")
        }

    def _mark_towns(self, towns: dict[str, Any] | None) -> None:
        seats = [feature["properties"]["seat"] for feature in (towns or {"features": []})["features"]]
        if not seats:
            return
        tree = shapely.STRtree([shapely.Point(seat) for seat in self.zone.to_metres(seats)])
        near = tree.query(shapely.points(self.metres), predicate="dwithin", distance=TOWN_RADIUS_M)[0]
        self.kinds[np.unique(near)] = "town"

    def numbers_in(self, area: str) -> list[int]:
        """Return the corner points that lie in an area of any level."""
        if area in self.by_grid:
            return self.by_grid[area]
        return [
            number for code, numbers in self.by_grid.items() if code.startswith(area) for number in numbers
        ]

    def place(self, number: int) -> Place:
        """Return the longitude and latitude of a corner point."""
        lon, lat = self.points[number]
        return float(lon), float(lat)

    def spot(self, rng: Random, kind: str, area: str = "") -> Place:
        """Draw a place of a kind, a little off the road; on the hills far off it."""
        numbers = self.by_kind.get("village" if kind == "hill" else kind, self._inside)
        if area:
            numbers = np.array([n for n in self.numbers_in(area) if n in set(numbers.tolist())], dtype=int)
        if not len(numbers):
            numbers = np.array(self.numbers_in(area) if area else self._inside, dtype=int)
        lon, lat = self.place(int(rng.choice(numbers.tolist())))
        reach_m = {"hill": 250.0, "road": 8.0}.get(kind, 60.0)
        east, north = (rng.gauss(0, reach_m / 2) * DEGREES_PER_M for _ in range(2))
        return lon + east, lat + north

    def route(self, origin: Place, destination: Place) -> Route:
        """Return the fastest way."""
        return self.graph.route(origin, destination)


def place_kind(road_class: str) -> str:
    """Return what kind of place lies beside a road of a class."""
    return "road" if road_class in BIG_ROADS else "village"


def as_shape(feature: dict[str, Any]) -> shapely.Geometry:
    """Return the geometry of a GeoJSON feature."""
    shape: shapely.Geometry = shapely.geometry.shape(feature["geometry"])
    return shape


def as_line(feature: dict[str, Any]) -> shapely.LineString:
    """Return a feature's line; of several parts the longest."""
    shape = as_shape(feature)
    if isinstance(shape, shapely.MultiLineString):
        shape = max(shape.geoms, key=lambda part: part.length)
    if not isinstance(shape, shapely.LineString):
        raise TypeError(f"a road is a line, not a {type(shape).__name__}")
    return shape


def edges_of(lines: list[shapely.LineString], features: list[dict[str, Any]]) -> list[Edge]:
    """Return the roads as edges between nodes that are told apart by their coordinates."""
    nodes: dict[tuple[float, float], int] = {}

    def node(point: tuple[float, ...]) -> int:
        return nodes.setdefault((round(point[0], ROUNDED_TO), round(point[1], ROUNDED_TO)), len(nodes))

    return [
        Edge(
            node(line.coords[0]),
            node(line.coords[-1]),
            float(feature["properties"].get("speed_kmh") or DEFAULT_KMH),
            line,
            bool(feature["properties"].get("one_way", False)),
        )
        for line, feature in zip(lines, features, strict=True)
    ]


def codes_of(points: Floats, grids: dict[str, Any]) -> NDArray[np.str_]:
    """Return the code of the grid that each point lies in; empty where it lies in none."""
    codes = np.array([str(feature["properties"]["code"]) for feature in grids["features"]])
    tree = shapely.STRtree([as_shape(feature) for feature in grids["features"]])
    number, grid = tree.query(shapely.points(points), predicate="intersects")
    found = np.full(len(points), "", dtype=codes.dtype)
    found[number] = codes[grid]
    return found
