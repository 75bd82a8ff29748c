"""Procedures over HTTP: the steps of one case, ticking them off, and the house's texts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from dispatch.actions.procedures import tick_step
from dispatch.api.caller import Book, Caller, Db
from dispatch.api.cases import Strict
from dispatch.procedures import procedure_view, ticks_of
from dispatch.queries import load_case
from dispatch.rulebook import Rulebook
from dispatch.rules.masking import sees_masked
from dispatch.rules.procedures import HouseText, may_tick
from gis.actor import Actor
from gis.clock import now
from gis.database import Database
from gis.errors import NotYourMove

router = APIRouter(tags=["procedures"])

StepKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class TickBody(Strict):
    """Which step, and whether it is done."""

    step: StepKey
    done: bool = True


class ProcedureAnswer(BaseModel):
    """The procedure of a case; each step with who ticked it off, and whether the caller may."""

    procedure: dict[str, Any]
    may_tick: bool


class HandbookAnswer(BaseModel):
    """The core duties of each tier, the regulations, and the procedures."""

    duties: dict[str, list[dict[str, str]]]
    regulations: list[dict[str, str]]
    procedures: list[dict[str, Any]]


@router.get("/api/cases/{case_id}/procedure")
async def procedure(case_id: UUID, actor: Caller, db: Db, book: Book) -> ProcedureAnswer:
    """Show the steps for a case of its category, ticked off or open."""
    return await shown(case_id, actor, db, book)


async def shown(case_id: UUID, actor: Actor, db: Database, book: Rulebook) -> ProcedureAnswer:
    """Return the procedure of a case as the actor sees it."""
    async with db.read(actor) as tx:
        case = await load_case(tx, case_id)
        if sees_masked(actor):
            raise NotYourMove("a wall screen shows no procedures", code="not_of_your_role")
        ticks = await ticks_of(tx, case_id)
    view = procedure_view(book.procedure_of[case.category], ticks, book.texts)
    return ProcedureAnswer(procedure=view, may_tick=may_tick(actor, case))


@router.post("/api/cases/{case_id}/steps")
async def tick(case_id: UUID, body: TickBody, actor: Caller, db: Db, book: Book) -> ProcedureAnswer:
    """Tick a step off, or take the tick back."""
    await tick_step(db, book, actor, case_id, body.step, body.done, now())
    return await shown(case_id, actor, db, book)


@router.get("/api/handbook")
async def handbook(_: Caller, book: Book) -> HandbookAnswer:
    """Return the texts that the steps point to."""
    return HandbookAnswer(
        duties={tier: [text_view(one) for one in texts] for tier, texts in book.duties.items()},
        regulations=[text_view(one) for one in book.regulations],
        procedures=[
            {**procedure_view(one, {}, book.texts), "categories": list(one.categories)}
            for one in book.procedures
        ],
    )


def text_view(text: HouseText) -> dict[str, str]:
    """Return a text in both languages."""
    return {name: getattr(text, name) for name in text.__dataclass_fields__}
