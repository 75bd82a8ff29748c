"""What only the demonstration county has: a session at any desk with one click, and a case on request."""

from random import Random, SystemRandom

import shapely
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.actions.accounts import open_session
from dispatch.actions.cases import NewReport, report_case
from dispatch.api.caller import Areas, Book, Caller, Db, KnownIdentities
from dispatch.api.cases import CaseAnswer
from dispatch.api.session import SessionView, enter
from dispatch.identities import SessionKind
from dispatch.people import demonstration_account, is_demonstration
from dispatch.rulebook import Rulebook
from dispatch.rules.calendar import CHINA
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.desks import is_department
from dispatch.rules.plans import USUAL_LEVEL
from dispatch.rules.vocabulary import Source, UnitKind
from dispatch.simulation.scenarios import pick
from dispatch.simulation.temperament import AT_THE_DESK_SHARE
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import NotFound, NotYourMove
from layers.areas import AreaIndex
from layers.tables import LENGTH_OF_LEVEL

router = APIRouter(tags=["demonstration"])

# Where a newcomer sits down who names a role and no area: a town in the middle of the county's history.
TOWNSHIP = "620821101"
BELOW_THE_COUNTY = frozenset({Role.DUTY_OFFICER, Role.VILLAGE_OFFICER, Role.GRID_OFFICER})
TRIES = 200
UNIT_OF_ROLE = {Role.GRID_OFFICER: UnitKind.GRID_OFFICER, Role.MEDIATOR: UnitKind.MEDIATION}

CITIZEN = Actor(
    account_id="citizen", name="citizen", role=Role.REPORTER, desk="", area="", robot=True, demonstration=True
)


class Seat(BaseModel):
    """At which desk to sit down: a role, and where there are many of it, in which area or at which desk."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    area: str | None = Field(default=None, pattern=r"^[0-9]{6,15}$")
    desk: str | None = Field(default=None, max_length=60)


async def require_demonstration(db: Database) -> None:
    """Raise NotYourMove where the county's data are real."""
    async with db.read(SYSTEM) as tx:
        if not await is_demonstration(tx):
            raise NotYourMove(
                "The data of this county are real; there are no demonstration sessions. Log in at /login.",
                code="not_demonstration",
            )


@router.post("/api/demo/session", status_code=201)
async def sit_down(
    seat: Seat, request: Request, response: Response, db: Db, areas: Areas, known: KnownIdentities
) -> SessionView:
    """Log in as one of the demonstration's people, marked as such."""
    await require_demonstration(db)
    area = seat.area
    if area is None and seat.desk is None and seat.role in BELOW_THE_COUNTY and TOWNSHIP in areas:
        area = TOWNSHIP
    async with db.read(SYSTEM) as tx:
        account = await demonstration_account(tx, seat.role, area, seat.desk)
    if account is None:
        raise NotFound(
            f"The demonstration has no {seat.role} there. Take another role or area.", code="no_such_seat"
        )
    address = str(request.scope["state"].get("address", ""))
    secret = await open_session(db, account.id, SessionKind.HUMAN, address, now(), known.limits)
    return await enter(request, response, db, known, secret)


@router.post("/api/demo/case", status_code=201)
async def give_me_a_case(actor: Caller, db: Db, areas: Areas, book: Book) -> CaseAnswer:
    """Let a citizen ring about something in the caller's area, and put it on the caller's desk."""
    await require_demonstration(db)
    if actor.desk == "" or actor.role is Role.DEVICE:
        raise NotYourMove("Only who sits at a desk can be given a case. Sit down at one.", code="no_desk")
    rng, at = SystemRandom(), now()
    incident = pick(rng, at.astimezone(CHINA).hour, among=categories_for(actor, book))
    leaf, lon, lat = place_in(areas, actor.area, rng)
    report = NewReport(
        category=incident.category,
        text=incident.text,
        lon=lon,
        lat=lat,
        area_code=leaf,
        source=Source.HOTLINE,
        holder=actor.desk,
    )
    reported = await report_case(db, CITIZEN, report, at)
    return CaseAnswer(case=reported.case)


def categories_for(actor: Actor, book: Rulebook) -> frozenset[str] | None:
    """Return what somebody can do something about; None for an area desk, which gets everything.

    A department has its own matters. A unit gets what its desk keeps and sends its kind to first, and what no robot
    settles on the telephone: whoever asks for a task must not be given one that others go to.
    """
    if kind := UNIT_OF_ROLE.get(actor.role):
        first = {name: book.wants(name, USUAL_LEVEL)[:1] for name in CATEGORIES}
        ours = {name for name, wants in first.items() if any(want.kind is kind for want in wants)}
        ours -= AT_THE_DESK_SHARE.keys()
        kept = {name for name in ours if LENGTH_OF_LEVEL[CATEGORIES[name].level] == len(actor.desk)}
        return frozenset(kept or ours) or None
    if not is_department(actor.desk):
        return None
    key = actor.desk.partition("/")[2]
    return frozenset(name for name, row in CATEGORIES.items() if row.department == key) or None


def place_in(areas: AreaIndex, area: str, rng: Random) -> tuple[str, float, float]:
    """Draw a place: the code of a smallest area within `area`, and a longitude and latitude inside it."""
    leaves = [str(code) for code in areas.leaf_codes if str(code).startswith(area)]
    if not leaves:
        raise NotFound(f"There is no area {area} here.", code="unknown_area")
    leaf = rng.choice(leaves)
    shape = areas.geometry_of[leaf]
    west, south, east, north = map(float, shapely.bounds(shape))
    for _ in range(TRIES):
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(shape, lon, lat):
            return leaf, lon, lat
    return leaf, *areas.point_of(leaf)
