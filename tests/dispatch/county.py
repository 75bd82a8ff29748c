"""A county in small for tests of cases: desks, units and people of two townships."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert

from dispatch import tables
from dispatch.actions.cases import NewReport
from dispatch.rules.vocabulary import Source
from gis.actor import SYSTEM, Actor, Role
from gis.database import Database

COUNTY, TOWN, VILLAGE, GRID = "620821", "620821101", "620821101201", "620821101201001"
OTHER_TOWN, OTHER_VILLAGE, OTHER_GRID = "620821102", "620821102201", "620821102201001"
POLICE = "620821/police"
START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # ten in the morning of a working Tuesday in China


def actor(role: Role, desk: str, unit: str | None = None) -> Actor:
    """Return somebody of a role at a desk, every time somebody else."""
    return Actor(f"{role}-{uuid4()}", f"{role} of {desk}", role, desk, desk.partition("/")[0], unit)


def dispatcher() -> Actor:
    return actor(Role.DISPATCHER, COUNTY)


def leader() -> Actor:
    return actor(Role.LEADER, COUNTY)


def duty_officer(town: str = TOWN) -> Actor:
    return actor(Role.DUTY_OFFICER, town)


def village_officer(village: str = VILLAGE) -> Actor:
    return actor(Role.VILLAGE_OFFICER, village)


def grid_officer(unit: str = "grid-1", village: str = VILLAGE) -> Actor:
    return actor(Role.GRID_OFFICER, village, unit)


def police() -> Actor:
    return actor(Role.DEPARTMENT, POLICE)


def stranger() -> Actor:
    return Actor("stranger", "stranger", Role.REPORTER, "", "")


UNITS = (
    ("grid-1", "grid_officer", VILLAGE, GRID),
    ("grid-2", "grid_officer", VILLAGE, GRID),
    ("patrol-1", "patrol", TOWN, TOWN),
    ("grid-9", "grid_officer", OTHER_VILLAGE, OTHER_GRID),
    ("police-1", "department", POLICE, COUNTY),
)


async def settle(db: Database) -> None:
    """Write the desks and units of the small county."""
    async with db.transaction(SYSTEM) as tx:
        for desk in (COUNTY, TOWN, VILLAGE, OTHER_TOWN, OTHER_VILLAGE, POLICE):
            await tx.execute(
                insert(tables.desks).values(
                    id=desk,
                    name=desk,
                    kind="department" if "/" in desk else "area",
                    area_code=desk.partition("/")[0],
                    around_the_clock=True,
                )
            )
        for no, (unit, kind, desk, area) in enumerate(UNITS, start=1):
            await tx.execute(
                insert(tables.units).values(
                    id=unit,
                    no=no,
                    name=unit,
                    kind=kind,
                    desk=desk,
                    area_code=area,
                    on_duty=True,
                    state="available",
                    state_at=START,
                )
            )


def a_report(category: str = "neighbour_dispute", area: str = GRID, **changes: object) -> NewReport:
    """Return a report of something in a grid."""
    values: dict[str, object] = {
        "category": category,
        "text": "两家因地界争吵，请来人调解",
        "lon": 107.325,
        "lat": 35.425,
        "area_code": area,
        "source": Source.CITIZEN,
    }
    return NewReport(**(values | changes))  # type: ignore[arg-type]
