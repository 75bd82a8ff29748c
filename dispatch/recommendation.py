"""Who should go: the nearest available units by road, each with a reason made from its own numbers.

`recommend` is pure given the roads; `load_responders` feeds it what one actor may see.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.queries import UNIT_COLUMNS, unit_record
from dispatch.records import UnitRecord
from dispatch.rules.plans import Filled, Standing
from dispatch.rules.vocabulary import UnitKind
from layers.roads import Route, Travel

WORDS = Path(__file__).with_suffix(".toml")

FRESH_S = 1800.0  # an older fix says where a unit was, not where it is
MOST = 5
LOCAL_TOLERANCE_S = 120.0  # by so much may the grid's own officer be slower and still go first
LATER_KIND_S = 120.0  # by so much must a kind that the plan names later be faster to go first
SECONDS_SHOWN_BELOW_S = 120.0
METRES_PER_KM = 1000.0
WALK_TOLD_M = 50.0  # shorter walks are those from any parked car


class Roads(Protocol):
    """What is asked of the road network (layers.roads.RoadGraph)."""

    def travel(self, origins: Any, destination: Sequence[float]) -> Travel:
        """Return seconds and metres from origins (n, 2) to one place; infinite where no road leads."""

    def route(self, origin: Sequence[float], destination: Sequence[float]) -> Route:
        """Return the fastest way with its line."""


@dataclass(frozen=True, slots=True)
class Need:
    """Where somebody must go, in which grid, and which kinds of unit the plan wants, first choice first."""

    lon: float
    lat: float
    area_code: str
    plan: tuple[UnitKind, ...]


@dataclass(frozen=True, slots=True)
class Responder:
    """One unit in the actor's sight; `fix_age_s` is None when its place is unknown, `load` counts tasks."""

    unit: str
    kind: UnitKind
    area_code: str
    on_duty: bool
    load: int
    lon: float | None = None
    lat: float | None = None
    fix_age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unit that could go, with the reason in Chinese and English and the way there as [[lon, lat], …]."""

    unit: str
    seconds: float
    distance_m: float
    foot_m: float
    fix_age_s: float
    load: int
    reason: str
    reason_en: str
    route: list[list[float]]

    @property
    def minutes(self) -> float:
        """Travel time in minutes, to a tenth."""
        return round(self.seconds / 60.0, 1)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why nobody is free to go."""

    code: str
    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """At most `MOST` candidates, best first, and what is lacking if none of them is free."""

    candidates: tuple[Candidate, ...]
    shortfall: Shortfall | None


RESPONDERS_SQL = text(
    f"""
    select {", ".join(f"u.{name.strip()}" for name in UNIT_COLUMNS.split(","))},
      p.lon, p.lat, p.at as fixed_at, (u.case_id is not null)::int as load
    from units u left join positions_latest p on p.unit = u.id
    """
)


async def load_responders(tx: AsyncConnection, at: datetime) -> tuple[list[Responder], dict[str, UnitRecord]]:
    """Return every unit in the actor's sight as a responder, and their records by id.

    A unit is bound to one case at most, so that its load is 0 or 1.
    """
    rows = (await tx.execute(RESPONDERS_SQL)).mappings().all()
    responders = [
        Responder(
            unit=row["id"],
            kind=UnitKind(row["kind"]),
            area_code=row["area_code"],
            on_duty=row["on_duty"],
            load=row["load"],
            lon=row["lon"],
            lat=row["lat"],
            fix_age_s=None if row["fixed_at"] is None else max(0.0, (at - row["fixed_at"]).total_seconds()),
        )
        for row in rows
    ]
    return responders, {row["id"]: unit_record(row) for row in rows}


@dataclass(frozen=True, slots=True)
class _Ranked:
    responder: Responder
    seconds: float
    metres: float
    foot_m: float
    slower_s: float  # than the fastest of those that it was put before; 0 when it is the fastest


def recommend(need: Need, responders: Iterable[Responder], roads: Roads) -> Recommendation:
    """Return who should go to `need`, best first.

    Free units come before busy ones, kinds of the plan before others, then the sooner; the grid's own
    officer is preferred by `LOCAL_TOLERANCE_S`, each place further down the plan costs `LATER_KIND_S`.
    """
    seen = list(responders)
    located = [one for one in seen if one.on_duty and _is_fresh(one)]
    ranked = _rank(need, located, roads)
    candidates = tuple(_candidate(one, need, roads) for one in ranked[:MOST])
    return Recommendation(candidates, _shortfall(seen, located, ranked))


def standings(
    need: Need, responders: Iterable[Responder], here: frozenset[str], roads: Roads
) -> list[Standing]:
    """Return how each unit stands to a plan: on duty, free, located, how many seconds away, or at work here already."""
    seen = list(responders)
    located = [one for one in seen if one.on_duty and _is_fresh(one)]
    seconds: dict[str, float] = {}
    if located:
        travel = roads.travel(np.array([(one.lon, one.lat) for one in located]), (need.lon, need.lat))
        pairs = zip(located, travel.seconds, strict=True)
        seconds = {one.unit: float(away_s) for one, away_s in pairs if np.isfinite(away_s)}
    return [
        Standing(
            one.unit,
            one.kind,
            one.on_duty,
            one.load > 0,
            _is_fresh(one),
            seconds.get(one.unit),
            one.unit in here,
        )
        for one in seen
    ]


def lack_in_words(filled: Filled, language: str) -> str:
    """Say how many units of a kind are lacking, and why."""
    words = _words()["lack"]
    parts = [words[reason][language].format(units=count) for reason, count in filled.why]
    kind = words["kind"][language][str(filled.want.kind)]
    return str(
        words["missing"][language].format(
            kind=kind, units=filled.lacking, why=words["joint"][language].join(parts)
        )
    )


def _is_fresh(responder: Responder) -> bool:
    age_s = responder.fix_age_s
    return age_s is not None and age_s <= FRESH_S and responder.lon is not None and responder.lat is not None


def _rank(need: Need, located: Sequence[Responder], roads: Roads) -> list[_Ranked]:
    if not located:
        return []
    travel = roads.travel(np.array([(one.lon, one.lat) for one in located]), (need.lon, need.lat))
    reachable = [
        (one, float(seconds), float(metres), float(foot_m))
        for one, seconds, metres, foot_m in zip(
            located, travel.seconds, travel.metres, travel.foot_m, strict=True
        )
        if np.isfinite(seconds)
    ]
    reachable.sort(key=lambda row: (*_group(need, row[0]), _handicapped_s(need, row[0], row[1]), row[0].unit))
    return [
        _Ranked(one, seconds, metres, foot_m, _slower_s(need, (one, seconds), reachable[place + 1 :]))
        for place, (one, seconds, metres, foot_m) in enumerate(reachable)
    ]


def _group(need: Need, responder: Responder) -> tuple[bool, bool]:
    return responder.load > 0, responder.kind not in need.plan


def _handicapped_s(need: Need, responder: Responder, seconds: float) -> float:
    place = need.plan.index(responder.kind) if responder.kind in need.plan else 0
    return seconds + place * LATER_KIND_S - LOCAL_TOLERANCE_S * is_local(need, responder)


def _slower_s(
    need: Need, chosen: tuple[Responder, float], later: Sequence[tuple[Responder, float, float, float]]
) -> float:
    """By how much the chosen is slower than the fastest of its own group and kind that stands behind it."""
    responder, seconds = chosen
    alike = [
        other_s
        for other, other_s, *_ in later
        if _group(need, other) == _group(need, responder) and other.kind == responder.kind
    ]
    return max(0.0, seconds - min(alike, default=seconds))


def is_local(need: Need, responder: Responder) -> bool:
    """Say whether this is the officer of the very grid in which the case lies."""
    return responder.kind is UnitKind.GRID_OFFICER and responder.area_code == need.area_code


def _candidate(ranked: _Ranked, need: Need, roads: Roads) -> Candidate:
    one = ranked.responder
    assert one.lon is not None
    assert one.lat is not None
    assert one.fix_age_s is not None
    return Candidate(
        unit=one.unit,
        seconds=ranked.seconds,
        distance_m=round(ranked.metres, 1),
        foot_m=round(ranked.foot_m, 1),
        fix_age_s=one.fix_age_s,
        load=one.load,
        reason=reason(ranked, need, "zh"),
        reason_en=reason(ranked, need, "en"),
        route=roads.route((one.lon, one.lat), (need.lon, need.lat)).line,
    )


def reason(ranked: _Ranked, need: Need, language: str) -> str:
    """Say in words why this unit: time and way, age of its fix, load, place in the plan, local or not."""
    words = _words()[language]
    one, slower_s = ranked.responder, ranked.slower_s
    parts = [_way_words(ranked, words)]
    parts.append(_fix_words(one.fix_age_s or 0.0, words))
    parts.append(words["busy"].format(load=one.load) if one.load else words["free"])
    if one.kind in need.plan:
        place = need.plan.index(one.kind)
        parts.append(words["later_kind"].format(place=place + 1) if place else words["first_kind"])
    else:
        parts.append(words["other_kind"])
    if is_local(need, one):
        local = words["local_first"] if slower_s >= 6.0 else words["local"]
        tolerance = f"{LOCAL_TOLERANCE_S / 60:g}"
        parts.append(local.format(slower=f"{slower_s / 60:.1f}", tolerance=tolerance))
    return str(words["joint"]).join(parts)


def _way_words(ranked: _Ranked, words: dict[str, str]) -> str:
    """Say how long the way is, and how much of it is walked: nine minutes for a kilometre must not read as a drive."""
    way = "by_road"
    if ranked.foot_m >= WALK_TOLD_M:
        way = "on_foot" if ranked.foot_m >= ranked.metres else "by_road_and_foot"
    return words[way].format(
        minutes=f"{ranked.seconds / 60:.1f}",
        km=f"{ranked.metres / METRES_PER_KM:.1f}",
        foot=f"{ranked.foot_m:.0f}",
    )


def _fix_words(age_s: float, words: dict[str, str]) -> str:
    if age_s < SECONDS_SHOWN_BELOW_S:
        return words["fix_s"].format(age=round(age_s))
    return words["fix_min"].format(age=round(age_s / 60))


def _shortfall(
    seen: Sequence[Responder], located: Sequence[Responder], ranked: Sequence[_Ranked]
) -> Shortfall | None:
    """Name the first thing that is lacking; None when somebody is free to go."""
    if any(one.responder.load == 0 for one in ranked):
        return None
    on_duty = sum(one.on_duty for one in seen)
    if not seen:
        return _lacking("no_unit", 0)
    if not on_duty:
        return _lacking("nobody_on_duty", len(seen))
    if not located:
        return _lacking("no_fresh_fix", on_duty)
    if not ranked:
        return _lacking("no_road", len(located))
    return _lacking("all_busy", len(ranked))


def _lacking(code: str, units: int) -> Shortfall:
    words = _words()["shortfall"][code]
    return Shortfall(code, words["zh"].format(units=units), words["en"].format(units=units))


def reasons_in_words() -> dict[str, tuple[str, str]]:
    """Return the parts that a reason is made of, in Chinese and English: who reads a kept one may want the other."""
    words = _words()
    return {key: (words["zh"][key], words["en"][key]) for key in words["zh"]}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))
