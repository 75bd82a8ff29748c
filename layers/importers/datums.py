"""Whether a layer was named the wrong datum: undoing a shift makes it fit what is known of the place far better.

Four witnesses are asked in turn, each only as far as the county has it: the area that holds a row (the county, or an
area's parent), the area that the row itself names, the place where the same thing lay before, and the roads, which most
things stand beside. The shift of a datum is computed at each place, so that no common vector has to be guessed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import MetricZone, Places, bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from gis.geometry import Geometries, as_geometries
from gis.systems import CoordinateSystem
from layers.importers.said import Said

# How much better another datum must fit, and how bad the fit must be before one asks.
BETTER, POINTS_OUT, SHARE_OUT = 0.35, 3, 0.003
# Between these a thing was shifted: nearer it was measured anew, farther away it is another thing of that name.
MOVED_M = (250.0, 1_400.0)
LEAST_PAIRS = 3
MOST_LOOKED_AT = 20_000

# Beside a road is within so many metres of its line: a camera's pole, or a house with a yard before it. Of things that
# stand together one counts: they are no witnesses of each other.
BESIDE_ROAD_M, TOGETHER_M = (30.0, 60.0), 100.0
LEAST_PLACES, MOST_PLACES = 20, 2_000
# What chance alone brings beside a road is tried: the same shift in other directions. Beyond the best of them, so many
# standard deviations and so much of the whole tell.
OTHER_DIRECTIONS = np.radians(np.arange(45.0, 360.0, 45.0))
DEVIATIONS, LEAST_MORE = 4.0, 0.05

Move = Callable[[Any], Places]
Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Witnesses:
    """What is known of where a layer's rows lie, row by row (None where nothing is), and what stands beside roads.

    `beside` are the points that should stand beside `roads`: the layer's own places, or, where the layer is the roads
    (`own_roads`), the places of what is there already.
    """

    held: Sequence[Any] = ()
    named: Sequence[Any] = ()
    before: Sequence[Any] = ()
    column: str = ""
    beside: Places = field(default_factory=lambda: np.empty((0, 2)))
    roads: Geometries = field(default_factory=lambda: as_geometries([]))
    own_roads: bool = False


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The datum that is likelier, and why; not `whole` where only a part of the rows is in it (`rows`, by position)."""

    likely: str
    why: Said
    whole: bool = True
    rows: tuple[int, ...] = ()
    of_roads: bool = False


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
    shapes: Geometries, known: Witnesses, named: CoordinateSystem, zone: MetricZone
) -> Suspicion | None:
    """Ask the witnesses one after the other; the first that speaks is heard."""
    moves = alternatives(named)
    # A sample tells as much as all: what matters is a shift that everything shares.
    step = max(1, len(shapes) // MOST_LOOKED_AT)
    some = shapes[::step]
    return (
        _by_fit(some, known.held[::step], moves, zone)
        or _by_fit(some, known.named[::step], moves, zone, known.column)
        or _by_memory(shapes, known.before, moves, zone)
        or _by_roads(known, moves, zone)
    )


def _by_fit(
    shapes: Geometries, references: Sequence[Any], moves: dict[str, Move], zone: MetricZone, column: str = ""
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
    key = "why.outside_share" if as_is[2] == "share" else "why.named" if column else "why.outside"
    places = {"out": as_is[0], "better": fits[best]}
    if as_is[2] == "points":
        places = {name: int(count) for name, count in places.items()}
    return Suspicion(best, Said(key, likely=best, count=len(mine), column=column, **places))


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
    """Compare each thing with where it lay: one that moved by just the shift of a datum was not moved by hands."""
    at = np.array([number for number, one in enumerate(before) if one is not None], dtype=int)
    if len(at) < LEAST_PAIRS:
        return None
    was = shapely.get_coordinates(shapely.centroid(as_geometries([before[number] for number in at])))
    now = shapely.get_coordinates(shapely.centroid(shapes[at]))
    goal = zone.to_metres(was)

    def far(places: Places) -> NDArray[np.float64]:
        return np.asarray(np.hypot(*(zone.to_metres(places) - goal).T))

    as_is = far(now)
    moved = (as_is >= MOVED_M[0]) & (as_is <= MOVED_M[1])
    fits = {name: far(move(now)) for name, move in moves.items()}
    shifted = {name: moved & (fit <= BETTER * as_is) for name, fit in fits.items()}
    best = max(shifted, key=lambda name: int(shifted[name].sum()))
    hit = shifted[best]
    # Where as many moved elsewhere, they are being moved, and some go that way by chance.
    if hit.sum() < LEAST_PAIRS or hit.sum() * 2 < moved.sum():
        return None
    why = Said(
        "why.memory",
        count=len(at),
        moved=int(hit.sum()),
        was=float(np.median(as_is[hit])),
        likely=best,
        better=float(np.median(fits[best][hit])),
    )
    return Suspicion(best, why, bool(hit.mean() >= 0.5), tuple(at[hit].tolist()))


def _by_roads(known: Witnesses, moves: dict[str, Move], zone: MetricZone) -> Suspicion | None:
    """Compare how many places stand beside a road, as named, under each shift, and by chance."""
    if not len(known.roads) or len(known.beside) < LEAST_PLACES:
        return None
    places = known.beside[_apart(zone.to_metres(known.beside))]
    if len(places) < LEAST_PLACES:
        return None
    metric, roads = zone.to_metres(places), _metric(known.roads, zone)
    grounds = [_Roadside(roads, metric, beside_m) for beside_m in BESIDE_ROAD_M]
    # A road that is moved one way meets the places that are moved the other way.
    sign = -1.0 if known.own_roads else 1.0
    ways = {name: sign * (zone.to_metres(move(places)) - metric) for name, move in moves.items()}
    everywhere = np.ones(len(places), dtype=bool)
    for ground in grounds:
        if (found := ground.likely(ways, everywhere)) is not None:
            return Suspicion(found[0], Said("why.roads", **found[1]))
    others = {} if known.own_roads else {name: -way for name, way in ways.items()}
    for ground in grounds:
        if (found := ground.likely(others, everywhere)) is not None:
            return Suspicion(found[0], Said("why.roads", **found[1]), whole=False, of_roads=True)
    for ground in grounds:
        # Rows from two sources: those that are right stand beside roads, and hide the others.
        if (found := ground.likely(ways, ~ground.here)) is not None:
            return Suspicion(found[0], Said("why.roads_rest", **found[1]), whole=False)
    return None


def _apart(metres: Places) -> NDArray[np.int64]:
    """One place of each cell of the plane; evenly spread over the file where they are too many."""
    _, first = np.unique(np.floor(metres / TOGETHER_M), axis=0, return_index=True)
    first.sort()
    return np.asarray(first[:: max(1, -(-len(first) // MOST_PLACES))], dtype=np.int64)


class _Roadside:
    """Which places stand beside a road, as they are and moved."""

    def __init__(self, roads: Geometries, places: Places, beside_m: float) -> None:
        self.tree, self.places, self.beside_m = shapely.STRtree(roads), places, beside_m
        self.here = self._beside(places)

    def _beside(self, places: Places) -> Bools:
        hits, _ = self.tree.query(shapely.points(places), predicate="dwithin", distance=self.beside_m)
        found = np.zeros(len(places), dtype=bool)
        found[hits] = True
        return found

    def likely(self, ways: dict[str, Places], among: Bools) -> tuple[str, dict[str, Any]] | None:
        """The way that brings far more of them beside roads than chance does, where they stand as by chance now."""
        count = int(among.sum())
        if count < LEAST_PLACES:
            return None
        as_is = float(self.here[among].mean())
        best: tuple[float, str, float] | None = None
        for name, way in ways.items():
            share = float(self._beside(self.places[among] + way[among]).mean())
            if share - as_is < LEAST_MORE:
                continue
            chance = max(
                float(self._beside(self.places[among] + turned).mean()) for turned in _turned(way[among])
            )
            more = DEVIATIONS * np.sqrt(max(chance, 1 / count) * (1 - chance) / count) + LEAST_MORE
            if (
                as_is <= chance + more
                and share >= max(chance, as_is) + more
                and (not best or share > best[0])
            ):
                best = share, name, chance
        if best is None:
            return None
        share, name, chance = best
        numbers = {"count": count, "as_is": as_is, "chance": chance, "better": share}
        return name, {"likely": name, "beside": self.beside_m, **numbers}


def _turned(way: Places) -> Iterator[Places]:
    """The same shift in other directions: what it brings beside a road, it brings by chance."""
    for angle in OTHER_DIRECTIONS:
        turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
        yield way @ turn.T


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
