"""Cases and units as the wire and the log carry them: plain JSON, no personal data, no free text."""

from datetime import UTC, datetime

from typing_extensions import TypedDict  # pydantic wants this one below Python 3.12

from dispatch.rules.case import Assignment, Case, Clock, Request
from dispatch.rules.explanation import paused_time

LEADER = "leader"


class OfferRecord(TypedDict):
    """Custody held out to another desk."""

    kind: str
    giver: str
    to: str
    at: str
    hop: int


class ClockRecord(TypedDict):
    """One time limit; the screen repaints it between events from `amber_at` and `due_at`."""

    target: str
    hop: int
    desk: str
    started_at: str
    amber_at: str
    due_at: str
    stopped_at: str | None
    colour: str
    extra_s: int
    paused_s: int


class AssignmentRecord(TypedDict):
    """One unit on one case."""

    id: str
    unit: str
    unit_name: str
    unit_kind: str
    unit_desk: str
    state: str
    dispatched_at: str
    acknowledged_at: str | None
    departed_at: str | None
    arrived_at: str | None
    cleared_at: str | None
    departed_done_at: str | None
    arrived_done_at: str | None


class CustodyRecord(TypedDict):
    """One hop of custody."""

    desk: str
    from_at: str
    to_at: str | None
    how: str


class SupervisionRecord(TypedDict):
    """An order for attention: a leader's, or that of the clock `target` which turned red."""

    at: str
    by_name: str
    due_at: str
    answered_at: str | None
    target: str | None


class PreservationRecord(TypedDict):
    """Since when nothing of the case is erased, and who ordered it; why stands among its words."""

    at: str
    by_name: str


class HelpRecord(TypedDict):
    """What another desk does beside the holder."""

    desk: str
    asked_at: str
    due_at: str
    finished_at: str | None
    done: bool


class AccountRecord(TypedDict):
    """One hop that its desk must account for, and what was found."""

    hop: int
    desk: str
    opened_at: str
    finding: str | None
    settled_at: str | None


class RequestRecord(TypedDict):
    """What the holder asks its superior for."""

    kind: str
    desk: str
    at: str
    due_at: str
    cause: str | None
    until: str | None
    extra_s: int
    target: str | None


class CaseRecord(TypedDict):
    """The whole case as every screen may see it that may see it at all."""

    id: str
    number: str
    version: int
    status: str
    category: str
    case_class: str
    priority: int
    source: str
    lon: float
    lat: float
    area_code: str
    holder: str
    offer: OfferRecord | None
    first_receiver: str
    verifier: str
    reported_at: str
    accepted_at: str | None
    dispatched_at: str | None
    arrived_at: str | None
    resolved_at: str | None
    closed_at: str | None
    changed_at: str
    hops: int
    returns: int
    arbiter: str | None
    request: RequestRecord | None
    suspended_at: str | None
    suspended_until: str | None
    reopened: int
    rating: int | None
    merged_into: str | None
    joined: int
    alarm_level: int
    help: list[HelpRecord]
    accounts: list[AccountRecord]
    supervision: SupervisionRecord | None
    preservation: PreservationRecord | None
    clocks: list[ClockRecord]
    assignments: list[AssignmentRecord]
    custody: list[CustodyRecord]


class UnitRecord(TypedDict):
    """A responding resource; `no` is its key in the frames of positions."""

    id: str
    no: int
    version: int
    name: str
    kind: str
    desk: str
    area_code: str
    on_duty: bool
    state: str
    case_id: str | None
    state_at: str


class Scope(TypedDict):
    """Who sees a case: whoever covers the place, and the desks it was given to."""

    code: str
    access: list[str]


def stamp(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, always with microseconds, so that texts sort as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def maybe_stamp(moment: datetime | None) -> str | None:
    """Return `stamp`, or None for what has not happened."""
    return None if moment is None else stamp(moment)


def scope_of(case: Case) -> Scope:
    """Return who sees the case."""
    return {"code": case.area_code, "access": list(case.access)}


def case_record(case: Case) -> CaseRecord:
    """Return the record of a case."""
    offer, order = case.offer, case.supervision
    return {
        "id": str(case.id),
        "number": case.number,
        "version": case.version,
        "status": str(case.status),
        "category": case.category,
        "case_class": str(case.case_class),
        "priority": case.priority,
        "source": str(case.source),
        "lon": case.lon,
        "lat": case.lat,
        "area_code": case.area_code,
        "holder": case.holder,
        "offer": None
        if offer is None
        else {
            "kind": str(offer.kind),
            "giver": offer.giver,
            "to": offer.to,
            "at": stamp(offer.at),
            "hop": offer.hop,
        },
        "first_receiver": case.first_receiver,
        "verifier": case.verifier,
        "reported_at": stamp(case.reported_at),
        "accepted_at": maybe_stamp(case.accepted_at),
        "dispatched_at": maybe_stamp(case.dispatched_at),
        "arrived_at": maybe_stamp(case.arrived_at),
        "resolved_at": maybe_stamp(case.resolved_at),
        "closed_at": maybe_stamp(case.closed_at),
        "changed_at": stamp(case.changed_at),
        "hops": case.hops,
        "returns": case.returns,
        "arbiter": (case.arbiter or LEADER) if case.disputed else None,
        "request": request_record(case.request),
        "suspended_at": maybe_stamp(case.suspended_at),
        "suspended_until": maybe_stamp(case.suspended_until),
        "reopened": case.reopened,
        "rating": case.rating,
        "merged_into": None if case.merged_into is None else str(case.merged_into),
        "joined": case.joined,
        "alarm_level": case.alarm_level,
        "help": [
            {
                "desk": one.desk,
                "asked_at": stamp(one.asked_at),
                "due_at": stamp(one.due_at),
                "finished_at": maybe_stamp(one.finished_at),
                "done": one.done,
            }
            for one in case.helps
        ],
        "accounts": [
            {
                "hop": one.hop,
                "desk": one.desk,
                "opened_at": stamp(one.opened_at),
                "finding": str(one.finding) if one.finding else None,
                "settled_at": maybe_stamp(one.settled_at),
            }
            for one in case.accounts
        ],
        "supervision": None
        if order is None
        else {
            "at": stamp(order.at),
            "by_name": order.by_name,
            "due_at": stamp(order.due_at),
            "answered_at": maybe_stamp(order.answered_at),
            "target": str(order.target) if order.target else None,
        },
        "preservation": None
        if case.preservation is None
        else {"at": stamp(case.preservation.at), "by_name": case.preservation.by_name},
        "clocks": [clock_record(clock) for clock in case.clocks],
        "assignments": [assignment_record(one) for one in case.assignments],
        "custody": [
            {
                "desk": hop.desk,
                "from_at": stamp(hop.from_at),
                "to_at": maybe_stamp(hop.to_at),
                "how": hop.how,
            }
            for hop in case.custody
        ],
    }


def request_record(request: Request | None) -> RequestRecord | None:
    """Return the record of a request; why it is made is free text and stays out."""
    if request is None:
        return None
    return {
        "kind": str(request.kind),
        "desk": request.desk,
        "at": stamp(request.at),
        "due_at": stamp(request.due_at),
        "cause": str(request.cause) if request.cause else None,
        "until": maybe_stamp(request.until),
        "extra_s": request.extra_s,
        "target": str(request.target) if request.target else None,
    }


def clock_record(clock: Clock) -> ClockRecord:
    """Return the record of a clock."""
    return {
        "target": str(clock.target),
        "hop": clock.hop,
        "desk": clock.desk,
        "started_at": stamp(clock.started_at),
        "amber_at": stamp(clock.amber_at),
        "due_at": stamp(clock.due_at),
        "stopped_at": maybe_stamp(clock.stopped_at),
        "colour": str(clock.colour),
        "extra_s": clock.extra_s,
        "paused_s": int(paused_time(clock.pauses, clock.started_at, clock.due_at).total_seconds()),
    }


def assignment_record(one: Assignment) -> AssignmentRecord:
    """Return the record of an assignment; why it was made is free text and stays out."""
    return {
        "id": str(one.id),
        "unit": one.unit,
        "unit_name": one.unit_name,
        "unit_kind": str(one.unit_kind),
        "unit_desk": one.unit_desk,
        "state": str(one.state),
        "dispatched_at": stamp(one.dispatched_at),
        "acknowledged_at": maybe_stamp(one.acknowledged_at),
        "departed_at": maybe_stamp(one.departed_at),
        "arrived_at": maybe_stamp(one.arrived_at),
        "cleared_at": maybe_stamp(one.cleared_at),
        "departed_done_at": maybe_stamp(one.departed_done_at),
        "arrived_done_at": maybe_stamp(one.arrived_done_at),
    }
