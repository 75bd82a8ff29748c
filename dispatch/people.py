"""What is read of desks and accounts: names, telephones, and who is there to sit down as."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.rules.usernames import folded
from dispatch.tables import desks, units
from dispatch.tables_accounts import accounts, sessions
from gis.actor import Actor, Role, code_range
from gis.errors import NotFound
from layers.tables import LENGTH_OF_LEVEL, data_sets


async def is_demonstration(tx: AsyncConnection) -> bool:
    """Say whether every data set that is loaded is a demonstration; without data it is none."""
    return bool(await tx.scalar(select(func.bool_and(data_sets.c.demonstration))))


async def lacks_people(tx: AsyncConnection) -> bool:
    """Say whether this is a demonstration whose desks nobody has filled yet."""
    return await is_demonstration(tx) and (await tx.execute(select(units.c.id).limit(1))).first() is None


async def desk_name(tx: AsyncConnection, desk: str) -> str | None:
    """Return what a desk is called, None where the directory does not have it."""
    return await tx.scalar(select(desks.c.name).where(desks.c.id == desk))


async def desk_to_ring(tx: AsyncConnection, desk: str) -> tuple[str | None, str | None]:
    """Return what a desk is called and its telephone, None where the directory does not have it."""
    row = (await tx.execute(select(desks.c.name, desks.c.telephone).where(desks.c.id == desk))).first()
    return (row.name, row.telephone) if row else (None, None)


def above(code: str) -> list[str]:
    """Return the codes of the areas that hold `code`, itself included, from the county down."""
    return [code[:length] for length in sorted(LENGTH_OF_LEVEL.values()) if length <= len(code)]


async def directory(tx: AsyncConnection, actor: Actor) -> Sequence[Any]:
    """Return the desks that an actor may ring up, in order of their ids: rows of `desks`.

    That is his own and those above; for those who see by place all in their area; departments for whoever
    works for the whole county or in one.
    """
    lo, hi = actor.range
    mine = or_(
        desks.c.id == actor.desk,
        and_(desks.c.kind == "area", desks.c.id.in_(above(actor.area))),
        and_(desks.c.kind == "area", desks.c.area_code >= lo, desks.c.area_code < hi),
    )
    if len(actor.area) <= LENGTH_OF_LEVEL["county"]:
        low, high = code_range(actor.area)
        mine = or_(
            mine, and_(desks.c.kind == "department", desks.c.area_code >= low, desks.c.area_code < high)
        )
    return (await tx.execute(select(desks).where(mine).order_by(desks.c.id))).all()


async def desks_at(tx: AsyncConnection, area: str, usual: Sequence[str]) -> Sequence[Any]:
    """Return the desks at which people of an area may sit: rows of `desks`.

    First the one of its `usual` desks that is there, the nearest; then its departments and teams by their ids.
    """
    mine = and_(desks.c.kind == "department", desks.c.area_code == area)
    found = (
        await tx.execute(select(desks).where(or_(mine, desks.c.id.in_(usual))).order_by(desks.c.id))
    ).all()
    near = sorted((desk for desk in found if desk.id in usual), key=lambda desk: usual.index(desk.id))
    return [*near[:1], *(desk for desk in found if desk.id not in usual)]


async def demonstration_account(
    tx: AsyncConnection, role: Role, area: str | None, desk: str | None
) -> Any | None:
    """Return the demonstration account of a role that the fewest people sit at just now, None if none is.

    `area` is a code: the account's own area lies in it; of several areas the first in order of codes.
    """
    seated = (
        select(func.count())
        .select_from(sessions)
        .where(sessions.c.account_id == accounts.c.id, sessions.c.expires_at > func.now())
        .scalar_subquery()
    )
    query = select(accounts).where(
        accounts.c.demonstration,
        accounts.c.disabled_at.is_(None),
        accounts.c.role == role.value,
    )
    if area is not None:
        lo, hi = code_range(area)
        query = query.where(accounts.c.area >= lo, accounts.c.area < hi)
    if desk is not None:
        query = query.where(accounts.c.desk == desk)
    return (
        await tx.execute(
            query.order_by(accounts.c.area, accounts.c.desk, seated, accounts.c.username).limit(1)
        )
    ).one_or_none()


async def account_named(tx: AsyncConnection, username: str) -> UUID:
    """Return the id of the account with this user name, however it is written. Raises NotFound."""
    named = select(accounts.c.id).where(accounts.c.username_folded == folded(username))
    found: UUID | None = await tx.scalar(named)
    if found is None:
        raise NotFound(f"There is no account {username}. `wall account list` shows those there are.")
    return found


async def list_accounts(tx: AsyncConnection) -> Sequence[Any]:
    """Return the accounts of real people and wall screens, by user name: rows of `accounts`."""
    query = select(accounts).where(~accounts.c.demonstration).order_by(accounts.c.username)
    return (await tx.execute(query)).all()
