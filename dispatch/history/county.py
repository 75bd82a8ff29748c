"""The county that the past happens in: its people, desks, units and grids, read once from the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from dispatch.records import UnitRecord, stamp
from dispatch.rules.calendar import WorkingCalendar
from gis.actor import Actor, Role

POINTS_IN_A_GRID = 120
ROUNDED = 6


@dataclass(frozen=True, slots=True)
class County:
    """Who and what there is. `officers` are the grid officers, in the order of `grids`."""

    code: str
    townships: tuple[str, ...]
    grids: tuple[str, ...]
    places: NDArray[np.float64]  # (grid, point, lon and lat): places that lie inside each grid
    officers: tuple[Actor, ...]
    at_desk: Mapping[str, tuple[Actor, ...]]
    leader: Actor
    units: Mapping[str, UnitRecord]
    calendar: WorkingCalendar
    around_the_clock: frozenset[str]

    @property
    def villages(self) -> tuple[str, ...]:
        """The village of each grid."""
        return tuple(grid[:12] for grid in self.grids)


def read_county(connection: psycopg.Connection[Any], seed: int) -> County:
    """Read the demonstration county as its owner sees it."""
    shapes = connection.execute(
        "select code, ST_AsBinary(geom) from areas where level = 'grid' order by code"
    ).fetchall()
    grids = tuple(code for code, _ in shapes)
    people = _people(connection)
    by_area = {one.area: one for one in people if one.role is Role.GRID_OFFICER}
    desks: dict[str, tuple[Actor, ...]] = {}
    for one in people:
        if one.role in (Role.DISPATCHER, Role.DUTY_OFFICER, Role.VILLAGE_OFFICER, Role.DEPARTMENT):
            desks[one.desk] = (*desks.get(one.desk, ()), one)
    days = connection.execute("select day, working from calendar_days").fetchall()
    clock = connection.execute("select id from desks where around_the_clock").fetchall()
    return County(
        code=grids[0][:6],
        townships=tuple(sorted({grid[:9] for grid in grids})),
        grids=grids,
        places=_places([shape for _, shape in shapes], seed),
        officers=tuple(by_area[grid] for grid in grids),
        at_desk=desks,
        leader=next(one for one in people if one.role is Role.LEADER),
        units=_units(connection),
        calendar=WorkingCalendar(dict(days)),
        around_the_clock=frozenset(desk for (desk,) in clock),
    )


def _people(connection: psycopg.Connection[Any]) -> list[Actor]:
    rows = connection.execute(
        "select id::text, display_name, role, desk, area, unit_id from accounts where demonstration order by username"
    ).fetchall()
    return [Actor(who, name, Role(role), desk, area, unit) for who, name, role, desk, area, unit in rows]


def _units(connection: psycopg.Connection[Any]) -> dict[str, UnitRecord]:
    rows = connection.execute(
        "select id, no, version, name, kind, desk, area_code, state_at from units order by no"
    ).fetchall()
    return {
        unit: {
            "id": unit,
            "no": no,
            "version": version,
            "name": name,
            "kind": kind,
            "desk": desk,
            "area_code": area,
            "on_duty": True,
            "state": "available",
            "case_id": None,
            "state_at": stamp(at),
        }
        for unit, no, version, name, kind, desk, area, at in rows
    }


def _places(shapes: list[bytes], seed: int) -> NDArray[np.float64]:
    """Return places inside each grid, denser around its middle: people live together."""
    rng = np.random.default_rng([seed, 1])
    found = np.empty((len(shapes), POINTS_IN_A_GRID, 2))
    for number, shape in enumerate(shapely.from_wkb(shapes)):
        west, south, east, north = shapely.bounds(shape)
        middle = np.array([[shape.representative_point().x, shape.representative_point().y]])
        spread = np.array([east - west, north - south]) / 5
        drawn = np.round(middle + rng.normal(size=(40 * POINTS_IN_A_GRID, 2)) * spread, ROUNDED)
        # A whole number would be written without its fraction: no place lies on one.
        inside = shapely.contains_xy(shape, drawn[:, 0], drawn[:, 1]) & (drawn % 1 != 0).all(axis=1)
        kept = drawn[inside][:POINTS_IN_A_GRID]
        found[number] = np.resize(kept, (POINTS_IN_A_GRID, 2)) if len(kept) else np.round(middle, ROUNDED)
    return found
