"""What somebody asks of a case, what a decision may consult, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch.rules.case import Case
from dispatch.rules.clocks import CalendarOf
from dispatch.rules.vocabulary import Callback, CaseClass, Cause, Finding, Move, Target, UnitKind, UnitState
from gis.actor import Actor


@dataclass(frozen=True, slots=True)
class UnitView:
    """What the rules need to know of a unit."""

    id: str
    name: str
    kind: UnitKind
    desk: str
    area_code: str
    on_duty: bool
    state: UnitState
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The parts of a case that `edit` may change; None leaves a part as it is."""

    category: str | None = None
    case_class: CaseClass | None = None
    priority: int | None = None
    lon: float | None = None
    lat: float | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A move with what comes with it; which parts it needs stands in `MOVES[move].fields`."""

    move: Move
    reason: str | None = None
    text: str | None = None
    result: str | None = None
    reply: str | None = None
    where_to_turn: str | None = None
    to: str | None = None
    units: tuple[str, ...] = ()
    unit: str | None = None
    passed: bool | None = None
    cause: Cause | None = None
    until: datetime | None = None
    hours: int | None = None
    target: Target | None = None
    score: int | None = None
    into: UUID | None = None
    without_help: str | None = None
    without_steps: str | None = None
    callback: Callback | None = None
    hop: int | None = None
    finding: Finding | None = None
    level: int | None = None
    done_at: datetime | None = None
    edit: Edit = Edit()


@dataclass(frozen=True, slots=True)
class UnitChange:
    """Where a unit is after a move."""

    unit: str
    state: UnitState
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Text:
    """Words that belong to a case; they live outside the log."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next case, the units that changed with it, the words to keep, and what the log tells besides."""

    case: Case
    units: tuple[UnitChange, ...] = ()
    texts: tuple[Text, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)
    other: Case | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may consult: who, when, the calendars, the units and the other case named, and where new ids
    come from."""

    actor: Actor
    at: datetime
    calendar_of: CalendarOf
    new_id: Callable[[], UUID]
    units: Mapping[str, UnitView] = field(default_factory=dict)
    other: Case | None = None


Handler = Callable[[Case, Command, Context], Outcome]
