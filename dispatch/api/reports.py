"""What somebody who reported may ask and do, with nothing but the query code of the report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from dispatch.actions.cases import OF_WHO_JOINED, hash_of_code, reporter_move
from dispatch.api.caller import Book, Db
from dispatch.api.cases import Strict, Words
from dispatch.api.erased import ErasedView
from dispatch.erasure import erased_of
from dispatch.people import desk_to_ring
from dispatch.queries import case_texts, load_case, report_of_code
from dispatch.records import maybe_stamp, stamp
from dispatch.rules.case import Case
from dispatch.rules.command import Command
from dispatch.rules.rights import reporter_account, verdicts
from dispatch.rules.vocabulary import Move, Status, Target
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now

router = APIRouter(tags=["reports"])

QueryCode = Annotated[str, Path(min_length=6, max_length=20, pattern=r"^[0-9A-Za-z ]+$")]
# Words that are written for the reporter, and no others.
FOR_THE_REPORTER = frozenset({"refuse_reason", "where_to_turn"})
# A refusal's reason answers what one reporter said; where to turn instead helps everybody who joined.
FOR_ALL = frozenset({"where_to_turn"})
# What was done, told to all who reported it; with the result it came, and not with one that did not stand.
REPLY, TOLD_WITH_A_RESULT = "reply", frozenset({Status.RESOLVED, Status.CLOSED})


class ReasonBody(Strict):
    """Why."""

    reason: Words


class RatingBody(Strict):
    """How content somebody is, from 1 to 5, and in words if he likes."""

    score: Annotated[int, Field(ge=1, le=5)]
    text: Words | None = None


class Step(BaseModel):
    """One thing that happened to the matter, and when."""

    step: str
    at: str


class Refusal(BaseModel):
    """Why a matter was not taken up, and where to turn instead."""

    reason: str | None
    where_to_turn: str | None


class ReportStatus(BaseModel):
    """How a reported matter stands, as far as its reporter may know."""

    number: str
    category: str
    status: str
    holder: str
    holder_name: str | None
    telephone: str | None
    reported_at: str
    steps: list[Step]
    answers: list[str] = Field(
        description="A refusal's reasons, or what was done, in words for who reported it."
    )
    refusal: Refusal | None
    rating: int | None
    may: list[str]
    erased: list[ErasedView] = Field(description="What of his own report is gone by rule, oldest first.")


@router.get("/api/reports/{query_code}")
async def status(query_code: QueryCode, db: Db, book: Book) -> ReportStatus:
    """Say how the matter stands. 404 for a code that we did not give out."""
    async with db.read(SYSTEM) as tx:
        case_id, reported_as = await report_of_code(tx, hash_of_code(query_code))
        case = await load_case(tx, case_id)
        own = case if reported_as is None else await load_case(tx, reported_as)
        ring = await desk_to_ring(tx, case.holder)
        texts = await case_texts(tx, case.id)
        erased = await erased_of(tx, own.id, book.retention)
    return status_of(case, own, ring, texts, erased)


def status_of(
    case: Case,
    own: Case,
    ring: tuple[str | None, str | None],
    texts: list[dict[str, Any]],
    erased: list[dict[str, Any]],
) -> ReportStatus:
    """Return what a reporter may know: how the matter stands, and of a case that he only joined nothing else.

    `own` is what he reported: the case itself, or the one that was merged into it. Then number, category and moments
    are his own; what was done before he rang is told as though it began when he did.
    """
    joined = own.id != case.id
    refused = case.status is Status.REFUSED
    may = what_may_be_done(case)
    name, telephone = ring
    told = [row for row in texts if refused and row["kind"] in (FOR_ALL if joined else FOR_THE_REPORTER)]
    if case.status in TOLD_WITH_A_RESULT:
        told = [row for row in texts if row["kind"] == REPLY and row["at"] == maybe_stamp(case.resolved_at)]
    return ReportStatus(
        number=own.number,
        category=own.category,
        status=str(case.status),
        holder=case.holder,
        holder_name=name,
        telephone=telephone,
        reported_at=stamp(own.reported_at),
        steps=steps_of(case, own.reported_at),
        answers=[row["text"] for row in told],
        refusal=refusal_of(told) if refused else None,
        rating=None if joined else case.rating,
        may=[one for one in may if not joined or one in OF_WHO_JOINED],
        erased=[ErasedView(**row) for row in erased],
    )


def refusal_of(texts: Sequence[Mapping[str, Any]]) -> Refusal:
    """Return the newest reason of a refusal and where it points to."""
    said = {row["kind"]: row["text"] for row in texts}
    return Refusal(reason=said.get("refuse_reason"), where_to_turn=said.get("where_to_turn"))


def steps_of(case: Case, since: datetime) -> list[Step]:
    """Return the steps that are true of the case now, in the order in which they came; none before `since`."""
    ended = str(case.status) if case.closed_at else "closed"
    reopened, began = since_reopened(case)
    moments = {
        "reported": since,
        "reopened": reopened,
        "accepted": case.accepted_at,
        "handling": began,
        "resolved": case.resolved_at,
        ended: case.closed_at,
    }
    done = [(max(at, since), step) for step, at in moments.items() if at is not None]
    return [Step(step=step, at=maybe_stamp(at) or "") for at, step in sorted(done, key=lambda one: one[0])]


def since_reopened(case: Case) -> tuple[datetime | None, datetime | None]:
    """Return when the case was opened again and when work began after that; of a case that never was, None and when.

    `arrived_at` stays what it was the first time: what came of that is not settled, and nobody may take it for news.
    """
    if not case.reopened:
        return None, case.arrived_at
    response = next(clock for clock in case.clocks[case.clocks_before :] if clock.target is Target.RESPONSE)
    stopped = response.stopped_at
    ended_without = stopped == case.closed_at and case.status is not Status.CLOSED
    return response.started_at, None if ended_without else stopped


def what_may_be_done(case: Case) -> list[str]:
    """Return the moves that are open to the reporter now."""
    reporter = Actor(reporter_account(case), "reporter", Role.REPORTER, "", "")
    return [str(one.move) for one in verdicts(reporter, case) if one.allowed]


@router.post("/api/reports/{query_code}/rating")
async def rate(query_code: QueryCode, body: RatingBody, db: Db, book: Book) -> ReportStatus:
    """Rate a closed matter, once. 409 where there is nothing to rate."""
    await reporter_move(db, query_code, Command(Move.RATE, score=body.score, text=body.text), now())
    return await status(query_code, db, book)


@router.post("/api/reports/{query_code}/reopen")
async def reopen(query_code: QueryCode, body: ReasonBody, db: Db, book: Book) -> ReportStatus:
    """Say that a finished matter is not settled."""
    await reporter_move(db, query_code, Command(Move.REOPEN, reason=body.reason), now())
    return await status(query_code, db, book)


@router.post("/api/reports/{query_code}/cancel")
async def cancel(query_code: QueryCode, body: ReasonBody, db: Db, book: Book) -> ReportStatus:
    """Withdraw a report before work has begun."""
    await reporter_move(db, query_code, Command(Move.CANCEL, reason=body.reason), now())
    return await status(query_code, db, book)
