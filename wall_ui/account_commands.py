"""Who may come in, from the command line: `wall account …`, `wall kiosk`, `wall token`.

Imports stand inside the commands, because those of the database take longer than most commands live.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.errors import InvalidInput
from wall_ui.console import tell

if TYPE_CHECKING:
    from dispatch.rules.seats import Seat
    from gis.database import Database

T = TypeVar("T")
MOST_LINES = 10_000

accounts = typer.Typer(no_args_is_help=True, help="Accounts that people log in with.")

Username = Annotated[str, typer.Argument(help="The name that he logs in with.")]
Password = Annotated[
    str,
    typer.Option(
        prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where it is not named."
    ),
]
AreaCode = Annotated[str, typer.Option(help="The area code that the jurisdiction covers.")]


def with_database(work: Callable[["Database"], Awaitable[T]]) -> T:
    """Run `work` on the database that the settings name, and return what it found."""

    from gis.database import Database
    from wall_ui.command_line import load_settings
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import reached

    async def run(url: str) -> T:
        db = Database(url)
        try:
            return await work(db)
        finally:
            await db.close()

    with StopInOrder(), reached(load_settings()) as urls:
        return asyncio.run(run(urls.app))
    raise typer.Exit(1)  # a stop has ended the program by now


def require_login(role: Role) -> None:
    """Raise InvalidInput for a role that nobody logs in as."""
    from dispatch.rules.seats import WITHOUT_PASSWORD

    if role in WITHOUT_PASSWORD:
        raise InvalidInput(f"Nobody logs in as {role}. Use `wall token` or `wall kiosk`.")


async def require_seat(db: "Database", seat: "Seat") -> None:
    """Raise InvalidInput for a seat that the county does not have."""
    from dispatch.seats import require_there

    async with db.read(SYSTEM) as tx:
        await require_there(tx, seat)


@accounts.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="What screens and the log call him.")],
    role: Annotated[Role, typer.Option(help="What he is to the centre.")],
    area: AreaCode,
    password: Password,
    desk: Annotated[str | None, typer.Option(help="Where he sits: an area code, or area/department.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit that he is, for officers in the field.")] = None,
) -> None:
    """Make an account."""
    from dispatch.actions.accounts import NewAccount, create_account
    from dispatch.rules.seats import seat_of

    require_login(role)
    seat = seat_of(role, area, desk, unit)

    async def make(db: "Database") -> None:
        await require_seat(db, seat)
        new = NewAccount(username, name, role, seat.desk, area, unit_id=unit)
        await create_account(db, new, password, now())

    with_database(make)
    tell(f"{username} can log in now.")


@accounts.command("password")
def change_password(username: Username, password: Password) -> None:
    """Give an account a new password and end its sessions."""
    from dispatch.actions.accounts import set_password
    from dispatch.people import account_named

    async def change(db: "Database") -> None:
        async with db.read(SYSTEM) as tx:
            account_id = await account_named(tx, username)
        await set_password(db, account_id, password)

    with_database(change)
    tell(f"{username} has a new password; the sessions before it are ended.")


@accounts.command("disable")
def disable(username: Username) -> None:
    """Close an account, its sessions and its tokens at once; what it did stays."""
    from dispatch.actions.accounts import disable_account
    from dispatch.people import account_named

    async def close(db: "Database") -> None:
        async with db.read(SYSTEM) as tx:
            account_id = await account_named(tx, username)
        await disable_account(db, account_id, now())

    with_database(close)
    tell(f"{username} is closed.")


@accounts.command("list")
def show() -> None:
    """List the accounts of real people and wall screens."""
    from dispatch.people import list_accounts

    async def read(db: "Database") -> list[str]:
        async with db.read(SYSTEM) as tx:
            return [
                f"{row.username}\t{row.role}\t{row.desk}\t{row.display_name}"
                + ("\tclosed" if row.disabled_at else "")
                for row in await list_accounts(tx)
            ]

    for line in with_database(read):
        print(line)


@accounts.command("role")
def change_role(
    username: Username,
    role: Annotated[Role, typer.Option(help="What he is from now on.")],
    area: AreaCode,
    desk: Annotated[str | None, typer.Option(help="Where he sits: an area code, or area/department.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit that he is, for officers in the field.")] = None,
) -> None:
    """Give an account another role and area; it holds within a second, for open sessions too."""
    from dispatch.actions.accounts import change_role as change
    from dispatch.people import account_named
    from dispatch.rules.seats import seat_of

    require_login(role)
    seat = seat_of(role, area, desk, unit)

    async def work(db: "Database") -> None:
        await require_seat(db, seat)
        async with db.read(SYSTEM) as tx:
            account_id = await account_named(tx, username)
        await change(db, account_id, role, seat.desk, area, unit)

    with_database(work)
    tell(f"{username} is {role} of {area} now.")


@accounts.command("sessions")
def sessions(
    end: Annotated[UUID | None, typer.Option(help="End this session at once.")] = None,
) -> None:
    """List the open sessions, or end one."""
    from dispatch.actions.accounts import end_session
    from dispatch.administration import page_of_sessions
    from dispatch.identities import SessionLimits

    async def work(db: "Database") -> list[str]:
        if end is not None:
            await end_session(db, end)
        async with db.read(SYSTEM) as tx:
            page = await page_of_sessions(tx, "", now(), SessionLimits(), limit=MOST_LINES)
        return [
            f"{row['id']}\t{row['username']}\t{row['kind']}\t{row['last_seen_at']:%Y-%m-%d %H:%M}Z"
            for row in page.rows
        ]

    for line in with_database(work):
        print(line)


@accounts.command("tokens")
def tokens(
    revoke: Annotated[UUID | None, typer.Option(help="Revoke this token at once.")] = None,
) -> None:
    """List the tokens of programs, devices and wall screens, or revoke one."""
    from dispatch.actions.accounts import revoke_token
    from dispatch.administration import page_of_kiosks, page_of_tokens

    async def work(db: "Database") -> list[str]:
        if revoke is not None:
            await revoke_token(db, revoke, now())
        async with db.read(SYSTEM) as tx:
            given = await page_of_tokens(tx, "", now(), limit=MOST_LINES)
            screens = await page_of_kiosks(tx, "", now(), limit=MOST_LINES)
        told = [(row, row["role"], row["desk"]) for row in given.rows]
        told += [(row, Role.KIOSK, row["area"]) for row in screens.rows]
        return [
            f"{row['id']}\t{row['name']}\t{role}\t{desk}" + ("\trevoked" if row["revoked_at"] else "")
            for row, role, desk in told
        ]

    for line in with_database(work):
        print(line)


def kiosk(
    area: AreaCode,
    name: Annotated[str, typer.Option(help="Which screen it is, such as the hall it hangs in.")] = "wall",
) -> None:
    """Make a wall screen, which only reads, and print its token, this once.

    The screen's start page is /login#screen=TOKEN; a browser may also log in with it at /login.
    """
    from dispatch.actions.accounts import create_kiosk
    from dispatch.rules.seats import seat_of

    seat = seat_of(Role.KIOSK, area)

    async def make(db: "Database") -> str:
        await require_seat(db, seat)
        return await create_kiosk(db, name, area, now())

    print(with_database(make))


def token(
    role: Annotated[Role, typer.Option(help="What its bearer is to the centre.")],
    area: AreaCode,
    name: Annotated[str, typer.Option(help="What the log calls its bearer.")] = "API",
    desk: Annotated[
        str | None, typer.Option(help="Where its bearer sits; the area's own desk if not named.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="The unit that its bearer is, in the field.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Valid for so many days; without end if not named.")
    ] = None,
) -> None:
    """Make an API token with a jurisdiction and print it, this once; the database keeps only its hash."""
    from dispatch.actions.accounts import create_token
    from dispatch.rules.seats import seat_of

    seat, at = seat_of(role, area, desk, unit), now()
    expires_at = None if days is None else at + timedelta(days=days)

    async def make(db: "Database") -> str:
        await require_seat(db, seat)
        return await create_token(
            db, role, area, name, at, desk=seat.desk, unit_id=unit, expires_at=expires_at
        )

    print(with_database(make))
