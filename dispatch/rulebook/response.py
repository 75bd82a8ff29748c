"""Rows of `plans.toml` and `alarms.toml`: who goes at which alarm level, and what a device's alarm is about."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dispatch.rulebook.rows import Row, keyed, known, refuse
from dispatch.rules.alarms import GB28181, AlarmType
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.plans import LEVELS, Plan, Want
from dispatch.rules.vocabulary import UnitKind
from gis.errors import InvalidInput

MOST_OF_A_KIND = 99
MOST_AGAIN_S = 7 * 86_400
GB_CODE = re.compile(r"\d{1,2}(/\d{1,3})?")


def plans_of(table: Row) -> dict[str, Plan]:
    """Return the response plan of each category. Raises InvalidInput."""
    plans = keyed("plans.toml", table, "plan", _plan)
    if without := sorted(set(CATEGORIES) - set(plans)):
        raise InvalidInput(f"plans.toml: '{without[0]}' has no plan", code="bad_book")
    return plans


def alarms_of(table: Row) -> dict[str, AlarmType]:
    """Return the types of alarm by key, and by GB/T 28181 method and type as `gb28181:5/6`. Raises InvalidInput."""
    found: dict[str, AlarmType] = {}
    for key, (one, codes) in keyed("alarms.toml", table, "alarm", _alarm).items():
        for name in (key, *(GB28181 + code for code in codes)):
            if name in found:
                taken = f"alarms.toml, alarm {key}: {name} is taken by '{found[name].key}'"
                raise InvalidInput(taken, code="bad_book")
            found[name] = one
    return found


def _plan(row: Row) -> Plan:
    refuse({f"there is no category '{row['key']}'": row["key"] not in CATEGORIES})
    known(row, "key", *UnitKind)
    counts = {UnitKind(kind): _counts(kind, many) for kind, many in row.items() if kind != "key"}
    refuse({"nobody goes at level 3": not any(many[0] for many in counts.values())})
    return {
        level: tuple(Want(kind, many[place]) for kind, many in counts.items() if many[place])
        for place, level in enumerate(LEVELS)
    }


def _counts(kind: str, many: object) -> Sequence[int]:
    whole = isinstance(many, list) and len(many) == len(LEVELS) and all(type(one) is int for one in many)
    if not isinstance(many, list) or not whole:
        raise ValueError(f"'{kind}' is three whole numbers: how many at level 3, at 2 and at 1")
    refuse(
        {
            f"'{kind}' is 0 to {MOST_OF_A_KIND} at each level": not all(
                0 <= one <= MOST_OF_A_KIND for one in many
            ),
            f"'{kind}': a higher level sends no fewer": any(low > high for low, high in pairwise(many)),
        }
    )
    return many


def _alarm(row: Row) -> tuple[AlarmType, Sequence[str]]:
    known(row, "key", "category", "priority", "again_s", "text", "gb28181")
    one = AlarmType(row["key"], row["category"], row["priority"], row["again_s"], row["text"].strip())
    codes = row.get("gb28181", [])
    refuse(
        {
            f"there is no category '{one.category}'": one.category not in CATEGORIES,
            "'priority' is 1, 2, 3 or 4": one.priority not in range(1, 5),
            f"'again_s' is 0 to {MOST_AGAIN_S}": not 0 <= one.again_s <= MOST_AGAIN_S,
            "'text' is what the report says, and not empty": not one.text,
            "'gb28181' is a list of methods, or of method/type, as texts": not isinstance(codes, list)
            or not all(isinstance(code, str) and GB_CODE.fullmatch(code) for code in codes),
        }
    )
    return one, codes
