"""A case as a value: everything the rules need to know, and nothing they may change in place."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from dispatch.rules.desks import is_superior, superior_of
from dispatch.rules.plans import USUAL_LEVEL
from dispatch.rules.vocabulary import (
    OPEN,
    OPEN_ASSIGNMENT,
    AssignmentState,
    CaseClass,
    Cause,
    Colour,
    Finding,
    OfferKind,
    RequestKind,
    Source,
    Status,
    Target,
    UnitKind,
)

RETURNS_TO_DECIDE = 2
SAMPLED_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """Custody held out to another desk; the giver stays responsible until it is taken."""

    kind: OfferKind
    giver: str
    to: str
    at: datetime
    hop: int


@dataclass(frozen=True, slots=True)
class Request:
    """What the holder asks its superior for; one at a time. `until` for a suspension, `extra_s` for an extension
    (counted seconds of the clock's own calendar), `target` for an objection."""

    kind: RequestKind
    desk: str
    at: datetime
    due_at: datetime
    cause: Cause | None = None
    until: datetime | None = None
    extra_s: int = 0
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """协办: what another desk was asked to do beside the holder; `done` tells a result from a task that lapsed."""

    desk: str
    asked_at: datetime
    due_at: datetime
    finished_at: datetime | None = None
    done: bool = False

    @property
    def open(self) -> bool:
        """Whether the holder still waits for it."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class Account:
    """责任追究: one finished hop of custody, by its place in the chain, that its desk must account for."""

    hop: int
    desk: str
    opened_at: datetime
    finding: Finding | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A span that does not count against a clock; a suspension's planned end is shortened when work resumes."""

    from_at: datetime
    to_at: datetime
    why: RequestKind


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit on one case; `hop` tells the take clocks of several offers apart.

    `limit_s` is counted seconds of the calendar named; both are None on clocks older than these columns.
    """

    target: Target
    hop: int
    desk: str
    started_at: datetime
    amber_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    colour: Colour = Colour.GREEN
    limit_s: int | None = None
    calendar: str | None = None
    extra_s: int = 0
    pauses: tuple[Pause, ...] = ()

    @property
    def running(self) -> bool:
        """Whether time still counts against it."""
        return self.stopped_at is None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit on one case."""

    id: UUID
    unit: str
    unit_name: str
    unit_kind: UnitKind
    unit_desk: str
    unit_area: str
    state: AssignmentState
    dispatched_at: datetime
    acknowledged_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    cleared_at: datetime | None = None
    reason: str | None = None
    # When it was done, where the server was told only later (`rules/told_late.py`).
    departed_done_at: datetime | None = None
    arrived_done_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the unit is still bound to the case."""
        return self.state in OPEN_ASSIGNMENT


@dataclass(frozen=True, slots=True)
class Custody:
    """One hop: which desk had the case from when to when, how it came there and from whom."""

    desk: str
    from_at: datetime
    how: str
    giver: str | None = None
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    """督办: attention was ordered, and an answer is due; `target` names the clock that ordered it, if no leader did."""

    at: datetime
    by_name: str
    due_at: datetime
    answered_at: datetime | None = None
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Preservation:
    """保全: nothing of the case is erased, whatever its age, until it is released."""

    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case at one version. `access` names the desks that see it other than by place."""

    id: UUID
    number: str
    version: int
    status: Status
    category: str
    case_class: CaseClass
    priority: int
    source: Source
    lon: float
    lat: float
    area_code: str
    holder: str
    first_receiver: str
    reporter_id: str
    reported_at: datetime
    changed_at: datetime
    offer: Offer | None = None
    resolver_id: str | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    arrived_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    hops: int = 0
    returns: int = 0
    returned_by: tuple[str, ...] = ()
    request: Request | None = None
    status_before: Status | None = None
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    reopened: int = 0
    clocks_before: int = 0  # how many of its clocks belong to its life before it was last reopened
    rating: int | None = None
    merged_into: UUID | None = None
    held_clocks: tuple[int, ...] = ()  # places of the clocks that merging it stopped
    joined: int = 0
    alarm_level: int = USUAL_LEVEL
    helps: tuple[Help, ...] = ()
    accounts: tuple[Account, ...] = ()
    supervision: Supervision | None = None
    preservation: Preservation | None = None
    clocks: tuple[Clock, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    custody: tuple[Custody, ...] = ()
    access: tuple[str, ...] = ()

    @property
    def open_assignments(self) -> tuple[Assignment, ...]:
        """The units still bound to the case."""
        return tuple(one for one in self.assignments if one.open)

    def assignment_of(self, unit: str) -> Assignment | None:
        """Return the open assignment of a unit, if it has one here."""
        return next((one for one in self.open_assignments if one.unit == unit), None)

    @property
    def handed_down_by(self) -> str | None:
        """The desk that handed the case to its holder, by the newest such hop; None if nobody did."""
        hops = (hop for hop in reversed(self.custody) if hop.desk == self.holder and hop.how == "hand_down")
        return next((hop.giver for hop in hops), None)

    @property
    def verifier(self) -> str:
        """The desk that checks the result: who handed it down, else the superior, else the holder's own desk."""
        return self.handed_down_by or superior_of(self.holder) or self.holder

    @property
    def open_helps(self) -> tuple[Help, ...]:
        """What other desks still have to do for the holder."""
        return tuple(one for one in self.helps if one.open)

    @property
    def open_order(self) -> Supervision | None:
        """The supervision that the holder has still to answer; none where the case has ended."""
        waits = self.supervision is not None and self.supervision.answered_at is None and self.status in OPEN
        return self.supervision if waits else None

    def account_of(self, hop: int | None) -> Account | None:
        """Return the account that a hop must give, settled or not."""
        return next((one for one in self.accounts if one.hop == hop), None)

    @property
    def sampled(self) -> bool:
        """Whether a result that a grid officer reached alone is checked: one case in ten, by its id."""
        return int.from_bytes(sha256(self.id.bytes).digest()[:4]) % 100 < SAMPLED_PERCENT

    @property
    def parties(self) -> frozenset[str]:
        """Who disputes over it: the holder, and the desks that returned it since it was last decided."""
        return frozenset((self.holder, *self.returned_by))

    @property
    def disputed(self) -> bool:
        """Whether it came back often enough to be decided from above."""
        return len(self.returned_by) >= RETURNS_TO_DECIDE

    @property
    def arbiter(self) -> str | None:
        """The lowest desk above every party that is no party itself; None where only a leader is left."""
        desk = superior_of(self.holder)
        while desk is not None:
            if all(is_superior(desk, of=party) for party in self.parties):
                return desk
            desk = superior_of(desk)
        return None

    @property
    def decided(self) -> bool:
        """Whether custody was set by an arbiter, and so cannot be pushed on."""
        return self.custody[-1].how == "decide" if self.custody else False
