"""What the log is told: the whole new record, what changed, and which units moved with it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dispatch.records import UnitRecord, case_record
from dispatch.rules.case import Case

# Fields that say that something changed, and nothing about what.
ALWAYS = frozenset({"version", "changed_at"})
NOTHING: Mapping[str, object] = MappingProxyType({})


def event_data(
    move: str, before: Case | None, after: Case, units: Sequence[UnitRecord], detail: Mapping[str, object]
) -> dict[str, Any]:
    """Return the `data` of an event about a case."""
    new = case_record(after)
    old: Mapping[str, object] = case_record(before) if before else {}
    changed = sorted(name for name, value in new.items() if name not in ALWAYS and old.get(name) != value)
    return {"move": move, "case": new, "units": list(units), "changed": changed, "detail": dict(detail)}


def unit_data(
    move: str, unit: UnitRecord, changed: Sequence[str] = (), detail: Mapping[str, object] = NOTHING
) -> dict[str, Any]:
    """Return the `data` of an event about a unit apart from any case."""
    return {"move": move, "case": None, "units": [unit], "changed": list(changed), "detail": dict(detail)}
