"""Who may see what, as a pure function; the policies in the database say the same in SQL.

A scope is `{"code": area code or None, "access": [desk, …]}`: where a thing lies, and the desks it was given
to. A scope without a code lies nowhere (configuration) and is seen from the county's level up.
"""

from collections.abc import Mapping
from typing import Any, Literal

from gis.actor import Actor

COUNTY_DIGITS = 6

Scope = Mapping[str, Any]
Op = Literal["enter", "change", "leave"]

NOWHERE: Scope = {"code": None, "access": ()}


def sees(actor: Actor, scope: Scope | None) -> bool:
    """Say whether `actor` sees what has this scope; what does not exist (None) is seen by nobody."""
    if scope is None:
        return False
    if actor.desk and actor.desk in scope["access"]:
        return True
    code = scope["code"]
    if code is None:
        return covers_county(actor)
    return actor.covers(code)


def covers_county(actor: Actor) -> bool:
    """Say whether the actor's jurisdiction is a whole county or more."""
    lo, hi = actor.range
    return hi > "" and len(lo) <= COUNTY_DIGITS


def op_for(actor: Actor, before: Scope | None, after: Scope | None) -> Op | None:
    """Return what an event that took a scope from `before` to `after` is to `actor`, or None if nothing.

    An event without scopes (configuration) is a `change` to those who see what lies nowhere.
    """
    if before is None and after is None:
        before = after = NOWHERE
    saw, sees_now = sees(actor, before), sees(actor, after)
    if saw and sees_now:
        return "change"
    if sees_now:
        return "enter"
    return "leave" if saw else None


def unit_scope(unit: Mapping[str, Any]) -> Scope:
    """Return the scope of a UnitRecord: where it belongs, and its own desk."""
    return {"code": unit["area_code"], "access": (unit["desk"],)}
