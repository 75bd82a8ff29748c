"""What the rows of a table mean: the desks, accounts and units that there shall be. Every fault is told by its row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dispatch.rules.seats import LEVELS_OF_ROLE
from dispatch.rules.usernames import folded
from dispatch.rules.vocabulary import UnitKind
from dispatch.staff.picture import Picture, Record, key_of, named
from dispatch.staff.sheets import KEY, LEVELS_OF_UNIT, UNIT_OF_ROLE
from gis.actor import Role
from layers.importers.county import LEVEL_OF_LENGTH
from layers.importers.faults import Reporter
from layers.importers.mapping import Mapped
from layers.importers.prepare import values_of
from layers.importers.said import Said
from layers.importers.sheet import Sheet
from layers.importers.targets import Target
from layers.importers.values import BadValue, short

DESK_LEVELS = ("county", "township", "village")
TOWNSHIP = 9
# Accounts that no table of people may touch.
NOT_PEOPLE = frozenset({Role.KIOSK, Role.DEVICE, Role.REPORTER, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one desk, account or unit shall be, of what the table says; the rest stays as it is."""

    key: str
    values: Record
    row: int


@dataclass(slots=True)
class Staff:
    """What all tables of one import want, by table of the database and key."""

    desks: dict[str, Wanted] = field(default_factory=dict)
    accounts: dict[str, Wanted] = field(default_factory=dict)
    units: dict[str, Wanted] = field(default_factory=dict)


def rows_of(
    target: Target, sheet: Sheet, mapping: dict[str, Mapped], say: Reporter
) -> Iterator[tuple[int, Record]]:
    """Yield the rows whose cells can all be read."""
    for at, number in enumerate(sheet.rows):
        values, fine = values_of(target, sheet, mapping, at, say)
        if fine:
            yield number, values


class Reader:
    """Reads tables against what the house holds: desks first, because people sit there."""

    def __init__(self, picture: Picture, staff: Staff) -> None:
        self.picture, self.staff = picture, staff

    # desks

    def take_desks(self, target: Target, sheet: Sheet, mapping: dict[str, Mapped], say: Reporter) -> None:
        """Take a table of desks."""
        given = {one.name for one in target.fields if mapping[one.name].column is not None}
        for row, values in rows_of(target, sheet, mapping, say):
            try:
                wanted = self._desk(row, values, given)
            except BadValue as error:
                say.error(error.said, row=row, key=str(values["code"] or values["name"]))
                continue
            if (other := self.staff.desks.get(wanted.key)) is not None:
                say.error(Said("duplicate_code", other=other.row), row=row, key=wanted.key)
                continue
            self.staff.desks[wanted.key] = wanted
            self.picture.desks[wanted.key] = {**self.picture.desks.get(wanted.key, {}), **wanted.values}

    def _desk(self, row: int, values: Record, given: set[str]) -> Wanted:
        said = values["code"]
        kept = ("telephone", "leader_name", "leader_telephone")
        told: Record = {name: values[name] for name in kept if name in given}
        if "around_the_clock" in given and values["around_the_clock"] is not None:
            told["around_the_clock"] = values["around_the_clock"]
        told["name"] = values["name"]
        if said is not None and said.isdigit():
            code = self.picture.area(said, DESK_LEVELS)
            return Wanted(code, {"kind": "area", "area_code": code, **told}, row)
        key = said if said and KEY.fullmatch(said) else key_of(values["name"])
        if key is None:
            raise BadValue("no_department_key", value=short(said or values["name"]))
        area = self.picture.area(values["area"], ("county", "township"))
        if "presence" in given:
            told["presence"] = values["presence"]
        return Wanted(f"{area}/{key}", {"kind": "department", "area_code": area, **told}, row)

    # people

    def take_people(self, target: Target, sheet: Sheet, mapping: dict[str, Mapped], say: Reporter) -> None:
        """Take a table of people and of the units that they are."""
        for row, values in rows_of(target, sheet, mapping, say):
            try:
                self._person(row, values)
            except BadValue as error:
                say.error(
                    error.said, row=row, key=str(values["username"] or values["telephone"] or values["name"])
                )

    def _person(self, row: int, values: Record) -> None:
        role = None if values["role"] == "none" else Role(values["role"])
        kind = self._kind(role, values["unit"])
        if role is None and kind is None:
            raise BadValue("nobody_and_nothing", value=short(values["name"]))
        area = self.picture.area(values["area"], self._levels(role, kind))
        desk = self._desk_of(role, kind, area, values["department"])
        account = None if role is None else self._account(row, values, role, area, desk)
        if kind is not None:
            unit = self._unit(row, values, kind, area, desk, account)
            if account is not None:
                account.values["unit_id"] = unit
        if account is not None:
            self.staff.accounts[account.key] = account

    def _kind(self, role: Role | None, said: str | None) -> UnitKind | None:
        if said is None:
            return None if role is None else UNIT_OF_ROLE.get(role)
        return None if said == "none" else UnitKind(said)

    def _levels(self, role: Role | None, kind: UnitKind | None) -> tuple[str, ...]:
        if role is None:
            assert kind is not None
            return LEVELS_OF_UNIT[kind]
        return LEVELS_OF_ROLE[role]

    def _desk_of(self, role: Role | None, kind: UnitKind | None, area: str, department: str | None) -> str:
        """Where somebody sits: a grid officer at the village's desk, a department's people at its own."""
        if role is Role.DEPARTMENT or (role is None and kind is UnitKind.DEPARTMENT):
            if department is None:
                raise BadValue("missing_department")
            return self.picture.department(department, area)
        if LEVEL_OF_LENGTH[len(area)] == "grid":
            village = area[:-3]
            return village if village in self.picture.areas else area[:TOWNSHIP]
        return area

    def _account(self, row: int, values: Record, role: Role, area: str, desk: str) -> Wanted:
        name = values["username"] or re.sub(r"[\s\-－()（）+]", "", values["telephone"] or "")
        key = folded(name)
        if not key:
            raise BadValue("no_username", value=short(values["name"]))
        if (other := self.staff.accounts.get(key)) is not None:
            raise BadValue("duplicate_code", other=other.row)
        held = self.picture.accounts.get(key)
        if held is not None and (held["demonstration"] or held["role"] in NOT_PEOPLE):
            raise BadValue("username_taken", value=short(name))
        told = {
            "username": held["username"] if held else name,
            "display_name": values["name"],
            "role": role.value,
            "area": area,
            "desk": desk,
            "unit_id": None,
            "disabled_at": None,
        }
        return Wanted(key, told, row)

    def _unit(
        self, row: int, values: Record, kind: UnitKind, area: str, desk: str, account: Wanted | None
    ) -> str:
        level = LEVEL_OF_LENGTH[len(area)]
        if level not in LEVELS_OF_UNIT[kind]:
            levels = named(LEVELS_OF_UNIT[kind])
            raise BadValue("wrong_level", value=short(area), level=named([level]), levels=levels)
        name = values["unit_name"] or values["name"]
        told: Record = {"name": name, "kind": kind.value, "desk": desk, "area_code": area}
        if values["telephone"] is not None:
            told["phone"] = values["telephone"]
        key = self._unit_id(told, account)
        self.staff.units.setdefault(key, Wanted(key, told, row))
        return key

    def _unit_id(self, told: Record, account: Wanted | None) -> str:
        """The unit that somebody is already, or one of that name at that desk; else a new one, called by its place."""
        held = self.picture.accounts.get(account.key) if account else None
        mine = held["unit_id"] if held else None
        if mine in self.picture.units and self.picture.units[mine]["kind"] == told["kind"]:
            return str(mine)
        there: list[tuple[str, Any]] = [(key, one.values) for key, one in self.staff.units.items()]
        there += self.picture.units.items()
        same = ("name", "kind", "desk", "area_code")
        for key, other in there:
            if all(other[name] == told[name] for name in same):
                return key
        kind = "grid" if told["kind"] == UnitKind.GRID_OFFICER else told["kind"]
        base = f"{kind}.{told['desk'].partition('/')[2] or told['area_code']}"
        taken = {key for key, _ in there}
        number = 2
        key = base
        while key in taken:
            key, number = f"{base}.{number}", number + 1
        return key
