"""The county's roads: main corridors, roads between townships, between villages, and to every grid, all in one net."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gis.crs import Places
from gis.geometry import Geometries
from layers.demo.divisions import Division, Divisions
from layers.demo.growth import spread
from layers.demo.mesh import Integers, Mesh
from layers.demo.noise import generator
from layers.demo.source import Corridor, CountySource, Township
from layers.demo.terrain import Terrain
from layers.demo.ways import CLASSES, NONE, Ways, building_cost

SPEED_KMH = {"trunk": 70.0, "county": 50.0, "township": 35.0, "village": 20.0}
TRUNK, COUNTY, TOWNSHIP, VILLAGE = range(4)
SMOOTHING = 1.3
SIMPLIFY_M = 2.0
DETOUR_ROUNDS = 40
AVOIDANCE = 60.0
SPINE_WIDTH = 0.12
CONNECTION = "县乡联络线"


@dataclass(frozen=True, slots=True)
class Road:
    """One road from junction to junction: the mesh's sites that it runs through and the links between them."""

    sites: tuple[int, ...]
    links: tuple[int, ...]
    road_class: str
    name: str


@dataclass(frozen=True)
class Network:
    """All roads, and their lines in metres, noded: two lines meet at their ends or not at all."""

    roads: tuple[Road, ...]
    lines: Geometries


def parts_without(ends: Integers, cut: int) -> NDArray[np.int32]:
    """For each node, which connected part of the net it is in once one road is cut; `ends` (m, 2) are nodes."""
    kept = np.delete(ends, cut, axis=0)
    size = int(ends.max()) + 1
    graph = csr_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1])


def _stem(name: str) -> str:
    """玉都镇 without what kind of place it is: 玉都."""
    return name[:-1] if len(name) > 2 and name[-1] in "镇乡村" else name


def neighbours(places: Places, reach: str = "relative") -> list[tuple[int, int]]:
    """Pairs of places that one would join by road: the `relative` neighbourhood graph, or the denser `gabriel` one.

    Both are connected and hold the shortest spanning tree; the relative one has a loop here and there.
    """
    square = ((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
    pairs = []
    for a in range(len(places)):
        for b in range(a + 1, len(places)):
            if reach == "relative":
                between = np.maximum(square[a], square[b]) < square[a, b] * (1 - 1e-9)
            else:
                between = square[a] + square[b] < square[a, b] * (1 - 1e-9)
            if not between.any():
                pairs.append((a, b))
    return sorted(pairs, key=lambda pair: float(square[pair]))


def build_network(
    source: CountySource, mesh: Mesh, terrain: Terrain, divisions: Divisions, seed: int
) -> Network:
    """Lay all roads, the most important first, so that lesser ones join them."""
    ways = Ways(mesh, building_cost(mesh, terrain, seed))
    towns = {town.code: town for town in divisions.townships}
    corridors = source.corridors or (_spine(divisions, mesh),)
    for corridor in corridors:
        _lay_corridor(ways, source, towns, corridor)
    joined = {pair for one in corridors for pair in pairwise(one.township_codes)}
    for a, b in _pairs(mesh, divisions.townships, "gabriel"):
        if (a.code, b.code) not in joined and (b.code, a.code) not in joined:
            ways.lay(a.site, b.site, COUNTY, f"{_stem(a.name)}—{_stem(b.name)}公路")
    for a, b in _pairs(mesh, divisions.villages):
        ways.lay(a.site, b.site, TOWNSHIP, f"{_stem(a.name)}—{_stem(b.name)}路")
    seats = {village.site: village.name for village in divisions.villages}
    for town in divisions.townships:
        ways.lay(town.site, _nearest(mesh, town, divisions.villages).site, TOWNSHIP, f"{_stem(town.name)}街")
    for a, b in _pairs(mesh, divisions.grids, "gabriel"):
        name = seats.get(a.site) or seats.get(b.site) or a.name.partition("第")[0]
        ways.lay(a.site, b.site, VILLAGE, f"{name}通组路")
    for one, town in zip(source.townships, divisions.townships, strict=True):
        _lay_streets(ways, one, town.site, divisions, seed)
    _close_loops(ways, [town.site for town in divisions.townships])
    roads = trace(ways, {town.site for town in divisions.townships})
    return Network(roads, _draw(mesh, roads))


def _lay_streets(ways: Ways, town: Township, seat: int, divisions: Divisions, seed: int) -> None:
    """Streets around a seat: a net of short ways between corners a few hundred metres apart."""
    sites = ways.mesh.sites
    radius_m, apart_m = (1_500.0, 260.0) if town.urban else (520.0, 260.0)
    count = max(4, int(2.2 * (radius_m / apart_m) ** 2))
    rng = generator(seed, f"streets {town.code}")
    away = np.hypot(*(sites - sites[seat]).T)
    own = divisions.cells_of(town.code) & (away < radius_m)
    places = spread(rng, sites[own], np.exp(-away[own] / radius_m), min(count, int(own.sum()) // 3))
    corners = ways.mesh.nearest(places)
    for a, b in neighbours(sites[corners], "gabriel"):
        ways.lay(int(corners[a]), int(corners[b]), VILLAGE, f"{_stem(town.name)}街巷")
    ways.lay(seat, int(corners[0]), VILLAGE, f"{_stem(town.name)}街巷")


def _pairs(
    mesh: Mesh, places: tuple[Division, ...], reach: str = "relative"
) -> list[tuple[Division, Division]]:
    sites = mesh.sites[[place.site for place in places]]
    return [(places[a], places[b]) for a, b in neighbours(sites, reach)]


def _nearest(mesh: Mesh, place: Division, others: tuple[Division, ...]) -> Division:
    away = np.hypot(*(mesh.sites[[other.site for other in others]] - mesh.sites[place.site]).T)
    return others[int(np.argmin(away))]


def _spine(divisions: Divisions, mesh: Mesh) -> Corridor:
    """Where nothing is known of a county's main roads: one along its length, through the centre and what lies near."""
    towns = divisions.townships
    sites = mesh.sites[[town.site for town in towns]]
    centre = mesh.sites[divisions.county.site]
    axis = np.linalg.svd(sites - sites.mean(axis=0))[2][0]
    along, aside = (sites - centre) @ axis, np.abs((sites - centre) @ np.array([-axis[1], axis[0]]))
    ends = {int(np.argmin(along)), int(np.argmax(along))}
    near = np.flatnonzero(aside < SPINE_WIDTH * np.ptp(along)).tolist() if len(towns) > 1 else [0]
    stops = sorted(ends | set(near), key=lambda number: float(along[number]))
    codes = tuple(towns[number].code for number in stops)
    return Corridor(f"{_stem(divisions.county.name)}干线", "trunk", codes, len(codes) > 1, len(codes) > 1)


def _lay_corridor(ways: Ways, source: CountySource, towns: dict[str, Division], corridor: Corridor) -> None:
    road_class = CLASSES.index(corridor.road_class)
    stops = [towns[code].site for code in corridor.township_codes]
    sites = ways.mesh.sites
    if corridor.leaves_at_start:
        stops.insert(0, _exit(ways.mesh, source, sites[stops[0]], sites[stops[1]]))
    if corridor.leaves_at_end:
        stops.append(_exit(ways.mesh, source, sites[stops[-1]], sites[stops[-2]]))
    for a, b in pairwise(stops):
        ways.lay(a, b, road_class, corridor.name)


def _exit(mesh: Mesh, source: CountySource, last: Places, before: Places) -> int:
    """A site at the outline, straight on from the last two stops of a corridor."""
    heading = (last - before) / np.hypot(*(last - before))
    ray = shapely.LineString([last, last + heading * 100_000.0])
    points = shapely.get_coordinates(shapely.intersection(ray, shapely.boundary(source.outline)))
    nearest = points[np.argmin(np.hypot(*(points - last).T))]
    return int(mesh.nearest(nearest[None, :])[0])


def _close_loops(ways: Ways, seats: list[int]) -> None:
    """Add roads until no main road, when cut, parts one township's seat from another on the same land."""
    land = ways.mesh.land[seats]
    for group in np.unique(land).tolist():
        own = [seat for seat, at in zip(seats, land.tolist(), strict=True) if at == group]
        hopeless = set[tuple[int, ...]]()
        for _ in range(DETOUR_ROUNDS if len(own) > 1 else 0):
            parted = _parted(ways, own, hopeless)
            if parted is None:
                break
            road, one_side, other_side = parted
            links = np.array(road.links)
            ways.multiply_cost(links, AVOIDANCE)
            ways.lay(one_side, other_side, COUNTY, CONNECTION)
            ways.multiply_cost(links, 1 / AVOIDANCE)
            hopeless.add(road.links)  # where there is no other ground, it stays the only way


def _parted(ways: Ways, seats: list[int], hopeless: set[tuple[int, ...]]) -> tuple[Road, int, int] | None:
    """A trunk road without which some seats cannot be reached, and the nearest two seats on either side of it."""
    roads = trace(ways, set(seats))
    places = ways.mesh.sites[seats]
    sites, nodes = np.unique([(road.sites[0], road.sites[-1]) for road in roads], return_inverse=True)
    ends, at = nodes.reshape(-1, 2), np.searchsorted(sites, seats)
    for number, road in enumerate(roads):
        if road.road_class != "trunk" or road.links in hopeless:
            continue
        part = parts_without(ends, number)[at]
        if (part == part[0]).all():
            continue
        away = np.hypot(*np.moveaxis(places[:, None] - places[None, :], 2, 0))
        away[part[:, None] == part[None, :]] = np.inf
        a, b = np.unravel_index(int(np.argmin(away)), away.shape)
        return road, seats[int(a)], seats[int(b)]
    return None


def trace(ways: Ways, stops: set[int]) -> tuple[Road, ...]:
    """Follow the links that carry a road from junction to junction; a stop, or a new class or name, ends one too."""
    at: dict[int, list[int]] = {}
    for link in np.flatnonzero(ways.road_class < NONE).tolist():
        for site in ways.mesh.links[link].tolist():
            at.setdefault(site, []).append(link)
    kind = {link: (int(ways.road_class[link]), name) for link, name in ways.name.items()}
    ends = {
        site
        for site, links in at.items()
        if len(links) != 2 or site in stops or kind[links[0]] != kind[links[1]]
    }
    roads, done = [], set[int]()
    for start in (*sorted(ends), *sorted(at)):  # the second round finds rings without a junction
        for link in at[start]:
            if link in done:
                continue
            sites, links = [start], [link]
            done.add(link)
            while True:
                a, b = ways.mesh.links[links[-1]].tolist()
                sites.append(b if sites[-1] == a else a)
                if sites[-1] in ends or sites[-1] == start:
                    break
                following = next(one for one in at[sites[-1]] if one != links[-1])
                links.append(following)
                done.add(following)
            road_class, name = kind[link]
            roads.append(Road(tuple(sites), tuple(links), CLASSES[road_class], name))
    return tuple(roads)


def _smoothed(line: Places) -> Places:
    """Round off the corners that the mesh left; both ends stay at their junctions."""
    if len(line) < 3:
        return line
    dense = np.concatenate([np.column_stack([(line[:-1] + line[1:]) / 2, line[1:]]).reshape(-1, 2)])
    dense = np.concatenate((line[:1], dense))
    smooth = ndimage.gaussian_filter1d(dense, 2 * SMOOTHING, axis=0, mode="nearest")
    fade = np.clip(np.minimum(np.arange(len(dense)), np.arange(len(dense))[::-1]) / 4.0, 0.0, 1.0)[:, None]
    return np.asarray(dense * (1 - fade) + smooth * fade)


def _draw(mesh: Mesh, roads: tuple[Road, ...]) -> Geometries:
    """Smooth lines for the roads; where two would then cross between junctions, both keep the mesh's own corners."""
    raw = np.array([shapely.LineString(mesh.sites[list(road.sites)]) for road in roads], dtype=object)
    lines = np.array(
        [shapely.LineString(_smoothed(mesh.sites[list(road.sites)])) for road in roads], dtype=object
    )
    lines = shapely.simplify(lines, SIMPLIFY_M)
    while (wrong := _crossing(lines, roads)).size:
        fresh = wrong[lines[wrong] != raw[wrong]]
        assert fresh.size, "roads of the mesh cross"
        lines[fresh] = raw[fresh]
    return np.asarray(lines, dtype=object)


def _crossing(lines: Geometries, roads: tuple[Road, ...]) -> Integers:
    """Which lines meet another, or themselves, elsewhere than at a common end."""
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    met = shapely.get_num_coordinates(shapely.intersection(lines[a], lines[b]))
    common = np.array(
        [
            len({roads[i].sites[0], roads[i].sites[-1]} & {roads[j].sites[0], roads[j].sites[-1]})
            for i, j in zip(a.tolist(), b.tolist(), strict=True)
        ]
    )
    bad = met > common
    return np.unique(np.concatenate((a[bad], b[bad], np.flatnonzero(~shapely.is_simple(lines)))))
