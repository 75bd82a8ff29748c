"""Point in polygon in bulk: a raster answers, and exact tests where a border runs through its cell."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from gis.crs import Places
from gis.geometry import Geometries

OUTSIDE = -1
# In the raster only: a border runs through the cell.
BORDER = -2
CELLS = 2048
# So many places at a time: what is reckoned on the way then stays near the processor.
CHUNK = 1 << 15
# So many exact tests at a time, however many places are asked for: it bounds what they take of memory.
DECIDED = 1 << 20
# A border this close to a cell's edge marks the neighbour too, so that rounding in `_in_cells` cannot put a
# place beside a border into a cell that knows nothing of it.
MARGIN_CELLS = 1e-6


class CellRaster:
    """Polygons of a coverage, rasterised: `find` equals the exact test on every place, borders included.

    On a shared border the polygon that comes first wins.
    """

    def __init__(self, polygons: Geometries, cells: int = CELLS) -> None:
        self.polygons = polygons.copy()
        shapely.prepare(self.polygons)
        self.cells = cells
        west, south, east, north = shapely.total_bounds(polygons)
        # Two cells all around, so that the outermost hold nothing and stand for all that lies beyond.
        margin = 2 * max(east - west, north - south) / cells
        self.origin = np.array([west - margin, south - margin])
        self.scale = (cells - 1) / (np.array([east + margin, north + margin]) - self.origin)
        cell, owner = self._border_cells()
        self._fill(cell, owner)

    def _in_cells(self, places: Places) -> Places:
        return np.asarray((places - self.origin) * self.scale, dtype=np.float64)

    def _border_cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs (cell, polygon): each cell that a polygon's border touches, sorted and unique."""
        boundaries = shapely.boundary(self.polygons)
        parts, part_owner = shapely.get_parts(boundaries, return_index=True)
        points, point_part = shapely.get_coordinates(parts, return_index=True)
        grid = self._in_cells(points)
        same = point_part[1:] == point_part[:-1]
        start, end, owner = (
            grid[:-1][same],
            grid[1:][same],
            part_owner[point_part[:-1][same]],
        )
        marks = [start, end]
        owners = [owner, owner]
        for axis in (0, 1):
            crossing, segment = _crossings(start, end, axis)
            marks.append(crossing)
            owners.append(owner[segment])
        at, who = np.concatenate(marks), np.concatenate(owners)
        keys = []
        for dx in (-MARGIN_CELLS, MARGIN_CELLS):
            for dy in (-MARGIN_CELLS, MARGIN_CELLS):
                column, row = np.floor(at + np.array([dx, dy])).astype(np.int64).T
                keys.append((row * self.cells + column) * len(self.polygons) + who)
        pairs = _sorted_once(np.concatenate(keys))
        return pairs // len(self.polygons), pairs % len(self.polygons)

    def _fill(self, cell: NDArray[np.int64], owner: NDArray[np.int64]) -> None:
        """Answer every patch without a border by one exact test, and list the candidates of the rest."""
        size = self.cells
        border = np.zeros(size * size, dtype=bool)
        border[cell] = True
        labelled: Any = ndimage.label(np.logical_not(border).reshape(size, size))
        patches, count = labelled
        flat = np.asarray(patches).ravel()
        # Any one cell stands for its patch; sorting four million cells to find the first would take half a second.
        sample = np.zeros(count + 1, dtype=np.int64)
        sample[flat] = np.arange(size * size)
        sample = sample[1:]
        centres = self.origin + (np.column_stack((sample % size, sample // size)) + 0.5) / self.scale
        answer = np.append(np.int32(0), self._exact(centres))
        # Half the bytes miss the processor's cache half as often.
        kind = np.int16 if len(self.polygons) < np.iinfo(np.int16).max else np.int32
        self.raster = answer.astype(kind)[flat]
        self.raster[cell] = BORDER
        # The polygons at border_cells[slot] are owner[first[slot]:first[slot + 1]].
        starts = np.flatnonzero(np.append(True, cell[1:] != cell[:-1]))
        self.border_cells = cell[starts]
        self.first = np.append(starts, len(cell))
        self.owner = owner.astype(np.int32)

    def _exact(self, places: Places) -> NDArray[np.int32]:
        tree = shapely.STRtree(self.polygons)
        at, which = tree.query(shapely.points(places), predicate="intersects")
        found = np.full(len(places), len(self.polygons), dtype=np.int32)
        np.minimum.at(found, at, which.astype(np.int32))
        found[found == len(self.polygons)] = OUTSIDE
        return found

    def find(self, places: Places) -> NDArray[np.int32]:
        """For places of shape (n, 2), return the polygon that holds each, OUTSIDE where none does."""
        found = np.empty(len(places), dtype=np.int32)
        for begin in range(0, len(places), CHUNK):
            found[begin : begin + CHUNK] = self.raster.take(self._cell_of(places[begin : begin + CHUNK]))
        undecided = np.flatnonzero(found == BORDER)
        for begin in range(0, len(undecided), DECIDED):
            which = undecided[begin : begin + DECIDED]
            slot = np.searchsorted(self.border_cells, self._cell_of(places[which]))
            found[which] = self._decide(places[which], slot)
        return found

    def _cell_of(self, places: Places) -> NDArray[np.int64]:
        """The cell of each place; places beyond the raster count to its edge, where nothing is."""
        last = self.cells - 1
        with np.errstate(over="ignore"):  # what is too far for a number is clipped like all that is far
            x = np.clip((places[:, 0] - self.origin[0]) * self.scale[0], 0, last)
            y = np.clip((places[:, 1] - self.origin[1]) * self.scale[1], 0, last)
        row = y.astype(np.int64)
        row *= self.cells
        row += x.astype(np.int64)
        return np.asarray(row, dtype=np.int64)

    def _decide(self, places: Places, slot: NDArray[np.int64]) -> NDArray[np.int32]:
        """Exact tests for places in border cells, polygon by polygon, so that each is prepared once."""
        first = self.first[slot]
        counts = self.first[slot + 1] - first
        at = np.repeat(np.arange(len(slot)), counts)
        offset = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        candidate = self.owner[np.repeat(first, counts) + offset]
        order = np.argsort(candidate, kind="stable")
        at, candidate = at[order], candidate[order]
        starts = np.flatnonzero(np.append(True, candidate[1:] != candidate[:-1]))
        found = np.full(len(slot), OUTSIDE, dtype=np.int32)
        for begin, end in zip(starts, np.append(starts[1:], len(at)), strict=True):
            which = at[begin:end]
            which = which[found[which] == OUTSIDE]
            hit = shapely.intersects_xy(self.polygons[candidate[begin]], places[which, 0], places[which, 1])
            found[which[hit]] = candidate[begin]
        return found


def _sorted_once(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort, and keep one of each: numpy's own `unique` takes ten times as long."""
    keys.sort()
    return np.asarray(keys[np.append(True, keys[1:] != keys[:-1])], dtype=np.int64)


def _crossings(start: Places, end: Places, axis: int) -> tuple[Places, NDArray[np.int64]]:
    """Where segments, in cells, cross lines of whole `axis` coordinates: points (m, 2), their segments."""
    low = np.ceil(np.minimum(start[:, axis], end[:, axis]))
    count = np.maximum(np.floor(np.maximum(start[:, axis], end[:, axis])) - low + 1, 0).astype(np.int64)
    segment = np.repeat(np.arange(len(start)), count)
    line = low[segment] + np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    span = end[segment, axis] - start[segment, axis]
    along = np.where(span == 0, 0.0, (line - start[segment, axis]) / np.where(span == 0, 1.0, span))
    points = start[segment] + along[:, None] * (end[segment] - start[segment])
    points[:, axis] = line
    return points, segment
