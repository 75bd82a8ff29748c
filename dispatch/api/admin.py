"""Administration of accounts: who may come in, and as what. For `admin`, in his area; every act is on the audit log.

What else lets in (tokens, wall screens, open sessions) is in `dispatch/api/credentials.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.actions import accounts as acts
from dispatch.actions.looks import note_look
from dispatch.administration import account_in_area, ends_with, page_of_accounts, units_at
from dispatch.api.caller import Areas, Caller, Db, KnownIdentities
from dispatch.api.cases import AreaCode, Clean, DeskId, Strict, UnitId
from dispatch.identities import Identities
from dispatch.people import desks_at
from dispatch.records import maybe_stamp, stamp
from dispatch.rules import passwords, seats
from dispatch.seats import require_there
from gis.actor import SYSTEM, Actor, Role, covers
from gis.clock import now
from gis.database import Database
from gis.errors import Conflict, InvalidInput, NotYourMove


async def admin(actor: Caller) -> Actor:
    """Return the caller. Raises NotYourMove for who is no administrator."""
    if actor.role is not Role.ADMIN:
        raise NotYourMove("This is for administrators.", code="not_of_your_role")
    return actor


Admin = Annotated[Actor, Depends(admin)]
# Without what nobody sees: two names that look alike must not be two people's.
Called = Annotated[str, Clean, Field(min_length=1, max_length=60)]
Sought = Annotated[str, Clean, Field(min_length=1, max_length=60)]
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


class AccountView(BaseModel):
    """An account; what opens it is shown to nobody."""

    id: UUID
    username: str
    name: str
    role: Role
    area: str
    desk: str
    unit: str | None
    opens_by: Literal["password", "sign_on", "screen", "demonstration"] = Field(
        description="What opens it. A demonstration account is there with the demonstration, and cannot be changed."
    )
    demonstration: bool
    created_at: str
    disabled_at: str | None
    sessions: int = Field(description="How many sessions it has open.")
    last_seen_at: str | None = Field(description="When one of them was last used.")


class AccountsWanted(BaseModel):
    """Which accounts. All that is asked for must hold."""

    model_config = ConfigDict(extra="forbid")

    text: Sought | None = Field(default=None, description="A part of the user name or of the name.")
    role: Role | None = Field(default=None, description="Wall screens are listed where `kiosk` is asked for.")
    area: AreaCode | None = Field(default=None, description="Those whose jurisdiction lies in this area.")
    state: Literal["open", "closed", "all"] = "all"
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=100, description="`next` of the page before.")


class AccountsAnswer(BaseModel):
    """A page of accounts by user name; `total` is how many fit, `next` the cursor of the page after this one."""

    accounts: list[AccountView]
    total: int
    next: str | None


class AccountAnswer(BaseModel):
    """One account."""

    account: AccountView


class EndsView(BaseModel):
    """What ends with an account: open sessions and tokens. What stays: its unit's tasks, and who else is that unit."""

    sessions: int
    tokens: int
    tasks: int
    others: int


class AccountSheet(AccountAnswer):
    """One account, and what would end with it."""

    ends: EndsView


class DeskChoice(BaseModel):
    """A desk where somebody may sit."""

    id: str
    name: str


class UnitChoice(BaseModel):
    """A unit that somebody may be; `crew` are the user names of those who are it already."""

    id: str
    name: str
    kind: str
    desk: str
    crew: list[str]


class AreaChoice(BaseModel):
    """An area one level below."""

    code: str
    name: str


class RoleChoice(BaseModel):
    """A role, by what it may come in, at which levels it works, and at which desks of this area: none says that it
    works elsewhere.
    """

    role: Role
    password: bool
    levels: list[str]
    desks: list[str]


class PasswordRule(BaseModel):
    """How long a password has to be."""

    shortest: int
    longest: int


class SeatsAnswer(BaseModel):
    """What seats there are in one area: its roles, its desks and units, and the areas below it to go on to."""

    area: str
    level: str
    roles: list[RoleChoice]
    desks: list[DeskChoice]
    units: list[UnitChoice]
    below: list[AreaChoice]
    passwords: PasswordRule


async def note_act(db: Database, actor: Actor, what: str, detail: str) -> None:
    """Write down what an administrator is about to do; where that fails, it stays as what he tried."""
    async with db.transaction(actor) as tx:
        await note_look(tx, actor, None, what, now(), detail=detail)


def require_area(actor: Actor, area: str) -> None:
    """Raise NotYourMove for an area outside of the administrator's."""
    if not covers(actor.area, area):
        raise NotYourMove("That area is not in your administration.", code="not_your_area")


async def seat_for(db: Database, actor: Actor, body: Seat) -> seats.Seat:
    """Return the seat that an administrator gives somebody.

    Raises NotYourMove for one outside of his area, InvalidInput for one that nobody may have or that is not there.
    """
    require_area(actor, body.area)
    require_area(actor, body.desk or body.area)
    seat = seats.seat_of(body.role, body.area, body.desk, body.unit)
    async with db.read(SYSTEM) as tx:
        await require_there(tx, seat)
    return seat


def require_login(role: Role) -> None:
    """Raise InvalidInput for a role that nobody logs in as."""
    if role in seats.WITHOUT_PASSWORD:
        raise InvalidInput(f"Nobody logs in as {role}. Make a token or a wall screen.", code="bad_seat")


def opens_by(row: Mapping[str, Any]) -> Literal["password", "sign_on", "screen", "demonstration"]:
    """Say what opens an account."""
    if row["demonstration"]:
        return "demonstration"
    if row["role"] == Role.KIOSK:
        return "screen"
    return "sign_on" if row["password_hash"] is None else "password"


def account_view(row: Mapping[str, Any]) -> AccountView:
    """Return an account's row as the API tells it."""
    return AccountView(
        **{
            name: row[name]
            for name in ("id", "username", "role", "area", "desk", "demonstration", "sessions")
        },
        name=row["display_name"],
        unit=row["unit_id"],
        opens_by=opens_by(row),
        created_at=stamp(row["created_at"]),
        disabled_at=maybe_stamp(row["disabled_at"]),
        last_seen_at=maybe_stamp(row["last_seen_at"]),
    )


async def sheet_of(db: Database, known: Identities, actor: Actor, account_id: UUID) -> AccountSheet:
    """Return an account of the administrator's area with what would end with it. Raises NotFound."""
    at = now()
    async with db.read(SYSTEM) as tx:
        row = await account_in_area(tx, account_id, actor.area, at, known.limits)
        ends = await ends_with(tx, row, at)
    return AccountSheet(account=account_view(row), ends=EndsView(**asdict(ends)))


def require_real(account: AccountView) -> None:
    """Raise Conflict for a demonstration account."""
    if account.demonstration:
        raise Conflict(
            "This is a demonstration account: it is there while the demonstration is, for everybody who tries it. "
            "Make an account of your own to try this.",
            code="demonstration_account",
        )


def require_other(account: AccountView, actor: Actor) -> None:
    """Raise InvalidInput for the administrator's own account: an area keeps who administrates it."""
    if str(account.id) == actor.account_id:
        raise InvalidInput(
            "Nobody closes his own account or changes his own role. Ask another administrator.",
            code="own_account",
        )


def require_person(account: AccountView) -> None:
    """Raise Conflict for a wall screen, whose token would come in as whatever its account became."""
    if account.role is Role.KIOSK:
        raise Conflict("This is a wall screen. Revoke it, and make another.", code="wall_screen")


@router.get("/seats")
async def list_seats(
    actor: Admin,
    db: Db,
    areas: Areas,
    area: Annotated[
        AreaCode | None, Query(description="The administrator's own where it is left out.")
    ] = None,
) -> SeatsAnswer:
    """List which seats there are in an area, so that a form offers what `POST …/accounts` takes, and nothing else."""
    code = area or actor.area
    require_area(actor, code)
    here = areas.get(code)
    async with db.read(SYSTEM) as tx:
        desks = {desk.id: desk.name for desk in await desks_at(tx, code, seats.usual_desks(code))}
        units = await units_at(tx, code, [*desks])
    choices = [
        RoleChoice(
            role=role,
            password=role not in seats.WITHOUT_PASSWORD,
            levels=list(seats.levels_of(role)),
            desks=seats.desks_for(role, code, desks),
        )
        for role in Role
        if seats.levels_of(role)
    ]
    return SeatsAnswer(
        area=code,
        level=here.level,
        roles=choices,
        desks=[DeskChoice(id=desk, name=name) for desk, name in desks.items()],
        units=[UnitChoice(**{**row, "crew": row["crew"] or []}) for row in units],
        below=[AreaChoice(code=one.code, name=one.name) for one in areas.children(code)],
        passwords=PasswordRule(shortest=passwords.SHORTEST, longest=passwords.LONGEST),
    )


@router.get("/accounts")
async def list_accounts(
    wanted: Annotated[AccountsWanted, Query()], actor: Admin, db: Db, known: KnownIdentities
) -> AccountsAnswer:
    """List the accounts of the administrator's area, or of one in it."""
    area = wanted.area or actor.area
    require_area(actor, area)
    async with db.read(SYSTEM) as tx:
        page = await page_of_accounts(
            tx,
            area,
            now(),
            known.limits,
            text=wanted.text,
            role=wanted.role,
            is_closed=None if wanted.state == "all" else wanted.state == "closed",
            after=wanted.cursor,
            limit=wanted.limit,
        )
    following = page.rows[-1]["username"] if page.more else None
    return AccountsAnswer(accounts=[account_view(row) for row in page.rows], total=page.total, next=following)


@router.get("/accounts/{account_id}")
async def show_account(account_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> AccountSheet:
    """Show an account, and what would end with it."""
    return await sheet_of(db, known, actor, account_id)


@router.post("/accounts", status_code=201)
async def add_account(body: NewAccountBody, actor: Admin, db: Db, known: KnownIdentities) -> AccountAnswer:
    """Make an account. A weak password and a taken name are refused."""
    require_login(body.role)
    seat = await seat_for(db, actor, body)
    await note_act(db, actor, "account.add", f"{body.username} {body.role} {body.area}")
    new = acts.NewAccount(body.username, body.name, seat.role, seat.desk, seat.area, seat.unit)
    account_id = await acts.create_account(db, new, body.password, now())
    return AccountAnswer(account=(await sheet_of(db, known, actor, account_id)).account)


@router.put("/accounts/{account_id}/password", status_code=204)
async def set_password(
    account_id: UUID, body: PasswordBody, actor: Admin, db: Db, known: KnownIdentities
) -> Response:
    """Give an account a new password and end its sessions."""
    account = (await sheet_of(db, known, actor, account_id)).account
    require_real(account)
    require_person(account)
    await note_act(db, actor, "account.password", account.username)
    await acts.set_password(db, account_id, body.password)
    known.forget()
    return Response(status_code=204)


@router.put("/accounts/{account_id}/role")
async def set_role(
    account_id: UUID, body: Seat, actor: Admin, db: Db, known: KnownIdentities
) -> AccountAnswer:
    """Give an account another role or area; it holds from the next request on, and open sockets end."""
    account = (await sheet_of(db, known, actor, account_id)).account
    require_real(account)
    require_person(account)
    require_other(account, actor)
    require_login(body.role)
    seat = await seat_for(db, actor, body)
    await note_act(db, actor, "account.role", f"{account.username} {body.role} {body.area}")
    await acts.change_role(db, account_id, seat.role, seat.desk, seat.area, seat.unit)
    known.forget()
    return AccountAnswer(account=(await sheet_of(db, known, actor, account_id)).account)


@router.delete("/accounts/{account_id}", status_code=204)
async def close_account(account_id: UUID, actor: Admin, db: Db, known: KnownIdentities) -> Response:
    """Close an account, its sessions and its tokens at once; what it did stays."""
    account = (await sheet_of(db, known, actor, account_id)).account
    require_real(account)
    require_other(account, actor)
    await note_act(db, actor, "account.close", account.username)
    await acts.disable_account(db, account_id, now())
    known.forget()
    return Response(status_code=204)
