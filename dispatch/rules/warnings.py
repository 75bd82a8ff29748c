"""三色预警: what raises a card, when it falls silent again, and what becomes of a card (pure).

A rule measures something over a window for each subject: an area, a department's desk or a unit. At `on` a card is
issued; no second one comes until the measure has fallen under `off` and has rested, so that cards do not flap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from dispatch.rules.desks import is_superior, superior_of
from dispatch.rules.vocabulary import Target
from gis.actor import Actor, Role
from gis.errors import InvalidInput, MoveNotAllowed, NotYourMove, WallError

MOST_DAYS = 30


class Measure(StrEnum):
    """What a rule measures; `dispatch/measures.py` has the question for each."""

    OVERDUE_COUNT = "overdue_count"
    OVERDUE_SHARE = "overdue_share"
    REPEATED = "repeated"
    LATE_INFORMATION = "late_information"
    UNANSWERED_SUPERVISION = "unanswered_supervision"
    LOW_RATINGS = "low_ratings"
    REOPENED = "reopened"
    ALL_ON_TIME = "all_on_time"
    HIGH_RATINGS = "high_ratings"
    DECLINED = "declined"
    PROMPT = "prompt"


class SubjectKind(StrEnum):
    """On what a card is issued."""

    AREA = "area"
    DESK = "desk"
    UNIT = "unit"


OF_UNITS = frozenset({Measure.DECLINED, Measure.PROMPT})
OF_PLACES = frozenset({Measure.REPEATED})
SHARES = frozenset({Measure.OVERDUE_SHARE, Measure.LOW_RATINGS, Measure.REOPENED})


@dataclass(frozen=True, slots=True)
class ColourRow:
    """One colour of the place's own scheme. `grade` 0 praises; a higher one is graver."""

    key: str
    name: str
    name_en: str
    meaning: str
    meaning_en: str
    grade: int
    answer_days: int

    @property
    def praises(self) -> bool:
        """Whether a card of this colour is good news."""
        return self.grade == 0


@dataclass(frozen=True, slots=True)
class WarningRule:
    """One row of the table of rules. `least` is how many must be counted before a measure says anything."""

    key: str
    name: str
    name_en: str
    colour: str
    measure: Measure
    subject: SubjectKind
    level: str
    window_h: int
    on: float
    off: float
    least: int = 0
    rest_h: int = 24
    targets: tuple[Target, ...] = ()

    @property
    def ladder(self) -> tuple[object, ...]:
        """What rules share that measure the same of the same: only the gravest of them issues."""
        return self.measure, self.subject, self.level, self.targets


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured of one subject: a value out of `n`, and the cases that it is made of."""

    subject: str
    about: str
    value: float
    n: int
    evidence: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Whether a rule is raised for a subject, and since when it is, or is not any more."""

    raised: bool = False
    since: datetime | None = None


def step(rule: WarningRule, state: State, reading: Reading, at: datetime) -> tuple[State, bool]:
    """Return the state after a reading, and whether a card is due."""
    if state.raised:
        return (State(False, at), False) if reading.value < rule.off else (state, False)
    rested = state.since is None or at - state.since >= timedelta(hours=rule.rest_h)
    if rested and reading.n >= rule.least and reading.value >= rule.on:
        return State(True, at), True
    return state, False


class CardStatus(StrEnum):
    """Where a card is in its life."""

    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    RECTIFYING = "rectifying"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN_CARD = frozenset(CardStatus) - {CardStatus.CLOSED}


class CardMove(StrEnum):
    """What is done to a card."""

    ACKNOWLEDGE = "acknowledge"
    NOTIFY = "notify"
    ANSWER = "answer"
    CHECK = "check"
    TALK = "talk"
    LIFT = "lift"
    COMMEND = "commend"


class CardRelation(StrEnum):
    """How an actor stands to a card."""

    DESK = "desk"  # sits at the desk that must answer
    SUPERIOR = "superior"  # sits above it, at the county as its leader


@dataclass(frozen=True, slots=True)
class CardField:
    """What must or may come with a card's move."""

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class CardRule:
    """One move of a card. `praises` None is for cards of every colour."""

    sources: frozenset[CardStatus]
    target: CardStatus | None
    by: CardRelation
    fields: tuple[CardField, ...] = ()
    praises: bool | None = None


I, A, R, S = CardStatus.ISSUED, CardStatus.ACKNOWLEDGED, CardStatus.RECTIFYING, CardStatus.ANSWERED
TEXT = CardField("text", "text")
CARD_MOVES: dict[CardMove, CardRule] = {
    CardMove.ACKNOWLEDGE: CardRule(frozenset({I}), A, CardRelation.DESK),
    CardMove.NOTIFY: CardRule(
        frozenset({I, A}), R, CardRelation.SUPERIOR, (TEXT, CardField("days", "days", False)), False
    ),
    CardMove.ANSWER: CardRule(frozenset({R}), S, CardRelation.DESK, (TEXT,), False),
    CardMove.CHECK: CardRule(
        frozenset({S}), None, CardRelation.SUPERIOR, (CardField("passed", "flag"), TEXT), False
    ),
    CardMove.TALK: CardRule(
        OPEN_CARD,
        None,
        CardRelation.SUPERIOR,
        (CardField("held_at", "moment"), CardField("who", "text"), TEXT),
        False,
    ),
    CardMove.LIFT: CardRule(frozenset({I, A}), CardStatus.CLOSED, CardRelation.SUPERIOR, (TEXT,)),
    CardMove.COMMEND: CardRule(
        frozenset(CardStatus),
        CardStatus.CLOSED,
        CardRelation.SUPERIOR,
        (CardField("title", "text"), TEXT, CardField("case_id", "case", False)),
        True,
    ),
}
_BELOW = frozenset({CardMove.ACKNOWLEDGE, CardMove.ANSWER})
_ALL = frozenset(CardMove)
CARD_MOVES_OF_ROLE: dict[Role, frozenset[CardMove]] = {
    Role.DISPATCHER: _ALL,
    Role.LEADER: _ALL - _BELOW,
    Role.DUTY_OFFICER: _ALL - {CardMove.COMMEND},
    Role.VILLAGE_OFFICER: _BELOW,
    Role.DEPARTMENT: _BELOW,
}


@dataclass(frozen=True, slots=True)
class Card:
    """A card at one version, with the numbers that caused it as they were."""

    id: UUID
    number: str
    version: int
    rule: str
    colour: str
    praises: bool
    subject_kind: SubjectKind
    subject: str
    about: str
    desk: str
    area_code: str
    access: tuple[str, ...]
    status: CardStatus
    measure: str
    value: float
    n: int
    threshold: float
    window_h: int
    evidence: tuple[Mapping[str, Any], ...]
    issued_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    notice_number: str | None = None
    notified_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    answered_at: datetime | None = None
    rounds: int = 0
    talks: int = 0
    closed_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class CardCommand:
    """A card's move with what comes with it."""

    move: CardMove
    text: str | None = None
    days: int | None = None
    passed: bool | None = None
    held_at: datetime | None = None
    who: str | None = None
    title: str | None = None
    case_id: UUID | None = None


def card_relations(actor: Actor, card: Card) -> frozenset[CardRelation]:
    """Return how the actor stands to the card."""
    found = set()
    if actor.desk == card.desk:
        found.add(CardRelation.DESK)
    leads = actor.role is Role.LEADER and actor.desk == card.desk and superior_of(card.desk) is None
    if leads or is_superior(actor.desk, of=card.desk):
        found.add(CardRelation.SUPERIOR)
    return frozenset(found)


def check_card(actor: Actor, card: Card, move: CardMove) -> None:
    """Pass if the move is open to the actor now. Raises NotYourMove or MoveNotAllowed."""
    rule = CARD_MOVES[move]
    if move not in CARD_MOVES_OF_ROLE.get(actor.role, frozenset()):
        raise NotYourMove(f"the role {actor.role} never makes the move {move}", code="not_of_your_role")
    if rule.by not in card_relations(actor, card):
        raise NotYourMove(f"{move} is for the {rule.by} of this card, {card.desk}", code="not_your_move")
    if rule.praises is not None and rule.praises is not card.praises:
        raise MoveNotAllowed(f"{move} is not for a card of this colour", code="wrong_colour")
    if card.status not in rule.sources:
        raise MoveNotAllowed(f"{move} does not start from {card.status}", code="wrong_status")
    if move is CardMove.COMMEND and card.outcome == "commended":
        raise MoveNotAllowed("this card is in the library already", code="commended")


def card_verdicts(actor: Actor, card: Card) -> list[tuple[CardMove, str | None]]:
    """Return each move of the actor's role, with why it is not open, None where it is."""
    verdicts: list[tuple[CardMove, str | None]] = []
    for move in CARD_MOVES:
        if move not in CARD_MOVES_OF_ROLE.get(actor.role, frozenset()):
            continue
        try:
            check_card(actor, card, move)
        except WallError as error:
            verdicts.append((move, error.code))
        else:
            verdicts.append((move, None))
    return verdicts


def decide_card(card: Card, command: CardCommand, actor: Actor, at: datetime, due_at: datetime) -> Card:
    """Return what a move makes of a card, one version on; `due_at` is when an answer to a notice is due.

    Raises NotYourMove, MoveNotAllowed or InvalidInput.
    """
    check_card(actor, card, command.move)
    _require(command)
    moved = _moved(card, command, at, due_at)
    target = CARD_MOVES[command.move].target
    return replace(moved, status=target or moved.status, version=card.version + 1, changed_at=at)


def _require(command: CardCommand) -> None:
    for field in CARD_MOVES[command.move].fields:
        value = getattr(command, field.name)
        if field.required and (value is None or (isinstance(value, str) and not value.strip())):
            raise InvalidInput(f"{command.move} needs '{field.name}'", code="field_missing", field=field.name)


def _moved(card: Card, command: CardCommand, at: datetime, due_at: datetime) -> Card:
    if command.move is CardMove.ACKNOWLEDGE:
        return replace(card, acknowledged_at=at)
    if command.move is CardMove.NOTIFY:
        # Told in writing is told: who did not acknowledge before has it now.
        return replace(card, notified_at=at, due_at=due_at, acknowledged_at=card.acknowledged_at or at)
    if command.move is CardMove.ANSWER:
        return replace(card, answered_at=at)
    if command.move is CardMove.CHECK:
        return _checked(card, bool(command.passed), at, due_at)
    if command.move is CardMove.TALK:
        if command.held_at is not None and command.held_at > at:
            raise InvalidInput("a talk is recorded after it was held", code="bad_held_at")
        return replace(card, talks=card.talks + 1)
    outcome = "commended" if command.move is CardMove.COMMEND else "lifted"
    return replace(card, closed_at=card.closed_at or at, outcome=outcome)


def _checked(card: Card, passed: bool, at: datetime, due_at: datetime) -> Card:
    if passed:
        return replace(card, status=CardStatus.CLOSED, closed_at=at, outcome="rectified")
    again = replace(card, status=CardStatus.RECTIFYING, rounds=card.rounds + 1)
    return replace(again, answered_at=None, due_at=due_at, late_at=None)


def is_late(card: Card, at: datetime) -> bool:
    """Say whether the answer to a notice is overdue."""
    return card.status is CardStatus.RECTIFYING and card.due_at is not None and card.due_at <= at
