"""What robots write into the fields of a move, drawn from a table of sentences."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from dispatch.rules.categories import CATEGORIES

DATA = Path(__file__).parent / "data" / "sentences.toml"


def reason(rng: Random, kind: str) -> str:
    """Return a sentence for a move, such as `escalate` or `decline`."""
    return str(rng.choice(_data()["reasons"][kind]))


def result(rng: Random, category: str) -> str:
    """Return what an officer says that he has done about a case of this category."""
    return str(rng.choice(_data()["results"][CATEGORIES[category].group]))


def reply(result: str) -> str:
    """Return what whoever reported it is told of a result."""
    return str(_data()["reply"]).format(result=result)


def reporter(rng: Random) -> dict[str, str]:
    """Return who rings: a surname, and a number that no operator hands out (no mobile begins with 100)."""
    names = _data()["reporters"]
    return {
        "name": rng.choice(names["surnames"]) + rng.choice(names["titles"]),
        "phone": f"100{rng.randrange(10**8):08d}",
    }


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
