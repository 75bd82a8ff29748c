"""A citizen's report of what is told already joins the live case by itself, where a county wants it and is sure."""

from datetime import datetime

from dispatch.actions.cases import NewReport, Reported
from dispatch.actions.once import Key, answer_given
from dispatch.actions.repeats import join_report
from dispatch.intake.retold import find_duplicates
from dispatch.records import CaseRecord
from dispatch.rules.duplicates import Told
from dispatch.rules.vocabulary import Status
from gis.actor import SYSTEM, Actor
from gis.database import Database


async def join_where_sure(
    db: Database, actor: Actor, report: NewReport, at: datetime, key: Key | None
) -> Reported | None:
    """Join the report and return it as its reporter may see it; None where no live case is surely the same."""
    phones = frozenset({report.reporter_phone} if report.reporter_phone else ())
    new = Told(report.category, report.lon, report.lat, at, (report.text,), phones=phones)
    async with db.read(SYSTEM) as tx:
        before = await answer_given(tx, actor, key)
        if before is not None:
            return (
                Reported(as_its_own(before["report"]), before["query_code"]) if "report" in before else None
            )
        found = await find_duplicates(tx, new)
    if not found or not found[0].sure:
        return None
    joined = await join_report(db, actor, found[0].case, report, at, key, by_rule=True)
    return Reported(as_its_own(joined.report), joined.query_code)


def as_its_own(record: CaseRecord) -> CaseRecord:
    """Return a joined report as though it stood alone: into which case it went is not its reporter's to know."""
    return {**record, "status": str(Status.PENDING), "merged_into": None, "closed_at": None, "clocks": []}
