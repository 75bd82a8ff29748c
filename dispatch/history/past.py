"""`wall demo --history`: a past of a given length, made and written."""

import re
from collections.abc import Callable
from datetime import date

import psycopg

from dispatch.actions.loading import loading
from dispatch.history.build import Past, make
from dispatch.history.county import read_county
from dispatch.history.rows import TABLES
from dispatch.rules.by_clock import OrderRule
from gis.errors import InvalidInput, NotYourMove

IS_DEMONSTRATION = "select bool_and(demonstration) from data_sets"
LENGTH = re.compile(r"([1-9][0-9]{0,3})([dmy])")
MADE = 0.85  # the share of the time that goes before the indexes
LONGEST_DAYS = 3660


def days_of(length: str, until: date) -> int:
    """Return how many days a length such as `30d`, `6m` or `3y` before `until` is. Raises InvalidInput."""
    found = LENGTH.fullmatch(length)
    if found is None:
        raise InvalidInput(f"'{length}' is no length of a past: say 30d, 6m or 3y", code="bad_length")
    number, unit = int(found[1]), found[2]
    if unit == "d":
        days = number
    else:
        months = until.year * 12 + until.month - 1 - number * (12 if unit == "y" else 1)
        year, month = divmod(max(12, months), 12)
        days = (until - date(year, month + 1, min(until.day, 28))).days
    if days > LONGEST_DAYS:
        raise InvalidInput("a past is ten years long at most", code="bad_length")
    return days


def write_past(
    owner_url: str,
    seed: int,
    until: date,
    days: int,
    progress: Callable[[float], None],
    rules: tuple[OrderRule, ...] = (),
) -> tuple[int, int]:
    """Write the past of a demonstration county without cases; return how many cases and facts it has.

    By `rules` the system ordered attention to what was late. All of it is there at the end, or nothing.
    Raises NotYourMove where the county is real, Conflict where it has cases.
    """
    with psycopg.connect(owner_url) as connection:
        if connection.execute(IS_DEMONSTRATION).fetchone() != (True,):
            raise NotYourMove(
                "the county's data are real: no past is invented there", code="not_demonstration"
            )
        county = read_county(connection, seed)
    past = Past.draw(county, seed, until, days, rules)
    with loading(owner_url, TABLES) as load:
        facts = make(past, load.lines, load.facts, load.units, lambda done: progress(MADE * done / 0.9))
        for done in load.finish(len(past.drawn)):
            progress(MADE + (1 - MADE) * done)
    return len(past.drawn), facts
