"""A repeat caller joins the live case: own report, own query code, one action."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from dispatch.actions.cases import NewReport, new_case, next_number, save_report, tell, tell_other
from dispatch.actions.once import Key, first_answer, remember
from dispatch.actions.saving import act_as_system, insert_case, move_reports, save_texts
from dispatch.queries import load_calendars, load_case
from dispatch.records import CaseRecord, case_record
from dispatch.rules.command import Context, Text
from dispatch.rules.joining import told_again
from dispatch.rules.moves import MOVES_OF_ROLE
from dispatch.rules.vocabulary import Move
from gis.actor import SYSTEM, Actor
from gis.batch import Batch
from gis.database import Database
from gis.errors import NotYourMove


@dataclass(frozen=True, slots=True)
class Joined:
    """The live case as it is now, the repeat report as a case of its own, and its reporter's query code."""

    case: CaseRecord
    report: CaseRecord
    query_code: str


async def join_report(
    db: Database,
    actor: Actor,
    case_id: UUID,
    report: NewReport,
    at: datetime,
    key: Key | None = None,
    *,
    by_rule: bool = False,
) -> Joined:
    """重复来电并入: take a report into a live case that the actor sees.

    The report becomes a case that is merged from its first moment, with the live case's holder, who is told; taken
    out again with `unmerge`. `by_rule`: found by the system for somebody who does not see the case.
    Raises NotFound, NotYourMove, MoveNotAllowed or Conflict.
    """
    if Move.REPORT not in MOVES_OF_ROLE[actor.role] and actor.role.value != "system":
        raise NotYourMove(f"the role {actor.role} does not report cases", code="not_of_your_role")
    async with db.transaction(SYSTEM if by_rule else actor) as tx:
        answered = await first_answer(tx, actor, key, at)
        if answered is not None:
            return Joined(answered["case"], answered["report"], answered["query_code"])
        target = await load_case(tx, case_id, lock=True)
        await act_as_system(tx)
        calendar_of = await load_calendars(tx)
        fresh = new_case(
            replace(report, holder=target.holder), actor, at, await next_number(tx, at), calendar_of
        )
        outcome = told_again(fresh, target, Context(actor, at, calendar_of, uuid4))
        case, batch = outcome.case, Batch()
        await insert_case(tx, case)
        code = await save_report(tx, case, report, at)
        await move_reports(tx, case)
        told = save_texts(batch, case, (Text("report", report.text),), actor, at)
        tell(tx, batch, actor, Move.REPORT, None, case, outcome, told, [], at)
        await batch.send(tx)
        await tell_other(tx, actor, Move.MERGE, outcome.other, case, at)
        joined = Joined(case_record(outcome.other or target), case_record(case), code)
        batch = Batch()
        remember(
            batch, actor, key, {"case": joined.case, "report": joined.report, "query_code": joined.query_code}
        )
        await batch.send(tx)
    return joined
