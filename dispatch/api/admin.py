"""Administration: who may come in, and as what. For `admin`, in his own area; every act is on the audit log."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dispatch.actions import accounts as acts
from dispatch.actions.looks import note_look
from dispatch.api.caller import Caller, Db, KnownIdentities
from dispatch.api.cases import AreaCode, Clean, DeskId, Strict, UnitId
from dispatch.people import account_in_area, accounts_in_area, sessions_in_area, token_in_area, tokens_in_area
from dispatch.records import maybe_stamp, stamp
from dispatch.rules import seats
from dispatch.seats import require_there
from gis.actor import SYSTEM, Actor, Role, covers
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput, NotYourMove

# These come in by token, by query code or not at all, and never with a password.
WITHOUT_PASSWORD = frozenset({Role.DEVICE, Role.REPORTER, Role.KIOSK, Role.SYSTEM})


async def admin(actor: Caller) -> Actor:
    """Return the caller. Raises NotYourMove for who is no administrator."""
    if actor.role is not Role.ADMIN:
        raise NotYourMove("This is for administrators.", code="not_of_your_role")
    return actor


Admin = Annotated[Actor, Depends(admin)]
# Without what nobody sees: two names that look alike must not be two people's.
Called = Annotated[str, Clean, Field(min_length=1, max_length=60)]
router = APIRouter(prefix="/api/admin", tags=["administration"])


class Seat(Strict):
    """What somebody is to the centre, and where."""

    role: Role
    area: AreaCode = Field(description="The jurisdiction: this area and all in it.")
    desk: DeskId | None = Field(
        default=None,
        description="The area's own where it is not named; a grid's officer sits at the village's.",
    )
    unit: UnitId | None = Field(default=None, description="The unit that he is, for officers in the field.")


class NewAccountBody(Seat):
    """An account that a password opens."""

    username: Annotated[str, Clean, Field(min_length=2, max_length=60, pattern=r"^[^\s]+$")]
    name: Called
    password: Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


class PasswordBody(Strict):
    """A new password."""

    password: Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


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


class AccountView(BaseModel):
    """An account; what opens it is shown to nobody."""

    id: UUID
    username: str
    name: str
    role: Role
    area: str
    desk: str
    unit: str | None
    demonstration: bool
    created_at: str
    disabled_at: str | None


class TokenView(BaseModel):
    """A token, without its secret."""

    id: UUID
    name: str
    role: Role
    area: str
    desk: str
    account_id: UUID | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class LoggedInView(BaseModel):
    """An open session."""

    id: UUID
    username: str
    kind: str
    address: str | None
    created_at: str
    last_seen_at: str
    expires_at: str


class AccountsAnswer(BaseModel):
    """Accounts by user name."""

    accounts: list[AccountView]


class AccountAnswer(BaseModel):
    """One account."""

    account: AccountView


class TokensAnswer(BaseModel):
    """Tokens, the newest first."""

    tokens: list[TokenView]


class SecretAnswer(BaseModel):
    """A secret, shown this once, and the id by which its token is revoked."""

    id: UUID
    secret: str


class SessionsAnswer(BaseModel):
    """Open sessions, the last used first."""

    sessions: list[LoggedInView]


async def note_act(db: Database, actor: Actor, what: str, detail: str) -> None:
    """Write down what an administrator is about to do; where that fails, it stays as what he tried."""
    async with db.transaction(actor) as tx:
        await note_look(tx, actor, None, what, now(), detail=detail)


async def seat_for(db: Database, actor: Actor, body: Seat) -> seats.Seat:
    """Return the seat that an administrator gives somebody.

    Raises NotYourMove for one outside of his area, InvalidInput for one that nobody may have or that is not there.
    """
    if not covers(actor.area, body.area) or not covers(actor.area, body.desk or body.area):
        raise NotYourMove("That area is not in your administration.", code="not_your_area")
    seat = seats.seat_of(body.role, body.area, body.desk, body.unit)
    async with db.read(SYSTEM) as tx:
        await require_there(tx, seat)
    return seat


def account_view(row: object) -> AccountView:
    """Return an account's row as the API tells it."""
    get = row.__getattribute__
    return AccountView(
        id=get("id"),
        username=get("username"),
        name=get("display_name"),
        role=Role(get("role")),
        area=get("area"),
        desk=get("desk"),
        unit=get("unit_id"),
        demonstration=get("demonstration"),
        created_at=stamp(get("created_at")),
        disabled_at=maybe_stamp(get("disabled_at")),
    )


async def shown(db: Database, actor: Actor, account_id: UUID) -> AccountView:
    """Return an account of the administrator's area. Raises NotFound."""
    async with db.read(SYSTEM) as tx:
        return account_view(await account_in_area(tx, account_id, actor.area))


@router.get("/accounts")
async def list_accounts(actor: Admin, db: Db) -> AccountsAnswer:
    """List the accounts of the administrator's area."""
    async with db.read(SYSTEM) as tx:
        return AccountsAnswer(accounts=[account_view(row) for row in await accounts_in_area(tx, actor.area)])


@router.post("/accounts", status_code=201)
async def add_account(body: NewAccountBody, actor: Admin, db: Db) -> AccountAnswer:
    """Make an account. A weak password and a taken name are refused."""
    if body.role in WITHOUT_PASSWORD:
        raise InvalidInput(f"Nobody logs in as {body.role}. Make a token or a wall screen.")
    seat = await seat_for(db, actor, body)
    await note_act(db, actor, "account.add", f"{body.username} {body.role} {body.area}")
    new = acts.NewAccount(body.username, body.name, seat.role, seat.desk, seat.area, seat.unit)
    account_id = await acts.create_account(db, new, body.password, now())
    return AccountAnswer(account=await shown(db, actor, account_id))


@router.put("/accounts/{account_id}/password", status_code=204)
async def set_password(
    account_id: UUID, body: PasswordBody, actor: Admin, db: Db, known: KnownIdentities
) -> Response:
    """Give an account a new password and end its sessions."""
    account = await shown(db, actor, account_id)
    await note_act(db, actor, "account.password", account.username)
    await acts.set_password(db, account_id, body.password)
    known.forget()
    return Response(status_code=204)


@router.put("/accounts/{account_id}/role")
async def set_role(
    account_id: UUID, body: Seat, actor: Admin, db: Db, known: KnownIdentities
) -> AccountAnswer:
    """Give an account another role or area; it holds from the next request on, and open sockets end."""
    account = await shown(db, actor, account_id)
    if body.role in WITHOUT_PASSWORD:
        raise InvalidInput(f"Nobody logs in as {body.role}. Take another role.")
    seat = await seat_for(db, actor, body)
    await note_act(db, actor, "account.role", f"{account.username} {body.role} {body.area}")
    await acts.change_role(db, account_id, seat.role, seat.desk, seat.area, seat.unit)
    known.forget()
    return AccountAnswer(account=await shown(db, actor, account_id))


@router.delete("/accounts/{account_id}", status_code=204)
async def close_account(account_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """Close an account, its sessions and its tokens at once; what it did stays."""
    account = await shown(db, actor, account_id)
    if str(account.id) == actor.account_id:
        raise InvalidInput("Nobody closes his own account. Ask another administrator.")
    await note_act(db, actor, "account.close", account.username)
    await acts.disable_account(db, account_id, now())
    known.forget()
    return Response(status_code=204)


@router.get("/tokens")
async def list_tokens(actor: Admin, db: Db) -> TokensAnswer:
    """List the tokens of the administrator's area."""
    async with db.read(SYSTEM) as tx:
        rows = await tokens_in_area(tx, actor.area)
    return TokensAnswer(
        tokens=[
            TokenView(
                **{name: row[name] for name in ("id", "name", "role", "area", "desk", "account_id")},
                created_at=stamp(row["created_at"]),
                expires_at=maybe_stamp(row["expires_at"]),
                revoked_at=maybe_stamp(row["revoked_at"]),
            )
            for row in rows
        ]
    )


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


@router.post("/kiosks", status_code=201)
async def add_kiosk(body: NewKioskBody, actor: Admin, db: Db) -> SecretAnswer:
    """Make a wall screen, which only reads and is shown no sensitive place; its secret begins its sessions."""
    await seat_for(db, actor, Seat(role=Role.KIOSK, area=body.area))
    await note_act(db, actor, "kiosk.add", f"{body.name} {body.area}")
    token_id = uuid4()
    secret = await acts.create_kiosk(db, body.name, body.area, now(), token_id=token_id)
    return SecretAnswer(id=token_id, secret=secret)


@router.get("/sessions")
async def list_sessions(actor: Admin, db: Db) -> SessionsAnswer:
    """List the open sessions of the administrator's area."""
    async with db.read(SYSTEM) as tx:
        rows = await sessions_in_area(tx, actor.area, now())
    return SessionsAnswer(
        sessions=[
            LoggedInView(
                id=row["id"],
                username=row["username"],
                kind=row["kind"],
                address=row["address"],
                created_at=stamp(row["created_at"]),
                last_seen_at=stamp(row["last_seen_at"]),
                expires_at=stamp(row["expires_at"]),
            )
            for row in rows
        ]
    )


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """End somebody's session at once."""
    async with db.read(SYSTEM) as tx:
        mine = {row["id"]: row["username"] for row in await sessions_in_area(tx, actor.area, now())}
    if session_id in mine:  # one that is over already is no error
        await note_act(db, actor, "session.end", mine[session_id])
        await acts.end_session(db, session_id)
        known.forget()
    return Response(status_code=204)
