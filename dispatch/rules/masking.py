"""What a screen for all to see is not told: behind whose door a dispute lies, and what it is about (pure)."""

from collections.abc import Callable, Mapping
from typing import Any

from dispatch.rules.categories import CATEGORIES
from gis.actor import Actor, Role

SENSITIVE_GROUPS = frozenset({"dispute"})
SENSITIVE_CATEGORIES = frozenset({"fraud", "help"})
VILLAGE_DIGITS = 12

SeatOf = Callable[[str], tuple[float, float]]
"""Where the seat of an area is: longitude, latitude."""


def sees_masked(actor: Actor) -> bool:
    """Say whether the actor is a screen that hangs where everybody can read it."""
    return actor.role is Role.KIOSK


def is_sensitive(category: str) -> bool:
    """Say whether where such a case lies, and what it is, is nobody's business in the hall."""
    return category in SENSITIVE_CATEGORIES or group_of(category) in SENSITIVE_GROUPS


def group_of(category: str) -> str:
    """Return the group of a category; of one that the table has lost, the most careful."""
    known = CATEGORIES.get(category)
    return known.group if known else "dispute"


def masked(record: Mapping[str, Any], seat_of: SeatOf) -> dict[str, Any]:
    """Return a case's record as a wall screen gets it: a sensitive one at its village's seat, by its group alone.

    What names people and their errands goes too: who was sent, and who ordered attention or preserved it.
    """
    if not is_sensitive(record["category"]):
        return dict(record)
    village = record["area_code"][:VILLAGE_DIGITS]
    lon, lat = seat_of(village)
    # What was told before cases could be preserved has no word of it.
    order, kept = record["supervision"], record.get("preservation")
    return {
        **record,
        "category": group_of(record["category"]),
        "lon": lon,
        "lat": lat,
        "area_code": village,
        "assignments": [{**one, "unit": "", "unit_name": ""} for one in record["assignments"]],
        "supervision": order and {**order, "by_name": ""},
        "preservation": kept and {**kept, "by_name": ""},
    }


def unbound(unit: Mapping[str, Any]) -> dict[str, Any]:
    """Return a unit's record as a wall screen gets it: where it is bound to would tell where a case is."""
    return {**unit, "case_id": None}


def masked_card(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a warning card as a wall screen may show it: on whom and how grave, without the cases behind it."""
    return {**card, "evidence": [], "about": ""}
