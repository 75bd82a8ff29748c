"""When and where a county is busy: the hour, the weekday, the market, the harvest, the Spring Festival."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]

# Shares of the day by the hour, from midnight, in China's time.
OFFICE = (0, 0, 0, 0, 0, 1, 4, 12, 26, 32, 30, 20, 9, 8, 20, 28, 27, 20, 9, 5, 3, 2, 1, 0)
PATROL = (1, 0, 0, 0, 1, 3, 9, 18, 26, 28, 27, 22, 13, 11, 18, 25, 26, 23, 15, 9, 6, 4, 2, 1)
HOME = (3, 2, 1, 1, 1, 2, 5, 9, 14, 17, 17, 14, 12, 11, 13, 15, 16, 17, 18, 20, 21, 17, 11, 6)
# Monday to Sunday.
WORKING_WEEK = (1.12, 1.10, 1.06, 1.05, 1.02, 0.62, 0.52)
EVERY_DAY = (1.02, 1.0, 0.99, 0.99, 1.02, 1.0, 0.98)

MARKET = 1.45  # more on a market day in the township that holds it
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
LUNATION = timedelta(days=29.530588)
SPRING_FESTIVALS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06"),
        *("2028-01-26", "2029-02-13", "2030-02-03"),
    )
)


def lunar_day(day: date) -> int:
    """Return the day of the lunar month, 1 to 30, by the mean moon: right to a day."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return int((noon - NEW_MOON) % LUNATION / timedelta(days=1)) + 1


def is_market_day(day: date, township: int) -> bool:
    """逢集: say whether a township, by its number, holds its market: thrice in ten days of the lunar month."""
    return lunar_day(day) % 10 in ((1, 4, 7), (2, 5, 8), (3, 6, 9))[township % 3]


def to_spring_festival(day: date) -> int:
    """Return the days from the nearest Spring Festival to a day: negative before it."""
    return min(((day - one).days for one in SPRING_FESTIVALS), key=abs)


def is_harvest(day: date) -> bool:
    """Say whether wheat (June) or apples and maize (autumn) are brought in."""
    return (6, 8) <= (day.month, day.day) <= (7, 5) or (9, 22) <= (day.month, day.day) <= (10, 25)


def day_weight(day: date, kind: str) -> float:
    """Return how busy a day is in one kind of report, 1 on the average."""
    festival = to_spring_festival(day)
    if kind == "information":
        quiet = 0.42 if -1 <= festival <= 6 else 1.0
        return WORKING_WEEK[day.weekday()] * quiet * (1.08 if is_harvest(day) else 1.0)
    if kind == "dispute":
        before, quiet = (1.5 if -24 <= festival <= -2 else 1.0), (0.5 if -1 <= festival <= 4 else 1.0)
        return WORKING_WEEK[day.weekday()] * before * quiet * (1.25 if is_harvest(day) else 1.0)
    fires = 1.35 if kind == "hazard" and (-2 <= festival <= 16 or day.month in (3, 4)) else 1.0
    return EVERY_DAY[day.weekday()] * fires


def hour_shares(kind: str) -> Weights:
    """Return the share of each hour of the day."""
    hours = np.array({"information": PATROL, "hazard": PATROL, "dispute": OFFICE}.get(kind, HOME), float)
    return np.asarray(hours / hours.sum())


def weights(days: list[date], shares: Weights, kind: str) -> Weights:
    """Return the weight of every (day, township): its share of people, the season, and its market."""
    base = np.array([day_weight(day, kind) for day in days])
    markets = np.array([[is_market_day(day, town) for town in range(len(shares))] for day in days])
    lift = {"information": MARKET - 1, "dispute": MARKET - 1, "complaint": 0.0}.get(kind, 0.15)
    found = base[:, None] * shares[None, :] * (1 + lift * markets)
    return np.asarray(found / found.sum())


# category → share of its kind; a season's factor by category stands beside.
INFORMATION: Mapping[str, float] = {
    "help": 0.46, "inquiry": 0.22, "sanitation": 0.17, "livestock": 0.10, "noise": 0.05,
}  # fmt: skip
HAZARDS: Mapping[str, float] = {
    "safety_hazard": 0.70, "road_damage": 0.085, "power_water": 0.08, "pollution": 0.025, "public_order": 0.03,
    "fraud": 0.02, "traffic_crash": 0.03, "fire": 0.008, "forest_fire": 0.004, "gas_leak": 0.006, "lost_person": 0.008,
    "flood": 0.002, "landslide": 0.002,
}  # fmt: skip
COMPLAINTS: Mapping[str, float] = {
    "petition": 0.24, "noise": 0.16, "pollution": 0.14, "sanitation": 0.16, "road_damage": 0.16, "power_water": 0.14,
}  # fmt: skip
OF_VILLAGES: Mapping[str, float] = {"neighbour_dispute": 0.45, "family_dispute": 0.30, "land_dispute": 0.25}
OF_TOWNSHIPS: Mapping[str, float] = {
    "neighbour_dispute": 0.24,
    "family_dispute": 0.20,
    "land_dispute": 0.20,
    "wage_dispute": 0.13,
    "consumer_dispute": 0.09,
    "petition": 0.14,
}
OF_THE_COUNTY: Mapping[str, float] = {
    "wage_dispute": 0.36,
    "medical_dispute": 0.16,
    "land_dispute": 0.22,
    "petition": 0.26,
}


def category_factor(category: str, day: date) -> float:
    """Return how much likelier a category is in the season of a day."""
    festival = to_spring_festival(day)
    if category == "wage_dispute":
        return 2.6 if -60 <= festival <= -3 else 0.8
    if category == "family_dispute":
        return 1.7 if -3 <= festival <= 20 else 0.95
    if category in ("land_dispute", "livestock"):
        return 1.6 if is_harvest(day) or day.month in (3, 4) else 0.85
    if category in ("flood", "landslide"):
        return 3.0 if day.month in (7, 8, 9) else 0.1
    if category == "forest_fire":
        return 3.0 if day.month in (2, 3, 4) else 0.4
    return 1.0
