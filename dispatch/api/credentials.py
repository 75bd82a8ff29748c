"""Administration of what else lets in: tokens, wall screens and open sessions. For `admin`, in his own area."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.actions import accounts as acts
from dispatch.administration import (
    Page,
    page_of_kiosks,
    page_of_sessions,
    page_of_tokens,
    token_in_area,
    whose_session,
)
from dispatch.api.admin import Admin, Called, Seat, Sought, note_act, seat_for
from dispatch.api.caller import CameIn, Db, KnownIdentities
from dispatch.api.case_lists import decode_cursor, encode_cursor
from dispatch.api.cases import AreaCode, Strict
from dispatch.identities import SessionKind
from dispatch.records import maybe_stamp
from gis.actor import SYSTEM, Role
from gis.clock import now

router = APIRouter(prefix="/api/admin", tags=["administration"])


class NewTokenBody(Seat):
    """A token for a program or a device."""

    name: Called
    days: Annotated[int | None, Field(ge=1, le=3650)] = Field(
        default=None, description="Without end if null."
    )


class NewKioskBody(Strict):
    """A wall screen."""

    name: Called
    area: AreaCode


class Listed(BaseModel):
    """Which page of a list that is told the newest first."""

    model_config = ConfigDict(extra="forbid")

    text: Sought | None = Field(default=None, description="A part of what it is called.")
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=200, description="`next` of the page before.")


class Given(Listed):
    """Which tokens or wall screens; one is over when it was revoked or its time has passed."""

    state: Literal["good", "over", "all"] = "all"

    @property
    def is_over(self) -> bool | None:
        """Whether those that are over are wanted; None for both."""
        return None if self.state == "all" else self.state == "over"


class SessionsWanted(Listed):
    """Which sessions; `text` is a part of the user name, the name or the address."""

    role: Role | None = None


class TokenView(BaseModel):
    """A token, without its secret."""

    id: UUID
    name: str
    role: Role
    area: str
    desk: str
    unit: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class KioskView(BaseModel):
    """A wall screen, without its secret; `showing` is how many browsers it is open in."""

    id: UUID
    name: str
    area: str
    created_at: str
    revoked_at: str | None
    showing: int
    last_seen_at: str | None


class LoggedInView(BaseModel):
    """An open session; `own` is the one that asks."""

    id: UUID
    account_id: UUID
    username: str
    name: str
    role: Role
    area: str
    desk: str
    kind: SessionKind
    own: bool
    address: str | None
    created_at: str
    last_seen_at: str
    expires_at: str


class Counted(BaseModel):
    """A page, the newest first; `total` is how many fit, `next` the cursor of the page after this one."""

    total: int
    next: str | None


class TokensAnswer(Counted):
    """Tokens of programs and devices."""

    tokens: list[TokenView]


class KiosksAnswer(Counted):
    """Wall screens."""

    kiosks: list[KioskView]


class SessionsAnswer(Counted):
    """Open sessions."""

    sessions: list[LoggedInView]


class SecretAnswer(BaseModel):
    """A secret, shown this once, and the id by which it is revoked."""

    id: UUID
    secret: str


def following(page: Page) -> dict[str, Any]:
    """Return how many there are in all, and the cursor of the next page."""
    last = page.rows[-1] if page.more else None
    return {"total": page.total, "next": last and encode_cursor(last["created_at"], last["id"])}


def told(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return of a row what is told as it stands, and its moments as they are written."""
    moments = {name: maybe_stamp(row[name]) for name in row if name.endswith("_at")}
    return {name: row[name] for name in names} | moments


@router.get("/tokens")
async def list_tokens(wanted: Annotated[Given, Query()], actor: Admin, db: Db) -> TokensAnswer:
    """List the tokens of the administrator's area; those of wall screens are at `/api/admin/kiosks`."""
    after = decode_cursor(wanted.cursor) if wanted.cursor else None
    async with db.read(SYSTEM) as tx:
        page = await page_of_tokens(
            tx, actor.area, now(), text=wanted.text, is_over=wanted.is_over, after=after, limit=wanted.limit
        )
    names = ("id", "name", "role", "area", "desk")
    tokens = [TokenView(**told(row, *names), unit=row["unit_id"]) for row in page.rows]
    return TokensAnswer(tokens=tokens, **following(page))


@router.post("/tokens", status_code=201)
async def add_token(body: NewTokenBody, actor: Admin, db: Db) -> SecretAnswer:
    """Make a token with a role and jurisdiction of its own."""
    seat = await seat_for(db, actor, body)
    await note_act(db, actor, "token.add", f"{body.name} {body.role} {body.area}")
    at, token_id = now(), uuid4()
    until = None if body.days is None else at + timedelta(days=body.days)
    secret = await acts.create_token(
        db,
        seat.role,
        seat.area,
        body.name,
        at,
        desk=seat.desk,
        unit_id=seat.unit,
        expires_at=until,
        token_id=token_id,
    )
    return SecretAnswer(id=token_id, secret=secret)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """Revoke a token; it ends at once."""
    async with db.read(SYSTEM) as tx:
        named = await token_in_area(tx, token_id, actor.area)
    await note_act(db, actor, "token.revoke", named)
    await acts.revoke_token(db, token_id, now())
    known.forget()
    return Response(status_code=204)


@router.get("/kiosks")
async def list_kiosks(wanted: Annotated[Given, Query()], actor: Admin, db: Db) -> KiosksAnswer:
    """List the wall screens of the administrator's area, and whether each is open anywhere."""
    after = decode_cursor(wanted.cursor) if wanted.cursor else None
    async with db.read(SYSTEM) as tx:
        page = await page_of_kiosks(
            tx, actor.area, now(), text=wanted.text, is_over=wanted.is_over, after=after, limit=wanted.limit
        )
    kiosks = [KioskView(**told(row, "id", "name", "area", "showing")) for row in page.rows]
    return KiosksAnswer(kiosks=kiosks, **following(page))


@router.post("/kiosks", status_code=201)
async def add_kiosk(body: NewKioskBody, actor: Admin, db: Db) -> SecretAnswer:
    """Make a wall screen, which only reads and is shown no sensitive place; its secret begins its sessions."""
    await seat_for(db, actor, Seat(role=Role.KIOSK, area=body.area))
    await note_act(db, actor, "kiosk.add", f"{body.name} {body.area}")
    token_id = uuid4()
    secret = await acts.create_kiosk(db, body.name, body.area, now(), token_id=token_id)
    return SecretAnswer(id=token_id, secret=secret)


@router.delete("/kiosks/{kiosk_id}", status_code=204)
async def revoke_kiosk(kiosk_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """Revoke a wall screen: it goes dark at once, wherever it is open."""
    async with db.read(SYSTEM) as tx:
        named = await token_in_area(tx, kiosk_id, actor.area, role=Role.KIOSK)
    await note_act(db, actor, "kiosk.revoke", named)
    await acts.revoke_token(db, kiosk_id, now())
    known.forget()
    return Response(status_code=204)


@router.get("/sessions")
async def list_sessions(
    wanted: Annotated[SessionsWanted, Query()], actor: Admin, db: Db, known: KnownIdentities, came_in: CameIn
) -> SessionsAnswer:
    """List the open sessions of the administrator's area: who is in, since when and from where."""
    after = decode_cursor(wanted.cursor) if wanted.cursor else None
    async with db.read(SYSTEM) as tx:
        page = await page_of_sessions(
            tx,
            actor.area,
            now(),
            known.limits,
            text=wanted.text,
            role=wanted.role,
            after=after,
            limit=wanted.limit,
        )
    own = came_in.session_id if came_in else None
    names = ("id", "account_id", "username", "name", "role", "area", "desk", "kind", "address")
    sessions = [LoggedInView(**told(row, *names), own=row["id"] == own) for row in page.rows]
    return SessionsAnswer(sessions=sessions, **following(page))


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """End somebody's session at once."""
    async with db.read(SYSTEM) as tx:
        whose = await whose_session(tx, session_id, actor.area)
    if whose is not None:  # one that is over already is no error
        await note_act(db, actor, "session.end", whose)
        await acts.end_session(db, session_id)
        known.forget()
    return Response(status_code=204)
