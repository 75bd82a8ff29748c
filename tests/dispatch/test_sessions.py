"""Logging in and out, passwords, and a lock-out that locks out nobody but the guesser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.accounts import (
    NewAccount,
    Origin,
    create_account,
    create_token,
    disable_account,
    log_in,
    open_session,
    revoke_token,
    set_password,
    sweep,
    touch_session,
)
from dispatch.identities import Identities, SessionKind, SessionLimits, digest_of
from dispatch.rules.passwords import LONGEST_WAIT_S, wait_after, why_not
from dispatch.tables_accounts import TABLES, accounts, sessions, tokens
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, TooMany
from tests.dispatch.entrances import account

PASSWORD = "long enough to keep"
HOME = Origin("10.0.0.1")
ELSEWHERE = Origin("203.0.113.9")
LIMITS = SessionLimits()


async def someone(db: Database, username: str = "wang") -> UUID:
    """Make an account with `PASSWORD`."""
    return await create_account(
        db, NewAccount(username, "王敏", Role.DISPATCHER, "620821", "620821"), PASSWORD, now()
    )


async def test_the_right_password_opens_a_session_of_that_account(db: Database) -> None:
    account_id = await someone(db)
    opened = await log_in(db, "wang", PASSWORD, HOME, now(), LIMITS)
    identity = await Identities(db).of_session(opened.session, now())
    assert identity is not None
    assert identity.actor == Actor(str(account_id), "王敏", Role.DISPATCHER, "620821", "620821")
    assert identity.kind is SessionKind.HUMAN


async def test_a_name_is_one_account_however_it_is_written_and_its_failures_are_counted_together(
    db: Database,
) -> None:
    await someone(db, "Wang")
    with pytest.raises(Conflict):
        await someone(db, "ＷＡＮＧ")
    assert (await log_in(db, "wAnG", PASSWORD, HOME, now(), LIMITS)).session
    at = now()
    for spelling in ("wang", "WANG", "ｗａｎｇ"):
        with pytest.raises(NotAuthenticated):
            await log_in(db, spelling, "wrong", ELSEWHERE, at, LIMITS)
    with pytest.raises(TooMany):
        await log_in(db, "wanG", PASSWORD, ELSEWHERE, at, LIMITS)


async def test_unknown_name_wrong_password_and_closed_account_are_refused_alike(db: Database) -> None:
    await someone(db)
    await disable_account(db, await someone(db, "gone"), now())
    await account(db, username="without")
    said = set()
    for username, password in (("nobody", PASSWORD), ("wang", "wrong"), ("gone", PASSWORD), ("without", "")):
        with pytest.raises(NotAuthenticated) as refused:
            await log_in(db, username, password, HOME, now(), LIMITS)
        said.add((refused.value.code, refused.value.detail))
    assert len(said) == 1


async def test_nothing_secret_is_stored(db: Database) -> None:
    await someone(db)
    opened = await log_in(db, "wang", PASSWORD, HOME, now(), LIMITS)
    token = await create_token(db, Role.DEVICE, "620821", "beacon", now())
    assert opened.device is not None
    secrets = [PASSWORD, opened.session, opened.device, token]
    async with db.read(SYSTEM) as tx:
        for table in TABLES:
            for row in await tx.execute(text(f"select t::text from {table.name} t")):
                stored = str(row[0])
                for secret in secrets:
                    assert secret not in stored
                    assert secret.encode().hex() not in stored


async def test_only_system_and_admin_see_or_write_who_may_come_in(db: Database) -> None:
    await someone(db)
    await log_in(db, "wang", PASSWORD, HOME, now(), LIMITS)
    for role in Role:
        actor = Actor("x", "x", role, "620821", "")
        async with db.transaction(actor) as tx:
            for table in (accounts, sessions):
                found = (await tx.execute(select(table))).all()
                assert bool(found) == (role in (Role.SYSTEM, Role.ADMIN)), (role, table.name)
            changed = await tx.execute(update(accounts).values(role="admin"))
            assert (changed.rowcount > 0) == (role in (Role.SYSTEM, Role.ADMIN))


async def test_guessing_grows_slow_for_the_guesser_even_with_the_right_password(db: Database) -> None:
    await someone(db)
    at = now()
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await log_in(db, "wang", "wrong", ELSEWHERE, at, LIMITS)
    with pytest.raises(TooMany) as slow:
        await log_in(db, "wang", PASSWORD, ELSEWHERE, at, LIMITS)
    assert slow.value.extra["retry_after_s"] >= 1
    later = at + timedelta(seconds=2)
    with pytest.raises(NotAuthenticated):
        await log_in(db, "wang", "wrong", ELSEWHERE, later, LIMITS)
    with pytest.raises(TooMany):
        await log_in(db, "wang", PASSWORD, ELSEWHERE, later + timedelta(seconds=1), LIMITS)
    await log_in(db, "wang", PASSWORD, ELSEWHERE, later + timedelta(seconds=3), LIMITS)


async def test_a_guesser_cannot_lock_out_the_person_whose_name_he_tries(db: Database) -> None:
    await someone(db)
    at = now()
    device = (await log_in(db, "wang", PASSWORD, ELSEWHERE, at, LIMITS)).device
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await log_in(db, "wang", "wrong", ELSEWHERE, at, LIMITS)
    with pytest.raises(TooMany):
        await log_in(db, "wang", PASSWORD, ELSEWHERE, at, LIMITS)
    await log_in(db, "wang", PASSWORD, HOME, at, LIMITS)
    known = Origin(ELSEWHERE.address, device)
    await log_in(db, "wang", PASSWORD, known, at, LIMITS)


async def test_a_device_is_known_to_its_own_account_only(db: Database) -> None:
    await someone(db, "wang")
    await someone(db, "li")
    at = now()
    device = (await log_in(db, "wang", PASSWORD, HOME, at, LIMITS)).device
    guesser = Origin(ELSEWHERE.address, device)
    for origin in (guesser, ELSEWHERE, Origin(ELSEWHERE.address, "made up")):
        with pytest.raises(NotAuthenticated):
            await log_in(db, "li", "wrong", origin, at, LIMITS)
    with pytest.raises(TooMany):
        await log_in(db, "li", PASSWORD, guesser, at, LIMITS)


async def test_guesses_at_the_same_moment_all_count(db: Database) -> None:
    await someone(db)
    at = now()
    tried = await asyncio.gather(
        *(log_in(db, "wang", "wrong", ELSEWHERE, at, LIMITS) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, NotAuthenticated) for one in tried) == 3
    assert sum(isinstance(one, TooMany) for one in tried) == 5


async def test_an_unknown_name_is_slowed_like_a_known_one(db: Database) -> None:
    at = now()
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await log_in(db, "nobody", "wrong", HOME, at, LIMITS)
    with pytest.raises(TooMany):
        await log_in(db, "nobody", "wrong", HOME, at, LIMITS)


def test_the_wait_never_shrinks_and_has_an_end() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(100)]
    assert waits == sorted(waits)
    assert waits[2] == 0 < waits[3]
    assert waits[-1] == LONGEST_WAIT_S


@pytest.mark.parametrize(
    "password",
    ["short", "123456789", "1234567890", "Password123", "aaaaaaaaaaaa", "dispatcher-one", "x" * 201],
)
async def test_a_password_that_is_tried_first_is_not_taken(db: Database, password: str) -> None:
    assert why_not(password, "dispatcher-one")
    with pytest.raises(InvalidInput) as refused:
        await create_account(
            db, NewAccount("dispatcher-one", "x", Role.LEADER, "620821", "620821"), password, now()
        )
    assert refused.value.code == "weak_password"
    assert password not in refused.value.detail or password == "short"


def test_a_long_sentence_is_a_good_password() -> None:
    assert why_not("three grey cranes over Jing river", "wang") is None
    assert why_not("泾河上空飞过三只灰鹤啊", "wang") is None


async def test_a_user_name_is_one_persons(db: Database) -> None:
    await someone(db)
    with pytest.raises(Conflict):
        await someone(db)


async def test_a_session_ends_when_idle_and_at_the_latest_after_its_lifetime(db: Database) -> None:
    limits = SessionLimits(idle=timedelta(hours=2), absolute=timedelta(hours=5))
    at, account_id = now(), await account(db)
    secret = await open_session(db, account_id, SessionKind.HUMAN, "", at, limits)
    identity = await Identities(db, limits).of_session(secret, at + timedelta(minutes=119))
    assert identity is not None
    assert identity.session_id is not None
    assert await Identities(db, limits).of_session(secret, at + timedelta(minutes=121)) is None
    for hour in (1, 2, 3, 4):
        await touch_session(db, identity.session_id, at + timedelta(hours=hour))
    assert await Identities(db, limits).of_session(secret, at + timedelta(hours=4, minutes=59)) is not None
    assert await Identities(db, limits).of_session(secret, at + timedelta(hours=5)) is None


async def test_a_wall_screens_session_does_not_end_for_idleness(db: Database) -> None:
    at = now()
    secret = await open_session(db, await account(db, Role.KIOSK), SessionKind.KIOSK, "", at, LIMITS)
    assert await Identities(db).of_session(secret, at + timedelta(days=100)) is not None


async def test_a_new_password_ends_every_session_of_the_account(db: Database) -> None:
    account_id = await someone(db)
    opened = await log_in(db, "wang", PASSWORD, HOME, now(), LIMITS)
    await set_password(db, account_id, "another one entirely")
    assert await Identities(db).of_session(opened.session, now()) is None
    with pytest.raises(NotAuthenticated):
        await log_in(db, "wang", PASSWORD, HOME, now(), LIMITS)
    await log_in(db, "wang", "another one entirely", HOME, now(), LIMITS)


async def test_a_token_ends_when_revoked_or_at_its_time(db: Database) -> None:
    at = now()
    short = await create_token(db, Role.DEVICE, "620821", "a", at, expires_at=at + timedelta(hours=1))
    assert await Identities(db).of_token(short, at) is not None
    assert await Identities(db).of_token(short, at + timedelta(hours=1)) is None
    long = await create_token(db, Role.DEVICE, "620821", "b", at)
    async with db.read(SYSTEM) as tx:
        token_id = await tx.scalar(select(tokens.c.id).where(tokens.c.digest == digest_of(long)))
    assert token_id is not None
    await revoke_token(db, token_id, at)
    assert await Identities(db).of_token(long, at + timedelta(days=1)) is None
    with pytest.raises(NotFound):
        await revoke_token(db, token_id, at)


@pytest.mark.parametrize("area", ["", "62", "6208211", "62082x", "620821/police"])
async def test_a_token_needs_an_area_that_could_exist(db: Database, area: str) -> None:
    with pytest.raises(InvalidInput):
        await create_token(db, Role.DEVICE, area, "x", now())


async def test_no_token_is_ever_the_system(db: Database) -> None:
    with pytest.raises(InvalidInput):
        await create_token(db, Role.SYSTEM, "620821", "x", now())


async def test_a_session_is_no_token_and_a_token_no_session(db: Database) -> None:
    secret = await open_session(db, await account(db), SessionKind.HUMAN, "", now(), LIMITS)
    token = await create_token(db, Role.DEVICE, "620821", "x", now())
    known = Identities(db)
    assert await known.of_token(secret, now()) is None
    assert await known.of_session(token, now()) is None


async def test_what_is_over_is_swept_away_and_what_is_not_stays(db: Database) -> None:
    at, account_id = now(), await account(db)
    await open_session(db, account_id, SessionKind.HUMAN, "", at - timedelta(days=3), LIMITS)
    await open_session(db, account_id, SessionKind.HUMAN, "", at, LIMITS)
    await sweep(db, at)
    async with db.read(SYSTEM) as tx:
        assert len((await tx.execute(select(sessions))).all()) == 1


class CountedReads(Database):
    """A database that counts what is read from it."""

    reads = 0

    @asynccontextmanager
    async def read(self, actor: Actor, *, frozen: bool = False) -> AsyncIterator[AsyncConnection]:
        """Count, and read."""
        self.reads += 1
        async with super().read(actor, frozen=frozen) as tx:
            yield tx


async def test_requests_that_come_together_ask_once_who_they_are(db: Database, database_url: str) -> None:
    secret = await open_session(db, await account(db), SessionKind.HUMAN, "", now(), LIMITS)
    counted = CountedReads(database_url)
    known, at = Identities(counted), now()
    found = await asyncio.gather(*(known.of_session(secret, at) for _ in range(20)))
    assert len({one.account_id for one in found if one is not None}) == 1
    assert counted.reads == 1
    await counted.close()


async def test_whoever_comes_after_a_change_is_not_told_what_was_read_before_it(db: Database) -> None:
    account_id = await account(db)
    secret = await open_session(db, account_id, SessionKind.HUMAN, "", now(), LIMITS)
    known, at = Identities(db), now()
    before = asyncio.create_task(known.of_session(secret, at))
    await asyncio.sleep(0)
    await disable_account(db, account_id, at)
    known.forget()
    assert await known.of_session(secret, at) is None
    await before
    assert await known.of_session(secret, at) is None


async def test_one_who_gives_up_does_not_take_the_others_along(db: Database) -> None:
    secret = await open_session(db, await account(db), SessionKind.HUMAN, "", now(), LIMITS)
    known, at = Identities(db), now()
    first, second = (asyncio.create_task(known.of_session(secret, at)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None
