"""Position intake: batches of JSON, and the protocol of the OsmAnd and Traccar apps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from starlette.requests import ClientDisconnect

from dispatch.api.caller import Caller
from dispatch.api.moments import Moment, in_utc
from dispatch.avl import Fix, Intake, PositionLane
from gis.actor import Actor
from gis.clock import now
from gis.errors import InvalidInput, NotAuthenticated, NotFound, NotYourMove

router = APIRouter(prefix="/api/positions", tags=["positions"])

BATCH_MOST = 2_000
KNOT_MPS = 1852 / 3600
LATEST_IN_SECONDS = 1e11
"""A number of seconds since 1970 is smaller than this, one of milliseconds is larger."""


class Position(BaseModel):
    """One fix of one unit, in WGS 84."""

    model_config = ConfigDict(extra="ignore")

    unit: str = Field(min_length=1, max_length=64)
    lon: float = Field(allow_inf_nan=False, description="Longitude in degrees.")
    lat: float = Field(allow_inf_nan=False, description="Latitude in degrees.")
    at: Moment = Field(description="When the receiver had the fix, with a zone.")
    speed_mps: float | None = Field(default=None, allow_inf_nan=False, description="Metres per second.")
    heading_deg: float | None = Field(
        default=None, allow_inf_nan=False, description="Degrees clockwise from north."
    )
    accuracy_m: float | None = Field(default=None, allow_inf_nan=False, description="Radius in metres.")

    def fix(self, received_at: datetime) -> Fix:
        """Return it as the lane takes it."""
        return Fix(
            self.unit,
            self.at,
            self.lon,
            self.lat,
            received_at,
            self.speed_mps,
            self.heading_deg,
            self.accuracy_m,
        )


POSITIONS = TypeAdapter(list[Position])


class Batch(BaseModel):
    """Positions of any number of units, in the order in which each unit had them."""

    # Not parsed here: one position that is nonsense must not lose the others.
    positions: Annotated[list[Any], WithJsonSchema({"type": "array", "items": Position.model_json_schema()})]


class RefusedPosition(BaseModel):
    """A position that was not taken in. Sending it again would not help."""

    index: int = Field(description="Its place in the request, from 0.")
    code: str
    detail: str


class Taken(BaseModel):
    """What became of the positions; those accepted are written for good."""

    accepted: int
    refused: list[RefusedPosition]


@router.post("")
async def post_positions(batch: Batch, actor: Caller, request: Request) -> Taken:
    """Take in up to 2,000 positions. Answers once all that was accepted is written."""
    if len(batch.positions) > BATCH_MOST:
        raise InvalidInput(
            f"A request may hold {BATCH_MOST:,} positions; send the rest in the next.",
            code="too_many_positions",
        )
    fixes, broken = parsed(batch.positions, now())
    intake = await lane_of(request).accept(actor, fixes)
    return taken(intake, broken)


def parsed(raw: Sequence[Any], received_at: datetime) -> tuple[list[tuple[int, Fix]], list[RefusedPosition]]:
    """Return the fixes with their places in the request, and what is no position at all."""
    try:
        return [(index, one.fix(received_at)) for index, one in enumerate(POSITIONS.validate_python(raw))], []
    except ValidationError as error:
        broken = {int(fault["loc"][0]): fault for fault in reversed(error.errors(include_url=False))}
    fixes = [
        (index, Position.model_validate(one).fix(received_at))
        for index, one in enumerate(raw)
        if index not in broken
    ]
    refused = [
        RefusedPosition(
            index=index,
            code="invalid_position",
            detail=f"{'.'.join(map(str, fault['loc'][1:])) or 'position'}: {fault['msg']}",
        )
        for index, fault in sorted(broken.items())
    ]
    return fixes, refused


def taken(intake: Intake, broken: Sequence[RefusedPosition] = ()) -> Taken:
    """Return the answer to a request."""
    refused = [RefusedPosition(index=one.index, code=one.code, detail=one.detail) for one in intake.refused]
    return Taken(accepted=intake.accepted, refused=sorted([*refused, *broken], key=lambda one: one.index))


@router.get("/osmand")
@router.post("/osmand")
async def osmand(request: Request) -> Taken:
    """Take in one fix as OsmAnd and Traccar send it: in the query, in a form or as Traccar's JSON.

    `id`, `lat`, `lon` (or `location`), `timestamp` (s, ms or ISO 8601; now when missing), `speed` in knots,
    `bearing` or `heading`, `accuracy` in metres. The device's token goes into `token` where the app can set
    no header. A fix that is late or impossible is answered 200 all the same, or the app would send it for
    ever.
    """
    said = await words_of(request)
    actor = await sender(request, said)
    intake = await lane_of(request).accept(actor, [(0, fix_of(said, now()))])
    for refusal in intake.refused:
        if refusal.code == "unknown_unit":
            raise NotFound(refusal.detail, code=refusal.code)
        if refusal.code == "not_your_unit":
            raise NotYourMove(refusal.detail, code=refusal.code)
    return taken(intake)


async def sender(request: Request, said: Mapping[str, str]) -> Actor:
    """Return whose device it is: by the gate, or by the token among the parameters. Raises
    NotAuthenticated.
    """
    state = request.scope["state"]
    # A browser would send its cookie with any picture that a foreign page shows: this GET changes something.
    actor: Actor | None = None if state.get("by_cookie") else state.get("actor")
    token = said.get("token")
    if actor is None and token:
        actor = await request.app.state.authenticate_token(token)
    if actor is None:
        raise NotAuthenticated("Send the device's token as Authorization: Bearer, or as the parameter token.")
    return actor


async def words_of(request: Request) -> dict[str, str]:
    """Return the parameters of a request, wherever it carries them. Raises InvalidInput."""
    said = dict(request.query_params)
    if request.method != "POST":
        return said
    kind = request.headers.get("content-type", "")
    try:
        if kind.startswith("application/json"):
            return said | words_of_json(await request.json())
        return said | {
            name: value for name, value in (await request.form()).items() if isinstance(value, str)
        }
    except (ValueError, ClientDisconnect):
        raise InvalidInput("The body is neither a form nor JSON.") from None


def words_of_json(body: Any) -> dict[str, str]:
    """Return the parameters in the JSON of newer Traccar apps, which gives speed in metres per second."""
    if not isinstance(body, dict) or not isinstance(body.get("location"), dict):
        raise InvalidInput("The JSON needs a location.")
    location = body["location"]
    coords = location.get("coords") if isinstance(location.get("coords"), dict) else {}
    found = {
        "id": body.get("device_id"),
        "timestamp": location.get("timestamp"),
        "lat": coords.get("latitude"),
        "lon": coords.get("longitude"),
        "accuracy": coords.get("accuracy"),
        "heading": coords.get("heading"),
    }
    speed = coords.get("speed")
    if isinstance(speed, int | float) and speed >= 0:  # the apps say -1 for what they do not know
        found["speed"] = speed / KNOT_MPS
    return {name: str(value) for name, value in found.items() if value is not None}


def fix_of(said: Mapping[str, str], received_at: datetime) -> Fix:
    """Return the fix that OsmAnd's parameters tell of. Raises InvalidInput."""
    unit = said.get("id") or said.get("deviceid") or ""
    lat, lon = said.get("lat"), said.get("lon")
    if "location" in said and lat is None and lon is None:
        lat, _, lon = said["location"].partition(",")
    speed_kn = number(said, "speed")
    try:
        position = Position(
            unit=unit,
            lat=float(lat or "nan"),
            lon=float(lon or "nan"),
            at=moment(said.get("timestamp"), received_at),
            speed_mps=None if speed_kn is None else speed_kn * KNOT_MPS,
            heading_deg=number(said, "bearing", "heading"),
            accuracy_m=number(said, "accuracy"),
        )
    except (ValidationError, ValueError, OverflowError, OSError):
        raise InvalidInput(
            "id, lat and lon are needed, and timestamp in seconds, milliseconds or ISO 8601."
        ) from None
    return position.fix(received_at)


def number(said: Mapping[str, str], *names: str) -> float | None:
    """Return the first of these parameters that is given; what is no number, or below zero, is unknown."""
    for name in names:
        if said.get(name):
            try:
                value = float(said[name])
            except ValueError:
                return None
            return value if 0 <= value < float("inf") else None
    return None


def moment(said: str | None, received_at: datetime) -> datetime:
    """Return the moment that a timestamp names, now when there is none. Raises ValueError."""
    if not said:
        return received_at
    try:
        seconds = float(said)
    except ValueError:
        at = datetime.fromisoformat(said)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else in_utc(at)
    return datetime.fromtimestamp(seconds / 1000 if seconds > LATEST_IN_SECONDS else seconds, UTC)


def lane_of(request: Request) -> PositionLane:
    """Return the application's position lane."""
    lane: PositionLane = request.app.state.positions
    return lane
