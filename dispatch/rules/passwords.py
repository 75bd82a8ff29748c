"""What a password must be, and how long somebody waits who guesses (pure)."""

from datetime import timedelta

from dispatch.rules.usernames import folded

SHORTEST = 10
LONGEST = 200

# What people choose first, of ten and more characters, and the beginnings that they only pad.
COMMONEST = frozenset(
    {
        "1234567890",
        "0123456789",
        "12345678910",
        "123456789a",
        "a123456789",
        "1234567890a",
        "0987654321",
        "9876543210",
        "1111111111",
        "0000000000",
        "8888888888",
        "6666666666",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qwertyuiop",
        "asdfghjkl;",
        "qwerty123456",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "p@ssw0rd123",
        "admin12345",
        "admin123456",
        "administrator",
        "woaini1314",
        "woaini520",
        "woaini1314520",
        "iloveyou1314",
        "5201314520",
        "jingchuan123",
        "jingchuan2023",
        "jingchuan2024",
        "jingchuan2025",
        "jingchuan2026",
    }
)

FREE_FAILURES = 3
FIRST_WAIT_S = 1
LONGEST_WAIT_S = 15 * 60


def why_not(password: str, username: str) -> str | None:
    """Say in one sentence why this password cannot be taken; None when it can."""
    plain, name = folded(password), folded(username)
    if len(password) < SHORTEST:
        return f"The password has {len(password)} characters; take at least {SHORTEST}."
    if len(password) > LONGEST:
        return f"The password has {len(password)} characters; take at most {LONGEST}."
    if plain in (name, name[::-1]):
        return "The password is the user name; take another."
    if plain in COMMONEST or len(set(plain)) < 4:
        return "The password is among those that are tried first; take another."
    return None


def wait_after(failures: int) -> timedelta:
    """Return how long the next attempt waits after failures in a row: not at all at first, then doubling."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 20)
    return timedelta(seconds=min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S))
