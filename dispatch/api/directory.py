"""The telephone directory: desks that the caller may ring, and the leader on duty."""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from dispatch.api.caller import Caller, Db
from dispatch.people import above, directory
from gis.actor import SYSTEM

router = APIRouter(tags=["directory"])


class DeskView(BaseModel):
    """One desk of the directory; `presence` is how a department is at the centre."""

    id: str
    name: str
    kind: Literal["area", "department"]
    telephone: str | None
    presence: Literal["resident", "rotating", "on_call"] | None
    leader_name: str | None
    leader_telephone: str | None


class OnDutyView(BaseModel):
    """The leader on duty; `title` is the desk that he leads."""

    name: str
    title: str
    telephone: str | None


class DirectoryView(BaseModel):
    """Whom to ring."""

    on_duty: OnDutyView | None
    desks: list[DeskView]


def leader_of(rows: Sequence[Any], area: str) -> OnDutyView | None:
    """Return the leader on duty of the smallest area around `area` that has a desk with one."""
    led = {row.id: row for row in rows if row.kind == "area" and row.leader_name}
    for code in reversed(above(area)):
        if code in led:
            row = led[code]
            return OnDutyView(name=row.leader_name, title=row.name, telephone=row.leader_telephone)
    return None


@router.get("/api/directory")
async def show(actor: Caller, db: Db) -> DirectoryView:
    """List the caller's own desk, those above it and those in its area, with telephone and leader."""
    # Desks are no secret of an area's; which of them somebody rings is decided in the query.
    async with db.read(SYSTEM) as tx:
        rows = await directory(tx, actor)
    fields = DeskView.model_fields
    return DirectoryView(
        on_duty=leader_of(rows, actor.area),
        desks=[DeskView(**{name: getattr(row, name) for name in fields}) for row in rows],
    )
