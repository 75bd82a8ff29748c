"""Whether a seat is there: its area and desk in the directory, and its unit one of theirs."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.rules.seats import Seat
from dispatch.tables import desks, units
from gis.actor import covers
from gis.errors import InvalidInput
from layers.tables import areas


async def require_there(tx: AsyncConnection, seat: Seat) -> None:
    """Pass if the county has this seat; where no county is loaded yet, there is nothing to hold it against.

    Raises InvalidInput for an area, a desk or a unit that is not there, and for a unit of somewhere else: a seat with
    another's unit would speak for it.
    """
    if not await tx.scalar(select(exists().where(areas.c.code.is_not(None)))):
        return
    if not await tx.scalar(select(exists().where(areas.c.code == seat.area))):
        raise InvalidInput(f"No area has the code {seat.area}.", code="bad_seat")
    if not await tx.scalar(select(exists().where(desks.c.id == seat.desk))):
        raise InvalidInput(f"There is no desk {seat.desk} in the directory.", code="bad_seat")
    if seat.unit is None:
        return
    unit = (
        await tx.execute(select(units.c.desk, units.c.area_code).where(units.c.id == seat.unit))
    ).one_or_none()
    if unit is None or not (unit.desk == seat.desk or covers(seat.area, unit.area_code)):
        raise InvalidInput(f"{seat.unit} is no unit of {seat.desk}.", code="bad_seat")
