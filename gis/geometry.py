"""Geometry that every floor needs: reading WKB in one go, and mending rings."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
MENDED_BELOW = 1e-4
"""A ring that crosses itself is mended where that changes the area by a smaller share; else somebody must look."""


def from_wkb(values: Iterable[Any]) -> Geometries:
    """Decode many WKB or EWKB values (bytes, or hexadecimal text) at once; far cheaper than one by one."""
    raw = [getattr(value, "desc", None) or getattr(value, "data", value) for value in values]
    array = np.empty(len(raw), dtype=object)
    array[:] = [bytes(one) if isinstance(one, memoryview) else one for one in raw]
    return np.asarray(shapely.from_wkb(array), dtype=object)


def as_geometries(values: Sequence[Any]) -> Geometries:
    """Return a one-dimensional object array; numpy must not look into the geometries."""
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def mend_polygons(shape: Any) -> tuple[Any | None, float]:
    """Return polygons whose rings cross nothing, None where that changes too much, and the share that it changes.

    The area before is that which the rings say: a figure of eight counts its two halves against each other.
    """
    parts = shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    mended = shapely.union_all(polygons) if polygons else None
    before = abs(_signed_area(shape))
    changed = abs((0.0 if mended is None else mended.area) - before) / before if before else 1.0
    return mended if changed < MENDED_BELOW else None, changed


def _signed_area(shape: Any) -> float:
    total = 0.0
    for polygon in shapely.get_parts(shape):
        rings = [polygon.exterior, *polygon.interiors]
        areas = [abs(_ring_area(shapely.get_coordinates(ring))) for ring in rings]
        total += areas[0] - sum(areas[1:])
    return total


def _ring_area(ring: NDArray[np.float64]) -> float:
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2.0
