"""What an import changes: which rows are new, changed, unchanged or gone, by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from layers.importers.county import Row

# About a centimetre, in degrees: what going through another coordinate system and back may move a corner by.
SAME_PLACE = 1e-7


@dataclass(slots=True)
class Changes:
    """Keys in the order of the file; `gone` only where the layer is replaced."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether the layer would be as it is."""
        return not (self.new or self.changed or self.gone)


def compare(after: Mapping[str, Row], before: Mapping[str, Row], fields: tuple[str, ...]) -> Changes:
    """Compare two pictures of a layer in the given columns and in place."""
    found = Changes(gone=[key for key in before if key not in after])
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            found.new.append(key)
        elif _same(row, old, fields):
            found.unchanged.append(key)
        else:
            found.changed.append(key)
    return found


def _same(row: Row, old: Row, fields: tuple[str, ...]) -> bool:
    return all(_equal(row.values.get(one), old.values.get(one)) for one in fields) and same_place(
        row.geometry, old.geometry
    )


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, float | int):
        return abs(value - float(other)) < 1e-6
    return bool(value == other)


def same_place(shape: Any, other: Any) -> bool:
    """Say whether two geometries are the same to a centimetre, wherever their rings begin."""
    mine, theirs = shapely.get_coordinates(shape), shapely.get_coordinates(other)
    if mine.shape == theirs.shape and np.abs(mine - theirs).max(initial=0.0) < SAME_PLACE:
        return True
    if mine.shape[0] != theirs.shape[0]:
        return False
    first, second = shapely.normalize(shape), shapely.normalize(other)
    if shapely.equals_exact(first, second, SAME_PLACE):
        return True
    # A corner that moved by a hair may begin the ring elsewhere.
    if shape.geom_type == "LineString":
        return False
    return bool(shapely.hausdorff_distance(shape.boundary, other.boundary) < SAME_PLACE)
