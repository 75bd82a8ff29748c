"""What an administrator reads of his area: accounts, tokens, wall screens and sessions, page by page.

Every query is held to an area by its code; whoever asks has shown that it is his.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.identities import SessionLimits, is_open
from dispatch.rules.vocabulary import OPEN_ASSIGNMENT
from dispatch.tables import assignments, units
from dispatch.tables_accounts import accounts, sessions, tokens
from gis.actor import Role, code_range
from gis.errors import NotFound

Place = tuple[datetime, UUID]
"""A place in a list that is told the newest first: when a row was made, and its id."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, how many there are in all, and whether more come after these."""

    rows: Sequence[dict[str, Any]]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Ends:
    """What an account has that ends with it, or stays behind: open sessions, good tokens, tasks of its unit, and who
    else is that unit.
    """

    sessions: int
    tokens: int
    tasks: int
    others: int


def within(column: Any, area: str) -> ColumnElement[bool]:
    """Return the condition that a code lies in an area."""
    lo, hi = code_range(area)
    return and_(column >= lo, column < hi)


def says(text: str, *columns: Any) -> ColumnElement[bool]:
    """Return the condition that one of the columns holds a text, however it is written."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


async def page_of(
    tx: AsyncConnection, query: Select[*tuple[Any, ...]], begin: ColumnElement[bool] | None, limit: int
) -> Page:
    """Return the page of an ordered query that begins where `begin` holds."""
    total = await tx.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    if begin is not None:
        query = query.where(begin)
    rows = [dict(row) for row in (await tx.execute(query.limit(limit + 1))).mappings()]
    return Page(rows[:limit], total or 0, len(rows) > limit)


async def page_of_accounts(
    tx: AsyncConnection,
    area: str,
    at: datetime,
    limits: SessionLimits,
    *,
    text: str | None = None,
    role: Role | None = None,
    is_closed: bool | None = None,
    after: str | None = None,
    limit: int,
) -> Page:
    """Return accounts whose jurisdiction lies in an area, by user name, with how many sessions each has open.

    Wall screens are none of them, unless that role is asked for. The page goes on `after` a user name.
    """
    query = _accounts(at, limits).where(within(accounts.c.area, area))
    query = query.where(accounts.c.role == role if role else accounts.c.role != Role.KIOSK)
    if text is not None:
        query = query.where(says(text, accounts.c.username, accounts.c.display_name))
    if is_closed is not None:
        query = query.where(accounts.c.disabled_at.is_not(None) == is_closed)
    begin = None if after is None else accounts.c.username > after
    return await page_of(tx, query.order_by(accounts.c.username), begin, limit)


async def account_in_area(
    tx: AsyncConnection, account_id: UUID, area: str, at: datetime, limits: SessionLimits
) -> dict[str, Any]:
    """Return an account whose jurisdiction lies in an area. Raises NotFound."""
    query = _accounts(at, limits).where(accounts.c.id == account_id, within(accounts.c.area, area))
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such account in your area.", code="no_such_account")
    return dict(row)


async def ends_with(tx: AsyncConnection, account: Mapping[str, Any], at: datetime) -> Ends:
    """Return what ends when an account of `account_in_area` is closed, and what it leaves behind."""
    good = and_(
        tokens.c.account_id == account["id"],
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > at),
    )
    unit = account["unit_id"] or ""
    tasks = and_(assignments.c.unit == unit, assignments.c.state.in_(OPEN_ASSIGNMENT))
    others = and_(
        accounts.c.unit_id == unit,
        accounts.c.id != account["id"],
        accounts.c.disabled_at.is_(None),
    )
    counts = [
        select(func.count()).where(condition).scalar_subquery().label(name)
        for name, condition in (("tokens", good), ("tasks", tasks), ("others", others))
    ]
    row = (await tx.execute(select(*counts))).one()
    return Ends(account["sessions"], row.tokens, row.tasks, row.others)


async def page_of_tokens(
    tx: AsyncConnection,
    area: str,
    at: datetime,
    *,
    text: str | None = None,
    is_over: bool | None = None,
    after: Place | None = None,
    limit: int,
) -> Page:
    """Return the tokens whose jurisdiction lies in an area, the newest first; those of wall screens are theirs."""
    query = select(tokens).where(
        within(tokens.c.area, area), ~tokens.c.demonstration, tokens.c.account_id.is_(None)
    )
    over = or_(tokens.c.revoked_at.is_not(None), func.coalesce(tokens.c.expires_at <= at, False))
    return await _newest_given(tx, query, over, text, is_over, after, limit)


async def token_in_area(tx: AsyncConnection, token_id: UUID, area: str, *, role: Role | None = None) -> str:
    """Return what a token of an area is called, be it of any role or of one. Raises NotFound."""
    mine = select(tokens.c.name).where(tokens.c.id == token_id, within(tokens.c.area, area))
    found: str | None = await tx.scalar(mine if role is None else mine.where(tokens.c.role == role))
    if found is None:
        raise NotFound("There is no such token in your area.", code="no_such_token")
    return found


async def page_of_kiosks(
    tx: AsyncConnection,
    area: str,
    at: datetime,
    *,
    text: str | None = None,
    is_over: bool | None = None,
    after: Place | None = None,
    limit: int,
) -> Page:
    """Return the wall screens of an area, the newest first: by what each is revoked, and whether it shows anything."""
    shown = and_(sessions.c.account_id == tokens.c.account_id, sessions.c.expires_at > at)
    query = (
        select(
            *(tokens.c[name] for name in ("id", "name", "area", "created_at")),
            func.coalesce(accounts.c.disabled_at, tokens.c.revoked_at).label("revoked_at"),
            select(func.count()).where(shown).scalar_subquery().label("showing"),
            select(func.max(sessions.c.last_seen_at)).where(shown).scalar_subquery().label("last_seen_at"),
        )
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(within(tokens.c.area, area), tokens.c.role == Role.KIOSK)
    )
    over = or_(accounts.c.disabled_at.is_not(None), tokens.c.revoked_at.is_not(None))
    return await _newest_given(tx, query, over, text, is_over, after, limit)


async def page_of_sessions(
    tx: AsyncConnection,
    area: str,
    at: datetime,
    limits: SessionLimits,
    *,
    text: str | None = None,
    role: Role | None = None,
    after: Place | None = None,
    limit: int,
) -> Page:
    """Return the open sessions of accounts in an area, the newest first."""
    query = (
        select(
            *(
                sessions.c[name]
                for name in ("id", "kind", "address", "created_at", "last_seen_at", "expires_at")
            ),
            *(accounts.c[name] for name in ("username", "role", "area", "desk")),
            accounts.c.display_name.label("name"),
            accounts.c.id.label("account_id"),
        )
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(within(accounts.c.area, area), is_open(at, limits))
    )
    if text is not None:
        query = query.where(
            says(text, accounts.c.username, accounts.c.display_name, func.coalesce(sessions.c.address, ""))
        )
    if role is not None:
        query = query.where(accounts.c.role == role)
    newest = query.order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    return await page_of(tx, newest, _after(sessions.c.created_at, sessions.c.id, after), limit)


async def whose_session(tx: AsyncConnection, session_id: UUID, area: str) -> str | None:
    """Return whose session of an area this is, None where it is over or none of that area."""
    query = (
        select(accounts.c.username)
        .join(sessions, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.id == session_id, within(accounts.c.area, area))
    )
    found: str | None = await tx.scalar(query)
    return found


async def units_at(tx: AsyncConnection, area: str, desks: Sequence[str]) -> Sequence[RowMapping]:
    """Return the units of desks that lie in an area; `crew` are the user names that are each already, or null."""
    crew = (
        select(func.array_agg(accounts.c.username))
        .where(accounts.c.unit_id == units.c.id, accounts.c.disabled_at.is_(None), ~accounts.c.demonstration)
        .scalar_subquery()
    )
    query = select(*(units.c[name] for name in ("id", "name", "kind", "desk")), crew.label("crew")).where(
        units.c.desk.in_(desks), within(units.c.area_code, area)
    )
    return (await tx.execute(query.order_by(units.c.id).limit(500))).mappings().all()


def _accounts(at: datetime, limits: SessionLimits) -> Select[*tuple[Any, ...]]:
    """Return the query of accounts, each with its open sessions and when one was last used."""
    mine = and_(sessions.c.account_id == accounts.c.id, is_open(at, limits))
    return select(
        accounts,
        select(func.count()).where(mine).scalar_subquery().label("sessions"),
        select(func.max(sessions.c.last_seen_at)).where(mine).scalar_subquery().label("last_seen_at"),
    )


def _after(at: Any, row_id: Any, place: Place | None) -> ColumnElement[bool] | None:
    return None if place is None else tuple_(at, row_id) < place


async def _newest_given(
    tx: AsyncConnection,
    query: Select[*tuple[Any, ...]],
    over: ColumnElement[bool],
    text: str | None,
    is_over: bool | None,
    after: Place | None,
    limit: int,
) -> Page:
    """Return a page of what was given out as tokens, the newest first; `over` says which of it is good no more."""
    if text is not None:
        query = query.where(says(text, tokens.c.name))
    if is_over is not None:
        query = query.where(over == is_over)
    newest = query.order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
    return await page_of(tx, newest, _after(tokens.c.created_at, tokens.c.id, after), limit)
