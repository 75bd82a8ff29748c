"""Cards: issued by what is measured, moved by people, late by themselves. Each action is one transaction."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.once import Key, first_answer, remember
from dispatch.actions.saving import act_as_system
from dispatch.cards import CardRecord, card_record, card_row, card_scope, desk_of_subject, load_card
from dispatch.measures import read_measure
from dispatch.queries import load_calendars
from dispatch.rulebook import Rulebook
from dispatch.rules.calendar import CHINA
from dispatch.rules.clocks import Limit, counted, due
from dispatch.rules.vocabulary import CaseClass
from dispatch.rules.warnings import (
    MOST_DAYS,
    Card,
    CardCommand,
    CardMove,
    CardStatus,
    Reading,
    State,
    WarningRule,
    decide_card,
    is_late,
    step,
)
from dispatch.tables_warnings import (
    practices,
    warning_cards,
    warning_runs,
    warning_states,
    warning_talks,
    warning_texts,
)
from gis import log
from gis.actor import SYSTEM, Actor
from gis.batch import Batch
from gis.database import Database
from gis.errors import InvalidInput, NotFound, StaleVersion

StateKey = tuple[str, str, str]


async def measure_ladder(
    db: Database, book: Rulebook, ladder: Sequence[WarningRule], at: datetime, every: timedelta
) -> list[CardRecord] | None:
    """Measure by the rules of one ladder, gravest first, and issue what is due; None where that was just done.

    Exactly once, whoever else measures at the same time and whenever this process is killed: the run's row is locked,
    what the rules remember is written with the cards, and two open cards of one kind cannot exist.
    """
    async with db.transaction(SYSTEM) as tx:
        if not await _my_turn(tx, ladder[0].key, at, every):
            return None
        states = await _states(tx, ladder)
        issued: list[CardRecord] = []
        graver: set[tuple[str, str]] = set()
        for rule in ladder:
            for reading, is_due in await _stepped(tx, rule, states, at):
                rung = (reading.subject, reading.about)
                # Two rules that measure the same, one graver than the other: one card says it.
                if is_due and rung not in graver:
                    record = await issue_card(tx, book, rule, reading, at)
                    issued += [record] if record else []
                if states[rule.key, reading.subject, reading.about].raised:
                    graver.add(rung)
        return issued


async def _my_turn(tx: AsyncConnection, run: str, at: datetime, every: timedelta) -> bool:
    """Say whether it is time to measure, and hold the run's row until the commit if so."""
    row = {"name": run, "at": at - every}
    await tx.execute(upsert(warning_runs).values(row).on_conflict_do_nothing())
    held = select(warning_runs.c.at).where(warning_runs.c.name == run).with_for_update(skip_locked=True)
    last = await tx.scalar(held)
    if last is None or at - last < every:
        return False
    await tx.execute(update(warning_runs).where(warning_runs.c.name == run).values(at=at))
    return True


async def _states(tx: AsyncConnection, ladder: Sequence[WarningRule]) -> dict[StateKey, State]:
    of_them = warning_states.c.rule.in_([rule.key for rule in ladder])
    rows = (await tx.execute(select(warning_states).where(of_them))).all()
    return {(row.rule, row.subject, row.about): State(row.raised, row.since) for row in rows}


async def _stepped(
    tx: AsyncConnection, rule: WarningRule, states: dict[StateKey, State], at: datetime
) -> list[tuple[Reading, bool]]:
    """Measure by one rule, remember what changed, and return each reading with whether a card is due."""
    readings = {(one.subject, one.about): one for one in await read_measure(tx, rule, at)}
    # What was raised and is not measured any more has fallen to nothing.
    for key, subject, about in list(states):
        if key == rule.key and states[key, subject, about].raised and (subject, about) not in readings:
            readings[subject, about] = Reading(subject, about, 0.0, 0)
    stepped, changed = [], {}
    for (subject, about), reading in readings.items():
        before = states.get((rule.key, subject, about), State())
        after, is_due = step(rule, before, reading, at)
        states[rule.key, subject, about] = after
        if after != before:
            changed[subject, about] = after
        stepped.append((reading, is_due))
    await _remember_states(tx, rule, changed)
    return stepped


async def _remember_states(
    tx: AsyncConnection, rule: WarningRule, changed: Mapping[tuple[str, str], State]
) -> None:
    if not changed:
        return
    rows = [
        {"rule": rule.key, "subject": subject, "about": about, "raised": one.raised, "since": one.since}
        for (subject, about), one in changed.items()
    ]
    written = upsert(warning_states).values(rows)
    newer = {"raised": written.excluded.raised, "since": written.excluded.since}
    await tx.execute(written.on_conflict_do_update(index_elements=["rule", "subject", "about"], set_=newer))


async def issue_card(
    tx: AsyncConnection, book: Rulebook, rule: WarningRule, reading: Reading, at: datetime
) -> CardRecord | None:
    """Write a new card and tell of it; None where one is open still, or the subject answers to no desk any more."""
    found = await desk_of_subject(tx, rule.subject, reading.subject)
    if found is None or await _open_already(tx, rule, reading):
        return None
    desk, area_code, access = found
    serial = (await tx.execute(text("select nextval('card_numbers')"))).scalar_one()
    card = Card(
        id=uuid4(),
        number=f"{at.astimezone(CHINA):%Y}-{serial:04d}",
        version=1,
        rule=rule.key,
        colour=rule.colour,
        praises=book.colours[rule.colour].praises,
        subject_kind=rule.subject,
        subject=reading.subject,
        about=reading.about,
        desk=desk,
        area_code=area_code,
        access=access,
        status=CardStatus.ISSUED,
        measure=str(rule.measure),
        value=round(reading.value, 4),
        n=reading.n,
        threshold=rule.on,
        window_h=rule.window_h,
        evidence=reading.evidence,
        issued_at=at,
        changed_at=at,
    )
    await tx.execute(insert(warning_cards).values(card_row(card)))
    await _tell(tx, "issue", SYSTEM, None, card, at)
    return card_record(card)


async def _open_already(tx: AsyncConnection, rule: WarningRule, reading: Reading) -> bool:
    """Say whether a card of this kind is open: it goes on, whatever the measure did meanwhile."""
    columns = warning_cards.c
    same = (columns.rule == rule.key, columns.subject == reading.subject, columns.about == reading.about)
    still = select(columns.id).where(*same, columns.status != str(CardStatus.CLOSED))
    return (await tx.execute(still)).first() is not None


async def _tell(
    tx: AsyncConnection,
    kind: str,
    actor: Actor,
    before: Card | None,
    after: Card,
    at: datetime,
    hashes: Sequence[Mapping[str, str]] = (),
) -> None:
    detail = {"card": card_record(after), **({"texts": [dict(one) for one in hashes]} if hashes else {})}
    await log.append(
        tx,
        kind=f"warning.{kind}",
        actor=actor,
        version=after.version,
        scope_before=card_scope(before) if before else None,
        scope_after=card_scope(after),
        data={"move": kind, "detail": detail},
        at=at,
    )


async def move_card(
    db: Database,
    book: Rulebook,
    actor: Actor,
    card_id: UUID,
    command: CardCommand,
    expected_version: int | None,
    at: datetime,
    key: Key | None = None,
) -> CardRecord:
    """Make one move on one card. Raises NotFound, NotYourMove, MoveNotAllowed, InvalidInput or StaleVersion."""
    async with db.transaction(actor) as tx:
        answered = await first_answer(tx, actor, key, at)
        if answered is not None:
            record: CardRecord = answered["card"]
            return record
        before = await load_card(tx, card_id, lock=True)
        if expected_version is not None and expected_version != before.version:
            raise StaleVersion(
                f"the card is at version {before.version} and you read {expected_version}; look again",
                current=card_record(before),
            )
        after = decide_card(before, command, actor, at, await _answer_due(tx, book, before, command, at))
        await _check_case(tx, command)
        await act_as_system(tx)
        if command.move is CardMove.NOTIFY:
            serial = (await tx.execute(text("select nextval('notice_numbers')"))).scalar_one()
            after = replace(after, notice_number=f"{at.astimezone(CHINA):%Y}-{serial:04d}")
        await _write(tx, after)
        hashes = await _keep_words(tx, after, command, actor, at)
        await _tell(tx, str(command.move), actor, before, after, at, hashes)
        answer = card_record(after)
        batch = Batch()
        remember(batch, actor, key, {"card": answer})
        await batch.send(tx)
    return answer


async def _write(tx: AsyncConnection, card: Card) -> None:
    row = card_row(card)
    await tx.execute(update(warning_cards).where(warning_cards.c.id == card.id).values(row))


async def _answer_due(
    tx: AsyncConnection, book: Rulebook, card: Card, command: CardCommand, at: datetime
) -> datetime:
    """Return when an answer is due: so many working days from now, if none are named by the colour's row."""
    colour = book.colours.get(card.colour)
    days = command.days if command.days is not None else (colour.answer_days if colour else MOST_DAYS)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"an answer is due in 1 to {MOST_DAYS} working days", code="bad_days")
    calendar = (await load_calendars(tx))(CaseClass.GENERAL, card.desk)
    return due(calendar, at, counted(calendar, Limit(days=days)))


async def _check_case(tx: AsyncConnection, command: CardCommand) -> None:
    """Pass if the case that a practice comes from is in the actor's sight. Raises NotFound."""
    if command.case_id is None:
        return
    seen = await tx.scalar(text("select 1 from cases where id = :id"), {"id": command.case_id})
    if seen is None:
        raise NotFound("there is no such case in your sight", code="no_such_case")


async def _keep_words(
    tx: AsyncConnection, card: Card, command: CardCommand, actor: Actor, at: datetime
) -> list[dict[str, str]]:
    """Keep the words of a move outside the log, and return what the log may hold of them."""
    words = (command.text or "").strip()
    if not words:
        return []
    salt = secrets.token_bytes(16)
    by = {"at": at, "actor_name": actor.name, "actor_desk": actor.desk}
    told = _hash(str(command.move), salt, (command.title, command.who, words))
    if command.move is CardMove.TALK:
        talk = {"card_id": card.id, "held_at": command.held_at, "who": (command.who or "").strip()}
        await tx.execute(insert(warning_talks).values(**talk, minutes=words, salt=salt, **by))
    elif command.move is CardMove.COMMEND:
        practice = {
            "id": uuid4(),
            "card_id": card.id,
            "case_id": command.case_id,
            "area_code": card.area_code,
        }
        await tx.execute(
            insert(practices).values(**practice, title=(command.title or "").strip(), text=words, **by)
        )
    else:
        row = {"card_id": card.id, "kind": str(command.move), "text": words, "salt": salt}
        await tx.execute(insert(warning_texts).values(**row, **by))
    return [told]


def _hash(kind: str, salt: bytes, words: Iterable[str | None]) -> dict[str, str]:
    whole = "\n".join(one.strip() for one in words if one)
    return {"kind": kind, "hash": sha256(salt + whole.encode()).hexdigest()}


async def mark_late_answers(db: Database, at: datetime) -> list[CardRecord]:
    """Mark the cards whose notice was not answered in time, each once, and tell of it."""
    marked: list[CardRecord] = []
    async with db.transaction(SYSTEM) as tx:
        columns = warning_cards.c
        late = (
            select(columns.id)
            .where(
                columns.status == str(CardStatus.RECTIFYING), columns.due_at <= at, columns.late_at.is_(None)
            )
            .order_by(columns.id)
            .with_for_update(skip_locked=True)
        )
        for card_id in list((await tx.execute(late)).scalars()):
            before = await load_card(tx, card_id)
            if not is_late(before, at):
                continue
            after = replace(before, late_at=at, version=before.version + 1, changed_at=at)
            await _write(tx, after)
            await _tell(tx, "late", SYSTEM, before, after, at)
            marked.append(card_record(after))
    return marked
