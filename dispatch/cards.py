"""Warning cards as the wire and the log carry them, and how they are read: no personal data, no free text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import TypedDict

from dispatch.queries import desk_is_known
from dispatch.records import maybe_stamp, stamp
from dispatch.rules.warnings import Card, CardStatus, SubjectKind
from dispatch.tables_warnings import practices, warning_cards, warning_talks, warning_texts
from gis.errors import NotFound

MOST_CARDS = 200


class CardRecord(TypedDict):
    """One card. `evidence` names the cases that it is made of, `threshold` is the rule's as it was then."""

    id: str
    number: str
    version: int
    rule: str
    colour: str
    praises: bool
    subject_kind: str
    subject: str
    about: str
    desk: str
    area_code: str
    status: str
    measure: str
    value: float
    n: int
    threshold: float
    window_h: int
    evidence: list[dict[str, Any]]
    issued_at: str
    changed_at: str
    acknowledged_at: str | None
    notice_number: str | None
    notified_at: str | None
    due_at: str | None
    late_at: str | None
    answered_at: str | None
    rounds: int
    talks: int
    closed_at: str | None
    outcome: str | None


AS_IT_IS = (
    *("number", "version", "rule", "colour", "praises", "subject", "about", "desk", "area_code", "measure"),
    *("value", "n", "threshold", "window_h", "notice_number", "rounds", "talks", "outcome"),
)
MOMENTS = ("acknowledged_at", "notified_at", "due_at", "late_at", "answered_at", "closed_at")


def card_record(card: Card) -> CardRecord:
    """Return the record of a card."""
    record: Any = {
        "id": str(card.id),
        **{name: getattr(card, name) for name in AS_IT_IS},
        "subject_kind": str(card.subject_kind),
        "status": str(card.status),
        "evidence": [dict(one) for one in card.evidence],
        "issued_at": stamp(card.issued_at),
        "changed_at": stamp(card.changed_at),
        **{name: maybe_stamp(getattr(card, name)) for name in MOMENTS},
    }
    made: CardRecord = record
    return made


def card_scope(card: Card) -> dict[str, Any]:
    """Return where a card lies and which desks it was given to."""
    return {"code": card.area_code, "access": sorted(card.access)}


def card_row(card: Card) -> dict[str, Any]:
    """Return the columns of a card."""
    return {
        **{name: getattr(card, name) for name in Card.__dataclass_fields__},
        "subject_kind": str(card.subject_kind),
        "status": str(card.status),
        "access": list(card.access),
        "evidence": [dict(one) for one in card.evidence],
    }


def card_of(row: RowMapping) -> Card:
    """Return the card that a row tells of."""
    values: Mapping[str, Any] = {name: row[name] for name in Card.__dataclass_fields__}
    return Card(
        **{
            **values,
            "subject_kind": SubjectKind(row["subject_kind"]),
            "status": CardStatus(row["status"]),
            "access": tuple(row["access"]),
            "evidence": tuple(row["evidence"]),
        }
    )


async def load_card(tx: AsyncConnection, card_id: UUID, *, lock: bool = False) -> Card:
    """Return the card. Raises NotFound where it does not exist or lies out of the actor's sight."""
    query = select(warning_cards).where(warning_cards.c.id == card_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise NotFound(f"there is no warning card {card_id} in your sight", code="no_such_card")
    return card_of(row)


async def list_cards(
    tx: AsyncConnection,
    *,
    open_only: bool = False,
    colour: str | None = None,
    subject: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = MOST_CARDS,
) -> list[Card]:
    """Return the cards in sight, newest first."""
    query = select(warning_cards)
    if open_only:
        query = query.where(warning_cards.c.status != str(CardStatus.CLOSED))
    if colour:
        query = query.where(warning_cards.c.colour == colour)
    if subject:
        query = query.where(warning_cards.c.subject == subject)
    if before:
        place = func.row(warning_cards.c.issued_at, warning_cards.c.id)
        query = query.where(place < func.row(*before))
    query = query.order_by(warning_cards.c.issued_at.desc(), warning_cards.c.id.desc()).limit(limit)
    return [card_of(row) for row in (await tx.execute(query)).mappings()]


async def card_texts(tx: AsyncConnection, card_id: UUID) -> list[dict[str, Any]]:
    """Return the words that belong to a card, oldest first."""
    columns = warning_texts.c
    query = (
        select(columns.kind, columns.text, columns.at, columns.actor_name, columns.actor_desk)
        .where(columns.card_id == card_id)
        .order_by(columns.at, columns.id)
    )
    return [{**row, "at": stamp(row["at"])} for row in (await tx.execute(query)).mappings()]


async def card_talks(tx: AsyncConnection, card_id: UUID) -> list[dict[str, Any]]:
    """Return the talks that a card led to, oldest first."""
    columns = warning_talks.c
    query = (
        select(columns.held_at, columns.who, columns.minutes, columns.actor_name, columns.actor_desk)
        .where(columns.card_id == card_id)
        .order_by(columns.held_at, columns.id)
    )
    return [{**row, "held_at": stamp(row["held_at"])} for row in (await tx.execute(query)).mappings()]


async def subject_names(tx: AsyncConnection, cards: Sequence[Card]) -> dict[str, str]:
    """Return what the subjects of cards are called."""
    areas = [card.subject for card in cards if card.subject_kind is SubjectKind.AREA]
    desks = [card.subject for card in cards if card.subject_kind is SubjectKind.DESK]
    units = [card.subject for card in cards if card.subject_kind is SubjectKind.UNIT]
    sql = """select code as id, name from areas where code = any(:areas)
             union all select code, name from retired_areas where code = any(:areas)
             union all select id, name from desks where id = any(:desks)
             union all select id, name from units where id = any(:units)"""
    rows = await tx.execute(text(sql), {"areas": areas, "desks": desks, "units": units})
    return {row.id: row.name for row in rows}


async def find_practices(
    tx: AsyncConnection, words: str | None, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[dict[str, Any]]:
    """Return good practice, newest first, from a place on; `words` must all occur in title or text."""
    query = select(practices)
    if before is not None:
        query = query.where(tuple_(practices.c.at, practices.c.id) < before)
    for word in (words or "").split():
        like = f"%{_unlike(word)}%"
        query = query.where(or_(practices.c.title.ilike(like), practices.c.text.ilike(like)))
    rows = (
        (await tx.execute(query.order_by(practices.c.at.desc(), practices.c.id.desc()).limit(limit)))
        .mappings()
        .all()
    )
    wanted = [row["case_id"] for row in rows if row["case_id"]]
    # In the reader's own sight: who may not see the case reads the practice all the same, without its number.
    seen = await tx.execute(
        text("select id, number, category from cases where id = any(:ids)"), {"ids": wanted}
    )
    cases = {row.id: row for row in seen}
    return [_practice(row, cases.get(row["case_id"])) for row in rows]


def _practice(row: RowMapping, case: Any) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "title": row["title"],
        "text": row["text"],
        "area_code": row["area_code"],
        "at": stamp(row["at"]),
        "case_id": str(case.id) if case else None,
        "case_number": case.number if case else None,
        "category": case.category if case else None,
    }


def _unlike(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def desk_of_subject(
    tx: AsyncConnection, kind: SubjectKind, subject: str
) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the desk that answers for a subject, where it lies, and who sees it besides; None if it is gone."""
    if kind is SubjectKind.AREA:
        return (subject, subject, ()) if await desk_is_known(tx, subject) else None
    if kind is SubjectKind.DESK:
        return subject, subject.partition("/")[0], (subject,)
    row = (
        await tx.execute(text("select desk, area_code from units where id = :id"), {"id": subject})
    ).first()
    return None if row is None else (row.desk, row.area_code, (row.desk,))
