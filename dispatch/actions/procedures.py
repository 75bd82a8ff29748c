"""A step of a case's procedure is ticked off, or the tick taken back; who and when is on the log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from dispatch.events import event_data
from dispatch.queries import load_case
from dispatch.records import scope_of
from dispatch.rulebook import Rulebook
from dispatch.rules.procedures import check_tick
from dispatch.tables_warnings import case_steps
from gis import log
from gis.actor import Actor
from gis.database import Database
from gis.errors import InvalidInput


async def tick_step(
    db: Database, book: Rulebook, actor: Actor, case_id: UUID, step: str, done: bool, at: datetime
) -> None:
    """Tick a step off, or take the tick back; done twice it is done once.

    The case keeps its version: nothing that a move depends on has changed. Raises NotFound, NotYourMove,
    MoveNotAllowed, or InvalidInput for a step that its procedure does not have.
    """
    async with db.transaction(actor) as tx:
        case = await load_case(tx, case_id, lock=True)
        check_tick(actor, case)
        known = [one.key for one in book.procedure_of[case.category].steps]
        if step not in known:
            raise InvalidInput(f"this case's steps are {', '.join(known)}", code="no_such_step")
        if done:
            row = {"case_id": case_id, "step": step, "at": at}
            written = insert(case_steps).values(**row, actor_name=actor.name, actor_desk=actor.desk)
            changed = (await tx.execute(written.on_conflict_do_nothing())).rowcount
        else:
            gone = delete(case_steps).where(case_steps.c.case_id == case_id, case_steps.c.step == step)
            changed = (await tx.execute(gone)).rowcount
        if not changed:
            return
        kind = "tick" if done else "untick"
        await log.append(
            tx,
            kind=f"case.{kind}",
            actor=actor,
            case_id=case_id,
            version=case.version,
            scope_before=scope_of(case),
            scope_after=scope_of(case),
            data=event_data(kind, case, case, [], {"step": step}),
            at=at,
        )
