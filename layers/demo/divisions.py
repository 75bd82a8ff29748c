"""Which cell of the mesh belongs to which township, village and grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.errors import InvalidInput
from layers.demo.growth import distinct_nodes, grow, spread
from layers.demo.mesh import Integers, Mesh
from layers.demo.noise import Floats, generator, smooth_field
from layers.demo.source import CountySource, Township
from layers.demo.terrain import Terrain

# As many grids to a village as Jingchuan has: 317 in 221.
GRIDS_PER_VILLAGE = 317 / 221
# Ground is uneven everywhere: without it borders between seats would run straight across open tableland.
ROUGHNESS, ROUGH_WAVE_M = 0.75, 2_600.0
VILLAGE_SUFFIX = ("村民委员会", "村")
COMMUNITY_SUFFIXES = (("社区居民委员会", "社区"), ("社区居委会", "社区"), ("居民委员会", "社区"))
URBAN_VILLAGE_KM2 = 0.85
ENOUGH_OF_WANTED = 0.7
MOST_OF_HOST = 0.4


@dataclass(frozen=True, slots=True)
class Division:
    """One area of the county; `site` is the mesh's node that stands for it."""

    code: str
    level: str
    name: str
    full_name: str
    parent_code: str | None
    site: int


@dataclass(frozen=True)
class Divisions:
    """All areas, and for each cell of the mesh the position in `grids` of the grid that it belongs to."""

    county: Division
    townships: tuple[Division, ...]
    villages: tuple[Division, ...]
    grids: tuple[Division, ...]
    grid_of_cell: Integers

    def cells_of(self, code: str) -> NDArray[np.bool_]:
        """Which cells lie in the area with this code, of any level: the code is the hierarchy."""
        own = np.array([grid.code.startswith(code) for grid in self.grids] + [False])
        return np.asarray(own[self.grid_of_cell])


def short_name(full_name: str) -> str:
    """What people call a village: 阳坡村民委员会 is the committee of 阳坡村."""
    for suffix, short in (VILLAGE_SUFFIX, *COMMUNITY_SUFFIXES):
        if full_name.endswith(suffix):
            return full_name.removesuffix(suffix) + short
    return full_name


def border_cost(mesh: Mesh, terrain: Terrain, rng: np.random.Generator) -> Floats:
    """What it costs a region to grow over each link: gullies and rivers stop it, so borders come to lie there."""
    a, b = mesh.links.T
    west, south = mesh.sites.min(axis=0)
    east, north = mesh.sites.max(axis=0)
    rough = smooth_field(rng, (west, south, east, north), ROUGH_WAVE_M, octaves=5)(
        (mesh.sites[a] + mesh.sites[b]) / 2
    )
    gully = np.maximum(terrain.gully[a], terrain.gully[b])
    slope = np.abs(terrain.height_m[a] - terrain.height_m[b]) / mesh.length_m
    river = np.where(terrain.crosses_river(mesh), 700.0, 0.0)
    return np.asarray(mesh.length_m * (1.0 + 9.0 * gully + 1.5 * slope) * np.exp(ROUGHNESS * rough) + river)


def _cell_areas(mesh: Mesh) -> Floats:
    """Square metres around each site, estimated from the walls: half of link times wall over two, on both sides."""
    wall = np.hypot(*(mesh.walls[:, 0] - mesh.walls[:, 1]).T)
    return np.asarray(
        np.bincount(mesh.links.ravel(), np.repeat(mesh.length_m * wall / 4, 2), len(mesh.sites))
    )


class _Ground:
    """The mesh with what growing over it costs; regions grow inside a set of its cells."""

    def __init__(self, mesh: Mesh, terrain: Terrain, rng: np.random.Generator) -> None:
        self.mesh, self.terrain = mesh, terrain
        self.area_m2 = _cell_areas(mesh)
        self.graph: csr_array = mesh.graph(border_cost(mesh, terrain, rng), mesh.inside)

    def within(self, cells: Integers) -> csr_array:
        return self.graph[cells][:, cells]

    def grow(self, cells: Integers, seeds: Integers, weight: Floats, share: Floats) -> Integers:
        """Divide `cells` among `seeds`, both numbers of mesh nodes; returns positions in `seeds`."""
        local = np.searchsorted(cells, seeds)
        return grow(self.within(cells), self.mesh.sites[cells], local, weight, share)


def _townships(ground: _Ground, source: CountySource) -> NDArray[np.int64]:
    """For each cell inside the county, the position of its township; sub-districts are carved out of a town."""
    mesh = ground.mesh
    cells = np.flatnonzero(mesh.inside)
    rural = [number for number, carved in enumerate(source.carved) if not carved]
    seeds = mesh.nearest(np.array([source.townships[number].seat for number in rural]))
    if len(set(seeds.tolist())) != len(seeds):
        raise InvalidInput("two townships have the same seat", code="bad_seats")
    share = np.array([float(len(source.townships[number].villages)) ** 0.75 for number in rural])
    owner = np.full(len(mesh.sites), -1, dtype=np.int64)
    owner[cells] = np.array(rural)[ground.grow(cells, seeds, ground.area_m2[cells], share)]
    for number, town in enumerate(source.townships):
        if number not in rural:
            owner[_enclave(ground, owner, np.isin(owner, rural), town)] = number
    return owner


def _enclave(ground: _Ground, owner: Integers, free: NDArray[np.bool_], town: Township) -> Integers:
    """The cells of a built-up sub-district: the cheapest around its seat, away from its host's own border if it can.

    What another sub-district has taken already is not `free`.
    """
    places = np.flatnonzero(free)
    seat = int(places[np.argmin(np.hypot(*(ground.mesh.sites[places] - town.seat).T))])
    wanted = URBAN_VILLAGE_KM2 * 1e6 * len(town.villages)
    host = owner == owner[seat]
    wanted = min(wanted, MOST_OF_HOST * float(ground.area_m2[host].sum()))
    for depth in (3, 1, 0):
        cells = _around_seat(ground, _eroded(ground.mesh, host, depth, seat), seat, wanted)
        if ground.area_m2[cells].sum() > ENOUGH_OF_WANTED * wanted:
            break
    return cells


def _eroded(mesh: Mesh, cells: NDArray[np.bool_], depth: int, seat: int) -> Integers:
    """Take so many layers of cells off the edge of a region; the seat always stays."""
    a, b = mesh.links.T
    inner = cells.copy()
    for _ in range(depth):
        edge = inner[a] != inner[b]
        inner[a[edge]] = inner[b[edge]] = False
    inner[seat] = True
    return np.flatnonzero(inner)


def _around_seat(ground: _Ground, cells: Integers, seat: int, wanted_m2: float) -> Integers:
    """The cheapest of the cells to reach from the seat, until their area is as wanted."""
    cost = np.asarray(dijkstra(ground.within(cells), indices=np.searchsorted(cells, [seat])))[0]
    order = np.argsort(cost, kind="stable")
    enough = int(np.searchsorted(np.cumsum(ground.area_m2[cells[order]]), wanted_m2)) + 1
    taken = order[:enough]
    return np.asarray(cells[taken[np.isfinite(cost[taken])]], dtype=np.int64)


def _crowding(ground: _Ground, cells: Integers, seat: tuple[float, float]) -> Floats:
    """How densely people live: most around the seat, hardly anyone in a gully."""
    away_m = np.hypot(*(ground.mesh.sites[cells] - seat).T)
    people = 1.0 + 1.6 * np.exp(-away_m / 2_500.0)
    return np.asarray(ground.area_m2[cells] * people * (1.0 - 0.6 * ground.terrain.gully[cells]))


def _settle(
    ground: _Ground, rng: np.random.Generator, cells: Integers, weight: Floats, count: int
) -> Integers:
    """Choose `count` cells where people live, spread by weight, on level ground near the ideal place."""
    sites = ground.mesh.sites[cells]
    places = spread(rng, sites, weight, count)
    firm = ground.terrain.gully[cells] < 0.25
    usable = np.flatnonzero(firm) if int(firm.sum()) > 4 * count else np.arange(len(cells))
    return cells[usable[distinct_nodes(sites[usable], places)]]


def _grid_counts(sizes: Floats, total: int) -> NDArray[np.int64]:
    """One grid for each village, and the rest one by one to whoever has most people per grid."""
    if total < len(sizes):
        raise InvalidInput(f"{total} grids cannot cover {len(sizes)} villages", code="too_few_grids")
    counts = np.ones(len(sizes), dtype=np.int64)
    for _ in range(total - len(sizes)):
        counts[np.argmax(sizes / counts)] += 1
    return counts


def grids_of(source: CountySource) -> int:
    """How many grids a county of so many villages would have."""
    return round(sum(len(town.villages) for town in source.townships) * GRIDS_PER_VILLAGE)


def divide(source: CountySource, mesh: Mesh, terrain: Terrain, seed: int, grids: int) -> Divisions:
    """Divide the county: townships around their seats, villages in each, grids in each village."""
    rng = generator(seed, "divisions")
    ground = _Ground(mesh, terrain, rng)
    township_of = _townships(ground, source)
    towns, villages, village_cells, sizes = [], [], [], []
    for number, town in enumerate(source.townships):
        cells = np.flatnonzero(township_of == number)
        if len(cells) < 4 * len(town.villages):
            raise InvalidInput(f"{town.name} has no room around its seat; move it", code="bad_seats")
        seat = int(cells[np.argmin(np.hypot(*(mesh.sites[cells] - town.seat).T))])
        towns.append(Division(town.code, "township", town.name, town.name, source.code, seat))
        weight = _crowding(ground, cells, town.seat)
        seeds = _settle(ground, rng, cells, weight, len(town.villages))
        # The first codes of a township are those at its seat.
        seeds = seeds[np.argsort(np.hypot(*(mesh.sites[seeds] - town.seat).T), kind="stable")]
        owner = ground.grow(cells, seeds, weight, rng.uniform(0.75, 1.35, len(seeds)))
        for position, (code, full_name) in enumerate(town.villages):
            site = int(seeds[position])
            villages.append(Division(code, "village", short_name(full_name), full_name, town.code, site))
            village_cells.append(cells[owner == position])
            sizes.append(float(weight[owner == position].sum()))
    counts = _grid_counts(np.array(sizes), grids)
    found, grid_of_cell = _grids(ground, rng, villages, village_cells, counts)
    centre = next(town for town in towns if town.code == source.centre.code)
    county = Division(source.code, "county", source.name, source.name, None, centre.site)
    return Divisions(county, tuple(towns), tuple(villages), tuple(found), grid_of_cell)


def _grids(
    ground: _Ground,
    rng: np.random.Generator,
    villages: list[Division],
    village_cells: list[Integers],
    counts: NDArray[np.int64],
) -> tuple[list[Division], Integers]:
    grids: list[Division] = []
    grid_of_cell = np.full(len(ground.mesh.sites), -1, dtype=np.int64)
    for village, cells, count in zip(villages, village_cells, counts.tolist(), strict=True):
        seeds = np.array([village.site])
        owner = np.zeros(len(cells), dtype=np.int64)
        if count > 1:
            weight = ground.area_m2[cells]
            seeds = _settle(ground, rng, cells, weight, count)
            seeds = seeds[
                np.argsort(np.hypot(*(ground.mesh.sites[seeds] - ground.mesh.sites[village.site]).T))
            ]
            owner = ground.grow(cells, seeds, weight, np.ones(count))
        grid_of_cell[cells] = len(grids) + owner
        for serial in range(count):
            name = f"{village.name}第{serial + 1}网格"
            code = f"{village.code}{serial + 1:03d}"
            grids.append(Division(code, "grid", name, name, village.code, int(seeds[serial])))
    return grids, grid_of_cell
