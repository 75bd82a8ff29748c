"""Erase what people said when its time is over: a case at a time, told to the log, and its files after it.

The database's own functions erase, and hold to the law once more (`0023_erase_by_rule.sql`). Safe to call twice or from
two processes: the case is locked, and what is gone is not there to be erased or told again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.attachments import drop_files
from dispatch.actions.positions import day_of, forget_positions
from dispatch.actions.saving import save_texts
from dispatch.attachments.folder import Folder
from dispatch.erasure import left_of
from dispatch.events import event_data
from dispatch.queries import load_case
from dispatch.records import scope_of
from dispatch.rules.case import Case
from dispatch.rules.command import Text
from dispatch.rules.retention import Due, Kept, RetentionRule, dues, kept_because
from gis import log
from gis.actor import SYSTEM
from gis.batch import Batch
from gis.database import Database, driver
from gis.errors import Conflict

ERASE = "select erased, files from erase_of_case($1, $2, $3, $4, $5)"
ERASE_SEARCHES = "select erase_searches($1, $2)"
FORGET_ANSWERS = """with old as (select account, key from idempotency where at < $1 order by at limit $2)
    delete from idempotency i using old where i.account = old.account and i.key = old.key"""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of one kind went, and by which row."""

    what: Kept
    count: int
    rule: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What went of a case, and what of it stays until when, with how much there is of it."""

    number: str
    erased: tuple[Erased, ...]
    stays: tuple[tuple[Due, int], ...] = ()


async def erase_case(
    db: Database,
    folder: Folder,
    rules: Sequence[RetentionRule],
    case_id: UUID,
    at: datetime,
    *,
    asked: str | None = None,
) -> Erasure:
    """Erase of a case what is kept no longer, in one transaction with its fact; then its files.

    `asked` is why somebody wants his data gone: then Conflict says what keeps them, and nothing left is one too.
    Raises NotFound or Conflict.
    """
    async with db.transaction(SYSTEM) as tx:
        case, found = await _looked_at(tx, rules, case_id, at, asked, lock=True)
        erased, gone = await _erase(tx, case_id, [one for one in found if one.is_over(at)], asked is not None)
        stays = _those_left(found, await left_of(tx, case_id))
        if asked is not None and not erased:
            raise _kept(case, stays)
        if erased:
            await _tell(tx, case, erased, at, asked)
    # After the commit: a file without a row is swept within the hour, a row without its file would be a loss.
    await drop_files(db, folder, gone)
    return Erasure(case.number, tuple(erased), stays)


async def would_erase(
    db: Database, rules: Sequence[RetentionRule], case_id: UUID, at: datetime, asked: str
) -> Erasure:
    """Return what a request would erase of a case now, and erase nothing. Raises NotFound or Conflict, as it would."""
    async with db.read(SYSTEM) as tx:
        case, found = await _looked_at(tx, rules, case_id, at, asked)
        there = _those_left(found, await left_of(tx, case_id))
    over = tuple(Erased(due.rule.what, n, due.rule.key) for due, n in there if due.is_over(at))
    stays = tuple((due, n) for due, n in there if not due.is_over(at))
    if not over:
        raise _kept(case, stays)
    return Erasure(case.number, over, stays)


async def _looked_at(
    tx: AsyncConnection,
    rules: Sequence[RetentionRule],
    case_id: UUID,
    at: datetime,
    asked: str | None,
    *,
    lock: bool = False,
) -> tuple[Case, tuple[Due, ...]]:
    case = await load_case(tx, case_id, lock=lock)
    target = None if case.merged_into is None else await load_case(tx, case.merged_into, lock=lock)
    held = kept_because(case, target)
    if asked is not None and held is not None:
        raise Conflict(f"nothing of case {case.number} is erased: {held}", code=str(held), number=case.number)
    return case, dues(rules, case, target, at, asked=asked is not None)


async def _erase(
    tx: AsyncConnection, case_id: UUID, over: Iterable[Due], asked: bool
) -> tuple[list[Erased], list[str]]:
    """Erase what is over; return what went, and the hashes of files that lost a row."""
    erased, gone = [], []
    for due in over:
        row = await driver(tx).fetchrow(ERASE, case_id, str(due.rule.what), due.rule.key, due.before, asked)
        if row is not None and row["erased"]:
            erased.append(Erased(due.rule.what, row["erased"], due.rule.key))
            gone += row["files"]
    return erased, gone


def _those_left(found: Iterable[Due], left: Mapping[Kept, int]) -> tuple[tuple[Due, int], ...]:
    return tuple((due, left[due.rule.what]) for due in found if left[due.rule.what])


def _kept(case: Case, stays: Sequence[tuple[Due, int]]) -> Conflict:
    if not stays:
        nothing = f"there is nothing left to erase of case {case.number}"
        return Conflict(nothing, code="nothing_to_erase", number=case.number)
    until = "; ".join(
        f"{due.rule.what} until {due.due_at:%Y-%m-%d} ({due.rule.reason_en})" for due, _ in stays
    )
    kept = f"the law keeps case {case.number}: {until}"
    return Conflict(kept, code="kept_by_law", number=case.number, stays=stays)


async def _tell(
    tx: AsyncConnection, case: Case, erased: Iterable[Erased], at: datetime, asked: str | None
) -> None:
    """Append the one fact of an erasure: kinds, numbers and rules, and of a request's reason the salted hash."""
    batch = Batch()
    told = save_texts(batch, case, (Text("erase_reason", asked),) if asked else (), SYSTEM, at)
    detail: dict[str, object] = {
        "erased": [{"what": str(one.what), "count": one.count, "rule": one.rule} for one in erased],
        "asked": asked is not None,
        **({"texts": told} if told else {}),
    }
    log.append_with(
        batch,
        tx,
        kind="case.erase",
        actor=SYSTEM,
        case_id=case.id,
        version=case.version,
        scope_before=scope_of(case),
        scope_after=scope_of(case),
        data=event_data("erase", case, case, [], detail),
        at=at,
    )
    await batch.send(tx)


async def erase_searches(db: Database, rule: RetentionRule, at: datetime, most: int) -> int:
    """Erase what was searched for long ago, so many at a time, with a fact for those; return how many."""
    async with db.transaction(SYSTEM) as tx:
        count: int = await driver(tx).fetchval(ERASE_SEARCHES, rule.period.ended_before(at), most)
        if count:
            data: Mapping[str, object] = {"what": str(rule.what), "count": count, "rule": rule.key}
            await log.append(tx, kind="erasure.searches", actor=SYSTEM, data=data, at=at)
    return count


async def forget_answers(db: Database, rule: RetentionRule, at: datetime, most: int) -> int:
    """Delete answers that nobody asks for again, so many at a time; return how many."""
    async with db.transaction(SYSTEM) as tx:
        done = await driver(tx).execute(FORGET_ANSWERS, rule.period.ended_before(at), most)
    return int(done.rpartition(" ")[2])


async def forget_where_people_were(db: Database, rule: RetentionRule, at: datetime) -> int:
    """Drop the days of positions that are kept no longer; return how many."""
    return await forget_positions(db, day_of(rule.period.ended_before(at)))
