"""Alarms of devices: what each type of alarm is about. The rows stand in the house's book (`alarms.toml`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gis.errors import InvalidInput

GB28181 = "gb28181:"


@dataclass(frozen=True, slots=True)
class AlarmType:
    """One type of alarm; told again within `again_s` by the same device it joins the live case."""

    key: str
    category: str
    priority: int
    again_s: int
    text: str


def alarm_type(known: Mapping[str, AlarmType], name: str) -> AlarmType:
    """Return a type of the table; a GB/T 28181 type that it does not name falls back to its method.

    Raises InvalidInput.
    """
    found = known.get(name)
    if found is None and name.startswith(GB28181):
        found = known.get(name.partition("/")[0])
    if found is None:
        names = ", ".join(sorted(known))
        raise InvalidInput(
            f"There is no alarm type '{name[:40]}'. Use one of: {names}.", code="no_such_alarm"
        )
    return found
