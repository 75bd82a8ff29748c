"""Where each role may sit: at which level its area lies, and at which desk it works (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.rules.desks import LEVEL_OF_LENGTH, area_of, desk_for_area, is_department, superior_of
from gis.actor import Role
from gis.errors import InvalidInput

# Which levels a role's area may have; a department's desk is the area's own with the department after it.
LEVELS_OF_ROLE: Mapping[Role, tuple[str, ...]] = {
    Role.DISPATCHER: ("county",),
    Role.LEADER: ("county", "township"),
    Role.DUTY_OFFICER: ("township",),
    Role.VILLAGE_OFFICER: ("village",),
    Role.GRID_OFFICER: ("grid",),
    Role.DEPARTMENT: ("county", "township"),
    Role.MEDIATOR: ("county", "township", "village"),
    Role.AUDITOR: ("county",),
    Role.ADMIN: ("county", "township", "village"),
}
# What is no person works wherever it hangs or stands.
ANYWHERE = tuple(LEVEL_OF_LENGTH.values())
# Who may sit with a department or a team of the area: people of one do, a mediator or a program may.
IN_TEAMS = frozenset({Role.DEPARTMENT, Role.MEDIATOR, Role.DEVICE})
NOWHERE = frozenset({Role.SYSTEM, Role.REPORTER})
# These come in by token, by query code or not at all, and never with a password.
WITHOUT_PASSWORD = frozenset({Role.DEVICE, Role.REPORTER, Role.KIOSK, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Seat:
    """What somebody is to the centre, and where: as in `gis.actor.Actor`."""

    role: Role
    area: str
    desk: str
    unit: str | None = None


def usual_desks(area: str) -> list[str]:
    """Return the usual desk of an area; of a grid the township's too, for where a county has no villages."""
    usual = usual_desk(area)
    above = superior_of(usual) if LEVEL_OF_LENGTH.get(len(area)) == "grid" else None
    return [usual, *([above] if above else [])]


def levels_of(role: Role) -> tuple[str, ...]:
    """Return at which levels the area of a role may lie, from the county down; none for who has no seat."""
    return () if role in NOWHERE else LEVELS_OF_ROLE.get(role, ANYWHERE)


def desks_for(role: Role, area: str, there: Iterable[str]) -> list[str]:
    """Return at which of the desks that are there a role of an area may sit."""
    return [desk for desk in there if _is_seat(role, area, desk)]


def _is_seat(role: Role, area: str, desk: str) -> bool:
    try:
        seat_of(role, area, desk)
    except InvalidInput:
        return False
    return True


def usual_desk(area: str) -> str:
    """Return the desk of an area: its own, but a grid's officer sits at the village's."""
    return desk_for_area(area, "village")


def seat_of(role: Role, area: str, desk: str | None = None, unit: str | None = None) -> Seat:
    """Return the whole seat, its desk the usual one where none is named.

    Raises InvalidInput for a role that has no seat, and for an area or a desk where that role cannot sit.
    """
    if role in NOWHERE:
        raise InvalidInput(f"Nobody is given the role {role}. Take another one.", code="bad_seat")
    level = LEVEL_OF_LENGTH.get(len(area)) if area.isascii() and area.isdigit() else None
    if level is None:
        raise InvalidInput(f"{area!r} is no area code; one has 6, 9, 12 or 15 digits.", code="bad_seat")
    if unit is not None and role is Role.KIOSK:
        raise InvalidInput("A wall screen is no unit. Leave it out.", code="bad_seat")
    levels = levels_of(role)
    if level not in levels:
        raise InvalidInput(
            f"{area} is a {level}, and the role {role} works for a {' or a '.join(levels)}. Take an area of that "
            "level, or another role.",
            code="bad_seat",
        )
    usual = usual_desk(area)
    sits = desk or usual
    in_team = role in IN_TEAMS and is_department(sits) and area_of(sits) == area
    at_area = role is not Role.DEPARTMENT and sits in usual_desks(area)
    if not (in_team or at_area):
        try_this = (
            f"name it, such as {area}/police" if role is Role.DEPARTMENT else f"leave it out: it is {usual}"
        )
        raise InvalidInput(f"{sits} is no desk of a {role} of {area}; {try_this}.", code="bad_seat")
    return Seat(role, area, sits, unit)
