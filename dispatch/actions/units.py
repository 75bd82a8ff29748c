"""What is done to a unit apart from any case: its duty."""

from datetime import datetime

from sqlalchemy import text

from dispatch.events import unit_data
from dispatch.queries import UNIT_COLUMNS, unit_record
from dispatch.records import UnitRecord
from dispatch.rules.desks import is_superior
from dispatch.rules.visibility import unit_scope
from dispatch.rules.vocabulary import UnitState
from gis import log
from gis.actor import Actor, Role
from gis.database import Database
from gis.errors import Conflict, NotFound, NotYourMove

SETTERS = frozenset(
    {
        Role.DISPATCHER,
        Role.DUTY_OFFICER,
        Role.VILLAGE_OFFICER,
        Role.GRID_OFFICER,
        Role.DEPARTMENT,
        Role.MEDIATOR,
    }
)


async def set_duty(db: Database, actor: Actor, unit_id: str, *, on_duty: bool, at: datetime) -> UnitRecord:
    """Put a unit on duty or off it. Raises NotFound, NotYourMove, or Conflict while it is bound to a case."""
    async with db.transaction(actor) as tx:
        sql = f"select {UNIT_COLUMNS} from units where id = :id for update"
        row = (await tx.execute(text(sql), {"id": unit_id})).mappings().first()
        if row is None:
            raise NotFound(f"there is no unit {unit_id} in your sight", code="no_such_unit")
        before = unit_record(row)
        _check_setter(actor, before)
        if before["on_duty"] == on_duty:
            return before
        if before["case_id"] is not None:
            raise Conflict(
                f"{before['name']} is bound to a case; clear or recall the unit first", code="unit_busy"
            )
        state = UnitState.AVAILABLE if on_duty else UnitState.OFF_DUTY
        change = f"""update units set on_duty = :on_duty, state = :state, state_at = :at, version = version + 1
                     where id = :id returning {UNIT_COLUMNS}"""
        values = {"id": unit_id, "on_duty": on_duty, "state": str(state), "at": at}
        after = unit_record((await tx.execute(text(change), values)).mappings().one())
        scope = unit_scope(after)
        await log.append(
            tx,
            kind="unit.duty",
            actor=actor,
            scope_before=scope,
            scope_after=scope,
            data=unit_data("duty", after, ("on_duty", "state"), {"on_duty": on_duty}),
            at=at,
        )
    return after


def _check_setter(actor: Actor, unit: UnitRecord) -> None:
    own = (
        actor.unit_id == unit["id"]
        if actor.unit_id
        else actor.desk == unit["desk"] or is_superior(actor.desk, of=unit["desk"])
    )
    if actor.role not in SETTERS or not own:
        raise NotYourMove("duty is set by the unit itself, its desk or a desk above", code="not_your_unit")
