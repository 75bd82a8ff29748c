"""Whether the levels nest and tile: each child inside its parent, no gap and no overlap wider than the tolerance."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from gis.crs import MetricZone
from gis.geometry import Geometries, as_geometries
from layers.importers.county import LEVEL_OF_LENGTH, County, Row, parent_of
from layers.importers.faults import Faults, Reporter
from layers.importers.said import Said, name_of
from layers.tables import LENGTH_OF_LEVEL

# What is narrower is arithmetic.
LEAST_M = 0.01
# How exactly it is said how wide a piece is.
WIDTH_TO_M = 0.5
# Of the areas beside a gap so many are named.
MOST_NAMED = 4


class Nesting:
    """Checks one picture of the county; faults go to the level of the child."""

    def __init__(self, county: County, tolerance_m: float, faults: Faults) -> None:
        self.county, self.tolerance_m, self.faults = county, max(tolerance_m, LEAST_M), faults
        self.zone = county.zone
        self._metric: dict[str, Any] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        for code in county.areas:
            above = parent_of(code)
            if above is not None:
                self.children[above].append(code)

    def check(self, changed: Iterable[str]) -> None:
        """Check all that changed with what is above and below it."""
        parents: set[str] = set()
        for code in changed:
            above = parent_of(code)
            if above is not None:
                parents.add(above)
            if code in self.county.areas:
                parents.add(code)
        for parent in sorted(parents):
            if self.children[parent]:
                self._check_family(parent)

    def _say(self, code: str) -> Reporter:
        return Reporter(self.faults, LEVEL_OF_LENGTH[len(code)])

    def _check_family(self, parent: str) -> None:
        row = self.county.areas.get(parent)
        codes = self.children[parent]
        if row is None:
            for code in codes:
                self._fault_of(code, Said("no_parent", parent=parent))
            return
        outer, inner = self.metric(parent), as_geometries([self.metric(code) for code in codes])
        outside = shapely.difference(inner, outer)
        for at in np.flatnonzero(shapely.area(outside) > 0):
            if (wide := self.wide(outside[at])) is not None:
                name = row.values["name"]
                said = Said("outside_parent", name=name, parent=parent, extent=_extent(wide))
                self._fault_of(codes[at], said, wide)
        self._overlaps(parent, codes, inner)
        gap = self.wide(shapely.difference(outer, shapely.union_all(inner)))
        if gap is not None:
            beside = [codes[at] for at in np.flatnonzero(shapely.dwithin(inner, gap, LEAST_M))]
            self._fault_of_all("gap", parent, codes, gap, near=self._called(beside[:MOST_NAMED]))

    def _overlaps(self, parent: str, codes: list[str], inner: Geometries) -> None:
        if len(inner) < 2 or shapely.coverage_is_valid(inner):
            return
        tree = shapely.STRtree(inner)
        first, second = tree.query(inner, predicate="intersects")
        for one, other in zip(first[first < second], second[first < second], strict=True):
            wide = self.wide(shapely.intersection(inner[one], inner[other]))
            if wide is not None:
                pair = self._called([codes[one], codes[other]])
                self._fault_of_all("overlap", parent, codes, wide, one=pair[0], other=pair[1])

    def metric(self, code: str) -> Any:
        """An area in metres."""
        if code not in self._metric:
            self._metric[code] = shapely.transform(self.county.areas[code].geometry, self.zone.to_metres)
        return self._metric[code]

    def wide(self, piece: Any) -> Any | None:
        """The parts of a piece that are wider than the tolerance, None where there is none."""
        if shapely.is_empty(piece) or shapely.area(piece) < LEAST_M * LEAST_M:
            return None
        parts = shapely.get_parts(piece)
        parts = parts[shapely.get_dimensions(parts) == 2]
        parts = parts[shapely.area(parts) > (self.tolerance_m**2) / 4]
        kept = parts[~shapely.is_empty(shapely.buffer(parts, -self.tolerance_m / 2))]
        return shapely.union_all(kept) if len(kept) else None

    def _called(self, codes: Iterable[str]) -> list[Said]:
        """Areas by name and code, and by row where the file has them."""
        found = []
        for code in codes:
            row = self.county.areas[code]
            key = "area" if row.number is None else "area.row"
            found.append(Said(key, name=row.values["name"], code=code, row=row.number))
        return found

    def _fault_of(self, code: str, said: Said, piece: Any = None) -> None:
        """One area is at fault."""
        self._say(code).error(said, row=self.county.areas[code].number, key=code, where=self._place(piece))

    def _fault_of_all(self, key: str, parent: str, codes: list[str], piece: Any, **places: Any) -> None:
        """What lies in an area does not fit together: filed under the area that holds all, and not under one row."""
        level = name_of("layer", LEVEL_OF_LENGTH[len(codes[0])])
        name = self.county.areas[parent].values["name"]
        said = Said(key, name=name, parent=parent, level=level, extent=_extent(piece), **places)
        self._say(codes[0]).error(said, key=parent, where=self._place(piece))

    def _place(self, piece: Any) -> Any:
        return None if piece is None else shapely.transform(piece, self.zone.to_degrees)


def _extent(piece: Any) -> Said:
    """How wide a piece is at its widest, which is what the tolerance is about, how far it stretches, and its area."""
    widest = 2 * max(
        shapely.length(shapely.maximum_inscribed_circle(part, tolerance=WIDTH_TO_M))
        for part in shapely.get_parts(piece)
    )
    across = max(piece.bounds[2] - piece.bounds[0], piece.bounds[3] - piece.bounds[1])
    return Said("extent", wide=float(widest), across=float(across), area=float(piece.area))


def fitted(county: County, level: str, tolerance_m: float, say: Reporter) -> None:
    """Close what is narrower than the tolerance between the areas of one level, so that no place falls between two.

    Only borders that do not meet exactly are touched; the picture is changed in place.
    """
    rows = list(county.level(level).values())
    if len(rows) < 2:
        return
    zone: MetricZone = county.zone
    metric = shapely.transform(as_geometries([row.geometry for row in rows]), zone.to_metres)
    if shapely.coverage_is_valid(metric, gap_width=tolerance_m):
        return
    # Newer than its stubs.
    cleaned = shapely.coverage_clean(  # type: ignore[attr-defined]
        metric, gap_width=tolerance_m
    )
    touched = 0
    for row, old, new in zip(rows, metric, cleaned, strict=True):
        if shapely.is_empty(new) or new.equals_exact(old, LEAST_M):
            continue
        moved = shapely.transform(new, zone.to_degrees)
        parts = moved if moved.geom_type == "MultiPolygon" else shapely.MultiPolygon([moved])
        county.areas[row.key] = Row(row.key, row.values, parts, row.id, row.number)
        touched += 1
    if touched:
        say.note(Said("borders_fitted", count=touched, most=tolerance_m))


def orphans(county: County, gone: Iterable[str], faults: Faults) -> None:
    """Name the areas that would be left without the area in which they lie."""
    for code in sorted(gone):
        below = [child for child in county.areas if child != code and child.startswith(code)]
        if below and code not in county.areas:
            level = LEVEL_OF_LENGTH[len(code)]
            next_level = list(LENGTH_OF_LEVEL)[list(LENGTH_OF_LEVEL).index(level) + 1]
            said = Said("orphans", count=len(below), below=name_of("layer", next_level))
            Reporter(faults, level).error(said, key=code)
