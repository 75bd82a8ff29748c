"""What citizens and officers report: realistic texts by category, place and hour, drawn with a seed."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).parent / "data" / "scenarios.toml"
HOURS = 24


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of trouble: its category, where and when it usually happens, how often, and in whose words."""

    category: str
    place: str
    hours: tuple[int, ...]
    weight: float
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened this time: `place` says what kind of spot to look for (town, village, road or hill)."""

    category: str
    place: str
    text: str


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return the whole table."""
    data = _data()
    return tuple(
        Scenario(
            category=row["category"],
            place=row["place"],
            hours=tuple(data["hours"][row["hours"]]),
            weight=float(row["weight"]),
            texts=tuple(row["texts"]),
        )
        for row in data["scenario"]
    )


def spots(place: str) -> list[str]:
    """Return the words for where exactly, for one kind of place."""
    found: list[str] = _data()["spots"][place]
    return found


def pick(rng: Random, hour: int, among: frozenset[str] | None = None) -> Incident:
    """Draw an incident for an hour of the local day (0–23), of the categories `among` where given."""
    rows = [row for row in scenarios() if among is None or row.category in among]
    weights = [row.weight * (row.hours[hour % HOURS] + 0.2) for row in rows]
    row = rng.choices(rows, weights)[0]
    text = rng.choice(row.texts).format(spot=rng.choice(spots(row.place)), n=rng.randint(2, 6))
    return Incident(row.category, row.place, text)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
