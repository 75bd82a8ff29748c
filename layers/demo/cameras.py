"""Five thousand cameras where a county would have them: on main roads, at junctions, in villages, at public places."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely

from gis.crs import Places
from layers.areas import AreaIndex
from layers.camera_codes import POLITICAL_LEGAL_NETWORK, CameraCode
from layers.demo.divisions import Divisions
from layers.demo.mesh import Mesh
from layers.demo.network import Network
from layers.demo.noise import Floats, generator
from layers.demo.places import Place
from layers.demo.source import CountySource

CAMERAS = 5_000
SHARES = {"road": 0.22, "junction": 0.20, "village": 0.30, "public": 0.10, "compound": 0.14, "school": 0.04}
INDUSTRY = {"road": "05", "junction": "04", "village": "01", "public": "00", "compound": "02", "school": "11"}
LABEL = {
    "road": "路段",
    "junction": "路口",
    "village": "村口",
    "public": "",
    "compound": "出入口",
    "school": "校门",
}
PUBLIC_KINDS = frozenset(
    {"centre", "township_centre", "police", "hospital", "fire", "market", "station", "square"}
)
ROAD_WEIGHT = {"trunk": 6.0, "county": 3.0, "township": 1.0, "village": 0.15}
HEALTH = (("online", 0.980), ("offline", 0.013), ("fault", 0.007))
BESIDE_M = 7.0


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera; `at` is WGS 84."""

    code: str
    area_code: str
    name: str
    kind: str
    bearing_deg: int
    field_of_view_deg: int
    health: str
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Spot:
    kind: str
    place: str
    at: Places
    bearing_deg: float


def cameras(
    source: CountySource,
    index: AreaIndex,
    mesh: Mesh,
    divisions: Divisions,
    network: Network,
    places: list[Place],
    seed: int,
    count: int = CAMERAS,
) -> list[Camera]:
    """Place `count` cameras; `index` says which grid each is in."""
    rng = generator(seed, "cameras")
    numbers = {kind: round(count * share) for kind, share in SHARES.items()}
    numbers["village"] += count - sum(numbers.values())
    spots = [
        *_on_roads(rng, network, numbers["road"]),
        *_at_junctions(rng, mesh, network, numbers["junction"]),
        *_in_villages(rng, mesh, divisions, numbers["village"]),
    ]
    for kind, chosen in (
        ("public", [place for place in places if place.kind in PUBLIC_KINDS]),
        ("compound", [place for place in places if place.kind == "compound"]),
        ("school", [place for place in places if place.kind == "school"]),
    ):
        spots += _at_places(rng, kind, chosen, numbers[kind])
    return _described(rng, source, index, mesh, spots)


def _along(line: shapely.LineString, at_m: float) -> tuple[Places, float]:
    """A point on a line and the compass bearing of the line there."""
    a, b = line.interpolate(max(at_m - 5.0, 0.0)), line.interpolate(at_m + 5.0)
    point = line.interpolate(at_m)
    return np.array([point.x, point.y]), float(np.degrees(np.arctan2(b.x - a.x, b.y - a.y)))


def _beside(at: Places, bearing_deg: float) -> Places:
    right = np.radians(bearing_deg + 90.0)
    return at + BESIDE_M * np.array([np.sin(right), np.cos(right)])


def _on_roads(rng: np.random.Generator, network: Network, count: int) -> list[_Spot]:
    length = shapely.length(network.lines)
    weight = length * np.array([ROAD_WEIGHT[road.road_class] for road in network.roads])
    # Evenly along the weighted length: main roads get one every few hundred metres, and none is bunched.
    total = np.cumsum(weight)
    marks = (np.arange(count) + rng.uniform(0.2, 0.8, count)) * total[-1] / count
    spots = []
    for number, mark in zip(np.searchsorted(total, marks).tolist(), marks, strict=True):
        share = 1.0 - (total[number] - mark) / weight[number]
        at, bearing = _along(network.lines[number], float(share * length[number]))
        bearing += 180.0 * float(rng.integers(2))
        spots.append(_Spot("road", network.roads[number].name, _beside(at, bearing), bearing))
    return spots


def _at_junctions(rng: np.random.Generator, mesh: Mesh, network: Network, count: int) -> list[_Spot]:
    """One per arm, first at the junctions of the greatest roads."""
    arms: dict[int, list[tuple[float, str, float]]] = {}
    for road, line in zip(network.roads, network.lines, strict=True):
        for site, at_m in ((road.sites[0], 15.0), (road.sites[-1], line.length - 15.0)):
            _, bearing = _along(line, max(at_m, 0.0))
            arms.setdefault(site, []).append((ROAD_WEIGHT[road.road_class], road.name, bearing))
    ranked = sorted(
        (site for site in arms if len(arms[site]) > 2),
        key=lambda site: (-sum(sorted((arm[0] for arm in arms[site]), reverse=True)[:3]), site),
    )
    spots: list[_Spot] = []
    while ranked and len(spots) < count:
        for turn in range(max(len(arms[site]) for site in ranked)):
            for site in ranked:
                ordered = sorted(arms[site], reverse=True)
                if turn < len(ordered) and len(spots) < count:
                    bearing = ordered[turn][2] + float(rng.uniform(-15, 15))
                    at = mesh.sites[site]
                    spots.append(_Spot("junction", ordered[0][1], _beside(at, bearing), bearing))
    return spots


def _in_villages(rng: np.random.Generator, mesh: Mesh, divisions: Divisions, count: int) -> list[_Spot]:
    spots = []
    for number in range(count):
        grid = divisions.grids[number % len(divisions.grids)]
        at = mesh.sites[grid.site]
        moved = at + rng.normal(0.0, 60.0 + 45.0 * (number // len(divisions.grids)), 2)
        spots.append(_Spot("village", "", moved, float(rng.uniform(0, 360))))
    return spots


def _at_places(rng: np.random.Generator, kind: str, places: list[Place], count: int) -> list[_Spot]:
    spots = []
    for number in range(count if places else 0):
        place = places[number % len(places)]
        angle, away_m = float(rng.uniform(0, 360)), float(rng.uniform(12, 70))
        at = np.array(place.at)
        moved = at + away_m * np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
        spots.append(_Spot(kind, place.name, moved, angle + 180.0))
    return spots


def placed_inside(source: CountySource, index: AreaIndex, mesh: Mesh, metres: Places) -> Places:
    """Bring places to WGS 84; one that fell over the county's border goes to the nearest ground within it."""
    at = source.zone.to_degrees(metres)
    lost = index.locate_many(at) < 0
    at[lost] = source.zone.to_degrees(mesh.sites[mesh.nearest(metres[lost])])
    return at


def _described(
    rng: np.random.Generator, source: CountySource, index: AreaIndex, mesh: Mesh, spots: list[_Spot]
) -> list[Camera]:
    at = placed_inside(source, index, mesh, np.array([spot.at for spot in spots]))
    leaves = index.codes_of(at)
    unit = {town.code: f"{number:02d}" for number, town in enumerate(source.townships, start=1)}
    health = rng.choice([name for name, _ in HEALTH], size=len(spots), p=_shares())
    views = rng.choice([60, 75, 90, 110], size=len(spots), p=[0.3, 0.3, 0.3, 0.1])
    # Codes and names count up from west to east, as if they had been put up in some order.
    serials: Counter[str] = Counter()
    named: Counter[str] = Counter()
    found: list[Camera] = []
    for number in np.lexsort((at[:, 1], at[:, 0])).tolist():
        spot, grid = spots[number], str(leaves[number])
        centre = source.code + unit[grid[:9]]
        serials[centre] += 1
        kind = "131" if spot.kind in ("road", "junction") else "132"
        code = CameraCode(centre, INDUSTRY[spot.kind], kind, POLITICAL_LEGAL_NETWORK, serials[centre])
        name = _name(index, spot, grid)
        named[name] += 1
        found.append(
            Camera(
                str(code),
                grid,
                f"{name}{named[name]:02d}号",
                spot.kind,
                int(spot.bearing_deg) % 360,
                int(views[number]),
                str(health[number]),
                (float(at[number, 0]), float(at[number, 1])),
            )
        )
    return sorted(found, key=lambda camera: camera.code)


def _shares() -> Floats:
    return np.array([share for _, share in HEALTH])


def _name(index: AreaIndex, spot: _Spot, grid: str) -> str:
    township, village = index.get(grid[:9]), index.get(grid[:12])
    where = {"village": f"{township.name}{village.name}", "road": township.name + spot.place}
    where["junction"] = where["road"]
    return where.get(spot.kind, spot.place) + LABEL[spot.kind]
