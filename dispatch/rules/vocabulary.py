"""The words of a case's life (design §2); the Chinese term stands in the glossary and the catalogue of words."""

from enum import StrEnum


class Status(StrEnum):
    """Where a case is in its life; exactly one value at every moment."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    RESOLVED = "resolved"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    MERGED = "merged"


OPEN = frozenset(
    {
        Status.PENDING,
        Status.ACCEPTED,
        Status.DISPATCHED,
        Status.HANDLING,
        Status.RESOLVED,
        Status.SUSPENDED,
    }
)
UNDER_WAY = frozenset({Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING})
BEFORE_RESULT = UNDER_WAY | {Status.PENDING}


class Move(StrEnum):
    """What a desk, a leader or a clock does to a case."""

    REPORT = "report"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CANCEL = "cancel"
    EDIT = "edit"
    NOTE = "note"
    DISPATCH = "dispatch"
    RECALL = "recall"
    RAISE_ALARM = "raise_alarm"
    START = "start"
    RESOLVE = "resolve"
    VERIFY = "verify"
    ESCALATE = "escalate"
    HAND_DOWN = "hand_down"
    WITHDRAW = "withdraw"
    TAKE = "take"
    RETURN = "return"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    DECIDE = "decide"
    ASK_SUSPEND = "ask_suspend"
    ASK_EXTEND = "ask_extend"
    OBJECT = "object"
    APPROVE = "approve"
    DENY = "deny"
    RESUME = "resume"
    SELF_CLOSE = "self_close"
    REOPEN = "reopen"
    RATE = "rate"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ASK_HELP = "ask_help"
    FINISH_HELP = "finish_help"
    CALL_TO_ACCOUNT = "call_to_account"
    SETTLE_ACCOUNT = "settle_account"
    PRESERVE = "preserve"
    RELEASE = "release"
    SUPERVISE = "supervise"
    ANSWER = "answer"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    DEPART = "depart"
    ARRIVE = "arrive"
    CLEAR = "clear"
    ATTACH = "attach"


class CaseClass(StrEnum):
    """How demanding a case is; it decides the time limits."""

    EMERGENCY = "emergency"
    SIMPLE = "simple"
    GENERAL = "general"
    COMPLEX = "complex"


class Source(StrEnum):
    """By which door a report came in."""

    HOTLINE = "hotline"
    CITIZEN = "citizen"
    CONSOLE = "console"
    GRID_OFFICER = "grid_officer"
    DEVICE = "device"


class OfferKind(StrEnum):
    """In which direction custody is offered."""

    ESCALATE = "escalate"
    HAND_DOWN = "hand_down"
    TRANSFER = "transfer"


class RequestKind(StrEnum):
    """What a holder asks its superior for."""

    SUSPEND = "suspend"
    EXTEND = "extend"
    OBJECT = "object"


class Callback(StrEnum):
    """回访: what came of ringing up who reported."""

    REACHED = "reached"
    UNREACHED = "unreached"
    DECLINED = "declined"
    NO_NUMBER = "no_number"


class Finding(StrEnum):
    """责任追究: what came of asking a desk to account for its part."""

    NO_FAULT = "no_fault"
    REMINDED = "reminded"
    TALKED_TO = "talked_to"
    CRITICISED = "criticised"
    REFERRED = "referred"


class Cause(StrEnum):
    """Why a case must wait: what the holder waits for, and cannot hasten."""

    MATERIAL = "material"
    THIRD_PARTY = "third_party"
    PROCEEDINGS = "proceedings"
    WEATHER = "weather"
    REPORTER = "reporter"
    OTHER = "other"


class AssignmentState(StrEnum):
    """How far one unit has come on one case."""

    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    ENROUTE = "enroute"
    ON_SCENE = "on_scene"
    DECLINED = "declined"
    CLEARED = "cleared"
    RECALLED = "recalled"


OPEN_ASSIGNMENT = frozenset(
    {
        AssignmentState.DISPATCHED,
        AssignmentState.ACKNOWLEDGED,
        AssignmentState.ENROUTE,
        AssignmentState.ON_SCENE,
    }
)


class UnitKind(StrEnum):
    """What kind of responding resource a unit is."""

    GRID_OFFICER = "grid_officer"
    PATROL = "patrol"
    DEPARTMENT = "department"
    MEDIATION = "mediation"


class UnitState(StrEnum):
    """What a unit is doing."""

    OFF_DUTY = "off_duty"
    AVAILABLE = "available"
    DISPATCHED = "dispatched"
    ENROUTE = "enroute"
    ON_SCENE = "on_scene"


class Target(StrEnum):
    """What a clock measures (design §5)."""

    ACCEPT = "accept"
    TAKE = "take"
    DISPATCH = "dispatch"
    TURNOUT = "turnout"
    RESPONSE = "response"
    RESOLVE = "resolve"
    VERIFY = "verify"
    HELP = "help"
    GRANT = "grant"
    ANSWER = "answer"


class Colour(StrEnum):
    """Where a clock stands: running green, amber, red; or stopped in time or too late."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    MET = "met"
    MISSED = "missed"
