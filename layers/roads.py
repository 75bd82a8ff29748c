"""The road network in memory: travel times from many places to one, and the way from one place to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.crs import MetricZone, Places, as_places
from gis.geometry import from_wkb
from layers.snapping import Snap, Snapper
from layers.tables import roads

OFF_ROAD_KMH = 6.0
OFF_ROAD_MPS = OFF_ROAD_KMH / 3.6
NO_ROADS_MPS = 20.0 / 3.6
# This near to an edge's end one stands at the junction, and may leave by any road, also past a one-way sign.
AT_NODE_M = 1.0
# An edge of weight zero would read as no edge at all.
LEAST_S = 1e-6

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edge:
    """One road between two nodes; `line` is WGS 84, running from `from_node` to `to_node`."""

    from_node: int
    to_node: int
    speed_kmh: float
    line: shapely.LineString
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Travel:
    """How long and how far n origins are from one destination, by the fastest way, and how much of it is walked."""

    seconds: Floats
    metres: Floats
    foot_m: Floats


@dataclass(frozen=True, slots=True)
class Route:
    """The fastest way: its line as [[lon, lat], …] from origin to destination, its seconds and metres."""

    line: list[list[float]]
    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """The last stretch, from an end node of the destination's edge to the destination on it."""

    seconds: float
    metres: float
    by_start: bool


@dataclass(frozen=True, slots=True)
class _Tree:
    """Fastest ways from every node to one destination; the last node is the destination itself."""

    seconds: Floats
    metres: Floats
    towards: Integers
    entries: dict[int, _Entry]
    snap: Snap
    at: Places


class RoadGraph:
    """Roads as a directed graph weighted by seconds. Built once, read by many threads.

    A place off the road reaches the nearest road on foot, straight, or walks all the way where that is faster.
    """

    def __init__(self, edges: Sequence[Edge], zone: MetricZone) -> None:
        self.zone = zone
        self.lines = [shapely.get_coordinates(edge.line) for edge in edges]
        if not edges:
            raise ValueError("a road graph needs at least one road")
        points = zone.to_metres(np.concatenate(self.lines))
        owner = np.repeat(np.arange(len(edges)), [len(line) for line in self.lines])
        metric = np.asarray(shapely.linestrings(points, indices=owner), dtype=object)
        self.along = [_cumulated(part) for part in np.split(points, np.flatnonzero(np.diff(owner)) + 1)]
        self.length_m = np.array([along[-1] for along in self.along])
        self.seconds = self.length_m / (np.array([edge.speed_kmh for edge in edges]) / 3.6)
        self.two_way = np.array([not edge.one_way for edge in edges])
        ends = np.array([(edge.from_node, edge.to_node) for edge in edges], dtype=np.int64)
        self.node_ids, numbers = np.unique(ends.ravel(), return_inverse=True)
        self.start, self.end = numbers.reshape(-1, 2).T
        self.nodes = len(self.node_ids)
        self._snapper = Snapper(metric)
        self._build_reversed()

    def _build_reversed(self) -> None:
        """Prebuild the reversed graph in CSR form; a query appends one row, its destination."""
        edge = np.arange(len(self.start))
        back = edge[self.two_way]
        tail = np.concatenate((self.start, self.end[back]))
        head = np.concatenate((self.end, self.start[back]))
        edge = np.concatenate((edge, back))
        # Of parallel roads the fastest counts: scipy would add them up.
        order = np.lexsort((self.seconds[edge], tail, head))
        tail, head, edge = tail[order], head[order], edge[order]
        first = np.append(True, (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])) & (head != tail)
        tail, head, edge = tail[first], head[first], edge[first]
        self._pair = head * (self.nodes + 1) + tail
        self._pair_edge = edge
        counts = np.bincount(head, minlength=self.nodes)
        self._indptr = np.concatenate(([0], np.cumsum(counts)))
        self._indices = tail
        self._data = np.maximum(self.seconds[edge], LEAST_S)

    def _entries(self, edge: int, along_m: float) -> dict[int, _Entry]:
        """How a place on an edge is entered from the edge's end nodes; of a loop's two ways the faster."""
        length = float(self.length_m[edge])
        pace = float(self.seconds[edge]) / length
        ways = [_Entry(along_m * pace, along_m, True)]
        if self.two_way[edge] or length - along_m <= AT_NODE_M:
            ways.append(_Entry((length - along_m) * pace, length - along_m, False))
        entries: dict[int, _Entry] = {}
        for node, way in zip((int(self.start[edge]), int(self.end[edge])), ways, strict=False):
            if node not in entries or way.seconds < entries[node].seconds:
                entries[node] = way
        return entries

    def _tree(self, destination: Places) -> _Tree:
        at = self.zone.to_metres(destination)
        snap = self._snapper.snap(at)
        entries = self._entries(int(snap.edge[0]), float(snap.along_m[0]))
        nodes = sorted(entries)
        seconds = [max(entries[node].seconds, LEAST_S) for node in nodes]
        data, indices = np.append(self._data, seconds), np.append(self._indices, nodes)
        indptr = np.append(self._indptr, len(data))
        size = self.nodes + 1
        graph = csr_array((data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(size, size))
        found: Any = dijkstra(graph, directed=True, indices=[self.nodes], return_predecessors=True)
        seconds_to, towards = found[0][0], found[1][0].astype(np.int64)
        return _Tree(seconds_to, self._metres(towards, entries), towards, entries, snap, at)

    def _metres(self, towards: Integers, entries: dict[int, _Entry]) -> Floats:
        """Sum the lengths up the tree for all nodes at once, doubling the stride in each round."""
        parent = np.where(towards < 0, self.nodes, towards)
        metres = np.zeros(self.nodes + 1)
        inner = np.flatnonzero((towards >= 0) & (towards != self.nodes))
        metres[inner] = self.length_m[self._edge_between(inner, parent[inner])]
        for node, entry in entries.items():
            if towards[node] == self.nodes:
                metres[node] = entry.metres
        while (parent != self.nodes).any():
            metres += metres[parent]
            parent = parent[parent]
        return metres

    def _edge_between(self, tail: Integers, head: Integers) -> Integers:
        pair = head * (self.nodes + 1) + tail
        return np.asarray(self._pair_edge[np.searchsorted(self._pair, pair)], dtype=np.int64)

    def travel(self, origins: Any, destination: Sequence[float]) -> Travel:
        """Return the fastest ways' seconds and metres from origins (n, 2) to a place. Raises InvalidInput."""
        places = as_places(origins)
        if not len(places):
            return Travel(np.zeros(0), np.zeros(0), np.zeros(0))
        tree = self._tree(as_places([destination]))
        at = self.zone.to_metres(places)
        snap = self._snapper.snap(at)
        options = self._options(tree, snap)
        off_m = snap.off_m + tree.snap.off_m[0]
        seconds = options[0] + off_m / OFF_ROAD_MPS
        metres = options[1] + off_m
        straight = np.hypot(*(at - tree.at).T)
        walk = straight / OFF_ROAD_MPS
        walked = walk < seconds
        return Travel(
            np.minimum(seconds, walk), np.where(walked, straight, metres), np.where(walked, straight, off_m)
        )

    def _options(self, tree: _Tree, snap: Snap) -> tuple[Floats, Floats, Integers]:
        """The best way off an edge: seconds, metres and which (0 by its end, 1 by its start, 2 along it)."""
        edge, length = snap.edge, self.length_m[snap.edge]
        pace = self.seconds[edge] / length
        ahead, behind = length - snap.along_m, snap.along_m
        start, end, two_way = self.start[edge], self.end[edge], self.two_way[edge]
        same = edge == tree.snap.edge[0]
        direct = tree.snap.along_m[0] - snap.along_m
        allowed = same & (two_way | (direct >= -AT_NODE_M))
        seconds = np.stack(
            (
                ahead * pace + tree.seconds[end],
                np.where(two_way | (behind <= AT_NODE_M), behind * pace + tree.seconds[start], np.inf),
                np.where(allowed, np.abs(direct) * pace, np.inf),
            )
        )
        metres = np.stack((ahead + tree.metres[end], behind + tree.metres[start], np.abs(direct)))
        which = np.argmin(seconds, axis=0)
        row = np.arange(len(which))
        return seconds[which, row], metres[which, row], which.astype(np.int64)

    def route(self, origin: Sequence[float], destination: Sequence[float]) -> Route:
        """Return the fastest way from one place to another, with its whole line. Raises InvalidInput."""
        place, goal = as_places([origin]), as_places([destination])
        tree = self._tree(goal)
        at = self.zone.to_metres(place)
        snap = self._snapper.snap(at)
        seconds, metres, which = (float(value[0]) for value in self._options(tree, snap))
        off_m = float(snap.off_m[0] + tree.snap.off_m[0])
        seconds, metres = seconds + off_m / OFF_ROAD_MPS, metres + off_m
        straight = float(np.hypot(*(at - tree.at)[0]))
        ends = [place[0], goal[0]]
        if straight / OFF_ROAD_MPS <= seconds:
            return Route([point.tolist() for point in ends], straight / OFF_ROAD_MPS, straight)
        parts = [place, *self._way(tree, snap, int(which)), goal]
        return Route(_without_repeats(np.concatenate(parts)), seconds, metres)

    def _way(self, tree: _Tree, snap: Snap, which: int) -> list[Places]:
        edge, along = int(snap.edge[0]), float(snap.along_m[0])
        last, last_along = int(tree.snap.edge[0]), float(tree.snap.along_m[0])
        if which == 2:
            return [self._part(edge, along, last_along)]
        node = int((self.end if which == 0 else self.start)[edge])
        parts = [self._part(edge, along, float(self.length_m[edge]) if which == 0 else 0.0)]
        while (following := int(tree.towards[node])) != self.nodes:
            between = int(self._edge_between(np.array([node]), np.array([following]))[0])
            line = self.lines[between]
            parts.append(line if self.start[between] == node else line[::-1])
            node = following
        entered_m = 0.0 if tree.entries[node].by_start else float(self.length_m[last])
        parts.append(self._part(last, entered_m, last_along))
        return parts

    def _part(self, edge: int, from_m: float, to_m: float) -> Places:
        """The stretch of an edge between two distances along it, turned round when it runs backwards."""
        low, high = min(from_m, to_m), max(from_m, to_m)
        along, line = self.along[edge], self.lines[edge]
        ends = [
            np.column_stack([np.interp([m], along, line[:, axis]) for axis in (0, 1)]) for m in (low, high)
        ]
        inner = line[(along > low) & (along < high)]
        stretch = np.concatenate((ends[0], inner, ends[1]))
        return stretch if from_m <= to_m else stretch[::-1]


def _cumulated(points: Places) -> Floats:
    steps = np.hypot(*np.diff(points, axis=0).T)
    return np.concatenate(([0.0], np.cumsum(steps)))


def _without_repeats(line: Places) -> list[list[float]]:
    rounded = np.round(line, 6)
    keep = np.append(True, (np.diff(rounded, axis=0) != 0).any(axis=1))
    points: list[list[float]] = rounded[keep].tolist()
    return points if len(points) > 1 else points * 2


class NoRoads(RoadGraph):
    """A county whose roads nobody has imported yet: everybody drives straight ahead, at the pace of a village road."""

    def __init__(self, zone: MetricZone) -> None:
        self.zone = zone
        self.nodes = 0

    def travel(self, origins: Any, destination: Sequence[float]) -> Travel:
        """Return seconds and metres as the crow flies. Raises InvalidInput."""
        places = as_places(origins)
        if not len(places):
            return Travel(np.zeros(0), np.zeros(0), np.zeros(0))
        goal = self.zone.to_metres(as_places([destination]))
        straight = np.hypot(*(self.zone.to_metres(places) - goal).T)
        return Travel(straight / NO_ROADS_MPS, straight, np.zeros(len(straight)))

    def route(self, origin: Sequence[float], destination: Sequence[float]) -> Route:
        """Return the straight line. Raises InvalidInput."""
        found = self.travel([origin], destination)
        ends = np.concatenate((as_places([origin]), as_places([destination])))
        return Route(_without_repeats(ends), float(found.seconds[0]), float(found.metres[0]))


async def load_road_graph(connection: AsyncConnection, zone: MetricZone) -> RoadGraph:
    """Read the open roads and build the graph; `zone` is the county's, from its area index."""
    columns = (roads.c.from_node, roads.c.to_node, roads.c.speed_kmh, roads.c.one_way)
    shape = func.ST_AsBinary(roads.c.geom).label("shape")
    rows = (
        await connection.execute(select(*columns, shape).where(~roads.c.closed).order_by(roads.c.id))
    ).all()
    lines = from_wkb(row.shape for row in rows)
    edges = [
        Edge(row.from_node, row.to_node, row.speed_kmh, line, row.one_way)
        for row, line in zip(rows, lines, strict=True)
    ]
    return RoadGraph(edges, zone) if edges else NoRoads(zone)
