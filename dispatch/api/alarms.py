"""Alarms of devices: structured, mapped by a table, limited in rate, and joined while the same goes on."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.cases import NewReport, report_case
from dispatch.actions.once import answer_given
from dispatch.actions.repeats import join_report
from dispatch.api.allowance import Allowance
from dispatch.api.caller import Areas, Book, Caller, Db
from dispatch.api.cases import Crs, IdempotencyKey, Strict, Words, key_of, place_of
from dispatch.api.moments import Moment
from dispatch.intake.retold import LIVE
from dispatch.records import CaseRecord
from dispatch.rules.alarms import AlarmType, alarm_type
from dispatch.rules.vocabulary import Source
from dispatch.tables import sql_list
from gis.actor import Role
from gis.clock import now
from gis.errors import InvalidInput, NotFound, NotYourMove, TooMany

router = APIRouter(tags=["intake"])

DeviceCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._:-]{3,64}$")]
EARLY, LATE = timedelta(minutes=5), timedelta(hours=1)
# For each device account: what a working gateway sends, and no more. A stuck sensor must not drown a desk.
PER_S, BURST = 1.0, 30
CAMERA_SQL = "select name, ST_X(geom) as lon, ST_Y(geom) as lat from cameras where code = :code"
# Cases that this device told of itself: its code stands where a person's name would.
AGAIN_SQL = f"""
    select c.id from cases c join reports r on r.case_id = c.id
    where r.source = 'device' and r.reporter_name = :device and c.category = :category
      and c.status in ({sql_list(LIVE)}) and r.at >= :since
    order by r.at desc limit 1
"""


class AlarmBody(Strict):
    """One alarm. `type` is a name of the table or `gb28181:method/type`; the place is the device's own unless told."""

    device: DeviceCode
    type: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    at: Moment | None = None
    text: Words | None = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    crs: Crs = "wgs84"


class AlarmAnswer(BaseModel):
    """The case that the alarm made, or the live one that it joined."""

    case: CaseRecord
    joined: bool


@router.post("/api/alarms", status_code=201)
async def alarm(
    body: AlarmBody,
    actor: Caller,
    db: Db,
    areas: Areas,
    book: Book,
    request: Request,
    key: IdempotencyKey = None,
) -> AlarmAnswer:
    """Take in an alarm of a device. 404 for a device out of sight, 422 for an unknown type, 429 when too many come."""
    if actor.role is not Role.DEVICE:
        raise NotYourMove(
            "alarms come from devices: use a token of the role 'device'", code="not_of_your_role"
        )
    kind, at = alarm_type(book.alarms, body.type), now()
    if body.at is not None and not at - LATE <= body.at <= at + EARLY:
        raise InvalidInput(
            "'at' must lie within the last hour and at most five minutes ahead; set the device's clock",
            code="stale_alarm",
        )
    wait_s = allowance_of(request).take(actor.account_id, at)
    if wait_s:
        raise TooMany(
            "this device sends too many alarms; wait", code="too_many_alarms", retry_after_s=round(wait_s) + 1
        )
    same = key_of(key, body)
    async with db.read(actor) as tx:
        before = await answer_given(tx, actor, same)
        if before is not None:
            return AlarmAnswer(case=before["case"], joined="report" in before)
        name, lon, lat = await _where(tx, body)
    lon, lat, code = place_of(areas, lon, lat, body.crs if body.lon is not None else "wgs84", None)
    report = _report(body, kind, name, (lon, lat, code))
    async with db.read(actor) as tx:
        live = await _told_before(tx, body.device, kind, at - timedelta(seconds=kind.again_s))
    if live is not None:
        joined = await join_report(db, actor, live, report, at, same)
        return AlarmAnswer(case=joined.case, joined=True)
    reported = await report_case(db, actor, report, at, same)
    return AlarmAnswer(case=reported.case, joined=False)


def allowance_of(request: Request) -> Allowance:
    """Return how much each device may still send, made when the first sends something."""
    found: Allowance | None = getattr(request.app.state, "alarm_allowance", None)
    if found is None:
        found = request.app.state.alarm_allowance = Allowance(PER_S, BURST)
    return found


async def _where(tx: AsyncConnection, body: AlarmBody) -> tuple[str, float, float]:
    """Return what the device is called and where it alarms, in the caller's sight. Raises NotFound, InvalidInput."""
    row = (await tx.execute(text(CAMERA_SQL), {"code": body.device})).mappings().first()
    if body.lon is not None and body.lat is not None:
        return (row["name"] if row else body.device), body.lon, body.lat
    if body.lon is not None or body.lat is not None:
        raise InvalidInput("A place needs both 'lon' and 'lat'.", code="half_a_place")
    if row is None:
        raise NotFound(
            f"there is no camera {body.device} in your sight; send 'lon' and 'lat' with the alarm",
            code="no_such_device",
        )
    return row["name"], row["lon"], row["lat"]


def _report(body: AlarmBody, kind: AlarmType, name: str, place: tuple[float, float, str]) -> NewReport:
    said = f"{name}：{kind.text}" + (f"，{body.text}" if body.text else "")
    return NewReport(
        kind.category, said, *place, source=Source.DEVICE, priority=kind.priority, reporter_name=body.device
    )


async def _told_before(tx: AsyncConnection, device: str, kind: AlarmType, since: object) -> UUID | None:
    values = {"device": device, "category": kind.category, "since": since}
    found: UUID | None = await tx.scalar(text(AGAIN_SQL), values)
    return found
