"""Warning cards, their notice, and the library of good practice over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from dispatch.actions.warnings import move_card
from dispatch.api.caller import Book, Caller, Db
from dispatch.api.case_lists import decode_cursor, encode_cursor
from dispatch.api.cases import IdempotencyKey, Strict, Words, key_of
from dispatch.api.moments import Moment
from dispatch.cards import (
    CardRecord,
    card_record,
    card_talks,
    card_texts,
    find_practices,
    list_cards,
    load_card,
    subject_names,
)
from dispatch.notice import notice_document
from dispatch.people import desk_name
from dispatch.rules.desks import superior_of
from dispatch.rules.masking import masked_card, sees_masked
from dispatch.rules.warnings import CARD_MOVES, MOST_DAYS, Card, CardCommand, CardMove, card_verdicts
from gis.actor import Actor, Role
from gis.clock import now
from gis.errors import NotFound

router = APIRouter(tags=["warnings"])

# The page may take the wall's fonts and write its own styles; it runs nothing.
NOTICE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# A wall screen counts cards; what was demanded and answered is for the desks.
READS_NO_WORDS = frozenset({Role.KIOSK, Role.DEVICE, Role.REPORTER})
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class CardMoveBody(Strict):
    """A card's move and what comes with it; which parts it needs is listed with the card."""

    move: CardMove
    expected_version: Annotated[int | None, Field(ge=1)] = None
    text: Words | None = None
    days: Annotated[int | None, Field(ge=1, le=MOST_DAYS)] = None
    passed: bool | None = None
    held_at: Moment | None = None
    who: Title | None = None
    title: Title | None = None
    case_id: UUID | None = None


class CardAnswer(BaseModel):
    """One card."""

    card: CardRecord


class CardListAnswer(BaseModel):
    """A page of cards, what their subjects are called, and the cursor of the page after it."""

    cards: list[CardRecord]
    names: dict[str, str]
    next: str | None


class CardMoveView(BaseModel):
    """One move: whether it is open to the caller now, why not if not, and what must come with it."""

    move: str
    allowed: bool
    why: str | None
    fields: list[dict[str, Any]]


class CardSheet(BaseModel):
    """Everything about one card."""

    card: CardRecord
    names: dict[str, str]
    texts: list[dict[str, Any]]
    talks: list[dict[str, Any]]
    moves: list[CardMoveView]


class RuleBookAnswer(BaseModel):
    """The colours and the rules as the house has them."""

    colours: list[dict[str, Any]]
    rules: list[dict[str, Any]]


class PracticeList(BaseModel):
    """Good practice, newest first; a case is named to those who may see it."""

    practices: list[dict[str, Any]]
    next: str | None


@router.get("/api/warnings/rules")
async def rules(_: Caller, book: Book) -> RuleBookAnswer:
    """Show the colours and the rules by which cards are issued."""
    names = ("key", "name", "name_en", "colour", "measure", "subject", "level", "window_h", "on", "off")
    return RuleBookAnswer(
        colours=[
            {name: getattr(row, name) for name in row.__dataclass_fields__} | {"praises": row.praises}
            for row in book.colours.values()
        ],
        rules=[
            {name: getattr(row, name) for name in (*names, "least", "rest_h")}
            | {"targets": [str(one) for one in row.targets]}
            for row in book.rules
        ],
    )


@router.get("/api/warnings")
async def cards(
    actor: Caller,
    db: Db,
    open_only: Annotated[bool, Query(alias="open")] = False,
    colour: Annotated[str | None, Query(pattern=r"^[a-z]{3,10}$")] = None,
    subject: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: str | None = None,
) -> CardListAnswer:
    """List the cards in the caller's sight, newest first."""
    before: tuple[datetime, UUID] | None = decode_cursor(cursor) if cursor else None
    async with db.read(actor) as tx:
        found = await list_cards(
            tx, open_only=open_only, colour=colour, subject=subject, before=before, limit=limit + 1
        )
        names = await subject_names(tx, found)
    page = found[:limit]
    following = encode_cursor(page[-1].issued_at, page[-1].id) if len(found) > limit else None
    return CardListAnswer(cards=[shown_to(actor, card) for card in page], names=names, next=following)


@router.get("/api/warnings/{card_id}")
async def sheet(card_id: UUID, actor: Caller, db: Db) -> CardSheet:
    """Show one card whole, with the moves that are open to the caller now."""
    async with db.read(actor) as tx:
        card = await load_card(tx, card_id)
        names = await subject_names(tx, [card])
        reads = actor.role not in READS_NO_WORDS
        texts = await card_texts(tx, card_id) if reads else []
        talks = await card_talks(tx, card_id) if reads else []
    return CardSheet(
        card=shown_to(actor, card), names=names, texts=texts, talks=talks, moves=moves_of(actor, card)
    )


def shown_to(actor: Actor, card: Card) -> CardRecord:
    """Return a card's record, masked for a wall screen."""
    record: Any = card_record(card)
    shown: Any = masked_card(record) if sees_masked(actor) else record
    told: CardRecord = shown
    return told


def moves_of(actor: Actor, card: Card) -> list[CardMoveView]:
    """Return the verdict on every move of the caller's role, with its fields."""
    return [
        CardMoveView(
            move=str(move),
            allowed=why is None,
            why=why,
            fields=[
                {"name": field.name, "type": field.kind, "required": field.required}
                for field in CARD_MOVES[move].fields
            ],
        )
        for move, why in card_verdicts(actor, card)
    ]


@router.post("/api/warnings/{card_id}/moves")
async def move(
    card_id: UUID, body: CardMoveBody, actor: Caller, db: Db, book: Book, key: IdempotencyKey = None
) -> CardAnswer:
    """Make a move. 412 when the card changed since `expected_version`."""
    command = CardCommand(**body.model_dump(exclude={"expected_version"}))
    record = await move_card(
        db, book, actor, card_id, command, body.expected_version, now(), key_of(key, body, card_id)
    )
    return CardAnswer(card=record)


@router.get("/api/warnings/{card_id}/notice", response_class=Response)
async def notice(card_id: UUID, actor: Caller, db: Db, book: Book) -> Response:
    """Return the 《整改提示单》 as a page for A4. 404 until it has been issued."""
    async with db.read(actor) as tx:
        card = await load_card(tx, card_id)
        if card.notice_number is None or actor.role in READS_NO_WORDS:
            raise NotFound(
                f"there is no notice of the warning card {card_id} in your sight", code="no_such_notice"
            )
        names = await subject_names(tx, [card])
        texts = await card_texts(tx, card_id)
        # Any desk above may issue it, the county to a village too: the one that did stands over it.
        signed = next((one["actor_desk"] for one in texts if one["kind"] == CardMove.NOTIFY), None)
        issuer = await desk_name(tx, signed or superior_of(card.desk) or card.desk)
    known = {"subject": names.get(card.subject, card.subject), "issuer": issuer or ""}
    page = notice_document(
        book.notice, card, book.rule_of.get(card.rule), book.colours.get(card.colour), known, texts
    )
    return Response(page, media_type="text/html", headers={"content-security-policy": NOTICE_POLICY})


@router.get("/api/practices")
async def practices(
    actor: Caller,
    db: Db,
    q: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> PracticeList:
    """Search the library of good practice (典型案例库); every word of `q` must occur."""
    before = decode_cursor(cursor) if cursor else None
    async with db.read(actor) as tx:
        found = await find_practices(tx, q, limit + 1, before)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    following = encode_cursor(datetime.fromisoformat(last["at"]), last["id"]) if last else None
    return PracticeList(practices=page, next=following)
