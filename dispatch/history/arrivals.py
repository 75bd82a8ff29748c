"""What is reported when and where: drawn as arrays, exact in number, in the order of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.history import seasons
from dispatch.history.county import POINTS_IN_A_GRID, County
from dispatch.history.worktime import Moments, us_of
from dispatch.rules.calendar import CHINA

HOUR_US = 3_600_000_000
THREE_YEARS = 1096  # days of the account that the numbers below are from
INFORMATION, HAZARD, DISPUTE, COMPLAINT = range(4)
KINDS = ("information", "hazard", "dispute", "complaint")
IN_THREE_YEARS = (1_116_000, 50_525, 10_057, 4_245)
TO_THE_CENTRE, SETTLED_THERE = 5_164, 4_235
ENDS_AT_VILLAGE, ENDS_AT_TOWNSHIP = 0.18, 0.67

# How a dispute goes: where it ends, and whether the county's centre had it in hands.
AT_VILLAGE, AT_TOWNSHIP, HANDED_DOWN, AT_COUNTY = range(4)
CENTRE = (HANDED_DOWN, AT_COUNTY)
# 化解, 未化解: settled; not taken up or withdrawn; not at an end yet.
SETTLED, GIVEN_UP, UNDER_WAY = range(3)
SETTLED_WITHIN_DAYS, FRESH_DAYS = 45, 9


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Reports in the order of time; each array has one entry for each of them."""

    at: Moments
    kind: NDArray[np.int8]
    grid: NDArray[np.int16]
    category: NDArray[np.int16]  # by its place in `CATEGORIES`
    place: NDArray[np.int16]
    way: NDArray[np.int8]
    end: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.at)


CATEGORIES: tuple[str, ...] = tuple(
    sorted(
        {*seasons.INFORMATION, *seasons.HAZARDS, *seasons.COMPLAINTS}
        | {*seasons.OF_VILLAGES, *seasons.OF_TOWNSHIPS, *seasons.OF_THE_COUNTY}
    )
)


def numbers(days: int) -> tuple[int, ...]:
    """Return how many of each kind come in so many days, as in the three years that the county tells of."""
    return tuple(round(number * days / THREE_YEARS) for number in IN_THREE_YEARS)


def draw(county: County, seed: int, until: date, days: int) -> Arrivals:
    """Return the reports of the `days` days before `until`."""
    rng = np.random.default_rng([seed, 2])
    calendar = [until - timedelta(days=days - offset) for offset in range(days)]
    grids, shares = _grids_and_shares(county, rng)
    parts = []
    for kind, number in enumerate(numbers(days)):
        parts.append(_of_kind(kind, number, calendar, county, grids, shares, rng))
    joined = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return Arrivals(*(array[order] for array in joined))


def _grids_and_shares(
    county: County, rng: np.random.Generator
) -> tuple[list[NDArray[np.int64]], NDArray[np.float64]]:
    """Return the grids of each township and its share of reports: its people, by its grids, and its ways."""
    codes = np.array(county.grids)
    found = [np.flatnonzero(np.char.startswith(codes, town)) for town in county.townships]
    # The sub-district in the town reports half as much again for each of its grids.
    urban = np.array([1.5 if town[6:9] < "100" else 1.0 for town in county.townships])
    shares = np.array([len(grids) for grids in found]) * urban * rng.uniform(0.88, 1.14, len(found))
    return found, shares / shares.sum()


def _of_kind(
    kind: int,
    number: int,
    calendar: list[date],
    county: County,
    grids: list[NDArray[np.int64]],
    shares: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], ...]:
    name = KINDS[kind]
    cells = rng.multinomial(number, seasons.weights(calendar, shares, name).ravel())
    day, town = np.divmod(np.repeat(np.arange(len(cells)), cells), len(shares))
    hour = rng.choice(24, number, p=seasons.hour_shares(name))
    first = us_of(datetime.combine(calendar[0], time(), CHINA))
    at = first + (day * 24 + hour) * HOUR_US + rng.integers(0, HOUR_US, number)
    grid = np.empty(number, np.int64)
    for index, of_town in enumerate(grids):
        here = town == index
        grid[here] = rng.choice(of_town, int(here.sum()))
    way, end = _ways(at, kind, number, us_of(datetime.combine(calendar[-1], time(), CHINA)), rng)
    category = _categories(kind, way, day, calendar, rng)
    place = rng.integers(0, POINTS_IN_A_GRID, number)
    return at, np.full(number, kind), grid, category, place, way, end


def _ways(
    at: Moments, kind: int, number: int, last_us: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how each dispute goes and ends, in the shares that the county tells of."""
    way, end = np.zeros(number, np.int64), np.full(number, SETTLED)
    if kind != DISPUTE or not number:
        return way, end
    centre = round(number * TO_THE_CENTRE / IN_THREE_YEARS[DISPUTE])
    village, township = round(number * ENDS_AT_VILLAGE), round(number * ENDS_AT_TOWNSHIP)
    way = np.repeat(
        (AT_VILLAGE, AT_COUNTY, HANDED_DOWN, AT_TOWNSHIP),
        (
            village,
            number - village - township,
            centre - (number - village - township),
            number - village - centre,
        ),
    )
    rng.shuffle(way)
    age_days = (last_us - at) / (24 * HOUR_US)
    there = np.flatnonzero(np.isin(way, CENTRE))
    old = there[age_days[there] > SETTLED_WITHIN_DAYS]
    settled = min(round(centre * SETTLED_THERE / TO_THE_CENTRE), len(old))
    end[there] = np.where(age_days[there] > FRESH_DAYS, GIVEN_UP, UNDER_WAY)
    end[rng.choice(old, settled, replace=False)] = SETTLED
    return way, end


def _categories(
    kind: int, way: NDArray[np.int64], day: NDArray[np.int64], calendar: list[date], rng: np.random.Generator
) -> NDArray[np.int64]:
    found = np.empty(len(way), np.int64)
    if kind == DISPUTE:
        tables = {
            AT_VILLAGE: seasons.OF_VILLAGES,
            AT_TOWNSHIP: seasons.OF_TOWNSHIPS,
            HANDED_DOWN: seasons.OF_TOWNSHIPS,
            AT_COUNTY: seasons.OF_THE_COUNTY,
        }
        for one, table in tables.items():
            here = way == one
            found[here] = _drawn(table, day[here], calendar, rng)
        return found
    table = (seasons.INFORMATION, seasons.HAZARDS, {}, seasons.COMPLAINTS)[kind]
    return _drawn(table, day, calendar, rng)


def _drawn(
    table: Mapping[str, float], day: NDArray[np.int64], calendar: list[date], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a category for each report, by its table and the season of its day."""
    shares = np.array(
        [[share * seasons.category_factor(key, one) for key, share in table.items()] for one in calendar]
    )
    up_to = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    chosen = (rng.random(len(day))[:, None] > up_to[day]).sum(axis=1)
    places = np.array([CATEGORIES.index(key) for key in table], np.int64)
    return np.asarray(places[np.minimum(chosen, len(table) - 1)])
