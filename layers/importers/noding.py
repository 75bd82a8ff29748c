"""From lines to a network: where roads meet, split and join them, so that one can drive from one to the next.

Three rules, all with the one snapping tolerance: ends that lie together are one node; an end that lies on another
line splits it there; lines that cross split each other. A line that needs no split keeps its corners as they are.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.ops import substring

from gis.geometry import Geometries, as_geometries


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line between two nodes; `line` is in metres, `whole` when nothing was split off."""

    owner: int
    line: Any
    whole: bool
    from_node: int
    to_node: int


@dataclass(frozen=True, slots=True)
class Network:
    """All pieces, and of how many parts that no road joins the network consists; the largest part's share of length."""

    pieces: list[Piece]
    parts: int
    largest: float


def noded(lines: Geometries, tolerance_m: float, crossings: bool = True) -> Network:
    """Make a network of metric lines. Without `crossings`, lines that cross without a shared corner pass over."""
    given = len(lines)
    stretches, owners = _simple_parts(lines)
    # What was split has new ends, which may lie on a line again: until nothing is left to split.
    while cuts := _cuts(stretches, tolerance_m, crossings):
        parts = [
            _split(line, sorted(cuts[number]), tolerance_m) if number in cuts else [line]
            for number, line in enumerate(stretches)
        ]
        owners = [owner for owner, pieces in zip(owners, parts, strict=True) for _ in pieces]
        stretches = as_geometries([line for pieces in parts for line in pieces])
    nodes = _nodes(list(stretches), tolerance_m)
    count = np.bincount(owners, minlength=given)
    pieces = [
        Piece(owner, line, bool(count[owner] == 1), int(start), int(end))
        for owner, line, (start, end) in zip(owners, stretches, nodes, strict=True)
    ]
    return Network(pieces, *_connected(pieces))


def _cuts(lines: Geometries, tolerance_m: float, crossings: bool) -> dict[int, list[float]]:
    """Return where along each line others end on it or cross it; lines that need no split are not named."""
    cuts: dict[int, list[float]] = defaultdict(list)
    _cut_at_ends(lines, tolerance_m, cuts)
    _cut_where_crossed(lines, tolerance_m, crossings, cuts)
    return cuts


def _simple_parts(lines: Geometries) -> tuple[Geometries, list[int]]:
    """Halve lines that cross themselves until no part does: then they meet themselves as they meet others."""
    parts: list[Any] = []
    owners: list[int] = []
    for number, (line, simple) in enumerate(zip(lines, shapely.is_simple(lines), strict=True)):
        waiting = [line]
        while waiting:
            part = waiting.pop()
            if simple or len(part.coords) <= 2 or part.is_simple:
                parts.append(part)
                owners.append(number)
                continue
            half = len(part.coords) // 2
            waiting += [shapely.LineString(part.coords[half:]), shapely.LineString(part.coords[: half + 1])]
    return np.array(parts, dtype=object), owners


def _cut_at_ends(lines: Geometries, tolerance_m: float, cuts: dict[int, list[float]]) -> None:
    ends = np.concatenate((shapely.get_point(lines, 0), shapely.get_point(lines, -1)))
    tree = shapely.STRtree(lines)
    which, line = tree.query(ends, predicate="dwithin", distance=tolerance_m)
    along = shapely.line_locate_point(lines[line], ends[which])
    _keep_inner(lines, line, along, tolerance_m, cuts)


def _cut_where_crossed(
    lines: Geometries, tolerance_m: float, crossings: bool, cuts: dict[int, list[float]]
) -> None:
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="intersects")
    first, second = first[first < second], second[first < second]
    if not len(first):
        return
    shared = shapely.intersection(lines[first], lines[second])
    places, pair = shapely.get_coordinates(shared, return_index=True)
    points = np.asarray(shapely.points(places), dtype=object)
    if not crossings:
        kept = _at_corners(lines, first, points, pair, tolerance_m) & _at_corners(
            lines, second, points, pair, tolerance_m
        )
        points, pair = points[kept], pair[kept]
    for side in (first[pair], second[pair]):
        _keep_inner(lines, side, shapely.line_locate_point(lines[side], points), tolerance_m, cuts)


def _at_corners(
    lines: Geometries,
    side: NDArray[np.int64],
    points: Geometries,
    pair: NDArray[np.int64],
    tolerance_m: float,
) -> NDArray[np.bool_]:
    """Which points are corners of the lines on one side of their pairs."""
    own = np.array([shapely.multipoints(shapely.get_coordinates(line)) for line in lines[side]], dtype=object)
    return np.asarray(shapely.distance(own[pair], points) <= tolerance_m / 10, dtype=np.bool_)


def _keep_inner(
    lines: Geometries,
    line: NDArray[np.int64],
    along: NDArray[np.float64],
    tolerance_m: float,
    cuts: dict[int, list[float]],
) -> None:
    """A cut within the tolerance of an end is that end."""
    length = shapely.length(lines[line])
    inner = (along > tolerance_m) & (along < length - tolerance_m)
    for number, metres in zip(line[inner].tolist(), along[inner].tolist(), strict=True):
        cuts[number].append(metres)


def _split(line: Any, cuts: list[float], tolerance_m: float) -> list[Any]:
    kept: list[float] = []
    for cut in cuts:
        if not kept or cut - kept[-1] > tolerance_m:
            kept.append(cut)
    marks = [0.0, *kept, float(line.length)]
    return [substring(line, start, end) for start, end in pairwise(marks)]


def _nodes(lines: list[Any], tolerance_m: float) -> NDArray[np.int64]:
    """Number the ends of lines from 1; ends within the tolerance are one node."""
    array = np.array(lines, dtype=object)
    ends = shapely.get_coordinates(
        np.column_stack((shapely.get_point(array, 0), shapely.get_point(array, -1))).ravel()
    )
    tree: Any = cKDTree(ends)
    pairs = tree.query_pairs(tolerance_m, output_type="ndarray")
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ends), len(ends)))
    _, label = connected_components(graph, directed=False)
    # Numbered in order of appearance, so that the same lines have the same nodes.
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return np.asarray(rank[number].reshape(-1, 2) + 1, dtype=np.int64)


def _connected(pieces: list[Piece]) -> tuple[int, float]:
    if not pieces:
        return 0, 1.0
    start = np.array([piece.from_node for piece in pieces])
    end = np.array([piece.to_node for piece in pieces])
    size = int(max(start.max(), end.max())) + 1
    _, label = connected_components(
        csr_array((np.ones(len(start)), (start, end)), shape=(size, size)), directed=False
    )
    length = np.bincount(label[start], weights=[piece.line.length for piece in pieces])
    return int((length > 0).sum()), float(length.max() / length.sum())
