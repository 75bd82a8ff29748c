"""Whether children tile their parent exactly: what tests hold the demonstration county to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from gis.geometry import as_geometries


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
