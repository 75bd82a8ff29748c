"""Hashing of passwords with argon2id, off the event loop and only a few at a time."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# Each hash takes tens of milliseconds of a core and 64 MiB: a flood of log-ins must not take the machine.
AT_ONCE = 2

_hasher = PasswordHasher()
_light_hasher = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1)
_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


@cache
def _nobodys_hash() -> str:
    """A hash that no password opens, so that an unknown user name takes as long as a wrong password."""
    return _hasher.hash("nobody has this password")


def _check(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


def _turn() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns.clear()  # the loops before this one have ended
        _turns[loop] = asyncio.Semaphore(AT_ONCE)
    return _turns[loop]


def hash_random(password: str) -> str:
    """Return what is stored of a password that a program drew at random, and that nobody could guess in any case.

    A county has hundreds on its first day, and a hash of the usual kind takes a second of a busy machine: this one is
    light, and the first log-in makes it a usual one.
    """
    return _light_hasher.hash(password)


async def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def is_right(stored: str | None, password: str) -> bool:
    """Say whether the password opens the account; `stored` None takes as long and is always wrong."""
    async with _turn():
        return await asyncio.to_thread(_check, stored, password)


def needs_rehash(stored: str) -> bool:
    """Say whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
