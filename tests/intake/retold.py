"""A day on which incidents are told again and again: is each repeat found, and nothing else taken for one?"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, radians
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from dispatch.intake.table import wording_table
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.duplicates import DEGREE_M, Told, duplicates_of
from dispatch.rules.wording import NOTHING, categories_of, readable

INCIDENTS = Path(__file__).with_name("incidents.toml")
NAMESPACE = UUID("7d9f8a52-0000-4000-8000-000000000000")
BEGIN = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
CENTRE = (107.36, 35.33)
# So many clusters of incidents, so many in each, within so many metres of one another and within one day.
CLUSTERS, IN_EACH, CLUSTER_M, ASIDE_M = 40, 7, 700.0, 400.0
MOST_TELLINGS = 5
# A repeat is placed exactly (where the first caller put it, give or take), roughly, or by its village alone.
EXACT_M, ROUGH_M, VILLAGE_M = 45.0, 180.0, 600.0
SHARES = (0.55, 0.30, 0.15)


@dataclass(frozen=True, slots=True)
class Telling:
    """One report of one incident."""

    incident: int
    at: datetime
    told: Told


@dataclass(slots=True)
class Found:
    """What came of a day."""

    repeats: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    firsts: int = 0
    examples: list[str] = field(default_factory=list)
    by_category: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Of what was proposed, the share that was right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the repeats, the share that was found."""
        return self.right / max(1, self.repeats)


def incidents(half: str) -> list[dict[str, object]]:
    """Return the incidents of one half."""
    rows = tomllib.loads(INCIDENTS.read_text(encoding="utf-8"))["incident"]
    return [row for row in rows if row["half"] == half]


def category_said(text: str, otherwise: str) -> str:
    """Return the category that the rules would propose: a repeat often comes in under another one."""
    table = wording_table()
    found = [one.category for one in categories_of(readable(text, table), table) if one.category != NOTHING]
    return found[0] if found else otherwise


def a_day(half: str, seed: int) -> list[Telling]:
    """Return the reports of one day in the order in which they come in."""
    rng, known = Random(seed), incidents(half)
    found: list[Telling] = []
    number = 0
    for _ in range(CLUSTERS):
        middle = moved(CENTRE, rng.uniform(-20_000, 20_000), rng.uniform(-12_000, 12_000))
        chosen = rng.sample(known, IN_EACH)
        for incident in chosen:
            number += 1
            found += _tellings(incident, number, middle, rng, range(MOST_TELLINGS))
        # The hardest: another incident of the very kind, close by, told in words of its own.
        number += 1
        aside = moved(middle, rng.choice((-1, 1)) * ASIDE_M, rng.choice((-1, 1)) * ASIDE_M)
        found += _tellings(chosen[0], number, aside, rng, range(MOST_TELLINGS - 3, MOST_TELLINGS))
    return sorted(found, key=lambda one: one.at)


def _tellings(
    incident: dict[str, object], number: int, middle: tuple[float, float], rng: Random, which: range
) -> list[Telling]:
    category, tellings = str(incident["category"]), list(incident["tellings"])  # type: ignore[call-overload]
    texts = [tellings[at] for at in which if at < len(tellings)]
    rng.shuffle(texts)
    place = moved(middle, rng.gauss(0, CLUSTER_M / 2), rng.gauss(0, CLUSTER_M / 2))
    at = BEGIN + timedelta(seconds=rng.uniform(0, 86_400))
    pause_s = 300.0 if CATEGORIES[category].group == "emergency" else 7_200.0
    told = []
    for order, text in enumerate(texts[: rng.randint(1, len(texts))]):
        kind = rng.choices((EXACT_M, ROUGH_M, VILLAGE_M), SHARES)[0] if order else EXACT_M
        here = moved(place, rng.gauss(0, kind / 1.5), rng.gauss(0, kind / 1.5)) if order else place
        radius_m = VILLAGE_M if kind == VILLAGE_M else 0.0
        at += timedelta(seconds=rng.expovariate(1 / pause_s) if order else 0.0)
        told.append(Telling(number, at, Told(category_said(text, category), *here, at, (text,), radius_m)))
    return told


def moved(place: tuple[float, float], east_m: float, north_m: float) -> tuple[float, float]:
    """Return a place so many metres east and north of another."""
    lon, lat = place
    return lon + east_m / (DEGREE_M * cos(radians(lat))), lat + north_m / DEGREE_M


def measure(half: str, seeds: range) -> Found:
    """Take in some days; whoever takes calls joins each repeat to the case that it belongs to."""
    found = Found()
    for seed in seeds:
        _take_in(a_day(half, seed), found)
    return found


def _take_in(tellings: list[Telling], found: Found) -> None:
    cases: dict[int, Told] = {}
    for one in tellings:
        best = next(iter(duplicates_of(one.told, cases.values())), None)
        mine = cases.get(one.incident)
        named = None if best is None else next(key for key, case in cases.items() if case.case == best.case)
        if mine is not None:
            found.repeats += 1
        found.firsts += mine is None
        if named is not None and named == one.incident:
            found.right += 1
        elif named is not None:
            found.wrong += 1
            found.by_category[f"{cases[named].category} ← {one.told.category}"] += 1
            found.examples.append(
                f"{cases[named].texts[0]} ← {one.told.texts[0]}: {best.reason('zh') if best else ''}"
            )
        elif mine is not None:
            found.missed += 1
            found.examples.append(f"missed {mine.texts[0]} ← {one.told.texts[0]}")
        if mine is None:
            name = uuid5(NAMESPACE, str(one.incident))
            cases[one.incident] = Told(
                one.told.category, one.told.lon, one.told.lat, one.at, one.told.texts, case=name
            )
        else:
            cases[one.incident] = Told(
                mine.category, mine.lon, mine.lat, mine.at, (*mine.texts, *one.told.texts), case=mine.case
            )
