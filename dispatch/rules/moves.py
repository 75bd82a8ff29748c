"""The law on one screen: every move, whence, whither and by whom (design §4)."""

from dataclasses import dataclass
from enum import StrEnum

from dispatch.rules.vocabulary import (
    BEFORE_RESULT,
    OPEN,
    UNDER_WAY,
    AssignmentState,
    Move,
    Status,
    UnitState,
)
from gis.actor import Role

ANY = frozenset(Status)
FINISHED = frozenset({Status.CLOSED, Status.REFUSED, Status.CANCELLED})
P, A, D, H, R = Status.PENDING, Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING, Status.RESOLVED


class Relation(StrEnum):
    """How an actor stands to a case."""

    HOLDER = "holder"  # sits at the desk that has it
    SUPERIOR = "superior"  # sits at an area desk above the holder
    RECEIVER = "receiver"  # sits at the desk that it is offered to
    ARBITER = "arbiter"  # stands above all who dispute over it
    APPROVER = "approver"  # grants what the holder asks: a superior, at the county a leader
    LEADER = "leader"  # leads the centre, and sees it
    AUDITOR = "auditor"  # audits the county, and sees it
    HELPER = "helper"  # was asked for help and has not finished
    IN_OWN_GRID = "in_own_grid"  # is the officer of the grid where it happened
    VERIFIER = "verifier"  # sits at the desk that checks the result, and did not resolve it
    UNIT = "unit"  # is a unit at work on it, or speaks for one
    ON_SCENE = "on_scene"  # is a unit that has arrived
    REPORTER = "reporter"  # reported it
    SEER = "seer"  # sees it
    CLOCK = "clock"  # is no person, but a time limit


class OfferIs(StrEnum):
    """What a move asks of the offer of custody."""

    ANYHOW = "anyhow"
    ABSENT = "absent"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Field:
    """What must or may come with a move. `kind`: text, desk, units, unit, flag, moment, hours, score, case, hop,
    or the name of a vocabulary. `unless` names a flag of the same move: where that is false, this is required too."""

    name: str
    kind: str
    required: bool = True
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One move. `target` None leaves the status, or lets the units decide it."""

    sources: frozenset[Status]
    target: Status | None
    by: frozenset[Relation]
    fields: tuple[Field, ...] = ()
    offer: OfferIs = OfferIs.ANYHOW


def _by(*relations: Relation) -> frozenset[Relation]:
    return frozenset(relations)


HOLDER, SUPERIOR, RECEIVER, VERIFIER = (
    Relation.HOLDER,
    Relation.SUPERIOR,
    Relation.RECEIVER,
    Relation.VERIFIER,
)
ARBITER, APPROVER, LEADER = Relation.ARBITER, Relation.APPROVER, Relation.LEADER
AUDITOR = Relation.AUDITOR
HELPER, IN_OWN_GRID = Relation.HELPER, Relation.IN_OWN_GRID
UNIT, ON_SCENE, REPORTER, SEER, CLOCK = (
    Relation.UNIT,
    Relation.ON_SCENE,
    Relation.REPORTER,
    Relation.SEER,
    Relation.CLOCK,
)
REASON = Field("reason", "text")
MAYBE_REASON = Field("reason", "text", required=False)
WHICH_UNIT = Field("unit", "unit")
# What whoever reported it reads by his query code; the result itself is for the desks.
REPLY = Field("reply", "text", required=False)
EDITABLE = (
    Field("category", "category", required=False),
    Field("case_class", "case_class", required=False),
    Field("priority", "priority", required=False),
    Field("lon", "longitude", required=False),
    Field("lat", "latitude", required=False),
    Field("area_code", "area", required=False),
)

MOVES: dict[Move, Rule] = {
    Move.ACCEPT: Rule(frozenset({P}), A, _by(HOLDER)),
    Move.REFUSE: Rule(
        frozenset({P}), Status.REFUSED, _by(HOLDER), (REASON, Field("where_to_turn", "text")), OfferIs.ABSENT
    ),
    Move.CANCEL: Rule(BEFORE_RESULT, Status.CANCELLED, _by(HOLDER, REPORTER), (REASON,)),
    Move.EDIT: Rule(OPEN, None, _by(HOLDER), (*EDITABLE, REASON)),
    Move.NOTE: Rule(ANY, None, _by(SEER), (Field("text", "text"),)),
    Move.DISPATCH: Rule(UNDER_WAY, None, _by(HOLDER, SUPERIOR), (Field("units", "units"), MAYBE_REASON)),
    Move.RECALL: Rule(UNDER_WAY, None, _by(HOLDER, SUPERIOR), (Field("units", "units"), MAYBE_REASON)),
    Move.RAISE_ALARM: Rule(
        BEFORE_RESULT, None, _by(HOLDER, SUPERIOR), (Field("level", "level", required=False), MAYBE_REASON)
    ),
    Move.START: Rule(frozenset({A, D}), H, _by(HOLDER)),
    Move.RESOLVE: Rule(
        frozenset({D, H}),
        R,
        _by(HOLDER, ON_SCENE),
        (
            Field("result", "text"),
            REPLY,
            Field("without_help", "text", required=False),
            Field("without_steps", "text", required=False),
        ),
    ),
    Move.VERIFY: Rule(
        frozenset({R}),
        None,
        _by(VERIFIER),
        (
            Field("passed", "flag"),
            Field("text", "text", required=False, unless="passed"),  # whoever works again must know on what
            Field("callback", "callback", required=False),
        ),
    ),
    Move.ESCALATE: Rule(
        BEFORE_RESULT, None, _by(HOLDER, CLOCK), (Field("to", "desk", required=False), REASON), OfferIs.ABSENT
    ),
    Move.HAND_DOWN: Rule(BEFORE_RESULT, None, _by(HOLDER), (Field("to", "desk"), REASON), OfferIs.ABSENT),
    Move.TRANSFER: Rule(BEFORE_RESULT, None, _by(HOLDER), (Field("to", "desk"), REASON), OfferIs.ABSENT),
    Move.WITHDRAW: Rule(BEFORE_RESULT, None, _by(HOLDER, CLOCK), (MAYBE_REASON,), OfferIs.OPEN),
    Move.TAKE: Rule(BEFORE_RESULT, None, _by(RECEIVER), (), OfferIs.OPEN),
    Move.RETURN: Rule(BEFORE_RESULT, None, _by(RECEIVER), (REASON,), OfferIs.OPEN),
    Move.DECIDE: Rule(BEFORE_RESULT, None, _by(ARBITER), (Field("to", "desk"), REASON)),
    Move.TAKE_OVER: Rule(OPEN, None, _by(SUPERIOR), (REASON,)),
    Move.ASK_SUSPEND: Rule(
        UNDER_WAY,
        None,
        _by(HOLDER),
        (Field("cause", "cause"), Field("until", "moment"), REASON),
        OfferIs.ABSENT,
    ),
    Move.ASK_EXTEND: Rule(UNDER_WAY, None, _by(HOLDER), (Field("hours", "hours"), REASON)),
    Move.OBJECT: Rule(UNDER_WAY, None, _by(HOLDER), (Field("target", "target"), REASON)),
    Move.APPROVE: Rule(UNDER_WAY, None, _by(APPROVER), (MAYBE_REASON,)),
    Move.DENY: Rule(UNDER_WAY, None, _by(APPROVER), (REASON,)),
    Move.RESUME: Rule(frozenset({Status.SUSPENDED}), None, _by(HOLDER, CLOCK), (MAYBE_REASON,)),
    Move.SELF_CLOSE: Rule(frozenset({P, A}), None, _by(IN_OWN_GRID), (Field("result", "text"), REPLY)),
    Move.REOPEN: Rule(FINISHED, P, _by(REPORTER, LEADER, VERIFIER), (REASON,)),
    Move.RATE: Rule(
        frozenset({Status.CLOSED}),
        None,
        _by(REPORTER),
        (Field("score", "score"), Field("text", "text", required=False)),
    ),
    Move.MERGE: Rule(BEFORE_RESULT, Status.MERGED, _by(HOLDER), (Field("into", "case"), REASON)),
    Move.UNMERGE: Rule(frozenset({Status.MERGED}), None, _by(HOLDER), (REASON,)),
    Move.ASK_HELP: Rule(
        UNDER_WAY, None, _by(HOLDER), (Field("to", "desk"), Field("hours", "hours"), Field("text", "text"))
    ),
    Move.FINISH_HELP: Rule(OPEN, None, _by(HELPER), (Field("result", "text"),)),
    Move.CALL_TO_ACCOUNT: Rule(ANY, None, _by(LEADER), (Field("hop", "hop"), REASON)),
    Move.SETTLE_ACCOUNT: Rule(
        ANY,
        None,
        _by(LEADER),
        (Field("hop", "hop"), Field("finding", "finding"), Field("text", "text", required=False)),
    ),
    # 保全: whoever has reason to fear for the evidence orders it; who might have something to hide does not end it.
    Move.PRESERVE: Rule(ANY, None, _by(LEADER, AUDITOR), (REASON,)),
    Move.RELEASE: Rule(ANY, None, _by(AUDITOR), (REASON,)),
    Move.SUPERVISE: Rule(OPEN, None, _by(SEER, CLOCK), (Field("text", "text"),)),
    Move.ANSWER: Rule(OPEN, None, _by(HOLDER), (Field("text", "text"),)),
    Move.ACKNOWLEDGE: Rule(OPEN, None, _by(UNIT), (WHICH_UNIT,)),
    Move.DECLINE: Rule(OPEN, None, _by(UNIT), (WHICH_UNIT, REASON)),
    Move.DEPART: Rule(OPEN, None, _by(UNIT), (WHICH_UNIT,)),
    Move.ARRIVE: Rule(OPEN, None, _by(UNIT), (WHICH_UNIT,)),
    Move.CLEAR: Rule(OPEN, None, _by(UNIT), (WHICH_UNIT,)),
    Move.ATTACH: Rule(UNDER_WAY, None, _by(SEER), (WHICH_UNIT,)),
}


@dataclass(frozen=True, slots=True)
class UnitRule:
    """What a unit move asks of the assignment, and where assignment and unit are after it."""

    sources: frozenset[AssignmentState]
    assignment: AssignmentState
    unit: UnitState


SENT, KNOWN, UNDERWAY, THERE = (
    AssignmentState.DISPATCHED,
    AssignmentState.ACKNOWLEDGED,
    AssignmentState.ENROUTE,
    AssignmentState.ON_SCENE,
)
UNIT_RULES: dict[Move, UnitRule] = {
    Move.ACKNOWLEDGE: UnitRule(frozenset({SENT}), KNOWN, UnitState.DISPATCHED),
    Move.DECLINE: UnitRule(frozenset({SENT, KNOWN}), AssignmentState.DECLINED, UnitState.AVAILABLE),
    Move.DEPART: UnitRule(frozenset({SENT, KNOWN}), UNDERWAY, UnitState.ENROUTE),
    Move.ARRIVE: UnitRule(frozenset({SENT, KNOWN, UNDERWAY}), THERE, UnitState.ON_SCENE),
    Move.CLEAR: UnitRule(
        frozenset({SENT, KNOWN, UNDERWAY, THERE}), AssignmentState.CLEARED, UnitState.AVAILABLE
    ),
}

_CUSTODY = frozenset(
    {
        Move.ESCALATE,
        Move.HAND_DOWN,
        Move.TRANSFER,
        Move.WITHDRAW,
        Move.TAKE,
        Move.RETURN,
        Move.DECIDE,
        Move.TAKE_OVER,
        Move.ANSWER,
    }
)
_ACCOUNT = frozenset({Move.CALL_TO_ACCOUNT, Move.SETTLE_ACCOUNT})
_GRANTS = frozenset({Move.APPROVE, Move.DENY})
_CONTEST = _GRANTS | {Move.ASK_SUSPEND, Move.ASK_EXTEND, Move.OBJECT, Move.RESUME}
# What only a desk does that has others below it.
_OF_A_SUPERIOR = _GRANTS | {Move.HAND_DOWN, Move.TAKE_OVER, Move.DECIDE}
_INTAKE = frozenset(
    {
        Move.REPORT,
        Move.ACCEPT,
        Move.REFUSE,
        Move.CANCEL,
        Move.EDIT,
        Move.NOTE,
        Move.MERGE,
        Move.UNMERGE,
        Move.REOPEN,
    }
)
_WORK = frozenset(
    {
        Move.DISPATCH,
        Move.RECALL,
        Move.RAISE_ALARM,
        Move.START,
        Move.RESOLVE,
        Move.VERIFY,
        Move.ASK_HELP,
        Move.FINISH_HELP,
    }
)
_UNIT = frozenset({Move.ACKNOWLEDGE, Move.DECLINE, Move.DEPART, Move.ARRIVE, Move.CLEAR, Move.ATTACH})
_DESK = _INTAKE | _WORK | _CUSTODY | _CONTEST | _UNIT
# Role × move, first gate; the relations of MOVES are the second.
MOVES_OF_ROLE: dict[Role, frozenset[Move]] = {
    Role.DISPATCHER: _DESK,
    Role.LEADER: _GRANTS | _ACCOUNT | {Move.NOTE, Move.SUPERVISE, Move.DECIDE, Move.REOPEN, Move.PRESERVE},
    Role.DUTY_OFFICER: _DESK,
    Role.VILLAGE_OFFICER: _DESK - _OF_A_SUPERIOR,
    Role.GRID_OFFICER: _UNIT
    | {
        Move.REPORT,
        Move.ACCEPT,
        Move.CANCEL,
        Move.NOTE,
        Move.START,
        Move.RESOLVE,
        Move.ESCALATE,
        Move.SELF_CLOSE,
    },
    Role.DEPARTMENT: _DESK - _OF_A_SUPERIOR - {Move.REPORT, Move.REFUSE},
    Role.MEDIATOR: _UNIT | {Move.NOTE, Move.RESOLVE, Move.START},
    Role.AUDITOR: frozenset({Move.PRESERVE, Move.RELEASE}),
    Role.ADMIN: frozenset(),
    Role.DEVICE: frozenset({Move.REPORT}),
    Role.REPORTER: frozenset({Move.REPORT, Move.CANCEL, Move.REOPEN, Move.RATE}),
    Role.KIOSK: frozenset(),
    Role.SYSTEM: frozenset({Move.ESCALATE, Move.WITHDRAW, Move.RESUME, Move.SUPERVISE}),
}
