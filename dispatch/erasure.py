"""What is kept no longer, and what was erased. Looked for in the system's sight, shown in the reader's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.records import stamp
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.retention import OF_CASE, Kept, RetentionRule
from dispatch.rules.vocabulary import CaseClass
from gis.actor import SYSTEM
from gis.database import Database

# Where each kind lies. A report belongs to the case that it was reported as, also while that is merged into another.
ROWS = {
    Kept.REPORTER: "reports x join cases c on c.id = coalesce(x.merged_from, x.case_id)"
    " where (x.reporter_name is not null or x.reporter_phone is not null)",
    Kept.WORDS: "case_texts x join cases c on c.id = x.case_id where true",
    Kept.FILES: "attachments x join cases c on c.id = x.case_id where true",
}
OVER = """ and x.at < :before and c.closed_at < :before and c.case_class = any(cast(:classes as text[]))
    and (cast(:categories as text[]) = '{}' or c.category = any(cast(:categories as text[])))
    and c.case_class || '/' || c.category <> all(cast(:others as text[]))"""
# Fenced off: the function is only asked of what is old enough, in the order of time, and no longer than is wanted.
ALLOWED = """from (select c.id, x.at from {rows} {over} order by x.at offset 0) as old
    where may_be_erased(old.id, :before)"""
FOUND = {what: ALLOWED.format(rows=rows, over=OVER) for what, rows in ROWS.items()}
DUE = {what: text(f"select old.id {found} limit :most") for what, found in FOUND.items()}
COUNTED = {
    what: text(f"select count(*) as rows, count(distinct old.id) as cases {found}")
    for what, found in FOUND.items()
}
LEFT = text(
    """
    select (select count(*) from reports r where (r.merged_from = :id or (r.case_id = :id and r.merged_from is null))
              and (r.reporter_name is not null or r.reporter_phone is not null)) as reporter,
           (select count(*) from case_texts t where t.case_id = :id) as words,
           (select count(*) from attachments a where a.case_id = :id) as files
    """
)
ERASED = text("select what, rule, at, count, asked from erasures where case_id = :id order by id")
COUNT_SEARCHES = text(
    "select count(*) from looks l where detail is not null and at < :before"
    " and not exists (select from cases c where c.id = l.case_id and c.preserved_at is not null)"
)
COUNT_ANSWERS = text("select count(*) from idempotency where at < :before")
IN_ALL = text(
    "select what, sum(count)::int as rows, count(distinct case_id) as cases from erasures group by what"
)

# Erasing follows in an hour, or in days where much is due at once; what waits longer has nobody who erases.
LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DueNow:
    """How much a row of the book has to be erased now, and of how many cases; of what belongs to none, 0."""

    rule: RetentionRule
    rows: int
    cases: int


def _values(rules: Sequence[RetentionRule], rule: RetentionRule, at: datetime) -> dict[str, Any]:
    """Return what narrows a search to the cases of which this row is the first that speaks."""
    before = list(takewhile(lambda one: one is not rule, (one for one in rules if one.what is rule.what)))
    return {
        "before": rule.period.ended_before(at),
        "classes": [str(one) for one in rule.classes],
        "categories": sorted(rule.categories),
        "others": [
            f"{case_class}/{category}"
            for case_class in CaseClass
            for category in sorted({*CATEGORIES, *(name for one in before for name in one.categories)})
            if any(one.covers(case_class, category) for one in before)
        ],
    }


def of_cases(rules: Sequence[RetentionRule]) -> Iterator[RetentionRule]:
    """Yield the rows that speak of cases."""
    return (rule for rule in rules if rule.what in OF_CASE)


async def due_cases(db: Database, rules: Sequence[RetentionRule], at: datetime, most: int) -> list[UUID]:
    """Return some cases of which something is kept no longer, those that wait longest first."""
    found: dict[UUID, None] = {}
    async with db.read(SYSTEM) as tx:
        for rule in of_cases(rules):
            rows = await tx.execute(DUE[rule.what], {**_values(rules, rule, at), "most": most})
            found |= dict.fromkeys(rows.scalars())
    return list(found)


async def due_now(db: Database, rules: Sequence[RetentionRule], at: datetime) -> list[DueNow]:
    """Return how much each row has to be erased now; positions go by whole days and are not counted."""
    found = []
    async with db.read(SYSTEM) as tx:
        for rule in rules:
            if rule.what in OF_CASE:
                row = (await tx.execute(COUNTED[rule.what], _values(rules, rule, at))).one()
                found.append(DueNow(rule, row.rows, row.cases))
            elif rule.what is not Kept.POSITIONS:
                sql = COUNT_SEARCHES if rule.what is Kept.SEARCHES else COUNT_ANSWERS
                found.append(
                    DueNow(rule, await tx.scalar(sql, {"before": rule.period.ended_before(at)}) or 0, 0)
                )
    return found


async def left_of(tx: AsyncConnection, case_id: UUID) -> dict[Kept, int]:
    """Return how much of each kind a case still has."""
    row = (await tx.execute(LEFT, {"id": case_id})).mappings().one()
    return {what: row[what] for what in OF_CASE}


async def erased_of(
    tx: AsyncConnection, case_id: UUID, rules: Sequence[RetentionRule]
) -> list[dict[str, Any]]:
    """Return what was erased of a case in sight, with the name and reason of each row as the book has it today."""
    named = {rule.key: rule for rule in rules}
    rows = (await tx.execute(ERASED, {"id": case_id})).mappings()
    return [
        {
            **row,
            "at": stamp(row["at"]),
            **{
                name: getattr(named[row["rule"]], name) if row["rule"] in named else row["rule"]
                for name in ("name", "name_en", "reason", "reason_en")
            },
        }
        for row in rows
    ]


async def erased_in_all(tx: AsyncConnection) -> dict[str, tuple[int, int]]:
    """Return how much of each kind was ever erased, and of how many cases."""
    return {row.what: (row.rows, row.cases) for row in await tx.execute(IN_ALL)}
