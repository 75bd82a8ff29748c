"""Why a clock is due when it is: everything that its moment was reckoned from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.rules.calendar import CHINA, Calendar, WorkingCalendar
from dispatch.rules.case import Case, Clock, Pause
from dispatch.rules.clocks import AMBER_SHARE, TARGETS, CalendarOf, Limit, calendar_for, counted, limit_of


def explanation(clock: Clock, case: Case, calendar_of: CalendarOf) -> dict[str, Any]:
    """Return, as plain JSON: the facts that start and stop the clock, its calendar, limit, extension and pauses.

    `counted_s` is what the clock allows altogether, `day_s` how much of it one day counts, and within which `hours`;
    `paused_s` what passed on the wall without counting. `provisional` says that the official calendar is silent about a
    day that was counted, so that weekdays stood in for it.
    """
    calendar, row = calendar_for(clock, case.case_class, calendar_of), TARGETS[clock.target]
    allowed = int(limit_of(clock, case.case_class, calendar).total_seconds())
    return {
        "target": str(clock.target),
        "hop": clock.hop,
        "desk": clock.desk,
        "started_by": str(row.starts),
        "stopped_by": str(row.stops),
        "started_at": _stamp(clock.started_at),
        "calendar": clock.calendar or calendar.name,
        "limit_s": allowed - clock.extra_s,
        "extra_s": clock.extra_s,
        "counted_s": allowed,
        "day_s": int(counted(calendar, Limit(days=1)).total_seconds()),
        "hours": [f"{begin:%H:%M}–{end:%H:%M}" for begin, end in calendar.hours]
        if isinstance(calendar, WorkingCalendar)
        else [],
        "amber_share": AMBER_SHARE,
        "pauses": [
            {"from_at": _stamp(one.from_at), "to_at": _stamp(one.to_at), "why": str(one.why)}
            for one in clock.pauses
        ],
        "paused_s": int(paused_time(clock.pauses, clock.started_at, clock.due_at).total_seconds()),
        "due_at": _stamp(clock.due_at),
        "provisional": is_provisional(clock, calendar),
    }


def paused_time(pauses: tuple[Pause, ...], start: datetime, end: datetime) -> timedelta:
    """Return the time of the wall between two moments that lies in any of the pauses, each moment once."""
    total, here = timedelta(), start
    for pause in sorted(pauses, key=lambda one: one.from_at):
        begin, finish = max(pause.from_at, here), min(pause.to_at, end)
        if finish > begin:
            total += finish - begin
            here = finish
    return total


def is_provisional(clock: Clock, calendar: Calendar) -> bool:
    """Say whether a day between start and due is one that the official calendar does not hold yet."""
    if not isinstance(calendar, WorkingCalendar):
        return False
    first, last = clock.started_at.astimezone(CHINA).date(), clock.due_at.astimezone(CHINA).date()
    return any(
        calendar.is_provisional(first + timedelta(days=offset)) for offset in range((last - first).days + 1)
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
