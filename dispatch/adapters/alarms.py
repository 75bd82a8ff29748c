"""Device alarms: the table that says what each type is about, checked whole when it is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dispatch.rules.categories import CATEGORIES
from gis.errors import InvalidInput

TABLE = Path(__file__).with_name("alarms.toml")
GB28181 = "gb28181:"


@dataclass(frozen=True, slots=True)
class AlarmType:
    """One kind of alarm; told again within `again_s` by the same device it joins the live case."""

    name: str
    category: str
    priority: int
    again_s: float
    zh: str


@cache
def alarm_types() -> dict[str, AlarmType]:
    """Return every type by name, and by GB/T 28181 method and type as `gb28181:5/6`."""
    return types_of(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def types_of(document: Mapping[str, Any]) -> dict[str, AlarmType]:
    """Return the types that a parsed table says. Raises InvalidInput naming the row that is wrong."""
    found: dict[str, AlarmType] = {}
    for name, row in document.get("alarm", {}).items():
        if row.get("category") not in CATEGORIES:
            raise InvalidInput(
                f"alarm {name}: there is no category {row.get('category')!r}", code="bad_table"
            )
        if row.get("priority") not in (1, 2, 3, 4):
            raise InvalidInput(f"alarm {name}: 'priority' must be 1, 2, 3 or 4", code="bad_table")
        one = AlarmType(name, row["category"], row["priority"], float(row["again_s"]), row["zh"])
        for key in (name, *(GB28181 + code for code in row.get("gb28181", []))):
            if key in found:
                raise InvalidInput(f"alarm {name}: {key} is taken by {found[key].name}", code="bad_table")
            found[key] = one
    return found


def alarm_type(name: str) -> AlarmType:
    """Return the type; a GB/T 28181 type that the table does not know falls back to its method. Raises InvalidInput."""
    known = alarm_types()
    found = known.get(name)
    if found is None and name.startswith(GB28181):
        found = known.get(name.partition("/")[0])
    if found is None:
        names = ", ".join(sorted(known))
        raise InvalidInput(
            f"There is no alarm type '{name[:40]}'. Use one of: {names}.", code="no_such_alarm"
        )
    return found
