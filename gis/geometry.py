"""Geometry that every floor needs: reading WKB in one go, and whether children tile their parent exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]


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


@dataclass(frozen=True, slots=True)
class TilingFault:
    """Where children fail to tile their parent: `kind` is `invalid`, `overlap`, `gap` or `outside`."""

    kind: str
    where: Any


def tiling_faults(parent: Any, children: Sequence[Any]) -> list[TilingFault]:
    """Say how the children fail to tile the parent; an empty list means exactly, vertex by vertex.

    A coverage is exact when shared borders have identical vertices and the union has the parent's own border.
    """
    array = as_geometries(children)
    faults = [TilingFault("invalid", child) for child in array[~shapely.is_valid(array)]]
    if faults:
        return faults
    if not shapely.coverage_is_valid(array):
        edges = shapely.coverage_invalid_edges(array)
        return [TilingFault("overlap", edge) for edge in edges if not shapely.is_empty(edge)]
    union = shapely.coverage_union_all(array)
    outside = shapely.difference(union, parent)
    gap = shapely.difference(parent, union)
    if not shapely.is_empty(outside):
        faults.append(TilingFault("outside", outside))
    if not shapely.is_empty(gap):
        faults.append(TilingFault("gap", gap))
    return faults
