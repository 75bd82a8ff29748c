"""Cases and desks that join: one case merged into another and taken out again, another desk asked for help."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from dispatch.rules.case import Case, Help
from dispatch.rules.clocks import Fact, after_fact, recoloured
from dispatch.rules.command import Command, Context, Handler, Outcome
from dispatch.rules.steps import clear_units, close_offer
from dispatch.rules.vocabulary import OPEN, AssignmentState, Move, Status, Target
from gis.errors import Conflict, InvalidInput, MoveNotAllowed, NotFound

# The offer has ended and the units have gone: what they were waited for is not waited for again.
NOT_HELD = frozenset({Target.TAKE, Target.TURNOUT, Target.HELP, Target.GRANT})
MOST_HELP_HOURS = 24 * 90


def _merge(case: Case, _: Command, context: Context) -> Outcome:
    """并案: its reports join the target, its units go free, its clocks stop."""
    target = context.other
    if target is None:
        raise NotFound("there is no such case in your sight to merge into", code="no_such_case")
    if target.id == case.id:
        raise InvalidInput("a case is not merged into itself", code="same_case")
    if target.status not in OPEN:
        raise MoveNotAllowed(f"the case {target.number} is {target.status}, not open", code="target_not_open")
    cleared, freed = clear_units(case, context.at, AssignmentState.CLEARED)
    merged = replace(
        close_offer(cleared, context),
        status=Status.MERGED,
        status_before=case.status,
        merged_into=target.id,
        closed_at=context.at,
        held_clocks=tuple(
            place for place, clock in enumerate(case.clocks) if clock.running and clock.target not in NOT_HELD
        ),
    )
    ended = after_fact(merged, Fact.FINISHED, context.at, context.calendar_of)
    return Outcome(ended, freed, detail={"into": str(target.id)}, other=joined(target, 1, context))


def told_again(case: Case, target: Case, context: Context) -> Outcome:
    """重复来电: a new report of what `target` tells already. It is a case of its own, merged from its first moment: so
    it keeps its number and its query code, and taking it out again is the same move as for any other.
    """
    outcome = _merge(case, Command(Move.MERGE, into=target.id), replace(context, other=target))
    return replace(outcome, detail={"into": str(target.id), "repeat": True})


def joined(target: Case, cases: int, context: Context) -> Case:
    """Return the target with so many cases more in it, one version on."""
    return replace(
        target,
        joined=target.joined + cases,
        version=target.version + 1,
        changed_at=max(context.at, target.changed_at),
    )


def _unmerge(case: Case, _: Command, context: Context) -> Outcome:
    """As it was before, as though it had never been merged; only its units have gone elsewhere."""
    target = context.other
    if target is None:
        raise NotFound("the case that it was merged into is not there", code="no_such_case")
    before = case.status_before or Status.PENDING
    again = replace(
        case,
        status=Status.ACCEPTED if before is Status.DISPATCHED else before,
        status_before=None,
        merged_into=None,
        closed_at=None,
        held_clocks=(),
    )
    clocks = tuple(
        recoloured(replace(clock, stopped_at=None), again, context.at, context.calendar_of)
        if place in case.held_clocks
        else clock
        for place, clock in enumerate(case.clocks)
    )
    return Outcome(
        replace(again, clocks=clocks), detail={"from": str(target.id)}, other=joined(target, -1, context)
    )


def _ask_help(case: Case, command: Command, context: Context) -> Outcome:
    to, hours = command.to or "", command.hours or 0
    if to == case.holder:
        raise InvalidInput("a desk does not ask itself for help", code="same_desk")
    if not 1 <= hours <= MOST_HELP_HOURS:
        raise InvalidInput(f"help is due in 1 to {MOST_HELP_HOURS} hours", code="bad_hours")
    if any(one.desk == to for one in case.open_helps):
        raise Conflict(f"{to} is helping already", code="helping_already")
    task = Help(to, context.at, context.at + timedelta(hours=hours))
    access = tuple(dict.fromkeys((*case.access, to)))
    return Outcome(replace(case, helps=(*case.helps, task), access=access), detail={"to": to})


def _finish_help(case: Case, _: Command, context: Context) -> Outcome:
    helps = tuple(
        replace(one, finished_at=context.at, done=True)
        if one.open and one.desk == context.actor.desk
        else one
        for one in case.helps
    )
    return Outcome(replace(case, helps=helps), detail={"desk": context.actor.desk})


JOINING_HANDLERS: Mapping[Move, Handler] = {
    Move.MERGE: _merge,
    Move.UNMERGE: _unmerge,
    Move.ASK_HELP: _ask_help,
    Move.FINISH_HELP: _finish_help,
}
