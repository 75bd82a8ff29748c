"""Who somebody that another house vouches for is to ours: a table, from the value of a claim to a seat (pure)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.rules.seats import Seat, seat_of
from gis.actor import Role
from gis.errors import InvalidInput

# The powers that a directory elsewhere may not give: they are given here.
NOT_FROM_ELSEWHERE = frozenset({Role.SYSTEM, Role.KIOSK, Role.DEVICE, Role.REPORTER})


@dataclass(frozen=True, slots=True)
class Row:
    """Whoever's claim has this value sits here."""

    value: str
    seat: Seat


@dataclass(frozen=True, slots=True)
class Mapped:
    """The table: the first row that fits holds."""

    claim: str
    rows: tuple[Row, ...]

    def row_of(self, claims: Mapping[str, Any]) -> Row | None:
        """Return the first row whose value the claim has, or is one of; None where none fits."""
        told = claims.get(self.claim)
        values = told if isinstance(told, list) else [told]
        return next((row for row in self.rows if row.value in values), None)


def mapped(text: str) -> Mapped:
    """Return the table that a TOML text holds. Raises InvalidInput saying what is wrong with it."""
    try:
        found = tomllib.loads(text)
        return Mapped(found["claim"], tuple(Row(one["value"], _seat(one)) for one in found["people"]))
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"The table of single sign-on cannot be read: {error}. It needs `claim`, and for each of `[[people]]` a"
            " `value`, a `role` and an `area`.",
            code="bad_people",
        ) from error


def _seat(one: Mapping[str, Any]) -> Seat:
    role = Role(one["role"])
    if role in NOT_FROM_ELSEWHERE:
        raise InvalidInput(f"Single sign-on gives nobody the role {role}.", code="bad_people")
    return seat_of(role, one["area"], one.get("desk"), one.get("unit"))
