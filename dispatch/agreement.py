"""Prove that the tables are what the log says: each case, unit and card against the newest fact that tells of it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.cards import card_of, card_record
from dispatch.erasure import erased_in_all
from dispatch.queries import CASE_COLUMNS, Row, case_of, snapshot_units
from dispatch.records import case_record, scope_of
from dispatch.tables_warnings import warning_cards
from gis.pages import pages

PAGE = 1_000
PLACE = re.compile(r"\[\d+\]")
DIFFERENCES_KEPT = 100
FIRST = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
# In the order of time, in which cases and their facts lie on the disk; by ids every one would be somewhere else.
CASES = f"""select {CASE_COLUMNS}, told.id as event_id, told.record, told.scope_after,
      ST_X(c.geom) = c.lon and ST_Y(c.geom) = c.lat as in_place
    from cases c left join lateral (
      select e.id, e.data->'case' as record, e.scope_after from log_events e
      where e.case_id = c.id order by e.id desc limit 1) as told on true
    where (c.reported_at, c.id) > ($1, $2) order by c.reported_at, c.id limit {PAGE}"""
# A unit that is gone has no record.
OTHERS = text("""
    select distinct on (what, told.id) what, told.id, e.id as event_id, record
    from log_events e cross join lateral (
        select 'unit' as what, one->>'id' as id, one as record
          from jsonb_array_elements(e.data->'units') as one
        union all
        select 'unit', one #>> '{}', null from jsonb_array_elements(e.data->'gone') as one
        union all
        select 'card', one->>'id', one from (select e.data->'detail'->'card') as card (one) where one is not null
    ) as told
    where e.data->'units' <> '[]' or e.kind like 'unit.%' or e.kind like 'warning.%'
    order by what, told.id, e.id desc
""")
# Added up first and named last: what differs is little, and the planner cannot know that.
ERASURES = text("""
    with odd as materialized (
        select case_id, what, sum(told) as told, sum(held) as held from (
            select e.case_id, one->>'what' as what, (one->>'count')::int as told, 0 as held
            from log_events e, jsonb_array_elements(e.data->'detail'->'erased') as one where e.kind = 'case.erase'
            union all
            select case_id, what, 0, count from erasures
        ) as both_sides group by case_id, what having sum(told) <> sum(held)
    )
    select c.number, what, told, held from odd join cases c on c.id = odd.case_id order by 1, 2 limit :kept
""")
# Every text that a fact tells of is there, or was erased by a rule.
WORDS = text("""
    with odd as materialized (
        select case_id, sum(told) as told, sum(held) as held, sum(gone) as gone from (
            select case_id, jsonb_array_length(data->'detail'->'texts') as told, 0 as held, 0 as gone
            from log_events where kind like 'case.%' and data->'detail' ? 'texts'
            union all
            select case_id, 0, 1, 0 from case_texts
            union all
            select case_id, 0, 0, count from erasures where what = 'words'
        ) as all_sides group by case_id having sum(told) <> sum(held) + sum(gone)
    )
    select c.number, told, held, gone from odd join cases c on c.id = odd.case_id order by 1 limit :kept
""")
CASELESS = text("""
    select e.id as event_id, coalesce(e.data->'case'->>'number', told.case_id::text) as number
    from (select case_id, max(id) as id from log_events where case_id is not null group by case_id) as told
    join log_events e using (id)
    where not exists (select from cases c where c.id = told.case_id)
    order by e.id limit :kept
""")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the tables have otherwise than the log: of what, which field of it, and how."""

    what: str
    field: str
    how: str

    def __str__(self) -> str:
        return f"{self.what}: {self.field}: {self.how}" if self.field else f"{self.what}: {self.how}"


@dataclass(slots=True)
class Agreement:
    """What a comparison found. `found` counts every difference, of which the first hundred are kept.

    `erased` says how much of each kind went by rule, and of how many cases. `unsaid` names the fields that a fact of an
    older release did not have: nothing can be proved of them.
    """

    cases: int = 0
    units: int = 0
    cards: int = 0
    found: int = 0
    erased: dict[str, tuple[int, int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    unsaid: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Say whether nothing differs."""
        return not self.found

    def blame(self, what: str, where: str, how: str) -> None:
        """Note a difference."""
        self.found += 1
        if len(self.differences) < DIFFERENCES_KEPT:
            self.differences.append(Difference(what, where, how))

    def compare(self, what: str, event_id: int, told: Any, held: Any, where: str = "") -> None:
        """Note every field in which two records differ."""
        if told == held:
            return
        if isinstance(told, Mapping) and isinstance(held, Mapping):
            unsaid = (_inside(where, name) for name in held.keys() - told.keys())
            self.unsaid |= {PLACE.sub("", name) for name in unsaid}
            for name in sorted(told.keys() & held.keys()):
                self.compare(what, event_id, told[name], held[name], _inside(where, name))
        elif _records(told) and _records(held) and len(told) == len(held):
            for place, (one, other) in enumerate(zip(told, held, strict=True)):
                self.compare(what, event_id, one, other, f"{where}[{place}]")
        else:
            self.blame(what, where, f"event {event_id} says {_shown(told)}, the table {_shown(held)}")


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _shown(value: Any) -> str:
    return f"{len(value)} of them" if _records(value) else json.dumps(value, ensure_ascii=False)


async def compare_with_log(
    tx: AsyncConnection, progress: Callable[[float], None] = lambda _share: None
) -> Agreement:
    """Compare the tables with the log as the transaction sees both; nothing is raised.

    Run it as an actor who sees everything, in a frozen transaction; `verify_chain` proves the log itself.
    `progress` hears how much is done, from 0 to 1.
    """
    agreement = Agreement()
    await _compare_others(tx, agreement)
    await _compare_words(tx, agreement)
    for row in await tx.execute(CASELESS, {"kept": DIFFERENCES_KEPT}):
        how = f"event {row.event_id} tells of it, and there is no such case"
        agreement.blame(f"case {row.number}", "", how)
    number: int = (await tx.execute(text("select count(*) from cases"))).scalar_one()
    async with pages(tx, CASES, FIRST, lambda row: (row["reported_at"], row["id"])) as listed:
        async for page in listed:
            for row in page:
                _compare_case(agreement, row)
            progress(agreement.cases / number)
    return agreement


def _compare_case(agreement: Agreement, row: Row) -> None:
    agreement.cases += 1
    what, event_id = f"case {row['number']}", row["event_id"]
    if event_id is None:
        agreement.blame(what, "", "the log has no fact of it")
        return
    case = case_of(row)
    agreement.compare(what, event_id, row["record"], case_record(case))
    agreement.compare(what, event_id, row["scope_after"]["access"], scope_of(case)["access"], "access")
    if not row["in_place"]:
        agreement.blame(what, "geom", "its point is elsewhere than its longitude and latitude")


async def _compare_words(tx: AsyncConnection, agreement: Agreement) -> None:
    """Compare how many words there are, and what was erased, with what the log was told of both."""
    agreement.erased = await erased_in_all(tx)
    for row in await tx.execute(ERASURES, {"kept": DIFFERENCES_KEPT}):
        how = f"the log tells of {row.told} that were erased, the table of {row.held}"
        agreement.blame(f"case {row.number}", str(row.what), how)
    for row in await tx.execute(WORDS, {"kept": DIFFERENCES_KEPT}):
        how = f"the log tells of {row.told} texts; {row.held} are there and {row.gone} were erased by rule"
        agreement.blame(f"case {row.number}", "words", how)


async def _compare_others(tx: AsyncConnection, agreement: Agreement) -> None:
    """Compare units and cards. A unit that nothing happened to since it was loaded is in no fact."""
    held: dict[tuple[str, str], Any] = {("unit", one["id"]): one for one in await snapshot_units(tx)}
    cards: Iterable[Any] = (await tx.execute(select(warning_cards))).mappings()
    held |= {("card", str(row["id"])): card_record(card_of(row)) for row in cards}
    told = {(row.what, row.id): row for row in await tx.execute(OTHERS)}
    for key, row in told.items():
        what, record = _named(key, row.record or held.get(key)), held.get(key)
        if (record is None) != (row.record is None):
            says, has = ("gone", "has it") if record else ("there", "has none")
            agreement.blame(what, "", f"event {row.event_id} says that it is {says}, and the table {has}")
        elif record is not None:
            agreement.compare(what, row.event_id, row.record, record)
    for key in held.keys() - told.keys():
        if key[0] == "card":
            agreement.blame(_named(key, held[key]), "", "the log has no fact of it")
    agreement.units = sum(what == "unit" for what, _ in held)
    agreement.cards = len(held) - agreement.units


def _named(key: tuple[str, str], record: Any) -> str:
    what, its_id = key
    return f"{what} {record['number'] if what == 'card' and record else its_id}"
