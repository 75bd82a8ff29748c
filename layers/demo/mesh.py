"""A fine mesh of irregular cells over the county: borders run between its cells, roads along its links."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi, cKDTree

from gis.crs import Places
from layers.demo.noise import Floats, generator
from layers.demo.source import CountySource

CELL_M = 130.0
URBAN_CELL_M = 60.0
URBAN_RADIUS_M = 2_600.0
MARGIN_M = 450.0
JITTER = 0.32
MOST_CELLS, CELLS_OF_VILLAGE = 140_000, 150
# Square metres of a cell of a hexagonal lattice of 1 m.
HEXAGON = 0.866
# A part of the county that is smaller gets no villages of its own; it goes to the nearest.
LEAST_CELLS, LEAST_SHARE = 40, 0.01

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Mesh:
    """Cells around `sites` (n, 2), metres. `links` (m, 2) are pairs of neighbours, `walls` the border between them.

    `inside` says which sites lie in the county, all connected; the others are there so that borders run out over
    the outline. The last `ferries` links join parts of the county that lie apart; their walls are points.
    """

    sites: Places
    inside: NDArray[np.bool_]
    links: Integers
    walls: Places
    ferries: int = 0

    @cached_property
    def length_m(self) -> Floats:
        """Metres between the two sites of each link."""
        return np.asarray(np.hypot(*(self.sites[self.links[:, 0]] - self.sites[self.links[:, 1]]).T))

    @cached_property
    def land(self) -> Integers:
        """Which piece of land each site lies on: the county's parts lie apart, or hang together by a ferry only."""
        a, b = self.links[: len(self.links) - self.ferries].T
        usable = self.inside[a] & self.inside[b]
        size = len(self.sites)
        graph = csr_array((np.ones(int(usable.sum())), (a[usable], b[usable])), shape=(size, size))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    @cached_property
    def tree(self) -> cKDTree:
        """For the site nearest to a place, inside the county."""
        return cKDTree(self.sites[self.inside])

    @cached_property
    def _inside_numbers(self) -> Integers:
        return np.flatnonzero(self.inside)

    def nearest(self, places: Places) -> Integers:
        """The site inside the county nearest to each place (n, 2)."""
        return np.asarray(self._inside_numbers[self.tree.query(places)[1]], dtype=np.int64)

    def graph(self, cost: Floats, usable: NDArray[np.bool_]) -> csr_array:
        """Both directions of each link between usable sites, weighted by `cost` (m,)."""
        keep = usable[self.links].all(axis=1)
        a, b = self.links[keep].T
        size = len(self.sites)
        rows, columns = np.concatenate((a, b)), np.concatenate((b, a))
        return csr_array((np.tile(cost[keep], 2), (rows, columns)), shape=(size, size))


def _lattice(rng: np.random.Generator, bounds: tuple[float, float, float, float], step_m: float) -> Places:
    """A hexagonal lattice, each point moved a little: even cells without a direction that the eye finds."""
    west, south, east, north = bounds
    rows = np.arange(south, north, step_m * HEXAGON)
    columns = np.arange(west, east, step_m)
    x, y = np.meshgrid(columns, rows)
    x = x + np.where(np.arange(len(rows)) % 2, step_m / 2, 0.0)[:, None]
    points = np.column_stack((x.ravel(), y.ravel()))
    return points + rng.uniform(-JITTER, JITTER, points.shape) * step_m


def cell_m_of(source: CountySource) -> float:
    """How wide a cell is: finer where villages are small, coarser where a large county would be slow."""
    area_m2 = float(source.outline.area)
    villages = sum(len(town.villages) for town in source.townships)
    finest = float(np.sqrt(area_m2 / MOST_CELLS / HEXAGON))
    return max(finest, min(CELL_M, float(np.sqrt(area_m2 / (villages * CELLS_OF_VILLAGE) / HEXAGON))))


def build_mesh(source: CountySource, seed: int) -> Mesh:
    """Cover the county and a margin around it, finer where an urban sub-district needs small areas."""
    rng = generator(seed, "mesh")
    around = shapely.buffer(source.outline, MARGIN_M)
    shapely.prepare(around)
    shapely.prepare(source.outline)
    cell_m = cell_m_of(source)
    sites = _lattice(rng, around.bounds, cell_m)
    for town, carved in zip(source.townships, source.carved, strict=True):
        if carved:
            x, y = town.seat
            box = (x - URBAN_RADIUS_M, y - URBAN_RADIUS_M, x + URBAN_RADIUS_M, y + URBAN_RADIUS_M)
            fine = _lattice(rng, box, min(URBAN_CELL_M, cell_m))
            near = np.hypot(*(fine - town.seat).T) < URBAN_RADIUS_M
            sites = np.concatenate((sites[np.hypot(*(sites - town.seat).T) >= URBAN_RADIUS_M], fine[near]))
    sites = sites[shapely.contains_xy(around, sites[:, 0], sites[:, 1])]
    cells = Voronoi(sites)
    walls = np.asarray(cells.ridge_vertices)
    # Walls of the outermost cells run to infinity, or far out; the county does not reach there.
    bounded = (walls >= 0).all(axis=1)
    links, walls = np.asarray(cells.ridge_points)[bounded], walls[bounded]
    near = np.hypot(*(sites[links[:, 0]] - sites[links[:, 1]]).T) < 4 * cell_m
    links, walls = links[near].astype(np.int64), walls[near]
    inside = np.asarray(shapely.contains_xy(source.outline, sites[:, 0], sites[:, 1]))
    parts = _parts(inside, links)
    inside = parts >= 0
    ferries = _ferries(sites, parts)
    joined = np.asarray(np.concatenate((links, ferries)), dtype=np.int64)
    walls = np.concatenate((cells.vertices[walls], np.repeat(sites[ferries[:, :1]], 2, axis=1)))
    return Mesh(sites, inside, joined, walls, len(ferries))


def _parts(inside: NDArray[np.bool_], links: Integers) -> Integers:
    """Which part of the county each cell lies in, 0 being the largest, and -1 outside.

    Left out as well is what hangs on a neck of the outline thinner than the mesh: nothing can grow or drive there.
    """
    a, b = links[inside[links].all(axis=1)].T
    graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(inside), len(inside)))
    part = connected_components(graph, directed=False)[1]
    sizes = np.bincount(part[inside])
    order = np.argsort(-sizes, kind="stable")
    kept = order[sizes[order] >= max(LEAST_CELLS, LEAST_SHARE * sizes[order[0]])]
    rank = np.full(len(part), -1, dtype=np.int64)
    rank[kept] = np.arange(len(kept))
    return np.asarray(np.where(inside, rank[part], -1), dtype=np.int64)


def _ferries(sites: Places, parts: Integers) -> Integers:
    """Pairs of cells that join each part to the nearest of the larger ones."""
    pairs = []
    for part in range(1, int(parts.max()) + 1):
        own, others = np.flatnonzero(parts == part), np.flatnonzero((parts >= 0) & (parts < part))
        away, nearest = cKDTree(sites[others]).query(sites[own])
        best = int(np.argmin(away))
        pairs.append((own[best], others[np.asarray(nearest)[best]]))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
