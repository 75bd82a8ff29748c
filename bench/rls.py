"""What row-level security costs a list, and how long lists take, with the whole past there."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import combinations
from typing import Any

from sqlalchemy import text

from bench.figure import Figure, quantiles
from bench.past import LENGTH, counted, past_cluster
from dispatch.case_lists import CaseFilter, cases_in_sight, list_cases
from dispatch.figures import By, response_figures
from dispatch.glance import glance
from dispatch.queries import snapshot_cases
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database

COST_TARGET_PERCENT, LIST_TARGET_MS, PAST_TARGET_MS = 15.0, 20.0, 50.0
PAIRS, TIMES = 60, 12
Lists = dict[str, tuple[Actor, CaseFilter]]


def _sitting(role: Role, desk: str) -> Actor:
    return Actor("bench", "bench", role, desk, desk.partition("/")[0])


async def _timed(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


async def _under_policy(db: Database, actor: Actor, wanted: CaseFilter) -> None:
    async with db.read(actor) as tx:
        await list_cases(tx, wanted)


async def _lists(db: Database, actor: Actor, wanted: CaseFilter) -> None:
    await cases_in_sight(db, actor, wanted)


async def _pairs(db: Database, towns: list[str]) -> dict[str, list[float]]:
    """Time the same lists with the policy and with the condition written out, turn by turn."""
    found: dict[str, list[float]] = {"policy": [], "written_out": []}
    for turn in range(PAIRS):
        town = towns[turn % len(towns)]
        officer, wanted = _sitting(Role.DUTY_OFFICER, town), CaseFilter(area=town, open_only=turn % 2 == 0)
        works = [("policy", officer), ("written_out", SYSTEM)]
        for name, actor in works if turn % 4 < 2 else reversed(works):
            await _under_policy(db, actor, wanted)  # once to warm, once to count
            found[name].append(
                await _timed(lambda actor=actor, wanted=wanted: _under_policy(db, actor, wanted))  # type: ignore[misc]
            )
    return found


def _asked(towns: list[str], departments: list[str], unit: str) -> Lists:
    """Return lists as desks ask for them: every filter, of a township and of a department."""
    filters = {
        "open": CaseFilter(open_only=True),
        "status": CaseFilter(status="handling", open_only=True),
        "category": CaseFilter(category="safety_hazard", open_only=True),
        "case_class": CaseFilter(case_class="complex", open_only=True),
        "priority": CaseFilter(priority=1, open_only=True),
        "source": CaseFilter(source="citizen", open_only=True),
        "colour": CaseFilter(colour="red", open_only=True),
        "unit": CaseFilter(unit=unit, open_only=True),
        "number": CaseFilter(number="2611", open_only=True),
    }
    asked = {
        f"{name} of {town}": (_sitting(Role.DUTY_OFFICER, town), one)
        for town in towns[::5]
        for name, one in filters.items()
    }
    for desk in departments[::5]:
        officer = _sitting(Role.DEPARTMENT, desk)
        asked |= {f"{name} of {desk}": (officer, one) for name, one in filters.items()}
        asked[f"held by {desk}"] = officer, CaseFilter(holder=desk, open_only=True)
    return asked


def _asked_of_the_past(towns: list[str], departments: list[str], unit: str) -> Lists:
    """Return lists over all years, of what there is much, little or nothing of: as five kinds of people ask."""
    town, county = towns[3], towns[3][:6]
    people = {
        "the county": _sitting(Role.LEADER, county),
        "a township": _sitting(Role.DUTY_OFFICER, town),
        "a village": _sitting(Role.VILLAGE_OFFICER, f"{town}201"),
        "a mediator": _sitting(Role.MEDIATOR, town),
        "a department": _sitting(Role.DEPARTMENT, departments[0]),
    }
    asked: dict[str, list[Any]] = {
        "status": ["closed", "refused", "cancelled", "merged"],
        "case_class": ["simple", "emergency", "complex"],
        "priority": [1, 4],
        "source": ["grid_officer", "citizen", "device"],
        "category": ["help", "landslide"],
        "holder": [county, town, f"{towns[0]}201"],
        "area": [town, towns[0], f"{towns[0]}201"],
        "unit": [unit],
        "number": ["2312"],
    }
    alone = [{name: value} for name, values in asked.items() for value in values]
    filters = alone + [one | other for one, other in combinations(alone, 2) if one.keys() != other.keys()]
    return {
        f"{' '.join(map(str, one.values()))} for {who}": (actor, CaseFilter(**one))
        for who, actor in people.items()
        for one in filters
    }


async def _measure(url: str) -> dict[str, Any]:
    db = Database(url, pool_size=2)
    async with db.read(SYSTEM) as tx:
        desks = list((await tx.execute(text("select id from desks order by id"))).scalars())
        unit = str(await tx.scalar(text("select unit from assignments limit 1")))
    towns, departments = [one for one in desks if len(one) == 9], [one for one in desks if "/" in one]
    pairs, spent = await _pairs(db, towns), dict[str, list[float]]()
    for _ in range(TIMES):
        for name, (actor, wanted) in _asked(towns, departments, unit).items():
            spent.setdefault(name, []).append(await _timed(lambda a=actor, w=wanted: _lists(db, a, w)))  # type: ignore[misc]
    others, past = await _others(db, towns[3]), dict[str, list[float]]()
    for name, (actor, wanted) in _asked_of_the_past(towns, departments, unit).items():
        await _lists(db, actor, wanted)
        past[name] = [await _timed(lambda a=actor, w=wanted: _lists(db, a, w))]  # type: ignore[misc]
    await db.close()
    return {"pairs": pairs, "lists": spent, "others": others, "past": past}


async def _others(db: Database, town: str) -> dict[str, float]:
    """Time what else screens ask for, once warm."""
    leader, officer = _sitting(Role.LEADER, town[:6]), _sitting(Role.DUTY_OFFICER, town)

    async def snapshot(actor: Actor) -> None:
        async with db.read(actor, frozen=True) as tx:
            await snapshot_cases(tx)

    async def at_a_glance() -> None:
        async with db.read(SYSTEM) as tx:
            await glance(tx, now())

    async def figures(actor: Actor, hours: float) -> None:
        await response_figures(db, actor, By.TOWNSHIP, hours, now())

    found = {}
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "closed cases of a township": lambda: _lists(db, officer, CaseFilter(status="closed")),
        "snapshot of the county": lambda: snapshot(leader),
        "snapshot of a township": lambda: snapshot(officer),
        "glance": at_a_glance,
        "figures of a day": lambda: figures(leader, 24),
        "figures of 30 days": lambda: figures(leader, 720),
        "figures of a township, 30 days": lambda: figures(officer, 720),
    }
    for name, work in works.items():
        await work()
        found[name] = round(statistics.median([await _timed(work) for _ in range(3)]), 1)
    return found


def measure() -> Iterator[Figure]:
    """Measure lists under the policies."""
    with past_cluster() as urls:
        rows = counted(urls)
        found = asyncio.run(_measure(urls.app))
    policy, written = (statistics.median(found["pairs"][name]) for name in ("policy", "written_out"))
    yield Figure(
        "rls_cost",
        round((policy / written - 1) * 100, 1),
        "% more than the same list with its condition written out, medians",
        "lower",
        COST_TARGET_PERCENT,
        peer={"policy_ms": round(policy, 3), "written_out_ms": round(written, 3)},
        details={"rows": rows, "history": LENGTH, "pairs": PAIRS, "other_queries_ms": found["others"]},
    )
    yield _figure_of(
        "list_p99",
        found["lists"],
        "ms, p99 of lists of open cases by every filter, of townships and departments",
        LIST_TARGET_MS,
        rows,
    )
    yield _figure_of(
        "past_list_p99",
        found["past"],
        "ms, p99 of lists of the whole past by every filter and pair of filters, of five kinds of people",
        PAST_TARGET_MS,
        rows,
    )


def _figure_of(
    name: str, lists: dict[str, list[float]], unit: str, target_ms: float, rows: dict[str, int]
) -> Figure:
    every = quantiles([one for spent in lists.values() for one in spent])
    slowest = sorted(((statistics.median(spent), name) for name, spent in lists.items()), reverse=True)[:8]
    details = {
        **every,
        "rows": rows,
        "slowest_medians_ms": {name: round(median, 2) for median, name in slowest},
    }
    return Figure(name, every["p99"], unit, "lower", target_ms, details=details)
