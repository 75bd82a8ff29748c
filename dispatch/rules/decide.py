"""What a move makes of a case: a pure function from (case, command) to the next case and what else follows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from dispatch.rules.accounting import ACCOUNTING_HANDLERS
from dispatch.rules.afterwards import AFTERWARDS_HANDLERS
from dispatch.rules.case import Assignment, Case, Supervision
from dispatch.rules.clocks import Fact, after_fact, reclassified
from dispatch.rules.command import (
    Command,
    Context,
    Edit,
    Handler,
    Outcome,
    Text,
    UnitChange,
    UnitView,
)
from dispatch.rules.contests import CONTEST_HANDLERS
from dispatch.rules.custody import CUSTODY_HANDLERS
from dispatch.rules.desks import commands
from dispatch.rules.joining import JOINING_HANDLERS
from dispatch.rules.moves import MOVES, UNIT_RULES
from dispatch.rules.plans import HIGHEST_LEVEL, LEVELS
from dispatch.rules.rights import check, speaks_for
from dispatch.rules.steps import (
    begin_work,
    clear_units,
    close_offer,
    in_sight_of_superior,
    without_stale_help,
    without_stale_request,
    without_units,
)
from dispatch.rules.tasks import with_tasks
from dispatch.rules.told_late import when_done
from dispatch.rules.vocabulary import OPEN_ASSIGNMENT, AssignmentState, Move, Status, UnitState
from gis.actor import Role
from gis.errors import Conflict, InvalidInput, MoveNotAllowed, NotFound, NotYourMove

__all__ = [
    "HANDLERS",
    "Command",
    "Context",
    "Edit",
    "Outcome",
    "Text",
    "UnitChange",
    "UnitView",
    "decide",
]


def decide(case: Case, command: Command, context: Context) -> Outcome:
    """Return what the move makes of the case, one version on.

    Raises NotYourMove, MoveNotAllowed, InvalidInput, NotFound or Conflict; the case itself never changes.
    """
    check(context.actor, case, command.move)
    require_fields(command)
    outcome = HANDLERS[command.move](case, command, context)
    settled = without_stale_help(without_stale_request(case, outcome.case), context.at)
    settled = in_sight_of_superior(settled)
    clocked = with_tasks(settled, context.at, context.calendar_of)
    after = replace(clocked, version=case.version + 1, changed_at=context.at)
    return replace(outcome, case=after, texts=outcome.texts + texts_of(command))


def require_fields(command: Command) -> None:
    """Pass if everything that the move needs came with it. Raises InvalidInput naming what is missing."""
    for one in MOVES[command.move].fields:
        value = getattr(command, one.name, None)
        blank = value is None or value == () or (isinstance(value, str) and not value.strip())
        required = one.required or (one.unless is not None and getattr(command, one.unless, None) is False)
        if required and blank:
            raise InvalidInput(f"{command.move} needs '{one.name}'", code="field_missing", field=one.name)


def texts_of(command: Command) -> tuple[Text, ...]:
    """Return the words that came with a move, by kind."""
    named = (
        ("reason", command.reason),
        (str(command.move), command.text),
        ("result", command.result),
        ("reply", command.reply),
        ("where_to_turn", command.where_to_turn),
        ("without_help", command.without_help),
        ("without_steps", command.without_steps),
    )
    return tuple(
        Text(kind if kind != "reason" else f"{command.move}_reason", words.strip())
        for kind, words in named
        if words and words.strip()
    )


def _accept(case: Case, _: Command, context: Context) -> Outcome:
    accepted = replace(case, status=Status.ACCEPTED, accepted_at=context.at)
    return Outcome(after_fact(accepted, Fact.ACCEPTED, context.at, context.calendar_of))


def _finish(status: Status) -> Handler:
    def handler(case: Case, _: Command, context: Context) -> Outcome:
        cleared, freed = clear_units(case, context.at, AssignmentState.CLEARED)
        ended = replace(close_offer(cleared, context), status=status, closed_at=context.at)
        return Outcome(after_fact(ended, Fact.FINISHED, context.at, context.calendar_of), freed)

    return handler


def _edit(case: Case, command: Command, context: Context) -> Outcome:
    changes = {
        name: value
        for name in Edit.__dataclass_fields__
        if (value := getattr(command.edit, name)) is not None and value != getattr(case, name)
    }
    if not changes:
        raise InvalidInput("nothing in this edit differs from the case as it is", code="nothing_changed")
    edited = replace(case, **changes)
    if "case_class" in changes:
        edited = reclassified(edited, context.at, context.calendar_of)
    return Outcome(edited, detail={"changed": sorted(changes)})


def _words_only(case: Case, _: Command, __: Context) -> Outcome:
    return Outcome(case)


def _dispatch(case: Case, command: Command, context: Context) -> Outcome:
    sent = tuple(_assign(case, unit, command, context) for unit in dict.fromkeys(command.units))
    status = Status.HANDLING if case.status is Status.HANDLING else Status.DISPATCHED
    access = tuple(dict.fromkeys((*case.access, *(one.unit_desk for one in sent))))
    out = replace(
        case,
        status=status,
        assignments=case.assignments + sent,
        dispatched_at=case.dispatched_at or context.at,
        access=access,
    )
    for fact in (Fact.SENT_OR_STARTED, Fact.SENT):
        out = after_fact(out, fact, context.at, context.calendar_of)
    changes = tuple(UnitChange(one.unit, UnitState.DISPATCHED, case.id) for one in sent)
    return Outcome(out, changes, detail={"units": [one.unit for one in sent]})


def _assign(case: Case, unit_id: str, command: Command, context: Context) -> Assignment:
    unit = free_unit(case, unit_id, context)
    if not commands(context.actor.desk, unit.desk, unit.area_code):
        raise NotYourMove(f"{unit.name} is not yours to send", code="not_your_unit", unit=unit_id)
    return new_assignment(unit, context, AssignmentState.DISPATCHED, command.reason)


def free_unit(case: Case, unit_id: str, context: Context) -> UnitView:
    """Return a unit that can be bound to the case. Raises NotFound, MoveNotAllowed or Conflict."""
    unit = context.units.get(unit_id)
    if unit is None:
        raise NotFound(f"there is no unit {unit_id} in your sight", code="no_such_unit", unit=unit_id)
    if not unit.on_duty:
        raise MoveNotAllowed(f"{unit.name} is off duty", code="unit_off_duty", unit=unit_id)
    if case.assignment_of(unit_id):
        raise Conflict(f"{unit.name} is on this case already", code="unit_here", unit=unit_id)
    if unit.case_id is not None:
        raise Conflict(f"{unit.name} is bound to another case", code="unit_busy", unit=unit_id)
    return unit


def new_assignment(
    unit: UnitView, context: Context, state: AssignmentState, reason: str | None = None
) -> Assignment:
    """Return a fresh assignment of a unit."""
    arrived = context.at if state is AssignmentState.ON_SCENE else None
    return Assignment(
        context.new_id(),
        unit.id,
        unit.name,
        unit.kind,
        unit.desk,
        unit.area_code,
        state,
        dispatched_at=context.at,
        arrived_at=arrived,
        reason=reason,
    )


def _recall(case: Case, command: Command, context: Context) -> Outcome:
    for unit in command.units:
        assignment = case.assignment_of(unit)
        if assignment is None:
            raise MoveNotAllowed(f"the unit {unit} is not on this case", code="unit_not_here", unit=unit)
        if not commands(context.actor.desk, assignment.unit_desk, assignment.unit_area):
            raise NotYourMove(
                f"{assignment.unit_name} is not yours to recall", code="not_your_unit", unit=unit
            )
    out, freed = clear_units(case, context.at, AssignmentState.RECALLED, frozenset(command.units))
    return Outcome(without_units(out), freed, detail={"units": list(command.units)})


def _raise_alarm(case: Case, command: Command, context: Context) -> Outcome:
    """One level up (3 to 2 to 1), or to the level that is named; whoever is on the way stays on the way."""
    level = command.level or case.alarm_level - 1
    if level < HIGHEST_LEVEL:
        raise MoveNotAllowed("the alarm is at its highest level already", code="highest_level")
    if level == case.alarm_level:
        raise InvalidInput(f"the alarm is at level {level} already", code="nothing_changed")
    if level not in LEVELS:
        raise InvalidInput(f"an alarm level is one of {', '.join(map(str, LEVELS))}", code="bad_level")
    return Outcome(replace(case, alarm_level=level), detail={"from": case.alarm_level, "to": level})


def _start(case: Case, _: Command, context: Context) -> Outcome:
    return Outcome(begin_work(case, context))


def _resolve(case: Case, command: Command, context: Context) -> Outcome:
    if case.open_helps and not (command.without_help or "").strip():
        waits = ", ".join(one.desk for one in case.open_helps)
        raise MoveNotAllowed(
            f"{waits} has not finished helping; wait, or say why not in 'without_help'", code="help_open"
        )
    cleared, freed = clear_units(case, context.at, AssignmentState.CLEARED)
    resolved = replace(
        close_offer(cleared, context),
        status=Status.RESOLVED,
        resolved_at=context.at,
        resolver_id=context.actor.account_id,
    )
    for fact in (Fact.SENT_OR_STARTED, Fact.DEPARTED, Fact.ARRIVED_OR_STARTED, Fact.RESOLVED):
        resolved = after_fact(resolved, fact, context.at, context.calendar_of)
    return Outcome(resolved, freed)


def _verify(case: Case, command: Command, context: Context) -> Outcome:
    detail = {"passed": bool(command.passed)}
    told = {**detail, "callback": str(command.callback)} if command.callback else detail
    if command.passed:
        closed = replace(case, status=Status.CLOSED, closed_at=context.at)
        return Outcome(after_fact(closed, Fact.FINISHED, context.at, context.calendar_of), detail=told)
    again = replace(case, status=Status.HANDLING, resolved_at=None, resolver_id=None)
    return Outcome(after_fact(again, Fact.UNRESOLVED, context.at, context.calendar_of), detail=told)


def _supervise(case: Case, command: Command, context: Context) -> Outcome:
    # Its clock says when the answer is due: see `with_tasks`.
    order = Supervision(context.at, context.actor.name, context.at)
    if context.actor.role is not Role.SYSTEM or command.target is None:
        return Outcome(replace(case, supervision=order))
    by_clock = replace(order, target=command.target)
    return Outcome(replace(case, supervision=by_clock), detail={"target": str(command.target)})


def _answer(case: Case, _: Command, context: Context) -> Outcome:
    order = case.supervision
    answered = replace(order, answered_at=context.at) if order else None
    return Outcome(replace(case, supervision=answered))


def _unit_move(case: Case, command: Command, context: Context) -> Outcome:
    rule = UNIT_RULES[command.move]
    before = case.assignment_of(command.unit or "")
    if before is None or not speaks_for(context.actor, before):
        raise NotYourMove("that unit is not on this case, or not yours to speak for", code="not_your_unit")
    if before.state not in rule.sources:
        raise MoveNotAllowed(
            f"{command.move} does not start from {before.state}", code="wrong_unit_state", unit=before.unit
        )
    done = when_done(before, command.done_at, context.at)
    after = _stamped(replace(before, state=rule.assignment), command.move, context.at, done)
    moved = replace(case, assignments=tuple(after if one is before else one for one in case.assignments))
    bound = case.id if rule.assignment in OPEN_ASSIGNMENT else None
    change = UnitChange(before.unit, rule.unit, bound)
    told: dict[str, object] = {"units": [before.unit]}
    if done is not None:
        told["done_at"] = done.isoformat()
    return Outcome(_after_unit_move(moved, command.move, context), (change,), detail=told)


def _stamped(assignment: Assignment, move: Move, at: datetime, done: datetime | None) -> Assignment:
    if move is Move.ACKNOWLEDGE:
        return replace(assignment, acknowledged_at=at)
    if move is Move.DEPART:
        return replace(
            assignment,
            acknowledged_at=assignment.acknowledged_at or at,
            departed_at=assignment.departed_at or at,
            departed_done_at=assignment.departed_done_at if assignment.departed_at else done,
        )
    if move is Move.ARRIVE:
        acknowledged = assignment.acknowledged_at or at
        return replace(assignment, acknowledged_at=acknowledged, arrived_at=at, arrived_done_at=done)
    return replace(assignment, cleared_at=at)


def _after_unit_move(case: Case, move: Move, context: Context) -> Case:
    if move is Move.DEPART:
        return after_fact(case, Fact.DEPARTED, context.at, context.calendar_of)
    if move is Move.ARRIVE:
        moved = after_fact(case, Fact.DEPARTED, context.at, context.calendar_of)
        return begin_work(moved, context) if case.status is Status.DISPATCHED else _arrived(moved, context)
    return without_units(case) if move in (Move.DECLINE, Move.CLEAR) else case


def _arrived(case: Case, context: Context) -> Case:
    """A unit that arrives where work has begun changes no status, but response may still wait for it."""
    arrived = replace(case, arrived_at=case.arrived_at or context.at)
    return after_fact(arrived, Fact.ARRIVED_OR_STARTED, context.at, context.calendar_of)


def _attach(case: Case, command: Command, context: Context) -> Outcome:
    """The unit came upon the case itself: it is on scene from the first moment."""
    unit_id = command.unit or ""
    unit = free_unit(case, unit_id, context)
    if context.actor.unit_id != unit_id and not commands(context.actor.desk, unit.desk, unit.area_code):
        raise NotYourMove(f"{unit.name} is not yours to speak for", code="not_your_unit", unit=unit_id)
    mine = new_assignment(unit, context, AssignmentState.ON_SCENE)
    joined = replace(
        case,
        assignments=(*case.assignments, mine),
        dispatched_at=case.dispatched_at or context.at,
        access=tuple(dict.fromkeys((*case.access, unit.desk))),
    )
    change = UnitChange(unit_id, UnitState.ON_SCENE, case.id)
    return Outcome(begin_work(joined, context), (change,), detail={"units": [unit_id]})


HANDLERS: Mapping[Move, Handler] = {
    Move.ACCEPT: _accept,
    Move.REFUSE: _finish(Status.REFUSED),
    Move.CANCEL: _finish(Status.CANCELLED),
    Move.EDIT: _edit,
    Move.NOTE: _words_only,
    Move.DISPATCH: _dispatch,
    Move.RECALL: _recall,
    Move.RAISE_ALARM: _raise_alarm,
    Move.START: _start,
    Move.RESOLVE: _resolve,
    Move.VERIFY: _verify,
    Move.SUPERVISE: _supervise,
    Move.ANSWER: _answer,
    Move.ATTACH: _attach,
    **CUSTODY_HANDLERS,
    **CONTEST_HANDLERS,
    **AFTERWARDS_HANDLERS,
    **ACCOUNTING_HANDLERS,
    **JOINING_HANDLERS,
    **dict.fromkeys(UNIT_RULES, _unit_move),
}
