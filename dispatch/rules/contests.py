"""What a holder asks of its superior: that the clocks wait, that they run longer, that one of them is unjust.

A suspension pauses every running clock until the date given, and sets the units free. An extension lengthens the
limit to resolve. An objection, upheld, takes out of one clock the time before the case came to the holder.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from dispatch.rules.case import Case, Clock, Pause, Request
from dispatch.rules.clocks import extended, paused, unpaused
from dispatch.rules.command import Command, Context, Handler, Outcome
from dispatch.rules.steps import clear_units
from dispatch.rules.vocabulary import AssignmentState, Move, RequestKind, Status, Target
from gis.errors import InvalidInput, MoveNotAllowed

LONGEST_WAIT = timedelta(days=90)
MOST_HOURS = 24 * 90


def _request(kind: RequestKind, case: Case, context: Context) -> Request:
    # Its clock says when the superior's word is due: see `with_tasks`.
    return Request(kind, case.holder, context.at, context.at)


def _asked(case: Case, request: Request) -> Outcome:
    return Outcome(replace(case, request=request), detail={"request": str(request.kind)})


def _ask_suspend(case: Case, command: Command, context: Context) -> Outcome:
    until = command.until
    if until is None or not context.at < until <= context.at + LONGEST_WAIT:
        raise InvalidInput("a case waits until a moment to come, within 90 days", code="bad_until")
    request = _request(RequestKind.SUSPEND, case, context)
    return _asked(case, replace(request, cause=command.cause, until=until))


def _ask_extend(case: Case, command: Command, context: Context) -> Outcome:
    hours = command.hours or 0
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidInput(f"an extension is 1 to {MOST_HOURS} counted hours", code="bad_hours")
    if not any(clock.running and clock.target is Target.RESOLVE for clock in case.clocks):
        raise MoveNotAllowed("no limit to resolve is running", code="no_such_clock")
    return _asked(case, replace(_request(RequestKind.EXTEND, case, context), extra_s=3600 * hours))


def _object(case: Case, command: Command, context: Context) -> Outcome:
    contested = contested_clock(case, command.target)
    if contested is None or contested.target in (Target.HELP, Target.GRANT):
        raise MoveNotAllowed("this case has no such clock", code="no_such_clock")
    if _came_at(case).to_at <= contested.started_at:
        raise MoveNotAllowed(
            "the clock began when the case was with you; there is nothing to take out",
            code="nothing_before_you",
        )
    return _asked(case, replace(_request(RequestKind.OBJECT, case, context), target=command.target))


def contested_clock(case: Case, target: Target | None) -> Clock | None:
    """Return the newest clock of a target, running or stopped."""
    return next((clock for clock in reversed(case.clocks) if clock.target is target), None)


def _came_at(case: Case) -> Pause:
    """The span before the case came to its holder."""
    return Pause(case.reported_at, case.custody[-1].from_at, RequestKind.OBJECT)


def _approve(case: Case, _: Command, context: Context) -> Outcome:
    request = case.request
    if request is None:  # `check` has made sure of it; the types have not
        raise MoveNotAllowed("nothing is asked for", code="no_request")
    granted = replace(case, request=None)
    detail = {"request": str(request.kind)}
    if request.kind is RequestKind.SUSPEND:
        return _suspend(granted, request, context)
    if request.kind is RequestKind.EXTEND:
        clocks = tuple(
            extended(clock, request.extra_s, case, context.at, context.calendar_of)
            if clock.running and clock.target is Target.RESOLVE
            else clock
            for clock in case.clocks
        )
    else:
        contested = contested_clock(case, request.target)
        clocks = tuple(
            paused(clock, _came_at(case), case, context.at, context.calendar_of)
            if clock is contested
            else clock
            for clock in case.clocks
        )
    return Outcome(replace(granted, clocks=clocks), detail=detail)


def _suspend(case: Case, request: Request, context: Context) -> Outcome:
    until = request.until
    if until is None or until <= context.at:
        raise MoveNotAllowed("the moment until which to wait has passed; deny it", code="bad_until")
    pause = Pause(context.at, until, RequestKind.SUSPEND)
    cleared, freed = clear_units(case, context.at, AssignmentState.CLEARED)
    # The superior's own clock ends with its word, and nothing of it was waited for.
    clocks = tuple(
        paused(clock, pause, case, context.at, context.calendar_of)
        if clock.running and clock.target is not Target.GRANT
        else clock
        for clock in case.clocks
    )
    suspended = replace(
        cleared,
        status=Status.SUSPENDED,
        status_before=case.status,
        suspended_at=context.at,
        suspended_until=until,
        clocks=clocks,
    )
    return Outcome(suspended, freed, detail={"request": str(request.kind), "until": until.isoformat()})


def _deny(case: Case, _: Command, __: Context) -> Outcome:
    kind = str(case.request.kind) if case.request else None
    return Outcome(replace(case, request=None), detail={"request": kind})


def _resume(case: Case, _: Command, context: Context) -> Outcome:
    # The units went free when the case was suspended: what was dispatched is only accepted now.
    working = case.status_before is Status.HANDLING
    clocks = tuple(
        unpaused(clock, case, context.at, context.calendar_of) if clock.running else clock
        for clock in case.clocks
    )
    resumed = replace(
        case,
        status=Status.HANDLING if working else Status.ACCEPTED,
        status_before=None,
        suspended_at=None,
        suspended_until=None,
        clocks=clocks,
    )
    return Outcome(resumed)


CONTEST_HANDLERS: Mapping[Move, Handler] = {
    Move.ASK_SUSPEND: _ask_suspend,
    Move.ASK_EXTEND: _ask_extend,
    Move.OBJECT: _object,
    Move.APPROVE: _approve,
    Move.DENY: _deny,
    Move.RESUME: _resume,
}
