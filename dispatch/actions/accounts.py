"""The one writer of accounts, sessions, tokens, known devices and log-in attempts.

Everything here acts as the system, because nobody is somebody before he has come in.

**Lock-out.** Failures are counted per user name *and* origin, with a wait that grows
(`rules.passwords.wait_after`). An origin is a browser that has logged in to this account before (it carries
a device secret), else the client's address. So whoever guesses delays himself, and never the person whose
name he tries: that person's own browser, and every open session, are not asked about his failures. An
attempt is counted before the password is looked at, so that a hundred at once count as a hundred.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import Row as TableRow
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.passwords import hash_password, is_right, needs_rehash
from dispatch.identities import SessionKind, SessionLimits, digest_of
from dispatch.rules.passwords import wait_after, why_not
from dispatch.rules.seats import Seat
from dispatch.rules.usernames import folded
from dispatch.tables_accounts import accounts, known_devices, login_attempts, sessions, tokens
from gis.actor import SYSTEM, Role
from gis.database import Database
from gis.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, TooMany
from layers.tables import LENGTH_OF_LEVEL

# An open session writes down that it is used at most this often: a write with every request would be dear.
SEEN_EVERY = timedelta(minutes=1)
FAILURES_FORGOTTEN_AFTER = timedelta(days=1)
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to make; `desk` and `area` as in `gis.actor.Actor`."""

    username: str
    display_name: str
    role: Role
    desk: str
    area: str
    unit_id: str | None = None
    language: str = "zh"
    demonstration: bool = False
    robot: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a log-in comes from: the client's address and, where its browser has one, the device secret."""

    address: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The secrets that a log-in gives to the browser; only their digests stay here."""

    session: str
    device: str | None


async def create_account(db: Database, new: NewAccount, password: str, at: datetime) -> UUID:
    """Make an account that a password opens. Raises InvalidInput (password), Conflict (user name taken)."""
    wrong = why_not(password, new.username)
    if wrong:
        raise InvalidInput(wrong, code="weak_password")
    hashed = await hash_password(password)
    account_id = uuid4()
    try:
        async with db.transaction(SYSTEM) as tx:
            await tx.execute(insert(accounts).values(**account_values(new, account_id, hashed, at)))
    except IntegrityError as error:
        raise Conflict(
            f"There is an account {new.username} already, however it is written. Take another user name.",
            code="username_taken",
        ) from error
    return account_id


def account_values(
    new: NewAccount, account_id: UUID, password_hash: str | None, at: datetime
) -> dict[str, object]:
    """Return the row of a new account."""
    return {
        "id": account_id,
        "username": new.username,
        "username_folded": folded(new.username),
        "display_name": new.display_name,
        "role": new.role.value,
        "desk": new.desk,
        "area": new.area,
        "unit_id": new.unit_id,
        "password_hash": password_hash,
        "language": new.language,
        "demonstration": new.demonstration,
        "robot": new.robot,
        "created_at": at,
        "disabled_at": None,
    }


async def set_password(db: Database, account_id: UUID, password: str) -> None:
    """Give an account a new password and end its sessions. Raises InvalidInput, NotFound."""
    async with db.transaction(SYSTEM) as tx:
        account = await _account(tx, account_id)
    wrong = why_not(password, account.username)
    if wrong:
        raise InvalidInput(wrong, code="weak_password")
    hashed = await hash_password(password)
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(update(accounts).where(accounts.c.id == account_id).values(password_hash=hashed))
        await _end_all(tx, account_id)


async def disable_account(db: Database, account_id: UUID, at: datetime) -> None:
    """Close an account, its sessions and its devices at once; what it did stays. Raises NotFound."""
    async with db.transaction(SYSTEM) as tx:
        await _account(tx, account_id)
        await _close(tx, account_id, at)


async def change_role(
    db: Database, account_id: UUID, role: Role, desk: str, area: str, unit_id: str | None = None
) -> None:
    """Give an account another role and jurisdiction, from its next request on. Raises NotFound."""
    async with db.transaction(SYSTEM) as tx:
        await _account(tx, account_id)
        await tx.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(role=role.value, desk=desk, area=area, unit_id=unit_id)
        )


async def set_language(db: Database, account_id: UUID, language: str) -> None:
    """Remember in which language somebody reads. Raises InvalidInput."""
    if language not in LANGUAGES:
        raise InvalidInput(f"There is no language {language!r} here; take one of {', '.join(LANGUAGES)}.")
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(update(accounts).where(accounts.c.id == account_id).values(language=language))


async def log_in(
    db: Database, username: str, password: str, origin: Origin, at: datetime, limits: SessionLimits
) -> LoggedIn:
    """Open a session with user name and password.

    Raises NotAuthenticated in one and the same way for an unknown name, a wrong password and a closed
    account, and TooMany where this origin has failed too often.
    """
    async with db.transaction(SYSTEM) as tx:
        named = select(accounts).where(accounts.c.username_folded == folded(username))
        account = (await tx.execute(named)).one_or_none()
        device = await _known_device(tx, account, origin, at)
        bucket = bucket_of(username, origin.device if device else None, origin.address)
        await _count_attempt(tx, bucket, at)
    stored = account.password_hash if account is not None and account.disabled_at is None else None
    if not await is_right(stored, password) or account is None or stored is None:
        raise NotAuthenticated(
            "User name or password is wrong. Check both and try again.", code="wrong_credentials"
        )
    rehashed = await hash_password(password) if needs_rehash(stored) else None
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(delete(login_attempts).where(login_attempts.c.bucket == bucket))
        if rehashed is not None:
            await tx.execute(
                update(accounts).where(accounts.c.id == account.id).values(password_hash=rehashed)
            )
        secret = await _open(tx, account, SessionKind.HUMAN, origin.address, at, limits)
        new_device = None if device else await _remember_device(tx, account.id, at)
    return LoggedIn(session=secret, device=new_device)


async def open_session(
    db: Database,
    account_id: UUID,
    kind: SessionKind,
    address: str,
    at: datetime,
    limits: SessionLimits,
) -> str:
    """Open a session for an account that proved itself otherwise; return its secret. Raises NotFound."""
    async with db.transaction(SYSTEM) as tx:
        account = await _account(tx, account_id)
        if account.disabled_at is not None:
            raise NotFound("This account is closed.")
        return await _open(tx, account, kind, address, at, limits)


async def welcome_from_elsewhere(
    db: Database, issuer: str, subject: str, name: str, seat: Seat, at: datetime
) -> UUID:
    """Return the account of somebody that another house vouches for, at the seat it has for him now.

    No password opens it. Raises NotAuthenticated where it was closed here, or its name is somebody else's.
    """
    username = f"{subject}@{urlsplit(issuer).netloc}"[:200]
    sits = {"role": seat.role.value, "desk": seat.desk, "area": seat.area, "unit_id": seat.unit}
    new = NewAccount(username, name, seat.role, seat.desk, seat.area, seat.unit)
    async with db.transaction(SYSTEM) as tx:
        made = upsert(accounts).values(**account_values(new, uuid4(), None, at))
        # An account that a password opens is somebody else's, and elsewhere two subjects may differ in capitals alone:
        # neither is taken over.
        stays = made.on_conflict_do_update(
            index_elements=["username_folded"],
            set_={**sits, "display_name": name},
            where=accounts.c.password_hash.is_(None) & (accounts.c.username == username),
        )
        known = stays.returning(accounts.c.id, accounts.c.disabled_at)
        found = (await tx.execute(known)).one_or_none()
    if found is None:
        raise NotAuthenticated(
            "Somebody else has an account of this name here. Ask the administrator.",
            code="account_of_another",
        )
    if found.disabled_at is not None:
        raise NotAuthenticated("This account is closed. Ask the administrator.", code="account_closed")
    account_id: UUID = found.id
    return account_id


async def touch_session(db: Database, session_id: UUID, at: datetime) -> None:
    """Write down that a session is in use, so that it does not end for idleness."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.last_seen_at < at - SEEN_EVERY)
            .values(last_seen_at=at)
        )


async def end_session(db: Database, session_id: UUID) -> None:
    """End a session; ending it twice is no error."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(delete(sessions).where(sessions.c.id == session_id))


async def sweep(db: Database, at: datetime) -> None:
    """Delete sessions that are over and failures that nobody counts any more."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(delete(sessions).where(sessions.c.expires_at <= at))
        await tx.execute(
            delete(login_attempts).where(
                login_attempts.c.failed_at < at - FAILURES_FORGOTTEN_AFTER,
                login_attempts.c.blocked_until < at,
            )
        )


async def create_token(
    db: Database,
    role: Role,
    area: str,
    name: str,
    at: datetime,
    *,
    desk: str | None = None,
    unit_id: str | None = None,
    expires_at: datetime | None = None,
    robot: bool = False,
    demonstration: bool = False,
    token_id: UUID | None = None,
) -> str:
    """Make a token with a role and jurisdiction of its own and return it: it is shown this once.

    `desk` is the area's own unless it is named (`620821/police`); `token_id` names it for whoever will revoke it.
    Raises InvalidInput.
    """
    if role is Role.SYSTEM:
        raise InvalidInput("No token can be the system. Take another role.")
    require_area(area)
    secret = new_secret()
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            insert(tokens).values(
                id=token_id or uuid4(),
                digest=digest_of(secret),
                name=name,
                account_id=None,
                role=role.value,
                desk=desk or area,
                area=area,
                unit_id=unit_id,
                robot=robot,
                demonstration=demonstration,
                created_at=at,
                expires_at=expires_at,
                revoked_at=None,
            )
        )
    return secret


async def create_kiosk(
    db: Database, name: str, area: str, at: datetime, language: str = "zh", token_id: UUID | None = None
) -> str:
    """Make a wall screen, which only reads; return the token with which it begins its sessions.

    Its account is its own, so that disabling it darkens this screen and no other. Raises InvalidInput.
    """
    require_area(area)
    secret, account_id, kiosk = new_secret(), uuid4(), Role.KIOSK
    new = NewAccount(f"kiosk.{account_id.hex[:8]}", name, kiosk, desk=area, area=area, language=language)
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(insert(accounts).values(**account_values(new, account_id, None, at)))
        await tx.execute(
            insert(tokens).values(
                id=token_id or uuid4(),
                digest=digest_of(secret),
                name=name,
                account_id=account_id,
                role=kiosk.value,
                desk=area,
                area=area,
                created_at=at,
            )
        )
    return secret


def require_area(area: str) -> None:
    """Raise InvalidInput where `area` could be no area's code."""
    if not area.isascii() or not area.isdigit() or len(area) not in LENGTH_OF_LEVEL.values():
        raise InvalidInput(f"{area!r} is no area code; one has 6, 9, 12 or 15 digits.")


async def revoke_token(db: Database, token_id: UUID, at: datetime) -> None:
    """Revoke a token; a wall screen's takes the screen along, which would go on for a year. Raises NotFound."""
    async with db.transaction(SYSTEM) as tx:
        mine = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
        revoked = (await tx.execute(mine.values(revoked_at=at).returning(tokens.c.account_id))).one_or_none()
        if revoked is None:
            raise NotFound("There is no such token, or it was revoked before.")
        if revoked.account_id is not None:
            await _close(tx, revoked.account_id, at)


def new_secret() -> str:
    """Return 256 random bits for a session, a token or a device."""
    return secrets.token_urlsafe(32)


def bucket_of(username: str, device: str | None, address: str) -> bytes:
    """Name the counter of one user name's failures from one origin, without storing either."""
    origin = f"device {device}" if device else f"address {address}"
    return hashlib.sha256(f"{folded(username)}\0{origin}".encode()).digest()


async def _account(tx: AsyncConnection, account_id: UUID) -> TableRow[tuple[object, ...]]:
    row = (await tx.execute(select(accounts).where(accounts.c.id == account_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return row


async def _close(tx: AsyncConnection, account_id: UUID, at: datetime) -> None:
    await tx.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=at))
    await _end_all(tx, account_id)


async def _end_all(tx: AsyncConnection, account_id: UUID) -> None:
    await tx.execute(delete(sessions).where(sessions.c.account_id == account_id))
    await tx.execute(delete(known_devices).where(known_devices.c.account_id == account_id))


async def _open(
    tx: AsyncConnection,
    account: TableRow[tuple[object, ...]],
    kind: SessionKind,
    address: str,
    at: datetime,
    limits: SessionLimits,
) -> str:
    secret = new_secret()
    lasts = limits.kiosk if kind is SessionKind.KIOSK else limits.absolute
    await tx.execute(
        insert(sessions).values(
            id=uuid4(),
            digest=digest_of(secret),
            account_id=account.id,
            kind=kind.value,
            demonstration=account.demonstration,
            address=address,
            created_at=at,
            last_seen_at=at,
            expires_at=at + lasts,
        )
    )
    return secret


async def _known_device(
    tx: AsyncConnection, account: TableRow[tuple[object, ...]] | None, origin: Origin, at: datetime
) -> bool:
    if account is None or not origin.device:
        return False
    found = await tx.execute(
        update(known_devices)
        .where(
            known_devices.c.digest == digest_of(origin.device),
            known_devices.c.account_id == account.id,
        )
        .values(last_used_at=at)
    )
    return found.rowcount == 1


async def _remember_device(tx: AsyncConnection, account_id: object, at: datetime) -> str:
    secret = new_secret()
    await tx.execute(
        insert(known_devices).values(
            digest=digest_of(secret), account_id=account_id, created_at=at, last_used_at=at
        )
    )
    return secret


async def _count_attempt(tx: AsyncConnection, bucket: bytes, at: datetime) -> None:
    """Count an attempt as a failure until it proves right. Raises TooMany while the origin has to wait."""
    # The row's lock makes simultaneous attempts queue here, each seeing the count of the one before.
    await tx.execute(
        upsert(login_attempts)
        .values(bucket=bucket, failures=0, failed_at=at, blocked_until=at)
        .on_conflict_do_update(index_elements=["bucket"], set_={"failures": login_attempts.c.failures})
    )
    row = (
        await tx.execute(select(login_attempts).where(login_attempts.c.bucket == bucket).with_for_update())
    ).one()
    if row.blocked_until > at:
        wait_s = int((row.blocked_until - at).total_seconds()) + 1
        raise TooMany(
            f"Too many failed log-ins with this name from here. Try again in {wait_s} s.",
            code="too_many_attempts",
            retry_after_s=wait_s,
        )
    failures = 1 if row.failed_at < at - FAILURES_FORGOTTEN_AFTER else row.failures + 1
    await tx.execute(
        update(login_attempts)
        .where(login_attempts.c.bucket == bucket)
        .values(failures=failures, failed_at=at, blocked_until=at + wait_after(failures))
    )
