"""The demonstration county's people: at every desk somebody, with exactly the rights of the desk."""

import subprocess
import sys

from sqlalchemy import func, select, update

from dispatch.actions.calendar import load_calendar
from dispatch.actions.demonstration import load_people
from dispatch.actions.robots import issue_robot_tokens
from dispatch.identities import Identities
from dispatch.tables import calendar_days, desks, units
from dispatch.tables_accounts import accounts
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.database import Database


async def counts(db: Database, column: object) -> dict[str, int]:
    """Return how many rows there are for each value of a column."""
    async with db.read(SYSTEM) as tx:
        rows = await tx.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]
        return {row[0]: row[1] for row in rows}


async def test_every_township_village_grid_and_department_has_somebody(county_db: Database) -> None:
    people = await counts(county_db, accounts.c.role)
    assert people == {
        "dispatcher": 3,
        "leader": 1,
        "auditor": 1,
        "admin": 1,
        "kiosk": 1,
        "duty_officer": 15,
        "village_officer": 221,
        "grid_officer": 317,
        "department": 16,
        "mediator": 16,
    }
    assert await counts(county_db, units.c.kind) == {
        "grid_officer": 317,
        "patrol": 15,
        "department": 16,
        "mediation": 16,
    }
    assert await counts(county_db, desks.c.kind) == {"area": 1 + 15 + 221, "department": 16}


async def test_nobody_invented_can_log_in_with_a_password(county_db: Database) -> None:
    async with county_db.read(SYSTEM) as tx:
        people = (await tx.execute(select(accounts))).all()
    assert all(one.demonstration and one.password_hash is None for one in people)


async def test_every_account_sits_at_a_desk_of_the_directory_and_is_a_unit_that_exists(
    county_db: Database,
) -> None:
    async with county_db.read(SYSTEM) as tx:
        people = (await tx.execute(select(accounts))).all()
        known_desks = set((await tx.execute(select(desks.c.id))).scalars())
        known_units = {row.id: row for row in await tx.execute(select(units))}
    assert {one.desk for one in people} <= known_desks
    assert {one.desk for one in known_units.values()} <= known_desks
    for one in people:
        if one.unit_id is not None:
            assert known_units[one.unit_id].desk == one.desk
            assert known_units[one.unit_id].area_code == one.area
    officers = [one for one in people if one.role == Role.GRID_OFFICER]
    assert all(one.unit_id == f"grid.{one.area}" and one.desk == one.area[:12] for one in officers)


async def test_telephones_and_leaders_are_in_the_directory(county_db: Database) -> None:
    async with county_db.read(SYSTEM) as tx:
        rows = (await tx.execute(select(desks))).all()
    assert all(row.telephone and row.leader_name and row.leader_telephone for row in rows)
    areas = [row for row in rows if row.kind == "area"]
    assert len({row.telephone for row in areas}) == len(areas)


async def test_filling_the_desks_twice_changes_nothing(county_db: Database) -> None:
    before = await counts(county_db, accounts.c.username)
    await load_people(county_db, now())
    assert await counts(county_db, accounts.c.username) == before


async def test_every_robot_is_who_its_token_says(county_db: Database) -> None:
    robots = await issue_robot_tokens(county_db, now())
    known = Identities(county_db)
    for robot in robots[::40]:
        identity = await known.of_token(robot["token"], now())
        assert identity is not None
        actor = identity.actor
        assert (actor.role, actor.desk, actor.area, actor.unit_id, actor.robot) == (
            robot["role"],
            robot["desk"],
            robot["area"],
            robot["unit_id"],
            True,
        )
    again = await issue_robot_tokens(county_db, now())
    assert len(again) == len(robots)
    assert await Identities(county_db).of_token(robots[0]["token"], now()) is None


async def test_a_calendar_that_is_up_to_date_is_not_written_again(county_db: Database) -> None:
    assert await load_calendar(county_db) == 0
    async with county_db.transaction(SYSTEM) as tx:
        await tx.execute(update(calendar_days).where(calendar_days.c.name.is_not(None)).values(name=None))
    assert await load_calendar(county_db) > 0
    assert await load_calendar(county_db) == 0


def test_a_start_that_finds_everything_there_loads_no_loader() -> None:
    # They took half of every start, for what an empty database needs once.
    loaders = {"geopandas", "alembic", "pypinyin"}
    code = f"import sys, wall_ui.reached, wall_ui.application; print({loaders} & sys.modules.keys())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
