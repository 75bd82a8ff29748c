"""Which road a place is nearest to, and how far along it: many places at once, in metres."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis.crs import Places

STEP_M = 25.0
NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class Snap:
    """For n places: the edge nearest to each, metres along it from its start, and metres off it."""

    edge: NDArray[np.int64]
    along_m: NDArray[np.float64]
    off_m: NDArray[np.float64]


class Snapper:
    """Finds the nearest of many metric polylines: a k-d tree of short pieces, then the exact foot on them.

    The foot is exact; of two roads equally near within a few metres either may be taken.
    """

    def __init__(self, lines: NDArray[np.object_]) -> None:
        points, line = shapely.get_coordinates(shapely.segmentize(lines, STEP_M), return_index=True)
        same = line[1:] == line[:-1]
        self.start, end, self.edge = points[:-1][same], points[1:][same], line[:-1][same]
        self.span = end - self.start
        length = np.hypot(*self.span.T)
        self.square = np.maximum(length**2, 1e-12)
        self.length = length
        total = np.cumsum(length) - length
        self.from_m = total - total[np.searchsorted(self.edge, self.edge)]
        self.tree: Any = cKDTree(self.start + self.span / 2)

    def snap(self, metres: Places) -> Snap:
        """Snap places of shape (n, 2), in metres."""
        count = min(NEIGHBOURS, len(self.edge))
        _, piece = self.tree.query(metres, k=count)
        piece = np.asarray(piece).reshape(len(metres), count)
        towards = metres[:, None, :] - self.start[piece]
        share = np.clip((towards * self.span[piece]).sum(axis=2) / self.square[piece], 0.0, 1.0)
        off = np.hypot(*np.moveaxis(towards - share[:, :, None] * self.span[piece], 2, 0))
        row, best = np.arange(len(metres)), np.argmin(off, axis=1)
        chosen, share = piece[row, best], share[row, best]
        return Snap(self.edge[chosen], self.from_m[chosen] + share * self.length[chosen], off[row, best])
