"""Fill the demonstration county's desks with invented people.

No demonstration account has a password: it is reached with one click (`POST /api/demo/session`), which real
data refuse, or by a robot's token (`actions.robots`).
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.accounts import NewAccount, account_values
from dispatch.events import unit_data
from dispatch.people import is_demonstration
from dispatch.queries import unit_record
from dispatch.rules.visibility import unit_scope
from dispatch.rules.vocabulary import UnitKind, UnitState
from dispatch.tables import desks, units
from dispatch.tables_accounts import accounts
from gis import log
from gis.actor import SYSTEM, Role
from gis.database import Database
from gis.errors import NotYourMove
from layers.areas import Area, AreaIndex, load_area_index
from layers.demo.noise import invented_telephone
from layers.demo.people import UnitSeed, departments, person_names
from layers.demo.people import units as unit_seeds
from layers.tables import data_sets

DATA = Path(__file__).with_name("demonstration.toml")

DESK_LEVELS = ("county", "township", "village")
FIRST_DESK_NUMBER = 30_000
GONE_UNITS = text("select distinct one #>> '{}' from log_events, jsonb_array_elements(data->'gone') as one")


@cache
def plan() -> dict[str, Any]:
    """Return the table of desks and people."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def unit_id_of(seed: UnitSeed) -> str:
    """Return a unit's id, which says what it is and where: `grid.620821101201001`, `department.police`."""
    kind = "grid" if seed.kind == UnitKind.GRID_OFFICER else seed.kind
    where = seed.desk.partition("/")[2] if seed.kind == UnitKind.DEPARTMENT else seed.area_code
    return f"{kind}.{where}"


async def load_people(db: Database, at: datetime) -> None:
    """Fill desks, units and accounts of a loaded demonstration county; doing it twice changes nothing.

    Raises NotYourMove where the county's data are real.
    """
    async with db.transaction(SYSTEM) as tx:
        if not await is_demonstration(tx):
            raise NotYourMove(
                "The county's data are real: nobody is invented there.", code="not_demonstration"
            )
        if (await tx.execute(select(units.c.id).limit(1))).first():
            return
        seed = await tx.scalar(select(data_sets.c.seed)) or 0
        index = await load_area_index(tx)
        crew = unit_seeds(index, seed)
        await tx.execute(insert(desks), list(desk_rows(index, seed)))
        rows = [unit_row(no, one, at) for no, one in enumerate(crew, start=1)]
        await tx.execute(insert(units), rows)
        await _tell_who_is_back(tx, rows, at)
        people = [account_values(new, uuid4(), None, at) for new in seats(index, crew, seed)]
        await tx.execute(insert(accounts), people)


async def _tell_who_is_back(tx: AsyncConnection, rows: list[dict[str, Any]], at: datetime) -> None:
    """Tell of the units of which the log says that they are gone: of a demonstration that made room, and came back."""
    gone = set((await tx.execute(GONE_UNITS)).scalars())
    for unit in (unit_record(row) for row in rows if row["id"] in gone):
        scope, data = unit_scope(unit), unit_data("enlist", unit)
        await log.append(
            tx, kind="unit.enlist", actor=SYSTEM, scope_before=scope, scope_after=scope, data=data, at=at
        )


def desk_rows(index: AreaIndex, seed: int) -> Iterator[dict[str, object]]:
    """Yield the directory: every area with a desk, then the departments."""
    named = plan()["desk"]
    areas = [area for level in DESK_LEVELS for area in index.level(level)]
    offices = departments(index)
    leaders = iter(person_names(seed, len(areas) + len(offices), "leaders"))
    for number, area in enumerate(areas):
        yield {
            "id": area.code,
            "name": named[area.level].format(name=area.name),
            "kind": "area",
            "area_code": area.code,
            "telephone": invented_telephone(index.county.code, FIRST_DESK_NUMBER + 2 * number),
            "leader_name": next(leaders),
            "leader_telephone": invented_telephone(index.county.code, FIRST_DESK_NUMBER + 2 * number + 1),
            "around_the_clock": area.level == "county",
            "presence": None,
        }
    for office in offices:
        yield {
            "id": office.desk,
            "name": named["department"].format(name=office.name),
            "kind": "department",
            "area_code": index.county.code,
            "telephone": office.telephone,
            "leader_name": next(leaders),
            "leader_telephone": office.telephone,
            "around_the_clock": False,
            "presence": office.presence,
        }


def unit_row(no: int, seed: UnitSeed, at: datetime) -> dict[str, object]:
    """Return the row of a unit that begins its first day."""
    return {
        "id": unit_id_of(seed),
        "no": no,
        "version": 1,
        "name": seed.name,
        "kind": seed.kind,
        "desk": seed.desk,
        "area_code": seed.area_code,
        "phone": seed.telephone,
        "on_duty": True,
        "state": UnitState.AVAILABLE.value,
        "case_id": None,
        "state_at": at,
    }


def seats(index: AreaIndex, crew: list[UnitSeed], seed: int) -> Iterator[NewAccount]:
    """Yield everybody who sits at a desk or is a unit of his own."""
    county = index.county
    names = iter(person_names(seed, 2 * len(index.by_code), "desks"))
    for role, usernames in plan()["county"].items():
        for username in usernames:
            yield _seat(username, next(names), Role(role), county.code, county)
    for level, post in plan()["area"].items():
        for area in index.level(level):
            yield _seat(f"{post['username']}.{area.code}", next(names), Role(post["role"]), area.code, area)
    for office in departments(index):
        yield _seat(office.key, next(names), Role.DEPARTMENT, office.desk, county)
    for one in crew:
        if one.kind in (UnitKind.GRID_OFFICER, UnitKind.MEDIATION):
            grid = one.kind == UnitKind.GRID_OFFICER
            yield _seat(
                unit_id_of(one) if grid else f"mediator.{one.area_code}",
                one.name if grid else next(names),
                Role.GRID_OFFICER if grid else Role.MEDIATOR,
                one.desk,
                index.get(one.area_code),
                unit_id_of(one),
            )


def _seat(
    username: str, name: str, role: Role, desk: str, area: Area, unit_id: str | None = None
) -> NewAccount:
    return NewAccount(username, name, role, desk, area.code, unit_id=unit_id, demonstration=True)
