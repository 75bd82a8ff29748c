"""The one writer of the robots' credentials: a token for each demonstration account, and for each gateway.

A robot is nobody by itself: it may do what the account may whose token it bears, and its facts on the log carry the
account's name. Tokens live for one run of the simulation; the next run's take their place.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.accounts import new_secret
from dispatch.identities import digest_of
from dispatch.tables_accounts import accounts, tokens
from gis.actor import SYSTEM, Role
from gis.database import Database
from gis.errors import NotYourMove
from layers.tables import areas, data_sets

# Whose work the robots do. An auditor or an administrator has none that keeps a county alive.
WORKING_ROLES = (
    Role.DISPATCHER,
    Role.LEADER,
    Role.DUTY_OFFICER,
    Role.VILLAGE_OFFICER,
    Role.GRID_OFFICER,
    Role.DEPARTMENT,
    Role.MEDIATOR,
)


@dataclass(frozen=True, slots=True)
class RobotToken:
    """What a robot is given: its secret, and who it is with it."""

    token: str
    role: str
    desk: str
    area: str
    name: str
    unit_id: str | None = None


async def issue_robot_tokens(db: Database, at: datetime) -> list[dict[str, Any]]:
    """Withdraw all robots' tokens, make new ones, and return them: they are shown this once.

    Raises NotYourMove where the county's data are real.
    """
    async with db.transaction(SYSTEM) as tx:
        if not await tx.scalar(select(func.bool_and(data_sets.c.demonstration))):
            raise NotYourMove(
                "robots live in the demonstration county alone, and this county's data are real",
                code="not_demonstration",
            )
        await tx.execute(delete(tokens).where(tokens.c.robot))
        made = [*await _of_accounts(tx, at), *await _of_gateways(tx, at)]
        if made:
            await tx.execute(insert(tokens), [row for row, _ in made])
    return [asdict(given) for _, given in made]


def _token(at: datetime, account_id: object, given: RobotToken) -> tuple[dict[str, object], RobotToken]:
    row: dict[str, object] = asdict(given)
    del row["token"]
    row |= {"id": uuid4(), "digest": digest_of(given.token), "account_id": account_id, "created_at": at}
    return row | {"robot": True, "demonstration": True}, given


async def _of_accounts(tx: AsyncConnection, at: datetime) -> list[tuple[dict[str, object], RobotToken]]:
    people = await tx.execute(
        select(accounts)
        .where(accounts.c.demonstration, accounts.c.disabled_at.is_(None), accounts.c.role.in_(WORKING_ROLES))
        .order_by(accounts.c.username)
    )
    return [
        _token(
            at, one.id, RobotToken(new_secret(), one.role, one.desk, one.area, one.display_name, one.unit_id)
        )
        for one in people
    ]


async def _of_gateways(tx: AsyncConnection, at: datetime) -> list[tuple[dict[str, object], RobotToken]]:
    """Each township has one gateway that gathers its radios' and phones' fixes; the county has the hotline's."""
    places = await tx.execute(
        select(areas.c.code, areas.c.name, areas.c.level).where(areas.c.level.in_(("county", "township")))
    )
    return [
        _token(
            at,
            None,
            RobotToken(
                new_secret(),
                Role.DEVICE.value,
                place.code,
                place.code,
                f"{place.name} {'12345' if place.level == 'county' else 'AVL'}",
            ),
        )
        for place in places
    ]
