"""Whether a layer was named the wrong datum: undoing a shift makes it fit the county, or lie where it lay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis.crs import MetricZone, Places, bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from gis.geometry import Geometries, as_geometries
from gis.systems import CoordinateSystem

# How much better another datum must fit, and how bad the fit must be before one asks.
BETTER, POINTS_OUT, SHARE_OUT = 0.35, 3, 0.003
MOVED_M = (250.0, 1_400.0)
LEAST_PAIRS = 3
MOST_LOOKED_AT = 20_000

Move = Callable[[Any], Places]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The datum that is likelier, and why."""

    likely: str
    why: str


def alternatives(named: CoordinateSystem) -> dict[str, Move]:
    """The other datums that the numbers may be in, with the way from where they were put to where they would be."""
    undone = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}.get(named.name)
    found: dict[str, Move] = {}
    for name, move in (("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84)):
        if name != named.name:
            found[name] = _after(undone, move)
    if undone is not None:
        found["wgs84 or cgcs2000"] = undone
    return found


def _after(first: Move | None, then: Move) -> Move:
    return then if first is None else lambda places: then(first(places))


def suspected(
    shapes: Geometries,
    references: Sequence[Any],
    before: Sequence[Any],
    named: CoordinateSystem,
    zone: MetricZone,
) -> Suspicion | None:
    """Ask how shapes fit what holds them, and how far each is from where it was before (None where it was not)."""
    moves = alternatives(named)
    # A sample tells as much as all: what matters is a shift that everything shares.
    step = max(1, len(shapes) // MOST_LOOKED_AT)
    shapes, references, before = shapes[::step], references[::step], before[::step]
    return _by_fit(shapes, references, moves, zone) or _by_memory(shapes, before, moves, zone)


def _by_fit(
    shapes: Geometries, references: Sequence[Any], moves: dict[str, Move], zone: MetricZone
) -> Suspicion | None:
    known = np.array([one is not None for one in references], dtype=bool)
    if not known.any():
        return None
    held = _metric_once([one for one, here in zip(references, known, strict=True) if here], zone)
    mine = shapes[known]
    as_is = _outside(_metric(mine, zone), held)
    if as_is[0] < as_is[1]:
        return None
    fits = {name: _outside(_metric(_moved(mine, move), zone), held)[0] for name, move in moves.items()}
    best = min(fits, key=lambda name: fits[name])
    if fits[best] > BETTER * as_is[0]:
        return None
    what = "points" if as_is[2] == "points" else "%"
    scale = 1.0 if what == "points" else 100.0
    return Suspicion(
        best, f"{as_is[0] * scale:.4g} {what} lie outside; as {best} it would be {fits[best] * scale:.4g}"
    )


def _outside(shapes: Geometries, held: Geometries) -> tuple[float, float, str]:
    """How much lies outside: points, or the share of length or area; and from how much on one asks."""
    kind = shapely.get_type_id(shapes)
    if (kind == 0).all():
        return float((~shapely.intersects(held, shapes)).sum()), float(POINTS_OUT), "points"
    measure = shapely.length if np.isin(kind, (1, 5)).all() else shapely.area
    total = float(measure(shapes).sum())
    out = float(measure(shapely.difference(shapes, held)).sum())
    return (out / total if total else 0.0), SHARE_OUT, "share"


def _by_memory(
    shapes: Geometries, before: Sequence[Any], moves: dict[str, Move], zone: MetricZone
) -> Suspicion | None:
    known = np.array([one is not None for one in before], dtype=bool)
    if known.sum() < LEAST_PAIRS:
        return None
    was = shapely.get_coordinates(
        shapely.centroid(np.array([b for b in before if b is not None], dtype=object))
    )
    now = shapely.get_coordinates(shapely.centroid(shapes[known]))
    goal = zone.to_metres(was)

    def far(places: Places) -> float:
        return float(np.median(np.hypot(*(zone.to_metres(places) - goal).T)))

    as_is = far(now)
    if not MOVED_M[0] <= as_is <= MOVED_M[1]:
        return None
    fits = {name: far(move(now)) for name, move in moves.items()}
    best = min(fits, key=lambda name: fits[name])
    if fits[best] > BETTER * as_is:
        return None
    return Suspicion(
        best, f"what has the same codes lies {as_is:.0f} m away; as {best} it would be {fits[best]:.0f} m"
    )


def _metric_once(shapes: Sequence[Any], zone: MetricZone) -> Geometries:
    """Transform and prepare each of few shapes once, however many rows they hold."""
    one_of_each = {id(shape): shape for shape in shapes}
    metric = _metric(as_geometries(list(one_of_each.values())), zone)
    shapely.prepare(metric)
    place = dict(zip(one_of_each, metric, strict=True))
    return as_geometries([place[id(shape)] for shape in shapes])


def _metric(shapes: Geometries, zone: MetricZone) -> Geometries:
    return np.asarray(shapely.transform(shapes, zone.to_metres), dtype=object)


def _moved(shapes: Geometries, move: Move) -> Geometries:
    return np.asarray(shapely.transform(shapes, move), dtype=object)
