"""What screens and actions read. Each query sees what its transaction's actor may see, and nothing else."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.records import CaseRecord, UnitRecord, case_record, stamp
from dispatch.rules.calendar import WorkingCalendar
from dispatch.rules.case import (
    Account,
    Assignment,
    Case,
    Clock,
    Custody,
    Help,
    Offer,
    Pause,
    Preservation,
    Request,
    Supervision,
)
from dispatch.rules.clocks import CalendarOf, calendars
from dispatch.rules.command import UnitView
from dispatch.rules.vocabulary import (
    OPEN,
    AssignmentState,
    CaseClass,
    Cause,
    Colour,
    Finding,
    OfferKind,
    RequestKind,
    Source,
    Status,
    Target,
    UnitKind,
    UnitState,
)
from dispatch.tables import sql_list
from gis.database import driver
from gis.errors import NotFound

REVISION_SQL = "(select revision from revisions where name = 'calendars')"
_calendars: dict[UUID | None, CalendarOf] = {}

FINISHED_FOR = timedelta(hours=24)
RECORDS_AT_ONCE = 50
OPEN_SQL = sql_list(OPEN)

# A case with all that belongs to it.
CASE_COLUMNS = """c.*,
      (select coalesce(jsonb_agg(to_jsonb(a) - 'case_id' order by a.dispatched_at, a.id), '[]')
         from assignments a where a.case_id = c.id) as assignments_json,
      (select coalesce(jsonb_agg(to_jsonb(k) - 'case_id' order by k.position), '[]')
         from clocks k where k.case_id = c.id) as clocks_json,
      (select coalesce(jsonb_agg(to_jsonb(h) - 'case_id' order by h.position), '[]')
         from custody h where h.case_id = c.id) as custody_json,
      (select coalesce(jsonb_agg(to_jsonb(p) - 'case_id' order by p.position), '[]')
         from helps p where p.case_id = c.id) as helps_json,
      (select coalesce(jsonb_agg(to_jsonb(r) - 'case_id' order by r.position), '[]')
         from accountability r where r.case_id = c.id) as accounts_json"""
CASE_SQL = f"select {CASE_COLUMNS} from cases c"
# One round trip locks and reads. A lock that had to wait brings the row of after the wait, but the parts of before:
# then the row that the statement's own moment sees (`seen_as`) is not the one that was locked (`locked_as`).
LOCK_SQL = f"""select {CASE_COLUMNS}, {{revision}} as revision, c.xmin::text as locked_as,
      (select s.xmin::text from cases s where s.id = c.id) as seen_as
    from cases c where c.id = $1 for update of c""".format(revision=REVISION_SQL)
LOAD_SQL = f"{CASE_SQL} where c.id = $1"
UNIT_COLUMNS = "id, no, version, name, kind, desk, area_code, on_duty, state, case_id, state_at"

Row = RowMapping | Mapping[str, Any]


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _sure(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _assignment(row: Row) -> Assignment:
    return Assignment(
        UUID(row["id"]),
        row["unit"],
        row["unit_name"],
        UnitKind(row["unit_kind"]),
        row["unit_desk"],
        row["unit_area"],
        AssignmentState(row["state"]),
        _sure(row["dispatched_at"]),
        _moment(row["acknowledged_at"]),
        _moment(row["departed_at"]),
        _moment(row["arrived_at"]),
        _moment(row["cleared_at"]),
        row["reason"],
        _moment(row["departed_done_at"]),
        _moment(row["arrived_done_at"]),
    )


def _clock(row: Row) -> Clock:
    return Clock(
        Target(row["target"]),
        row["hop"],
        row["desk"],
        _sure(row["started_at"]),
        _sure(row["amber_at"]),
        _sure(row["due_at"]),
        _moment(row["stopped_at"]),
        Colour(row["colour"]),
        row["limit_s"],
        row["calendar"],
        row["extra_s"],
        tuple(map(_pause, row["pauses"])),
    )


def _pause(row: Row) -> Pause:
    return Pause(_sure(row["from_at"]), _sure(row["to_at"]), RequestKind(row["why"]))


def _request(row: Row) -> Request | None:
    if row["request_kind"] is None:
        return None
    return Request(
        RequestKind(row["request_kind"]),
        row["request_desk"],
        row["request_at"],
        row["request_due_at"],
        Cause(row["request_cause"]) if row["request_cause"] else None,
        row["request_until"],
        row["request_extra_s"],
        Target(row["request_target"]) if row["request_target"] else None,
    )


def _custody(row: Row) -> Custody:
    return Custody(row["desk"], _sure(row["from_at"]), row["how"], row["giver"], _moment(row["to_at"]))


def _account(row: Row) -> Account:
    finding = Finding(row["finding"]) if row["finding"] else None
    return Account(row["hop"], row["desk"], _sure(row["opened_at"]), finding, _moment(row["settled_at"]))


def _help(row: Row) -> Help:
    return Help(
        row["desk"], _sure(row["asked_at"]), _sure(row["due_at"]), _moment(row["finished_at"]), row["done"]
    )


def _offer(row: Row) -> Offer | None:
    if row["offer_to"] is None:
        return None
    return Offer(
        OfferKind(row["offer_kind"]), row["offer_giver"], row["offer_to"], row["offer_at"], row["offer_hop"]
    )


def _supervision(row: Row) -> Supervision | None:
    if row["supervised_at"] is None:
        return None
    return Supervision(
        row["supervised_at"],
        row["supervised_by"],
        row["supervision_due_at"],
        row["supervision_answered_at"],
        Target(row["supervision_target"]) if row["supervision_target"] else None,
    )


def _preservation(row: Row) -> Preservation | None:
    return None if row["preserved_at"] is None else Preservation(row["preserved_at"], row["preserved_by"])


# The fields of a case that its row holds under the same name and in the same form.
SAME = (
    *(
        "id",
        "number",
        "version",
        "category",
        "priority",
        "lon",
        "lat",
        "area_code",
        "holder",
        "first_receiver",
    ),
    *("reporter_id", "resolver_id", "reported_at", "accepted_at", "dispatched_at", "arrived_at"),
    *("resolved_at", "closed_at", "changed_at", "hops", "returns", "suspended_at", "suspended_until"),
    *("reopened", "clocks_before", "rating", "merged_into", "joined", "alarm_level"),
)


def case_of(row: Row) -> Case:
    """Return the case that a row of `CASE_SQL` tells of."""
    return Case(
        **{name: row[name] for name in SAME},
        status=Status(row["status"]),
        case_class=CaseClass(row["case_class"]),
        source=Source(row["source"]),
        offer=_offer(row),
        held_clocks=tuple(row["held_clocks"]),
        returned_by=tuple(row["returned_by"]),
        request=_request(row),
        status_before=Status(row["status_before"]) if row["status_before"] else None,
        supervision=_supervision(row),
        preservation=_preservation(row),
        clocks=tuple(map(_clock, row["clocks_json"])),
        assignments=tuple(map(_assignment, row["assignments_json"])),
        accounts=tuple(map(_account, row["accounts_json"])),
        helps=tuple(map(_help, row["helps_json"])),
        custody=tuple(map(_custody, row["custody_json"])),
        access=tuple(row["access"]),
    )


def unit_record(row: Row) -> UnitRecord:
    """Return the record of a unit from its row."""
    return {
        "id": row["id"],
        "no": row["no"],
        "version": row["version"],
        "name": row["name"],
        "kind": row["kind"],
        "desk": row["desk"],
        "area_code": row["area_code"],
        "on_duty": row["on_duty"],
        "state": row["state"],
        "case_id": None if row["case_id"] is None else str(row["case_id"]),
        "state_at": stamp(row["state_at"]),
    }


def unit_view(row: Row) -> UnitView:
    """Return what the rules need of a unit, from its row."""
    return UnitView(
        row["id"],
        row["name"],
        UnitKind(row["kind"]),
        row["desk"],
        row["area_code"],
        row["on_duty"],
        UnitState(row["state"]),
        row["case_id"],
    )


async def load_case(tx: AsyncConnection, case_id: UUID, *, lock: bool = False) -> Case:
    """Return the case. Raises NotFound where it does not exist or lies out of the actor's sight."""
    row = await driver(tx).fetchrow(LOCK_SQL if lock else LOAD_SQL, case_id)
    if row is not None and lock and row["seen_as"] != row["locked_as"]:
        row = await driver(tx).fetchrow(LOCK_SQL, case_id)  # held now, it stays as it is
    if row is None:
        raise NotFound(f"there is no case {case_id} in your sight", code="no_such_case")
    if lock:
        tx.info["revision"] = row["revision"]
    return case_of(dict(row))


async def lock_cases(tx: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Lock the cases of these ids that are in sight, in the order of their ids."""
    sql = "select 1 from cases where id = any(:ids) order by id for update"
    await tx.execute(text(sql), {"ids": list(ids)})


async def snapshot_cases(tx: AsyncConnection) -> list[CaseRecord]:
    """Return every open case in sight and those finished within a day, oldest first."""
    sql = f"""{CASE_SQL} where c.status in ({OPEN_SQL})
              or c.closed_at >= now() - make_interval(secs => :finished_s) order by c.reported_at, c.id"""
    rows = (await tx.execute(text(sql), {"finished_s": FINISHED_FOR.total_seconds()})).mappings().all()
    records: list[CaseRecord] = []
    for start in range(0, len(rows), RECORDS_AT_ONCE):
        records += [case_record(case_of(row)) for row in rows[start : start + RECORDS_AT_ONCE]]
        # A thousand cases take a tenth of a second: let the sockets and moves of others in between.
        await asyncio.sleep(0)
    return records


async def snapshot_units(tx: AsyncConnection) -> list[UnitRecord]:
    """Return every unit in sight."""
    rows = (await tx.execute(text(f"select {UNIT_COLUMNS} from units order by no"))).mappings()
    return [unit_record(row) for row in rows]


async def load_units(tx: AsyncConnection, ids: Sequence[str], *, lock: bool = False) -> dict[str, UnitView]:
    """Return the units of these ids that are in sight, by id; locked in the order of their ids."""
    sql = f"select {UNIT_COLUMNS} from units where id = any(:ids) order by id" + (
        " for update" if lock else ""
    )
    rows = (await tx.execute(text(sql), {"ids": list(ids)})).mappings()
    return {row["id"]: unit_view(row) for row in rows}


async def desk_is_known(tx: AsyncConnection, desk: str) -> bool:
    """Say whether the directory has this desk."""
    return bool(await tx.scalar(text("select exists (select 1 from desks where id = :id)"), {"id": desk}))


async def load_calendars(tx: AsyncConnection) -> CalendarOf:
    """Return the choice of calendars as the tables have it; read anew only when they have changed since."""
    revision: UUID | None = tx.info.get("revision") or await driver(tx).fetchval(f"select {REVISION_SQL}")
    if (known := _calendars.get(revision)) is not None:
        return known
    days = (await tx.execute(text("select day, working from calendar_days"))).all()
    desks = (await tx.execute(text("select id from desks where around_the_clock"))).scalars()
    working: dict[date, bool] = {row.day: row.working for row in days}
    found = calendars(WorkingCalendar(working), frozenset(desks))
    # Every change draws a name that no other has, in any database: one that is known needs no second look.
    _calendars.clear()
    _calendars[revision] = found
    return found


async def case_texts(tx: AsyncConnection, case_id: UUID) -> list[dict[str, Any]]:
    """Return the words that belong to a case, oldest first."""
    sql = "select kind, text, at, actor_name, actor_desk from case_texts where case_id = :id order by at, id"
    rows = (await tx.execute(text(sql), {"id": case_id})).mappings()
    return [{**row, "at": stamp(row["at"])} for row in rows]


async def case_reports(tx: AsyncConnection, case_id: UUID) -> list[dict[str, Any]]:
    """Return who reported the case, when and in which words."""
    sql = (
        "select at, source, text, reporter_name, reporter_phone from reports where case_id = :id order by at"
    )
    rows = (await tx.execute(text(sql), {"id": case_id})).mappings()
    return [{**row, "at": stamp(row["at"])} for row in rows]


async def report_of_code(tx: AsyncConnection, query_code_hash: bytes) -> tuple[UUID, UUID | None]:
    """Return the case that a report's query code stands for now, and the one that it was reported as where that was
    merged into another. Raises NotFound.
    """
    sql = "select case_id, merged_from from reports where query_code_hash = :hash"
    row = (await tx.execute(text(sql), {"hash": query_code_hash})).first()
    if row is None:
        raise NotFound(
            "There is no report with this query code. Check it and try again.", code="no_such_code"
        )
    return row.case_id, row.merged_from


async def case_history(tx: AsyncConnection, case_id: UUID) -> list[dict[str, Any]]:
    """Return what happened to the case, oldest first, without the records that each fact carries."""
    sql = """select e.id, e.at, e.kind, e.actor, e.version, e.data->'changed' as changed,
                    e.data->'detail' as detail, e.data->'case'->>'status' as status,
                    e.data->'case'->>'holder' as holder
             from log_events e where e.case_id = :id order by e.id"""
    rows = (await tx.execute(text(sql), {"id": case_id})).mappings()
    return [{**row, "at": stamp(row["at"])} for row in rows]


async def open_tasks(tx: AsyncConnection, unit_id: str) -> list[Case]:
    """Return the cases on which a unit has an open assignment, newest first."""
    sql = f"""{CASE_SQL} where exists (select 1 from assignments a where a.case_id = c.id and a.unit = :unit
              and a.cleared_at is null) order by c.reported_at desc"""
    rows = (await tx.execute(text(sql), {"unit": unit_id})).mappings()
    return [case_of(row) for row in rows]


async def load_unit(tx: AsyncConnection, unit_id: str) -> tuple[UnitRecord, str | None]:
    """Return a unit and its telephone. Raises NotFound where it is out of sight."""
    sql = f"select {UNIT_COLUMNS}, phone from units where id = :id"
    row = (await tx.execute(text(sql), {"id": unit_id})).mappings().first()
    if row is None:
        raise NotFound(f"there is no unit {unit_id} in your sight", code="no_such_unit")
    return unit_record(row), row["phone"]
