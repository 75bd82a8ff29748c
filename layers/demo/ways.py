"""Laying roads over the mesh: each new road takes the cheapest way, and follows older roads where it can."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from layers.demo.mesh import Integers, Mesh
from layers.demo.noise import Floats, generator, smooth_field
from layers.demo.terrain import Terrain

CLASSES = ("trunk", "county", "township", "village")
NONE = len(CLASSES)
# What using a road costs, as a share of building one there.
REUSE = 0.4
BRIDGE_M = 1_500.0
ROUGHNESS, ROUGH_WAVE_M = 0.35, 1_800.0


def building_cost(mesh: Mesh, terrain: Terrain, seed: int) -> Floats:
    """What a road over each link costs, in metres of level road: slopes, gullies and bridges are dear."""
    a, b = mesh.links.T
    gully = (terrain.gully[a] + terrain.gully[b]) / 2
    slope = np.abs(terrain.height_m[a] - terrain.height_m[b]) / mesh.length_m
    flood = np.exp(-((np.minimum(terrain.river_m[a], terrain.river_m[b]) / 180.0) ** 2))
    west, south = mesh.sites.min(axis=0)
    east, north = mesh.sites.max(axis=0)
    field = smooth_field(generator(seed, "roads"), (west, south, east, north), ROUGH_WAVE_M)
    rough = np.exp(ROUGHNESS * field((mesh.sites[a] + mesh.sites[b]) / 2))
    level = mesh.length_m * (1.0 + 5.0 * gully + 9.0 * slope + 2.0 * flood) * rough
    return np.asarray(level + np.where(terrain.crosses_river(mesh), BRIDGE_M, 0.0))


class Ways:
    """The roads laid so far: per link of the mesh its class (NONE where there is no road) and its name."""

    def __init__(self, mesh: Mesh, cost: Floats) -> None:
        self.mesh = mesh
        self._x, self._y = np.ascontiguousarray(mesh.sites.T)
        self.usable = np.flatnonzero(mesh.inside[mesh.links].all(axis=1))
        a, b = mesh.links[self.usable].T
        size, count = len(mesh.sites), len(self.usable)
        slots = csr_array(
            (np.arange(1.0, 2 * count + 1), (np.append(a, b), np.append(b, a))), shape=(size, size)
        )
        entry = slots.data.astype(np.int64) - 1
        self._link_of_slot = self.usable[entry % count]
        order = np.argsort(self._link_of_slot, kind="stable").reshape(-1, 2)
        self._slots = np.full((len(mesh.links), 2), -1, dtype=np.int64)
        self._slots[self.usable] = order
        self.graph = csr_array((cost[self._link_of_slot], slots.indices, slots.indptr), shape=(size, size))
        self.road_class: NDArray[np.int64] = np.full(len(mesh.links), NONE, dtype=np.int64)
        self.name: dict[int, str] = {}
        self.cost = cost

    def lay(self, start: int, end: int, road_class: int, name: str) -> None:
        """Lay a road from one site to another; where a better road is already there, it stays what it is."""
        for link in self.cheapest(start, end):
            if road_class < self.road_class[link]:
                self.road_class[link] = road_class
                self.name[link] = name
                self.graph.data[self._slots[link]] = self.cost[link] * REUSE

    def cheapest(self, start: int, end: int) -> list[int]:
        """The links of the cheapest way from one site to another."""
        if start == end:
            return []
        sites = self.mesh.sites
        middle, away_m = (sites[start] + sites[end]) / 2, np.hypot(*(sites[start] - sites[end]))
        # Nearly every way stays near; searching only there is far quicker.
        reach_m = 0.8 * away_m + 1_500.0
        near = np.flatnonzero(
            (np.abs(self._x - middle[0]) < reach_m) & (np.abs(self._y - middle[1]) < reach_m)
        )
        before = self._before(near, start, end) or self._before(np.arange(len(sites)), start, end)
        assert before is not None, "the mesh is not connected"
        return [self.link(previous, site) for site, previous in before.items()]

    def _before(self, cells: Integers, start: int, end: int) -> dict[int, int] | None:
        """The site before each site on the cheapest ways from `start` within `cells`; None where `end` is cut off."""
        graph = self.graph[cells][:, cells]
        at, goal = np.searchsorted(cells, [start, end])
        found: Any = dijkstra(graph, directed=True, indices=[int(at)], return_predecessors=True)
        cost, before = found[0][0], found[1][0]
        if not np.isfinite(cost[goal]):
            return None
        way: dict[int, int] = {}
        while goal != at:
            way[int(cells[goal])] = int(cells[before[goal]])
            goal = before[goal]
        return way

    def link(self, a: int, b: int) -> int:
        """The number of the link between two neighbouring sites."""
        first, last = self.graph.indptr[a], self.graph.indptr[a + 1]
        slot = first + int(np.flatnonzero(self.graph.indices[first:last] == b)[0])
        return int(self._link_of_slot[slot])

    def multiply_cost(self, links: Integers, factor: float) -> None:
        """Make links dearer, or cheaper, from now on."""
        self.graph.data[self._slots[links].ravel()] *= factor
