"""The steps that every fix goes through, in order; each is a pure function of the unit's last fix
and the new one.
"""

from collections.abc import Callable
from math import cos, hypot, isfinite, radians

from dispatch.avl.fix import Fix, Refusal

AHEAD_S = 60.0
"""Clocks of devices run ahead by so much at most."""
OLDEST_S = 7 * 24 * 3600.0
FASTEST_MPS = 70.0
"""250 km/h: nothing that the centre sends moves faster on the ground."""
BLUR_MOST_M = 200.0
"""So much of a jump is forgiven to what both fixes say of their own accuracy."""
WORST_ACCURACY_M = 2_000.0
MOVING_MPS = 0.8
MOVED_M = 15.0
METRES_PER_DEGREE = 111_320.0

Step = Callable[[Fix | None, Fix], Fix | Refusal]


def validate(before: Fix | None, fix: Fix) -> Fix | Refusal:
    """Refuse what no receiver can mean."""
    if not (-180 <= fix.lon <= 180 and -90 <= fix.lat <= 90):
        return Refusal("no_such_place", "lon must be within ±180 and lat within ±90, in WGS 84 degrees.")
    if fix.lon == 0 and fix.lat == 0:
        return Refusal("no_fix", "0, 0 is what a receiver says that has no fix.")
    age_s = (fix.received_at - fix.at).total_seconds()
    if age_s < -AHEAD_S:
        return Refusal(
            "in_the_future", f"The fix is {-age_s:.0f} s ahead of our clock; set the device's clock."
        )
    if age_s > OLDEST_S:
        return Refusal("too_old", "The fix is more than seven days old.")
    if fix.accuracy_m is not None and not 0 <= fix.accuracy_m <= WORST_ACCURACY_M:
        return Refusal("too_blurred", f"accuracy_m must be from 0 to {WORST_ACCURACY_M:.0f}.")
    if fix.speed_mps is not None and not (isfinite(fix.speed_mps) and 0 <= fix.speed_mps <= 2 * FASTEST_MPS):
        return fix._replace(speed_mps=None)
    return fix


def drop_stale(before: Fix | None, fix: Fix) -> Fix | Refusal:
    """Refuse what is not newer than what is known: it came twice, or late."""
    if before is not None and fix.at <= before.at:
        return Refusal("stale", f"A fix of {before.at.isoformat()} is known already.")
    return fix


def drop_impossible_jump(fastest_mps: float) -> Step:
    """Return the step that refuses a place which the unit cannot have come to since its last fix.

    The longer ago that was, the farther it may be: one bad fix that passed does not shut the unit out for
    long.
    """

    def step(before: Fix | None, fix: Fix) -> Fix | Refusal:
        if before is None:
            return fix
        blur_m = min(BLUR_MOST_M, (before.accuracy_m or 0.0) + (fix.accuracy_m or 0.0))
        moved_m = distance_m(before, fix)
        if moved_m - blur_m > fastest_mps * max(1.0, (fix.at - before.at).total_seconds()):
            return Refusal(
                "impossible_jump", f"The last fix is {moved_m:.0f} m away: too far in the time between."
            )
        return fix

    return step


def mark_moving(before: Fix | None, fix: Fix) -> Fix | Refusal:
    """Say whether the unit moves: by its own speed, else by how far it has come."""
    if fix.speed_mps is not None:
        return fix.marked(moving=fix.speed_mps >= MOVING_MPS)
    if before is None:
        return fix
    moved_m, since_s = distance_m(before, fix), (fix.at - before.at).total_seconds()
    return fix.marked(moving=moved_m >= MOVED_M and moved_m >= MOVING_MPS * since_s)


def steps_for(fastest_mps: float = FASTEST_MPS) -> tuple[Step, ...]:
    """Return the steps for units that move at most so fast; robots of a hurried simulation move faster."""
    return (validate, drop_stale, drop_impossible_jump(fastest_mps), mark_moving)


STEPS = steps_for()
"""Which grid a fix lies in is found after them for a whole batch at once: no step depends on it."""


def run_steps(steps: tuple[Step, ...], before: Fix | None, fix: Fix) -> Fix | Refusal:
    """Take one fix through the steps; the first refusal ends it."""
    for step in steps:
        outcome = step(before, fix)
        if isinstance(outcome, Refusal):
            return outcome
        fix = outcome
    return fix


def distance_m(one: Fix, other: Fix) -> float:
    """Return the distance of two near places; exact to a percent within a county."""
    east = (other.lon - one.lon) * cos(radians((one.lat + other.lat) / 2))
    return METRES_PER_DEGREE * hypot(east, other.lat - one.lat)
