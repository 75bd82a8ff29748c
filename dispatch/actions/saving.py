"""Write a decided case, its parts and its units to their rows; called by the actions alone, in their transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from geoalchemy2.elements import WKTElement
from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch import tables
from dispatch.queries import SAME, UNIT_COLUMNS, unit_record
from dispatch.records import UnitRecord
from dispatch.rules.case import Case
from dispatch.rules.command import Text, UnitChange
from gis.actor import SYSTEM, Actor
from gis.database import SET_ACTOR, actor_settings


async def act_as_system(tx: AsyncConnection) -> None:
    """Let the rest of the transaction write what the actor's sight does not reach.

    Called once the case was loaded and locked in the actor's own sight and the rules have decided: a unit that is
    set free, say, leaves the sight of a desk that saw it only through the case.
    """
    await tx.execute(SET_ACTOR, actor_settings(SYSTEM))


def case_row(case: Case) -> dict[str, Any]:
    """Return the columns of a case's own row."""
    offer, order, request = case.offer, case.supervision, case.request
    return {
        **{name: getattr(case, name) for name in SAME},
        "status": str(case.status),
        "case_class": str(case.case_class),
        "source": str(case.source),
        "geom": WKTElement(f"POINT({case.lon!r} {case.lat!r})", srid=4326),
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
    }


async def insert_case(tx: AsyncConnection, case: Case) -> None:
    """Write a new case with all its parts."""
    await tx.execute(insert(tables.cases).values(case_row(case)))
    await _save_parts(tx, None, case)


async def update_case(tx: AsyncConnection, before: Case, after: Case) -> None:
    """Write what differs between two versions of a case."""
    old, new = case_row(before), case_row(after)
    changed = {name: value for name, value in new.items() if name != "geom" and value != old[name]}
    if (before.lon, before.lat) != (after.lon, after.lat):
        changed["geom"] = new["geom"]
    if changed:
        await tx.execute(update(tables.cases).where(tables.cases.c.id == after.id).values(changed))
    await _save_parts(tx, before, after)


async def _save_parts(tx: AsyncConnection, before: Case | None, after: Case) -> None:
    await _save_assignments(tx, before, after)
    await _save_positions(tx, tables.clocks, before.clocks if before else (), after.clocks, after)
    await _save_positions(tx, tables.custody, before.custody if before else (), after.custody, after)
    await _save_positions(tx, tables.helps, before.helps if before else (), after.helps, after)
    called = before.accounts if before else ()
    await _save_positions(tx, tables.accountability, called, after.accounts, after)


async def _save_assignments(tx: AsyncConnection, before: Case | None, after: Case) -> None:
    known = {one.id: one for one in before.assignments} if before else {}
    for one in after.assignments:
        if one.id not in known:
            await tx.execute(insert(tables.assignments).values(case_id=after.id, **_plain(one)))
        elif one != known[one.id]:
            await tx.execute(
                update(tables.assignments).where(tables.assignments.c.id == one.id).values(_plain(one))
            )


async def _save_positions(
    tx: AsyncConnection, table: Any, before: Sequence[Any], after: Sequence[Any], case: Case
) -> None:
    """Save a list whose order is part of it: row `position` of the table is element `position` of the list."""
    fresh = [
        {"case_id": case.id, "position": place, **_plain(one)}
        for place, one in enumerate(after)
        if place >= len(before)
    ]
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            where = (table.c.case_id == case.id) & (table.c.position == place)
            await tx.execute(update(table).where(where).values(_plain(new)))
    if len(after) < len(before):
        gone = (table.c.case_id == case.id) & (table.c.position >= len(after))
        await tx.execute(delete(table).where(gone))
    if fresh:
        await tx.execute(insert(table), fresh)


def _plain(part: Any) -> dict[str, Any]:
    return {name: _column(getattr(part, name)) for name in part.__dataclass_fields__}


def _column(value: Any) -> Any:
    """Return a value as its column takes it: words as text, a list of parts as JSON."""
    if isinstance(value, tuple):
        return [{name: _json(inner) for name, inner in asdict(one).items()} for one in value]
    return str(value) if hasattr(type(value), "__members__") else value


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


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


async def save_units(tx: AsyncConnection, changes: Sequence[UnitChange], at: datetime) -> list[UnitRecord]:
    """Write where units are now and return their new records; an off-duty unit stays off duty."""
    records = []
    sql = f"""update units set state = :state, case_id = :case_id, state_at = :at, version = version + 1
              where id = :unit returning {UNIT_COLUMNS}"""
    for change in sorted(changes, key=lambda one: one.unit):
        values = {"unit": change.unit, "state": str(change.state), "case_id": change.case_id, "at": at}
        row = (await tx.execute(text(sql), values)).mappings().one()
        records.append(unit_record(row))
    return records


async def save_texts(
    tx: AsyncConnection, case: Case, texts: Sequence[Text], actor: Actor, at: datetime
) -> list[dict[str, str]]:
    """Keep words outside the log and return what the log may hold of them: kind and salted hash."""
    told = []
    for one in texts:
        salt = secrets.token_bytes(16)
        await tx.execute(
            insert(tables.case_texts).values(
                case_id=case.id,
                kind=one.kind,
                text=one.text,
                at=at,
                actor_name=actor.name,
                actor_desk=actor.desk,
                salt=salt,
            )
        )
        told.append({"kind": one.kind, "hash": sha256(salt + one.text.encode()).hexdigest()})
    return told
