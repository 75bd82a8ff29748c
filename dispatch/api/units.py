"""Units, their duty, and a unit's own tasks."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from dispatch.actions.looks import note_look
from dispatch.actions.units import set_duty
from dispatch.api.caller import Caller, Db
from dispatch.api.shown import shown_units
from dispatch.queries import case_texts, load_unit, open_tasks, snapshot_units
from dispatch.records import CaseRecord, UnitRecord, case_record
from dispatch.rules.masking import sees_masked
from dispatch.rules.reading import reads_personal_data
from gis.clock import now
from gis.errors import NotFound

router = APIRouter(tags=["units"])


class UnitsAnswer(BaseModel):
    """The units in the caller's sight."""

    units: list[UnitRecord]


class UnitAnswer(BaseModel):
    """One unit with its telephone and newest fix, if it sent any."""

    unit: UnitRecord
    phone: str | None
    position: dict[str, Any] | None


class DutyBody(BaseModel):
    """Whether the unit is on duty from now on."""

    model_config = ConfigDict(extra="forbid")
    on_duty: bool


class DutyAnswer(BaseModel):
    """The unit as it is now."""

    unit: UnitRecord


class TaskView(BaseModel):
    """A case that the unit is on, with the words of its report and orders."""

    case: CaseRecord
    texts: list[dict[str, Any]]


class TasksAnswer(BaseModel):
    """The caller's own unit and what it has to do."""

    unit: UnitRecord
    phone: str | None
    tasks: list[TaskView]


@router.get("/api/units")
async def units(actor: Caller, db: Db) -> UnitsAnswer:
    """List the units in the caller's sight."""
    async with db.read(actor) as tx:
        return UnitsAnswer(units=shown_units(actor, await snapshot_units(tx)))


@router.get("/api/units/{unit_id}")
async def unit(unit_id: str, actor: Caller, db: Db, request: Request) -> UnitAnswer:
    """Show one unit."""
    async with db.read(actor) as tx:
        record, phone = await load_unit(tx, unit_id)
    return UnitAnswer(
        unit=shown_units(actor, [record])[0],
        phone=None if sees_masked(actor) else phone,
        position=request.app.state.positions.fix(unit_id),
    )


@router.post("/api/units/{unit_id}/duty")
async def duty(unit_id: str, body: DutyBody, actor: Caller, db: Db) -> DutyAnswer:
    """Put a unit on duty or off it."""
    return DutyAnswer(unit=await set_duty(db, actor, unit_id, on_duty=body.on_duty, at=now()))


@router.get("/api/tasks")
async def tasks(actor: Caller, db: Db) -> TasksAnswer:
    """Show what the caller's own unit has to do. The look is on the audit log."""
    if actor.unit_id is None:
        raise NotFound("You are no unit, so you have no tasks of your own.", code="no_unit")
    async with db.transaction(actor) as tx:
        record, phone = await load_unit(tx, actor.unit_id)
        found = []
        for case in await open_tasks(tx, actor.unit_id):
            # A device that is a unit, such as a tracker, does the way and reads nothing that people said.
            texts = await case_texts(tx, case.id) if reads_personal_data(actor) else []
            if texts:
                await note_look(tx, actor, case.id, "task", now())
            found.append(TaskView(case=case_record(case), texts=texts))
    return TasksAnswer(unit=record, phone=phone, tasks=found)
