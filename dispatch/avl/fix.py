"""One fix of a unit, who carries it, and why one may be refused."""

from datetime import datetime
from typing import NamedTuple

from dispatch.rules.visibility import sees
from gis.actor import Actor, Role


class Fix(NamedTuple):
    """Where a unit was: WGS 84 degrees, metres, metres per second, degrees clockwise from north.

    `moving` and `grid_code` are filled in on the way; None is what nobody knows.
    """

    unit: str
    at: datetime
    lon: float
    lat: float
    received_at: datetime
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    grid_code: str | None = None
    moving: bool = False

    def marked(self, *, moving: bool) -> "Fix":
        """Return the fix with its mark; half of all fixes' cost was `_replace`."""
        return self if self.moving is moving else Fix(*self[:-1], moving)

    def within(self, grid_code: str) -> "Fix":
        """Return the fix with the grid that it lies in, none for ''."""
        return Fix(*self[:-2], grid_code, self.moving) if grid_code else self


class Refusal(NamedTuple):
    """Why something is not taken in: a stable code, and a sentence that says what was wrong."""

    code: str
    detail: str


class Carrier(NamedTuple):
    """What the lane knows of a unit."""

    id: str
    no: int
    desk: str
    area_code: str


def may_report(actor: Actor, carrier: Carrier) -> Refusal | None:
    """Return why `actor` may not say where the unit is, None if he may.

    An officer speaks for himself, a device for the units of its jurisdiction or desk. Of units that he does
    not see nobody is told that they exist.
    """
    scope = {"code": carrier.area_code, "access": (carrier.desk,)}
    if actor.unit_id == carrier.id or actor.role is Role.SYSTEM:
        return None
    if actor.role is Role.DEVICE and sees(actor, scope):
        return None
    if sees(actor, scope):
        return Refusal("not_your_unit", "Only the unit itself or a device of its area reports where it is.")
    return unknown_unit(carrier.id)


def unknown_unit(unit: str) -> Refusal:
    """Return the refusal of a unit that does not exist, or that the sender does not see."""
    return Refusal("unknown_unit", f"There is no unit {unit[:64]!r} in your sight.")
