"""Log in, log out, and who am I."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.actions.accounts import Origin, end_session, log_in, open_session, set_language
from dispatch.api.caller import CameIn, Db, KnownIdentities
from dispatch.api.gate import SESSION_COOKIE
from dispatch.identities import Identities, Identity, SessionKind
from dispatch.people import desk_name, is_demonstration
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput, NotAuthenticated
from layers.api import areas_of
from layers.latin import in_person

router = APIRouter(tags=["session"])

DEVICE_COOKIE = "wall_device"
DEVICE_LASTS_S = 180 * 24 * 3600


class LogIn(BaseModel):
    """User name and password; or, for a wall screen, the kiosk's token alone."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(default="", max_length=100)
    password: str = Field(default="", max_length=1000, repr=False)
    token: str | None = Field(default=None, max_length=200, repr=False)


class Choice(BaseModel):
    """What somebody chose for his own account."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(description="zh or en")


class ActorView(BaseModel):
    """An actor as screens show him."""

    account_id: str
    name: str
    name_en: str = Field(description="The name of a person in pinyin, surname first.")
    role: Role
    desk: str
    desk_name: str
    area: str
    area_name: str
    unit_id: str | None
    robot: bool
    demonstration: bool


class CountyView(BaseModel):
    """The county that the wall is of."""

    code: str
    name: str


class SessionView(BaseModel):
    """Who is logged in, and what a page needs to act as him."""

    actor: ActorView
    csrf: str | None = Field(description="Send it as X-CSRF-Token with every change; null under a token.")
    county: CountyView
    demonstration: bool = Field(description="Whether the county is invented.")
    language: str
    ground: dict[str, int] = Field(
        description="How often each layer changed; beats of the stream tell it too, and a page fetches what is newer."
    )


async def session_view(request: Request, came_in: Identity) -> SessionView:
    """Return what a page is told about its session."""
    db, areas, hub = request.app.state.db, areas_of(request.app.state), request.app.state.hub
    actor = came_in.actor
    async with db.read(SYSTEM) as tx:
        named = await desk_name(tx, actor.desk)
        demonstration = await is_demonstration(tx)
    area = areas.name(actor.area) if areas.knows(actor.area) else ""
    return SessionView(
        actor=ActorView(
            account_id=actor.account_id,
            name=actor.name,
            name_en=in_person(actor.name),
            role=actor.role,
            desk=actor.desk,
            desk_name=named or area,
            area=actor.area,
            area_name=area,
            unit_id=actor.unit_id,
            robot=actor.robot,
            demonstration=actor.demonstration,
        ),
        csrf=came_in.csrf,
        county=CountyView(code=areas.county.code, name=areas.county.name),
        demonstration=demonstration,
        language=came_in.language,
        ground=dict(hub.ground),
    )


def set_cookie(request: Request, response: Response, name: str, secret: str, lasts_s: int) -> None:
    """Give the browser a secret that no script can read and no other site can make it send."""
    secure = request.app.state.settings.wall_secure_cookies
    response.set_cookie(
        name, secret, max_age=lasts_s, path="/", secure=secure, httponly=True, samesite="strict"
    )


async def enter(
    request: Request, response: Response, db: Database, known: Identities, secret: str
) -> SessionView:
    """Put a new session's cookie on the answer, end the one that the browser had, and say who is in."""
    before: Identity | None = request.scope["state"].get("session")
    if before is not None and before.session_id is not None:
        await end_session(db, before.session_id)
        known.forget()
    came_in = await known.of_session(secret, now())
    if came_in is None:
        raise NotAuthenticated("The session ended as it began. Log in again.")
    kiosk = came_in.kind is SessionKind.KIOSK
    lasts = known.limits.kiosk if kiosk else known.limits.absolute
    set_cookie(request, response, SESSION_COOKIE, secret, int(lasts.total_seconds()))
    return await session_view(request, came_in)


@router.post("/api/session", status_code=201)
async def begin(
    body: LogIn, request: Request, response: Response, db: Db, known: KnownIdentities
) -> SessionView:
    """Log in with user name and password, or begin a wall screen with a kiosk's token."""
    address = str(request.scope["state"].get("address", ""))
    at = now()
    if body.token is not None:
        kiosk = await known.of_token(body.token, at)
        if kiosk is None or kiosk.actor.role is not Role.KIOSK or kiosk.account_id is None:
            raise NotAuthenticated("This is no wall screen's token, or it was revoked.")
        secret = await open_session(db, kiosk.account_id, SessionKind.KIOSK, address, at, known.limits)
        return await enter(request, response, db, known, secret)
    if not body.username or not body.password:
        raise InvalidInput("Both `username` and `password` are needed. Fill in both.")
    origin = Origin(address, request.cookies.get(DEVICE_COOKIE))
    opened = await log_in(db, body.username, body.password, origin, at, known.limits)
    if opened.device is not None:
        set_cookie(request, response, DEVICE_COOKIE, opened.device, DEVICE_LASTS_S)
    return await enter(request, response, db, known, opened.session)


@router.get("/api/session")
async def who(request: Request, came_in: CameIn) -> SessionView:
    """Say who is logged in; 401 when nobody is."""
    if came_in is None:
        raise NotAuthenticated("Nobody is logged in. Log in at /login, or send a token.")
    return await session_view(request, came_in)


@router.put("/api/session")
async def choose(
    body: Choice, request: Request, came_in: CameIn, db: Db, known: KnownIdentities
) -> SessionView:
    """Remember the language in which somebody reads."""
    if came_in is None or came_in.account_id is None:
        raise NotAuthenticated("This needs an account of one's own. Log in at /login.")
    await set_language(db, came_in.account_id, body.language)
    known.forget()
    return await session_view(request, came_in.reading(body.language))


@router.delete("/api/session", status_code=204)
async def end(request: Request, came_in: CameIn, db: Db, known: KnownIdentities) -> Response:
    """Log out; without a session nothing is left to end, and that is no error."""
    if came_in is not None and came_in.session_id is not None:
        await end_session(db, came_in.session_id)
        known.forget()
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response
