"""Everything that is done to a case: report, every move, and what the clocks do by themselves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch import tables
from dispatch.actions.once import Key, first_answer, remember
from dispatch.actions.saving import (
    act_as_system,
    insert_case,
    move_reports,
    save_rating,
    save_texts,
    save_units,
    update_case,
)
from dispatch.events import event_data
from dispatch.queries import (
    desk_is_known,
    load_calendars,
    load_case,
    load_units,
    lock_cases,
    report_of_code,
)
from dispatch.records import CaseRecord, case_record, scope_of
from dispatch.rules.by_clock import RESUMED, OrderRule, commands_at_red
from dispatch.rules.case import Case, Clock, Custody
from dispatch.rules.case_numbers import case_number
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.clocks import CalendarOf, Fact, after_fact, repainted
from dispatch.rules.command import Command, Context, Outcome, Text
from dispatch.rules.decide import decide
from dispatch.rules.moves import MOVES_OF_ROLE
from dispatch.rules.rights import reporter_account
from dispatch.rules.routing import first_desk, first_receiver
from dispatch.rules.vocabulary import OPEN, CaseClass, Move, Source, Status
from gis import log
from gis.actor import SYSTEM, Actor, Role
from gis.batch import Batch
from gis.database import Database
from gis.errors import InvalidInput, MoveNotAllowed, NotFound, NotYourMove, StaleVersion

QUERY_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread over a telephone
# Who only joined a case may say that it is not settled; he neither withdraws it nor rates it for who reported it.
OF_WHO_JOINED = frozenset({Move.REOPEN})


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody reports. The place is located already: `area_code` is the grid that holds (lon, lat)."""

    category: str
    text: str
    lon: float
    lat: float
    area_code: str
    source: Source
    priority: int | None = None
    case_class: CaseClass | None = None
    reporter_name: str | None = None
    reporter_phone: str | None = None
    holder: str | None = None  # only a demonstration says to which desk; else the routing rule does


@dataclass(frozen=True, slots=True)
class Reported:
    """The new case, and the code with which its reporter can ask after it."""

    case: CaseRecord
    query_code: str


async def report_case(
    db: Database, actor: Actor, report: NewReport, at: datetime, key: Key | None = None
) -> Reported:
    """受理登记: take a report from anyone into the hands of its first desk.

    Runs in the system's sight, because a reporter sees nothing and still may report anywhere.
    Raises NotYourMove, InvalidInput or Conflict.
    """
    if Move.REPORT not in MOVES_OF_ROLE[actor.role] and actor.role.value != "system":
        raise NotYourMove(f"the role {actor.role} does not report cases", code="not_of_your_role")
    if report.category not in CATEGORIES:
        raise InvalidInput(f"there is no category '{report.category}'", code="no_such_category")
    async with db.transaction(SYSTEM) as tx:
        answered = await first_answer(tx, actor, key, at)
        if answered is not None:
            return Reported(answered["case"], answered["query_code"])
        case = new_case(report, actor, at, await next_number(tx, at), await load_calendars(tx))
        await insert_case(tx, case)
        code, batch = await save_report(tx, case, report, at), Batch()
        told = save_texts(batch, case, (Text("report", report.text),), actor, at)
        tell(tx, batch, actor, Move.REPORT, None, case, Outcome(case), told, [], at)
        answer = Reported(case_record(case), code)
        remember(batch, actor, key, {"case": answer.case, "query_code": answer.query_code})
        await batch.send(tx)
    return answer


def new_case(report: NewReport, actor: Actor, at: datetime, number: str, calendar_of: CalendarOf) -> Case:
    """Return the case that a report makes: with its first desk, its class and its first clocks running."""
    category = CATEGORIES[report.category]
    priority = report.priority or category.priority
    holder = report.holder or first_desk(report.category, priority, report.area_code)
    receiver = first_receiver(actor.desk, report.source, holder)
    case = Case(
        id=uuid4(),
        number=number,
        version=1,
        status=Status.PENDING,
        category=report.category,
        case_class=report.case_class or category.case_class,
        priority=priority,
        source=report.source,
        lon=report.lon,
        lat=report.lat,
        area_code=report.area_code,
        holder=holder,
        first_receiver=receiver,
        reporter_id=actor.account_id,
        reported_at=at,
        changed_at=at,
        custody=(Custody(holder, at, "report"),),
        access=tuple(dict.fromkeys((holder, receiver))),
    )
    return after_fact(case, Fact.REPORTED, at, calendar_of)


async def next_number(tx: AsyncConnection, at: datetime) -> str:
    serial = (await tx.execute(text("select nextval('case_numbers')"))).scalar_one()
    return case_number(at, serial)


async def save_report(tx: AsyncConnection, case: Case, report: NewReport, at: datetime) -> str:
    code = "".join(secrets.choice(QUERY_CODE_ALPHABET) for _ in range(10))
    await tx.execute(
        insert(tables.reports).values(
            id=uuid4(),
            case_id=case.id,
            source=str(report.source),
            at=at,
            text=report.text,
            reporter_name=report.reporter_name,
            reporter_phone=report.reporter_phone,
            query_code_hash=sha256(code.encode()).digest(),
        )
    )
    return code


async def make_move(
    db: Database,
    actor: Actor,
    case_id: UUID,
    command: Command,
    expected_version: int | None,
    at: datetime,
    key: Key | None = None,
) -> CaseRecord:
    """Make one move on one case: in the actor's sight, by the rules, in one transaction, told to the log.

    `expected_version` None makes the move on whatever version there is. Raises NotFound, NotYourMove,
    MoveNotAllowed, InvalidInput, Conflict, or StaleVersion with the case as it is now.
    """
    async with db.transaction(actor) as tx:
        answered = await first_answer(tx, actor, key, at)
        if answered is not None:
            record: CaseRecord = answered["case"]
            return record
        if command.into is not None:
            # Both rows in one order: two cases that are merged into each other at once must not wait for ever.
            await lock_cases(tx, (case_id, command.into))
        before = await load_case(tx, case_id, lock=True)
        if expected_version is not None and expected_version != before.version:
            raise StaleVersion(
                f"the case is at version {before.version} and you read {expected_version}; look again",
                current=case_record(before),
            )
        outcome = await _decide(tx, actor, before, command, at)
        await act_as_system(tx)
        return await _commit(tx, actor, command.move, before, outcome, at, key)


async def _decide(tx: AsyncConnection, actor: Actor, before: Case, command: Command, at: datetime) -> Outcome:
    named = {*command.units, *([command.unit] if command.unit else [])}
    units = await load_units(tx, sorted(named), lock=True) if named else {}
    if command.to is not None and not await desk_is_known(tx, command.to):
        raise NotFound(f"there is no desk {command.to} in the directory", code="no_such_desk")
    calendar_of, other = await load_calendars(tx), await _other_case(tx, before, command)
    return decide(before, command, Context(actor, at, calendar_of, uuid4, units, other))


async def _other_case(tx: AsyncConnection, case: Case, command: Command) -> Case | None:
    """Return the case that a merge names, in the actor's sight, or that an unmerge leaves, in anyone's."""
    if command.move is Move.MERGE and command.into is not None:
        return await load_case(tx, command.into, lock=True)
    if command.move is Move.UNMERGE and case.merged_into is not None:
        await act_as_system(tx)
        return await load_case(tx, case.merged_into, lock=True)
    return None


async def _commit(
    tx: AsyncConnection,
    actor: Actor,
    move: Move,
    before: Case,
    outcome: Outcome,
    at: datetime,
    key: Key | None = None,
) -> CaseRecord:
    """Write what a move made of a case, and tell it: what always comes with a move goes in one round trip."""
    after, batch = outcome.case, Batch()
    record = case_record(after)
    units = await save_units(tx, outcome.units, at)
    await update_case(tx, batch, before, after)
    told = save_texts(batch, after, outcome.texts, actor, at)
    # Told in any case: a desk that only saw it through an offer that ended keeps the history of its own part.
    tell(tx, batch, actor, move, before, after, outcome, told, units, at)
    remember(batch, actor, key, {"case": record})
    await batch.send(tx)
    if move is Move.RATE:
        await save_rating(tx, after, at)
    if move in (Move.MERGE, Move.UNMERGE):
        await move_reports(tx, after)
        await tell_other(tx, actor, move, outcome.other, after, at)
    return record


async def tell_other(
    tx: AsyncConnection, actor: Actor, move: Move, other: Case | None, case: Case, at: datetime
) -> None:
    """Write and tell what a merge or its undoing made of the case that was joined or left."""
    if other is None:
        return
    before, batch = await load_case(tx, other.id), Batch()
    await update_case(tx, batch, before, other)
    kind = "join" if move is Move.MERGE else "part"
    log.append_with(
        batch,
        tx,
        kind=f"case.{kind}",
        actor=actor,
        case_id=other.id,
        version=other.version,
        scope_before=scope_of(before),
        scope_after=scope_of(other),
        data=event_data(kind, before, other, [], {"case": str(case.id)}),
        at=at,
    )
    await batch.send(tx)


async def reporter_move(db: Database, query_code: str, command: Command, at: datetime) -> CaseRecord:
    """Make a move as whoever shows the query code of a report. Raises NotFound, NotYourMove, MoveNotAllowed."""
    async with db.transaction(SYSTEM) as tx:
        case_id, reported_as = await report_of_code(tx, hash_of_code(query_code))
        if reported_as is not None and command.move not in OF_WHO_JOINED:
            raise MoveNotAllowed(
                "this report was joined with others about the same matter; ring the centre to change it",
                code="report_joined",
            )
        before = await load_case(tx, case_id, lock=True)
        actor = Actor(reporter_account(before), "reporter", Role.REPORTER, "", "")
        outcome = decide(before, command, Context(actor, at, await load_calendars(tx), uuid4))
        return await _commit(tx, actor, command.move, before, outcome, at)


def hash_of_code(query_code: str) -> bytes:
    """Return what the database keeps of a query code, which a person may type in any way."""
    return sha256(query_code.replace(" ", "").upper().encode()).digest()


def tell(
    tx: AsyncConnection,
    batch: Batch,
    actor: Actor,
    move: Move,
    before: Case | None,
    after: Case,
    outcome: Outcome,
    told: Sequence[dict[str, str]],
    units: Sequence[Any],
    at: datetime,
) -> None:
    detail = {**outcome.detail, **({"texts": list(told)} if told else {})}
    log.append_with(
        batch,
        tx,
        kind=f"case.{move}",
        actor=actor,
        case_id=after.id,
        version=after.version,
        scope_before=scope_of(before) if before else None,
        scope_after=scope_of(after),
        data=event_data(str(move), before, after, units, detail),
        at=at,
    )


async def turn_clocks(
    db: Database, case_id: UUID, at: datetime, rules: Sequence[OrderRule] = ()
) -> tuple[Clock, ...]:
    """Give a case's clocks the colour of the moment, tell the log of each that turned, and act on the red ones.

    Safe to call twice or from two processes: the row is locked, and a clock that has turned does not turn again.
    """
    async with db.transaction(SYSTEM) as tx:
        before = await load_case(tx, case_id, lock=True)
        if before.status not in OPEN:
            return ()
        if _has_waited(before, at):
            before = await _act(tx, before, RESUMED, at)
        painted, turned = repainted(before, at)
        if not turned:
            return ()
        # A move may have committed while this waited for the row: time must not run backwards on one version, or
        # pages would take the turned clock for older than what they have.
        painted, batch = replace(painted, changed_at=max(at, before.changed_at)), Batch()
        await update_case(tx, batch, before, painted)
        await batch.send(tx)
        for clock in turned:
            await _tell_clock(tx, before, painted, clock, at)
        case = painted
        for command in commands_at_red(painted, turned, rules):
            case = await _act(tx, case, command, at)
    return turned


def _has_waited(case: Case, at: datetime) -> bool:
    """Say whether a case was suspended until a date that has come."""
    return case.status is Status.SUSPENDED and case.suspended_until is not None and case.suspended_until <= at


async def _act(tx: AsyncConnection, case: Case, command: Command, at: datetime) -> Case:
    """Make a move that follows from time alone, and return the case as it is then."""
    outcome = decide(case, command, Context(SYSTEM, at, await load_calendars(tx), uuid4))
    await _commit(tx, SYSTEM, command.move, case, outcome, at)
    return outcome.case


async def _tell_clock(tx: AsyncConnection, before: Case, after: Case, clock: Clock, at: datetime) -> None:
    detail = {"target": str(clock.target), "hop": clock.hop, "desk": clock.desk, "colour": str(clock.colour)}
    await log.append(
        tx,
        kind=f"clock.{clock.colour}",
        actor=SYSTEM,
        case_id=after.id,
        version=after.version,
        scope_before=scope_of(before),
        scope_after=scope_of(after),
        data=event_data(f"clock_{clock.colour}", before, after, [], detail),
        at=at,
    )
