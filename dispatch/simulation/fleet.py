"""Where every unit is: along the roads on patrol, straight to a case when called, and standing still in between."""

from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from dispatch.records import UnitRecord
from dispatch.rules.vocabulary import UnitKind, UnitState
from dispatch.simulation.terrain import Place, Terrain

Floats = NDArray[np.float64]

# Metres a second, (on patrol, on the way to a case): electric bicycles, patrol cars, service cars.
SPEED_MPS: dict[UnitKind, tuple[float, float]] = {
    UnitKind.GRID_OFFICER: (4.5, 9.0),
    UnitKind.PATROL: (9.0, 15.0),
    UnitKind.DEPARTMENT: (10.0, 14.0),
    UnitKind.MEDIATION: (8.0, 11.0),
}
AT_THE_PLACE_M = 25.0
PAUSE_S = (25.0, 240.0)  # between two rounds, natural time
STAYS_AT_BASE = frozenset({UnitKind.DEPARTMENT, UnitKind.MEDIATION})
FASTEST_MPS = 55.0  # whatever the speed of the simulation: position intake refuses what no car can do
STANDING_EVERY_S = 12.0  # a unit that stands still sends a fix only so often
NOISE_M = 2.5


@dataclass(slots=True)
class Mover:
    """One unit on the ground. `way` is metric, shape (n, 2); `along` its cumulated metres."""

    unit: str
    kind: UnitKind
    area: str
    at: Floats
    rng: Random
    base: Floats
    way: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    along: Floats = field(default_factory=lambda: np.zeros(0))
    done_m: float = 0.0
    speed_mps: float = 0.0
    heading_deg: float = 0.0
    rests_until_s: float = 0.0
    called_to: str | None = None
    told_at_s: float = -1e9

    @property
    def moving(self) -> bool:
        """Whether there is way left to go."""
        return bool(len(self.along)) and self.done_m < self.along[-1]


@dataclass(frozen=True, slots=True)
class Fix:
    """One position to send."""

    unit: str
    lon: float
    lat: float
    speed_mps: float
    heading_deg: float
    accuracy_m: float


class Fleet:
    """All units that have a robot. `speed` scales how far they come in a real second."""

    def __init__(self, terrain: Terrain, seed: int, speed: float) -> None:
        self.terrain = terrain
        self.speed = speed
        self.seed = seed
        self.movers: dict[str, Mover] = {}

    def add(self, unit: UnitRecord, place: Place | None) -> None:
        """Put a unit on the ground: where it was last seen, else somewhere in its own area."""
        rng = Random(f"{self.seed}|{unit['id']}")
        kind = UnitKind(unit["kind"])
        home = self.terrain.numbers_in(unit["area_code"]) or list(range(len(self.terrain.points)))
        base = self.terrain.metres[rng.choice(home)]
        at = base if place is None else self.terrain.zone.to_metres([place])[0]
        mover = Mover(unit["id"], kind, unit["area_code"], np.array(at), rng, np.array(base))
        mover.rests_until_s = rng.uniform(0, 40)
        self.movers[unit["id"]] = mover

    def place(self, unit: str) -> Place:
        """Return where a unit is, as longitude and latitude."""
        lon, lat = self.terrain.zone.to_degrees([self.movers[unit].at])[0]
        return float(lon), float(lat)

    def call(self, unit: str, assignment: str, goal: Place) -> None:
        """Send a unit to a case; telling it twice changes nothing."""
        mover = self.movers.get(unit)
        if mover is None or mover.called_to == assignment:
            return
        mover.called_to = assignment
        self._go(mover, goal, SPEED_MPS[mover.kind][1])

    def release(self, unit: str, at_s: float) -> None:
        """Let a unit go back to its rounds after a rest."""
        mover = self.movers.get(unit)
        if mover is not None and mover.called_to is not None:
            mover.called_to = None
            self._halt(mover, at_s + mover.rng.uniform(*PAUSE_S) / self.speed)

    def step(self, seconds: float, at_s: float, states: dict[str, UnitRecord]) -> list[str]:
        """Let `seconds` of real time pass; return the units that are at the place they were called to."""
        there = []
        for mover in self.movers.values():
            if mover.called_to is not None and is_free(states.get(mover.unit)):
                self.release(mover.unit, at_s)
            if mover.moving:
                self._advance(mover, seconds)
            if mover.moving:
                continue
            if mover.called_to is not None:
                there.append(mover.unit)
            elif at_s >= mover.rests_until_s and is_free(states.get(mover.unit)):
                self._next_round(mover, at_s)
        return there

    def fixes(self, at_s: float, among: frozenset[str] | set[str]) -> list[Fix]:
        """Return what is to be sent now: all that move, and now and then those that stand."""
        told = [
            mover
            for unit in among
            if (mover := self.movers.get(unit)) is not None
            and (mover.moving or at_s - mover.told_at_s >= STANDING_EVERY_S)
        ]
        if not told:
            return []
        noise = np.array([[m.rng.gauss(0, NOISE_M), m.rng.gauss(0, NOISE_M)] for m in told])
        places = self.terrain.zone.to_degrees(np.array([m.at for m in told]) + noise)
        for mover in told:
            mover.told_at_s = at_s
        return [_fix(mover, place) for mover, place in zip(told, places, strict=True)]

    def _advance(self, mover: Mover, seconds: float) -> None:
        pace_mps = min(FASTEST_MPS, mover.speed_mps * self.speed) * mover.rng.uniform(0.85, 1.1)
        mover.done_m = min(mover.done_m + pace_mps * seconds, float(mover.along[-1]))
        leg = min(int(np.searchsorted(mover.along, mover.done_m, side="right")), len(mover.along) - 1)
        before, after = mover.way[leg - 1], mover.way[leg]
        length = mover.along[leg] - mover.along[leg - 1]
        share = (mover.done_m - mover.along[leg - 1]) / length if length else 1.0
        mover.at = before + (after - before) * share
        east, north = after - before
        if length:
            mover.heading_deg = float(np.degrees(np.arctan2(east, north)) % 360)

    def _next_round(self, mover: Mover, at_s: float) -> None:
        """Choose where to go next: somewhere in the own area, or back to the office."""
        if mover.kind in STAYS_AT_BASE:
            goal = mover.base
            if np.hypot(*(goal - mover.at)) < AT_THE_PLACE_M * 2:
                self._halt(mover, at_s + 60.0)
                return
        else:
            home = self.terrain.numbers_in(mover.area)
            if not home:
                self._halt(mover, at_s + 300.0)
                return
            goal = self.terrain.metres[mover.rng.choice(home)]
        lon, lat = self.terrain.zone.to_degrees([goal])[0]
        self._go(mover, (float(lon), float(lat)), SPEED_MPS[mover.kind][0])
        mover.rests_until_s = at_s + mover.rng.uniform(*PAUSE_S) / self.speed + self._travel_s(mover)

    def _travel_s(self, mover: Mover) -> float:
        pace_mps = min(FASTEST_MPS, mover.speed_mps * self.speed)
        return float(mover.along[-1]) / pace_mps if len(mover.along) else 0.0

    def _go(self, mover: Mover, goal: Place, speed_mps: float) -> None:
        lon, lat = self.terrain.zone.to_degrees([mover.at])[0]
        line = self.terrain.route((float(lon), float(lat)), goal).line
        way = self.terrain.zone.to_metres(line)
        steps = np.hypot(*np.diff(way, axis=0).T)
        mover.way, mover.along, mover.done_m = way, np.concatenate(([0.0], np.cumsum(steps))), 0.0
        mover.speed_mps = speed_mps

    def _halt(self, mover: Mover, until_s: float) -> None:
        mover.way, mover.along, mover.done_m, mover.speed_mps = np.zeros((0, 2)), np.zeros(0), 0.0, 0.0
        mover.rests_until_s = until_s


def is_free(unit: UnitRecord | None) -> bool:
    """Say whether a unit may go where it likes."""
    return unit is not None and unit["state"] == UnitState.AVAILABLE


def _fix(mover: Mover, place: Floats) -> Fix:
    moving = mover.moving
    return Fix(
        unit=mover.unit,
        lon=round(float(place[0]), 6),
        lat=round(float(place[1]), 6),
        speed_mps=round(mover.speed_mps * mover.rng.uniform(0.85, 1.1), 1) if moving else 0.0,
        heading_deg=round((mover.heading_deg + mover.rng.gauss(0, 4)) % 360, 1),
        accuracy_m=round(mover.rng.uniform(3, 12), 1),
    )
