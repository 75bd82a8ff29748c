"""What was done out of the server's reach and is told later: when it was done, as far as that can be believed."""

from datetime import datetime, timedelta

from dispatch.rules.case import Assignment
from gis.errors import InvalidInput

# A telephone reckons by the server's clock as it last heard it: it may be wrong by so much, and is then set right.
SKEW = timedelta(seconds=60)
# What is told within this was told at once.
AT_ONCE = timedelta(seconds=10)
LATEST = timedelta(hours=12)


def last_known(assignment: Assignment) -> datetime:
    """Return when the last thing that is known of an assignment was done."""
    known = (
        assignment.dispatched_at,
        assignment.acknowledged_at,
        assignment.departed_done_at or assignment.departed_at,
        assignment.arrived_done_at or assignment.arrived_at,
    )
    # What was told late has its server's moment too, and that is not when it was done.
    told_late = assignment.departed_done_at is not None
    moments = (one for place, one in enumerate(known) if one is not None and not (place == 1 and told_late))
    return max(moments)


def when_done(assignment: Assignment, done_at: datetime | None, at: datetime) -> datetime | None:
    """Return when something was done that the server hears of at `at`; None where that is the same.

    Raises InvalidInput for a moment in the future, too long ago, or before what came before it.
    """
    if done_at is None:
        return None
    if done_at > at + SKEW:
        raise InvalidInput("`done_at` lies in the future. Set the clock right.", code="bad_done_at")
    if done_at < at - LATEST:
        raise InvalidInput("`done_at` is more than 12 hours ago. Leave it out.", code="bad_done_at")
    before = last_known(assignment)
    if done_at < before - SKEW:
        raise InvalidInput("`done_at` lies before what the unit did before it.", code="bad_done_at")
    done = min(max(done_at, before), at)
    return None if at - done < AT_ONCE else done
