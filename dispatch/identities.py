"""Who a credential stands for: sessions and tokens, read from the database and remembered for half a second.

What is remembered is forgotten by itself after `REMEMBERED_S`, in every process, so that a withdrawn role,
a disabled account or a revoked token ends at once; in the process that changed it, `forget` is immediate.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.tables_accounts import accounts, sessions, tokens
from gis.actor import SYSTEM, Actor, Role
from gis.database import Database

REMEMBERED_S = 0.5
REMEMBERED_MOST = 20_000


class SessionKind(StrEnum):
    """What sits at the other end of a session."""

    HUMAN = "human"
    KIOSK = "kiosk"
    ROBOT = "robot"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts when nobody uses it, and at most."""

    idle: timedelta = timedelta(hours=8)
    absolute: timedelta = timedelta(hours=24)
    kiosk: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Identity:
    """An authenticated actor and how he came in.

    `account_id` is None for a token without an account, `session_id` for every token.
    """

    actor: Actor
    language: str = "zh"
    account_id: UUID | None = None
    session_id: UUID | None = None
    kind: SessionKind | None = None
    last_seen_at: datetime | None = None
    csrf: str | None = None

    @property
    def by_cookie(self) -> bool:
        """Say whether a browser sends this credential by itself, so that CSRF has to be thought of."""
        return self.session_id is not None

    def reading(self, language: str) -> "Identity":
        """Return the same identity, reading another language."""
        return replace(self, language=language)


def digest_of(secret: str) -> bytes:
    """Return what is stored of a session or token."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(secret: str) -> str:
    """Derive a session's CSRF token from its secret: nothing more to store, and a dump reveals neither."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_open(at: datetime, limits: SessionLimits) -> ColumnElement[bool]:
    """Return the condition that a session is not over: neither by its end nor, but for a wall screen, by idleness."""
    used = or_(sessions.c.kind == SessionKind.KIOSK.value, sessions.c.last_seen_at > at - limits.idle)
    return and_(sessions.c.expires_at > at, used)


async def sessions_behind(
    tx: AsyncConnection, digests: AbstractSet[bytes], at: datetime, limits: SessionLimits
) -> dict[bytes, Identity]:
    """Return whose sessions these are; left out is what is unknown, over, or of a disabled account."""
    rows = await tx.execute(
        select(
            sessions.c.digest,
            sessions.c.id.label("session_id"),
            sessions.c.kind,
            sessions.c.last_seen_at,
            sessions.c.demonstration.label("demonstration_session"),
            accounts,
        )
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(
            sessions.c.digest.in_(digests),
            is_open(at, limits),
            accounts.c.disabled_at.is_(None),
        )
    )
    return {
        row.digest: Identity(
            actor=actor_of(row, demonstration=row.demonstration or row.demonstration_session),
            language=row.language,
            account_id=row.id,
            session_id=row.session_id,
            kind=SessionKind(row.kind),
            last_seen_at=row.last_seen_at,
        )
        for row in rows
    }


async def tokens_behind(
    tx: AsyncConnection, digests: AbstractSet[bytes], at: datetime
) -> dict[bytes, Identity]:
    """Return whose tokens these are; left out is what is unknown, revoked, over, or of a disabled account."""
    good = and_(
        tokens.c.digest.in_(digests),
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > at),
    )
    of_themselves = await tx.execute(select(tokens).where(good, tokens.c.account_id.is_(None)))
    found = {row.digest: Identity(actor=actor_of(row, name=row.name)) for row in of_themselves}
    of_accounts = await tx.execute(
        select(tokens.c.digest, tokens.c.robot.label("robot_token"), accounts)
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(good, accounts.c.disabled_at.is_(None))
    )
    for row in of_accounts:
        actor = actor_of(row, robot=row.robot or row.robot_token)
        found[row.digest] = Identity(actor=actor, language=row.language, account_id=row.id)
    return found


async def actors_behind(
    tx: AsyncConnection, digests: AbstractSet[bytes], at: datetime, limits: SessionLimits
) -> dict[bytes, Actor]:
    """Return the actors that these digests of sessions and tokens stand for just now."""
    by_session = await sessions_behind(tx, digests, at, limits)
    by_token = await tokens_behind(tx, digests - by_session.keys(), at)
    return {digest: identity.actor for digest, identity in (by_session | by_token).items()}


def actor_of(
    row: Row[tuple[object, ...]],
    *,
    name: str | None = None,
    robot: bool | None = None,
    demonstration: bool | None = None,
) -> Actor:
    """Return the actor that a row of accounts or tokens describes."""
    return Actor(
        account_id=str(row.id),
        name=row.display_name if name is None else name,
        role=Role(row.role),
        desk=row.desk,
        area=row.area,
        unit_id=row.unit_id,
        robot=row.robot if robot is None else robot,
        demonstration=row.demonstration if demonstration is None else demonstration,
    )


class Identities:
    """The credentials of one application process."""

    def __init__(self, db: Database, limits: SessionLimits | None = None) -> None:
        self.db = db
        self.limits = limits or SessionLimits()
        self._known: OrderedDict[bytes, tuple[datetime, Identity | None]] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[Identity | None]] = {}

    async def of_session(self, secret: str, at: datetime) -> Identity | None:
        """Return whose session this is, as of less than `REMEMBERED_S` ago."""
        digest = digest_of(secret)

        async def ask() -> Identity | None:
            async with self.db.read(SYSTEM) as tx:
                found = (await sessions_behind(tx, {digest}, at, self.limits)).get(digest)
            return found and replace(found, csrf=csrf_of(secret))

        return await self._known_or_asked(b"s" + digest, at, ask)

    async def of_token(self, secret: str, at: datetime) -> Identity | None:
        """Return whose token this is, as of less than `REMEMBERED_S` ago."""
        digest = digest_of(secret)

        async def ask() -> Identity | None:
            async with self.db.read(SYSTEM) as tx:
                return (await tokens_behind(tx, {digest}, at)).get(digest)

        return await self._known_or_asked(b"t" + digest, at, ask)

    def known(self, secret: str, at: datetime, *, is_token: bool) -> Identity | None:
        """Return whose session or token this is where that is remembered; None says to ask for it."""
        known = self._remembered((b"t" if is_token else b"s") + digest_of(secret), at)
        return known[1] if known else None

    def forget(self) -> None:
        """Forget everything: some account, session or token of this process's doing has changed."""
        self._known.clear()
        self._asking.clear()

    async def _known_or_asked(
        self, key: bytes, at: datetime, ask: Callable[[], Awaitable[Identity | None]]
    ) -> Identity | None:
        """Return what is remembered, or ask: once, however many requests of one credential come at the same time."""
        known = self._remembered(key, at)
        if known is not None:
            return known[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._asked(key, at, ask))
        return await asyncio.shield(asking)

    async def _asked(
        self, key: bytes, at: datetime, ask: Callable[[], Awaitable[Identity | None]]
    ) -> Identity | None:
        own = asyncio.current_task()
        try:
            found = await ask()
            # Forgotten meanwhile: what was read may be what was changed, and is good for who asked before alone.
            if self._asking.get(key) is own:
                self._remember(key, at, found)
            return found
        finally:
            if self._asking.get(key) is own:
                del self._asking[key]

    def _remembered(self, key: bytes, at: datetime) -> tuple[datetime, Identity | None] | None:
        known = self._known.get(key)
        if known is None or not timedelta(0) <= at - known[0] < timedelta(seconds=REMEMBERED_S):
            return None
        return known

    def _remember(self, key: bytes, at: datetime, found: Identity | None) -> None:
        self._known[key] = (at, found)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED_MOST:
            self._known.popitem(last=False)
