"""Clocks (design §5): which time limits run, from which fact to which, and what colour they show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.rules.calendar import Calendar, WallCalendar, WorkingCalendar
from dispatch.rules.case import Case, Clock, Pause
from dispatch.rules.vocabulary import CaseClass, Colour, Target

AMBER_SHARE = 0.8
E, S, G, C = CaseClass.EMERGENCY, CaseClass.SIMPLE, CaseClass.GENERAL, CaseClass.COMPLEX


class Fact(StrEnum):
    """What has just become true of a case; clocks start and stop on these."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    OFFERED = "offered"
    OFFER_ENDED = "offer_ended"
    SENT_OR_STARTED = "sent_or_started"
    SENT = "sent"
    DEPARTED = "departed"
    ARRIVED_OR_STARTED = "arrived_or_started"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    FINISHED = "finished"
    HELP_ASKED = "help_asked"
    HELP_ENDED = "help_ended"
    REQUESTED = "requested"
    REQUEST_ENDED = "request_ended"
    SUPERVISED = "supervised"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time; `days` are days of the calendar that the clock runs on."""

    seconds: int = 0
    days: int = 0


def _s(seconds: int) -> Limit:
    return Limit(seconds=seconds)


def _min(minutes: int) -> Limit:
    return Limit(seconds=60 * minutes)


def _h(hours: int) -> Limit:
    return Limit(seconds=3600 * hours)


def _d(days: int) -> Limit:
    return Limit(days=days)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of the table of targets."""

    starts: Fact
    stops: Fact
    limits: dict[CaseClass, Limit | None]


def _row(starts: Fact, stops: Fact, *limits: Limit | None) -> TargetRow:
    return TargetRow(starts, stops, dict(zip((E, S, G, C), limits, strict=True)))


TARGETS: dict[Target, TargetRow] = {
    Target.ACCEPT: _row(Fact.REPORTED, Fact.ACCEPTED, _s(60), _min(30), _h(1), _h(4)),
    Target.TAKE: _row(Fact.OFFERED, Fact.OFFER_ENDED, _min(2), _h(1), _h(4), _h(4)),
    Target.DISPATCH: _row(Fact.ACCEPTED, Fact.SENT_OR_STARTED, _min(2), _h(1), _h(4), _d(1)),
    Target.TURNOUT: _row(Fact.SENT, Fact.DEPARTED, _min(5), _min(30), None, None),
    Target.RESPONSE: _row(Fact.REPORTED, Fact.ARRIVED_OR_STARTED, _min(30), _h(4), _d(1), _d(2)),
    Target.RESOLVE: _row(Fact.REPORTED, Fact.RESOLVED, _h(4), _d(1), _d(7), _d(20)),
    Target.VERIFY: _row(Fact.RESOLVED, Fact.FINISHED, _d(1), _d(1), _d(2), _d(3)),
    # What is waited for beside the case's own way (see `rules/tasks.py`). Whoever asks for help says until when: on
    # the wall, whatever the class.
    Target.HELP: _row(Fact.HELP_ASKED, Fact.HELP_ENDED, None, None, None, None),
    Target.GRANT: _row(Fact.REQUESTED, Fact.REQUEST_ENDED, _min(30), _h(4), _h(4), _h(4)),
    Target.ANSWER: _row(Fact.SUPERVISED, Fact.ANSWERED, _min(30), _h(4), _h(4), _h(4)),
}

CalendarOf = Callable[[CaseClass, str], Calendar]
WALL = WallCalendar()


def calendars(working: WorkingCalendar, around_the_clock: frozenset[str]) -> CalendarOf:
    """Return the choice of calendar: emergencies and desks on duty around the clock run on the wall clock."""

    def choose(case_class: CaseClass, desk: str) -> Calendar:
        return WALL if case_class is E or desk in around_the_clock else working

    return choose


def counted(calendar: Calendar, limit: Limit) -> timedelta:
    """Return the counted time of a limit: a day of it is one day of the calendar."""
    day = calendar.day_length if isinstance(calendar, WorkingCalendar) else timedelta(days=1)
    return timedelta(seconds=limit.seconds) + limit.days * day


def due(calendar: Calendar, start: datetime, amount: timedelta, pauses: Iterable[Pause] = ()) -> datetime:
    """Return when `amount` has been counted since `start`, no moment of a pause counting.

    Only which moments are paused matters: not the order of the pauses, nor whether they overlap.
    """
    here, left = start, amount
    for pause in sorted(pauses, key=lambda one: one.from_at):
        if pause.to_at <= here:
            continue
        before = calendar.between(here, pause.from_at)
        # A clock that is due at the very moment the pause begins is due then.
        if before >= left:
            break
        left -= before
        here = max(here, pause.to_at)
    return calendar.add(here, left)


def limit_of(clock: Clock, case_class: CaseClass, calendar: Calendar) -> timedelta:
    """Return the counted time that a clock allows, extensions included."""
    seconds = clock.limit_s
    if seconds is None:
        limit = TARGETS[clock.target].limits[case_class]
        seconds = int(counted(calendar, limit).total_seconds()) if limit else 0
    return timedelta(seconds=seconds + clock.extra_s)


def reckoned(clock: Clock, case_class: CaseClass, calendar: Calendar) -> Clock:
    """Return the clock with its moments reckoned from its start, limit, extension and pauses."""
    whole = limit_of(clock, case_class, calendar)
    return replace(
        clock,
        amber_at=due(calendar, clock.started_at, whole * AMBER_SHARE, clock.pauses),
        due_at=due(calendar, clock.started_at, whole, clock.pauses),
    )


def start_clock(
    case: Case, target: Target, at: datetime, calendar_of: CalendarOf, hop: int = 0
) -> Clock | None:
    """Return a new clock, or None where the class of the case knows no such limit."""
    limit = TARGETS[target].limits[case.case_class]
    if limit is None:
        return None
    desk = case.offer.to if target is Target.TAKE and case.offer else case.holder
    calendar = calendar_of(case.case_class, desk)
    seconds = int(counted(calendar, limit).total_seconds())
    fresh = Clock(target, hop, desk, at, at, at, limit_s=seconds, calendar=calendar.name)
    return reckoned(fresh, case.case_class, calendar)


def colour_at(clock: Clock, at: datetime) -> Colour:
    """Return the colour that a clock shows at a moment."""
    if clock.stopped_at is not None:
        return Colour.MET if clock.stopped_at <= clock.due_at else Colour.MISSED
    if at >= clock.due_at:
        return Colour.RED
    return Colour.AMBER if at >= clock.amber_at else Colour.GREEN


def stop(clock: Clock, at: datetime) -> Clock:
    """Return the clock stopped, met or missed."""
    # A stop within a pause is in time if the clock was when the pause began: its due moment lies behind the pause.
    stopped = replace(clock, stopped_at=at)
    return replace(stopped, colour=colour_at(stopped, at))


def after_fact(case: Case, fact: Fact, at: datetime, calendar_of: CalendarOf) -> Case:
    """Return the case with the clocks that this fact stops stopped, and those that it starts running."""
    clocks = [
        stop(clock, at) if clock.running and fact in (TARGETS[clock.target].stops, Fact.FINISHED) else clock
        for clock in case.clocks
    ]
    if fact is Fact.UNRESOLVED:  # a result that failed its check: the time since the report still counts
        before = clocks[: case.clocks_before]
        again = before + [_again(clock, at) for clock in clocks[case.clocks_before :]]
        # The class may have been edited while the clock stood still.
        clocks = list(reclassified(replace(case, clocks=tuple(again)), at, calendar_of).clocks)
    for target, row in TARGETS.items():
        if row.starts is fact and not _has(clocks[case.clocks_before :], target, case.hops):
            clock = start_clock(case, target, at, calendar_of, case.hops if target is Target.TAKE else 0)
            if clock:
                clocks.append(clock)
    return replace(case, clocks=tuple(clocks))


def _again(clock: Clock, at: datetime) -> Clock:
    if clock.target is Target.RESOLVE:
        running = replace(clock, stopped_at=None)
        return replace(running, colour=colour_at(running, at))
    return stop(clock, at) if clock.target is Target.VERIFY and clock.running else clock


def _has(clocks: list[Clock], target: Target, hop: int) -> bool:
    """Whether the clock is there already: one a case, but a take clock for each hop and a verify clock each time."""
    if target is Target.VERIFY:
        return any(clock.target is target and clock.running for clock in clocks)
    return any(clock.target is target and (target is not Target.TAKE or clock.hop == hop) for clock in clocks)


def reclassified(case: Case, at: datetime, calendar_of: CalendarOf) -> Case:
    """Return the case with its running clocks reckoned anew for its class, from where each began."""
    clocks = []
    for clock in case.clocks:
        if not clock.running:
            clocks.append(clock)
            continue
        limit = TARGETS[clock.target].limits[case.case_class]
        if clock.target is Target.HELP:
            clocks.append(clock)
        if limit is None:
            continue
        calendar = calendar_for(clock, case.case_class, calendar_of)
        seconds = int(counted(calendar, limit).total_seconds())
        fresh = replace(clock, limit_s=seconds, calendar=calendar.name)
        moved = reckoned(fresh, case.case_class, calendar)
        clocks.append(replace(moved, colour=colour_at(moved, at)))
    return replace(case, clocks=tuple(clocks))


def repainted(case: Case, at: datetime) -> tuple[Case, tuple[Clock, ...]]:
    """Return the case with every running clock in its colour of the moment, and the clocks that turned."""
    clocks = tuple(
        replace(clock, colour=colour_at(clock, at)) if clock.running else clock for clock in case.clocks
    )
    turned = tuple(new for old, new in zip(case.clocks, clocks, strict=True) if old.colour is not new.colour)
    return replace(case, clocks=clocks), turned


def paused(clock: Clock, pause: Pause, case: Case, at: datetime, calendar_of: CalendarOf) -> Clock:
    """Return the clock with one more span that does not count against it."""
    longer = replace(clock, pauses=(*clock.pauses, pause))
    return recoloured(longer, case, at, calendar_of)


def unpaused(clock: Clock, case: Case, at: datetime, calendar_of: CalendarOf) -> Clock:
    """Return the clock with every pause that would last beyond `at` ended now."""
    cut = tuple(replace(one, to_at=max(one.from_at, min(one.to_at, at))) for one in clock.pauses)
    return clock if cut == clock.pauses else recoloured(replace(clock, pauses=cut), case, at, calendar_of)


def extended(clock: Clock, extra_s: int, case: Case, at: datetime, calendar_of: CalendarOf) -> Clock:
    """Return the clock with more counted time."""
    return recoloured(replace(clock, extra_s=clock.extra_s + extra_s), case, at, calendar_of)


def recoloured(clock: Clock, case: Case, at: datetime, calendar_of: CalendarOf) -> Clock:
    """Return the clock reckoned anew, in its colour of the moment."""
    moved = reckoned(clock, case.case_class, calendar_for(clock, case.case_class, calendar_of))
    return replace(moved, colour=colour_at(moved, at))


def calendar_for(clock: Clock, case_class: CaseClass, calendar_of: CalendarOf) -> Calendar:
    """Return the calendar that a clock runs on; a task has its moment on the wall."""
    return WALL if clock.target is Target.HELP else calendar_of(case_class, clock.desk)
