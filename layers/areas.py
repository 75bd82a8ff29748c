"""The county's divisions in memory: which grid, village and township hold a place, what codes are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.crs import MetricZone, as_places
from gis.errors import NotFound, OutsideCounty
from gis.geometry import as_geometries, from_wkb
from layers.raster import OUTSIDE, CellRaster
from layers.tables import LENGTH_OF_LEVEL, areas, retired_areas

LEVEL_OF_LENGTH = {length: level for level, length in LENGTH_OF_LEVEL.items()}
PARENT_LENGTH = dict(zip(LENGTH_OF_LEVEL, (0, *LENGTH_OF_LEVEL.values()), strict=False))


@dataclass(frozen=True, slots=True)
class Area:
    """One administrative area; `seat` is a place inside it that stands for it: longitude, latitude."""

    code: str
    level: str
    name: str
    full_name: str
    parent_code: str | None
    seat: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Located:
    """The areas that hold one place; a level that the data does not have is None."""

    county: Area
    township: Area | None
    village: Area | None
    grid: Area | None

    @property
    def code(self) -> str:
        """The code of the smallest area."""
        return (self.grid or self.village or self.township or self.county).code


class AreaIndex:
    """All areas of one county. Built once, read by many threads; a new import builds a new one."""

    def __init__(
        self, records: Sequence[Area], geometries: Sequence[Any], retired: Sequence[Area] = ()
    ) -> None:
        """`retired` areas hold no place any more, and are only known by code."""
        order = sorted(range(len(records)), key=lambda i: records[i].code)
        self.by_code = {records[i].code: records[i] for i in order}
        self._children: dict[str, list[Area]] = {code: [] for code in self.by_code}
        for area in self.by_code.values():
            if area.parent_code is not None:
                self._children[area.parent_code].append(area)
        self.retired = {area.code: area for area in retired}
        self.geometry_of = {records[i].code: geometries[i] for i in order}
        # The leaves tile the county, whatever the finest level is; in code order, so that the smallest code
        # wins on a shared border.
        leaves = [code for code in self.by_code if not self._children[code]]
        self.leaf_codes = np.array(leaves, dtype=object)
        self._raster = CellRaster(as_geometries([self.geometry_of[code] for code in leaves]))
        self._located = [self._chain(code) for code in leaves]

    @cached_property
    def county(self) -> Area:
        """The one area without a parent."""
        return next(area for area in self.by_code.values() if area.parent_code is None)

    @cached_property
    def zone(self) -> MetricZone:
        """The county's own metric zone, from its outline."""
        west, _, east, _ = shapely.bounds(self.geometry_of[self.county.code])
        return MetricZone.around(float(west), float(east))

    def _chain(self, code: str) -> Located:
        chain: dict[str, Area] = {}
        area: Area | None = self.by_code[code]
        while area is not None:
            chain[area.level] = area
            area = self.by_code[area.parent_code] if area.parent_code else None
        return Located(
            chain["county"],
            chain.get("township"),
            chain.get("village"),
            chain.get("grid"),
        )

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def get(self, code: str) -> Area:
        """Return the area with this code, be it a retired one. Raises NotFound."""
        found = self.by_code.get(code) or self.retired.get(code)
        if found is None:
            raise NotFound(f"no area has the code {code!r}", code="unknown_area")
        return found

    def knows(self, code: str) -> bool:
        """Say whether this is or was an area's code."""
        return code in self.by_code or code in self.retired

    def name(self, code: str) -> str:
        """What the area is called, in short. Raises NotFound."""
        return self.get(code).name

    def path_name(self, code: str) -> str:
        """The name with all areas above it, as one says it: 泾川县玉都镇某村第1网格. Raises NotFound."""
        area = self.get(code)
        path = area.name
        while area.parent_code is not None:
            above = self.get(area.parent_code)
            # A grid's own name begins with its village's; nobody says it twice.
            path = path if path.startswith(above.name) else above.name + path
            area = above
        return path

    def children(self, code: str) -> list[Area]:
        """The areas one level below, in code order. Raises NotFound."""
        self.get(code)
        return self._children.get(code, [])

    def level(self, level: str) -> list[Area]:
        """All areas of one level, in code order."""
        return [area for area in self.by_code.values() if area.level == level]

    def point_of(self, code: str) -> tuple[float, float]:
        """A place inside the area that stands for it: longitude, latitude. Raises NotFound."""
        return self.get(code).seat

    def locate(self, lon: float, lat: float) -> Located:
        """Return the areas that hold a WGS 84 place. Raises InvalidInput, OutsideCounty."""
        index = int(self._raster.find(as_places([(lon, lat)]))[0])
        if index == OUTSIDE:
            raise OutsideCounty(f"{lon:.6f}, {lat:.6f} lies outside {self.county.name}")
        return self._located[index]

    def locate_many(self, places: Any) -> NDArray[np.int32]:
        """For WGS 84 places (n, 2), return positions in `leaf_codes`, -1 outside. Raises InvalidInput."""
        return self._raster.find(as_places(places))

    def codes_of(self, places: Any) -> NDArray[np.object_]:
        """For WGS 84 places (n, 2), return the codes of the smallest areas, '' outside the county."""
        found = self.locate_many(places)
        codes = np.append(self.leaf_codes, "")
        return np.asarray(codes[found], dtype=object)


async def load_area_index(connection: AsyncConnection) -> AreaIndex:
    """Read all areas and build the index. Raises NotFound when no county is loaded."""
    shape = func.ST_AsBinary(areas.c.geom).label("shape")
    rows = (await connection.execute(select(*_columns(areas), areas.c.parent_code, shape))).all()
    if not rows:
        raise NotFound("no county is loaded: run `wall demo` or `wall import`", code="no_county")
    former = (await connection.execute(select(*_columns(retired_areas)))).all()
    parents = [row.parent_code for row in rows]
    retired = _areas(former, [row.code[: PARENT_LENGTH[row.level]] or None for row in former])
    return AreaIndex(_areas(rows, parents), list(from_wkb(row.shape for row in rows)), retired)


def _columns(table: Table) -> tuple[ColumnElement[Any], ...]:
    seat = func.ST_AsBinary(table.c.seat).label("seat")
    return table.c.code, table.c.level, table.c.name, table.c.full_name, seat


def _areas(rows: Sequence[Any], parents: Sequence[str | None]) -> list[Area]:
    seats = shapely.get_coordinates(from_wkb(row.seat for row in rows))
    return [
        Area(row.code, row.level, row.name, row.full_name, parent, (float(x), float(y)))
        for row, parent, (x, y) in zip(rows, parents, seats, strict=True)
    ]
