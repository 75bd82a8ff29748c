"""One case, lived by the rules from its report on: every move, every clock that turns, every fact that the log is told.

It does what `dispatch.actions.cases` does, without a database: decide, keep, tell; and what the watcher does in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from dispatch.actions.cases import NewReport, new_case
from dispatch.events import event_data
from dispatch.records import UnitRecord, scope_of, stamp
from dispatch.rules.by_clock import RESUMED, OrderRule, commands_at_red
from dispatch.rules.case import Case, Clock
from dispatch.rules.clocks import CalendarOf, repainted
from dispatch.rules.command import Command, Context, Outcome, Text, UnitView
from dispatch.rules.decide import decide
from dispatch.rules.vocabulary import OPEN, Colour, Move, Status, UnitKind, UnitState
from gis.actor import SYSTEM, Actor
from gis.log.append import event_row

BREATH = timedelta(seconds=1)
WATCHER_S = (0.05, 1.0)  # a clock is turned within a second of its moment


class Over(Exception):
    """The present is reached: what would come next has not happened yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of the log: its row as `gis.log.append.COLUMNS` has it."""

    at: datetime
    row: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Words that stay outside the log."""

    kind: str
    text: str
    at: datetime
    actor: Actor
    salt: bytes


@dataclass(slots=True)
class World:
    """What lives share: calendars, units of their township, chance, the present, and when the system gives orders."""

    calendar_of: CalendarOf
    units: dict[str, UnitRecord]
    rng: Random
    until: datetime
    rules: Sequence[OrderRule] = ()
    free_from: dict[str, datetime] = field(default_factory=dict)

    def new_id(self) -> UUID:
        """Return an id as uuid4 would, by this world's chance."""
        return UUID(bytes=self.rng.randbytes(16), version=4)


@dataclass(slots=True)
class Life:
    """A case and what became of it so far."""

    world: World
    case: Case
    told: list[Told] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @classmethod
    def begin(cls, world: World, report: NewReport, reporter: Actor, at: datetime, number: str) -> "Life":
        """Report the case."""
        fresh = new_case(report, reporter, at, number, world.calendar_of)
        life = cls(world, replace(fresh, id=world.new_id()))
        life._tell(Move.REPORT, reporter, None, Outcome(life.case), (Text("report", report.text),), [], at)
        return life

    def wait(self, until: datetime) -> datetime:
        """Let time pass, and the clocks turn in it; return the moment. Raises Over."""
        until = max(until, self.case.changed_at + BREATH)
        while (turning := self._next_turn()) is not None and turning <= until:
            if turning >= self.world.until:
                break
            self._turn(turning + timedelta(seconds=self.world.rng.uniform(*WATCHER_S)))
        if max(until, self.case.changed_at) >= self.world.until:
            raise Over
        return max(until, self.case.changed_at + BREATH)

    def do(self, actor: Actor, command: Command | Move, at: datetime) -> Outcome:
        """Make a move at a moment, or as soon after it as the case is there. Raises Over, or what the rules raise."""
        made = command if isinstance(command, Command) else Command(command)
        return self._decide(actor, made, self.wait(at))

    def _decide(self, actor: Actor, command: Command, at: datetime) -> Outcome:
        world, before = self.world, self.case
        named = {*command.units, *([command.unit] if command.unit else [])}
        views = {unit: view_of(world.units[unit]) for unit in named}
        outcome = decide(before, command, Context(actor, at, world.calendar_of, world.new_id, views))
        self.case, changes = outcome.case, sorted(outcome.units, key=lambda one: one.unit)
        records = [self._move_unit(one.unit, one.state, one.case_id, at) for one in changes]
        self._tell(command.move, actor, before, outcome, outcome.texts, records, at)
        return outcome

    def _move_unit(self, unit: str, state: UnitState, case_id: UUID | None, at: datetime) -> UnitRecord:
        held = self.world.units[unit]
        bound = None if case_id is None else str(case_id)
        moved: UnitRecord = {**held, "state": str(state), "case_id": bound, "state_at": stamp(at)}
        moved["version"] += 1
        self.world.units[unit] = moved
        self.world.free_from[unit] = at
        return moved

    def _tell(
        self,
        move: Move,
        actor: Actor,
        before: Case | None,
        outcome: Outcome,
        texts: Sequence[Text],
        units: Sequence[UnitRecord],
        at: datetime,
    ) -> None:
        told = [self._keep(one, actor, at) for one in texts]
        detail = {**outcome.detail, **({"texts": told} if told else {})}
        data = event_data(str(move), before, self.case, units, detail)
        self._note(f"case.{move}", actor, before, data, at)

    def _keep(self, words: Text, actor: Actor, at: datetime) -> dict[str, str]:
        salt = self.world.rng.randbytes(16)
        self.kept.append(Kept(words.kind, words.text, at, actor, salt))
        return {"kind": words.kind, "hash": sha256(salt + words.text.encode()).hexdigest()}

    def _note(self, kind: str, actor: Actor, before: Case | None, data: dict[str, Any], at: datetime) -> None:
        case = self.case
        row = event_row(
            kind=kind,
            actor=actor,
            case_id=case.id,
            version=case.version,
            scope_before=scope_of(before) if before else None,
            scope_after=scope_of(case),
            data=data,
            at=at,
        )
        self.told.append(Told(at, row))

    def _next_turn(self) -> datetime | None:
        if self.case.status not in OPEN:
            return None
        if self.case.status is Status.SUSPENDED and self.case.suspended_until is not None:
            return self.case.suspended_until
        moments = [_turns_at(clock) for clock in self.case.clocks if clock.running]
        return min((moment for moment in moments if moment is not None), default=None)

    def _turn(self, at: datetime) -> None:
        """Do what the watcher does: see `turn_clocks`."""
        at = max(at, self.case.changed_at)
        if self.case.status is Status.SUSPENDED:
            self._decide(SYSTEM, RESUMED, at)
        before = self.case
        painted, turned = repainted(before, at)
        if not turned:
            return
        self.case = replace(painted, changed_at=at)
        for clock in turned:
            named = {"target": str(clock.target), "hop": clock.hop, "desk": clock.desk}
            detail = {**named, "colour": str(clock.colour)}
            data = event_data(f"clock_{clock.colour}", before, self.case, [], detail)
            self._note(f"clock.{clock.colour}", SYSTEM, before, data, at)
        for command in commands_at_red(self.case, turned, self.world.rules):
            self._decide(SYSTEM, command, at)


def _turns_at(clock: Clock) -> datetime | None:
    if clock.colour is Colour.GREEN:
        return clock.amber_at
    return clock.due_at if clock.colour is Colour.AMBER else None


def view_of(unit: UnitRecord) -> UnitView:
    """Return what the rules need of a unit."""
    return UnitView(
        unit["id"],
        unit["name"],
        UnitKind(unit["kind"]),
        unit["desk"],
        unit["area_code"],
        unit["on_duty"],
        UnitState(unit["state"]),
        None if unit["case_id"] is None else UUID(unit["case_id"]),
    )
