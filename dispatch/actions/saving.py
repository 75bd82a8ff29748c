"""Write a decided case, its parts and its units to their rows; called by the actions alone, in their transaction."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch import tables
from dispatch.queries import SAME, UNIT_COLUMNS, unit_record
from dispatch.records import UnitRecord
from dispatch.rules.case import Account, Assignment, Case, Clock, Custody, Help
from dispatch.rules.command import Text, UnitChange
from gis.actor import SYSTEM, Actor
from gis.batch import Batch
from gis.database import become, driver
from gis.errors import NotFound

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def act_as_system(tx: AsyncConnection) -> None:
    """Let the rest of the transaction write what the actor's sight does not reach.

    Called once the case was loaded and locked in the actor's own sight and the rules have decided: a unit that is
    set free, say, leaves the sight of a desk that saw it only through the case.
    """
    await become(tx, SYSTEM)


def _kind(table: Table, column: str) -> str:
    """Return a column's type as a definition of rows names it."""
    return table.c[column].type.compile(DIALECT)


def _upsert(table: Table, part: type[Any], key: str) -> str:
    """Return the statement that writes some parts of a case ($1 a JSON list, $2 its id), new ones and changed ones.

    In their order: one hop of custody must be closed before the next one is there.
    """
    names = [field.name for field in fields(part)]
    written = [name for name in ("case_id", "position", *names) if name in table.c]
    read = ["position", *names] if "position" in table.c else names
    defined = ", ".join(f"{name} {_kind(table, name)}" for name in read)
    order = "position" if "position" in table.c else "dispatched_at"
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    values = ", ".join("$2::uuid" if name == "case_id" else name for name in written)
    return f"""insert into {table.name} ({", ".join(written)})
        select {values} from jsonb_to_recordset($1::jsonb) as part ({defined}) order by {order}
        on conflict ({key}) do update set {renewed}"""


PARTS: tuple[tuple[str, str], ...] = (
    ("clocks", _upsert(tables.clocks, Clock, "case_id, position")),
    ("custody", _upsert(tables.custody, Custody, "case_id, position")),
    ("helps", _upsert(tables.helps, Help, "case_id, position")),
    ("accounts", _upsert(tables.accountability, Account, "case_id, position")),
)
ASSIGNMENTS = _upsert(tables.assignments, Assignment, "id")


def case_row(case: Case) -> dict[str, Any]:
    """Return the columns of a case's own row."""
    offer, order, request = case.offer, case.supervision, case.request
    kept = case.preservation
    return {
        **{name: getattr(case, name) for name in SAME},
        "status": str(case.status),
        "case_class": str(case.case_class),
        "source": str(case.source),
        "access": list(case.access),
        "offer_kind": str(offer.kind) if offer else None,
        "offer_giver": offer.giver if offer else None,
        "offer_to": offer.to if offer else None,
        "offer_at": offer.at if offer else None,
        "offer_hop": offer.hop if offer else None,
        "held_clocks": list(case.held_clocks),
        "returned_by": list(case.returned_by),
        "request_kind": str(request.kind) if request else None,
        "request_desk": request.desk if request else None,
        "request_at": request.at if request else None,
        "request_due_at": request.due_at if request else None,
        "request_cause": str(request.cause) if request and request.cause else None,
        "request_until": request.until if request else None,
        "request_extra_s": request.extra_s if request else None,
        "request_target": str(request.target) if request and request.target else None,
        "status_before": str(case.status_before) if case.status_before else None,
        "supervised_at": order.at if order else None,
        "supervised_by": order.by_name if order else None,
        "supervision_due_at": order.due_at if order else None,
        "supervision_answered_at": order.answered_at if order else None,
        "supervision_target": str(order.target) if order and order.target else None,
        "preserved_at": kept.at if kept else None,
        "preserved_by": kept.by_name if kept else None,
    }


# Every column but where it is, whether it changed or not: one statement, which the server plans once.
COLUMNS = tuple(column.name for column in tables.cases.c if column.name != "geom")
CHANGING = tuple(name for name in COLUMNS if name not in ("id", "number", "reporter_id", "reported_at"))
POINT = "ST_SetSRID(ST_MakePoint($1, $2), 4326)"
INSERT = f"""insert into cases ({", ".join(COLUMNS)}, geom) values (
    {", ".join(f"${place}" for place in range(3, len(COLUMNS) + 3))}, {POINT})"""
UPDATE = f"""update cases set
    {", ".join(f"{name} = ${place}" for place, name in enumerate(CHANGING, start=2))} where id = $1"""
DROP_CLOCKS = "delete from clocks where case_id = $1 and position >= $2"
MOVE = f"update cases set geom = {POINT} where id = $3"


async def insert_case(tx: AsyncConnection, case: Case) -> None:
    """Write a new case with all its parts."""
    row = case_row(case)
    await driver(tx).execute(INSERT, case.lon, case.lat, *(row[name] for name in COLUMNS))
    batch = Batch()
    _save_parts(batch, None, case)
    await batch.send(tx)


async def update_case(tx: AsyncConnection, batch: Batch, before: Case, after: Case) -> None:
    """Write what differs between two versions of a case."""
    row = case_row(after)
    if (before.lon, before.lat) != (after.lon, after.lat):
        # Its own statement: a row is written once in a batch.
        await driver(tx).execute(MOVE, after.lon, after.lat, after.id)
    batch.add(UPDATE, after.id, *(row[name] for name in CHANGING))
    if len(after.clocks) < len(before.clocks):
        await driver(tx).execute(DROP_CLOCKS, after.id, len(after.clocks))
    _save_parts(batch, before, after)


def _save_parts(batch: Batch, before: Case | None, after: Case) -> None:
    for name, upsert in PARTS:
        old: Sequence[Any] = getattr(before, name) if before else ()
        new: Sequence[Any] = getattr(after, name)
        changed = [
            {"position": place, **plain(one)}
            for place, one in enumerate(new)
            if place >= len(old) or one != old[place]
        ]
        if changed:
            batch.add(upsert, json.dumps(changed), after.id)
    known = frozenset(before.assignments) if before else frozenset[Assignment]()
    fresh = [plain(one) for one in after.assignments if one not in known]
    if fresh:
        batch.add(ASSIGNMENTS, json.dumps(fresh), after.id)


def plain(part: Any) -> dict[str, Any]:
    """Return a part of a case as plain JSON, by the names of its fields."""
    return {name: _json(getattr(part, name)) for name in part.__dataclass_fields__}


def _json(value: Any) -> Any:
    """Return a value as JSON holds it: words and ids as text, moments in RFC 3339, a list of parts as objects."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [{name: _json(inner) for name, inner in asdict(one).items()} for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


async def save_rating(tx: AsyncConnection, case: Case, at: datetime) -> None:
    """Keep how the reporter rated a result, once for each time that the case was closed."""
    rated = insert(tables.ratings).values(case_id=case.id, at=at, score=case.rating, reopened=case.reopened)
    await tx.execute(rated)


async def move_reports(tx: AsyncConnection, case: Case) -> None:
    """Let the reports of a case be where it is: with the case that it is merged into, or with itself again."""
    reports = tables.reports
    if case.merged_into is not None:
        joins = update(reports).where(reports.c.case_id == case.id)
        await tx.execute(joins.values(case_id=case.merged_into, merged_from=case.id))
    else:
        parts = update(reports).where(reports.c.merged_from == case.id)
        await tx.execute(parts.values(case_id=case.id, merged_from=None))


SAVE_UNIT = f"""update units set state = $2, case_id = $3, state_at = $4, version = version + 1
    where id = $1 returning {UNIT_COLUMNS}"""
SAVE_TEXTS = """insert into case_texts (case_id, kind, text, salt, at, actor_name, actor_desk)
    select $1, one.kind, one.text, one.salt, $5, $6, $7
    from unnest($2::text[], $3::text[], $4::bytea[]) as one (kind, text, salt)"""


async def save_units(tx: AsyncConnection, changes: Sequence[UnitChange], at: datetime) -> list[UnitRecord]:
    """Write where units are now and return their new records; an off-duty unit stays off duty."""
    records = []
    for change in sorted(changes, key=lambda one: one.unit):
        row = await driver(tx).fetchrow(SAVE_UNIT, change.unit, str(change.state), change.case_id, at)
        if row is None:
            raise NotFound(f"there is no unit {change.unit}", code="no_such_unit")
        records.append(unit_record(dict(row)))
    return records


def save_texts(
    batch: Batch, case: Case, texts: Sequence[Text], actor: Actor, at: datetime
) -> list[dict[str, str]]:
    """Keep words outside the log and return what the log may hold of them: kind and salted hash."""
    if not texts:
        return []
    salts = [secrets.token_bytes(16) for _ in texts]
    kinds, words = [one.kind for one in texts], [one.text for one in texts]
    batch.add(SAVE_TEXTS, case.id, kinds, words, salts, at, actor.name, actor.desk)
    return [
        {"kind": one.kind, "hash": sha256(salt + one.text.encode()).hexdigest()}
        for salt, one in zip(salts, texts, strict=True)
    ]
