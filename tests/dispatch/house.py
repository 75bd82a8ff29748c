"""Two townships with a case and a card in each, behind the whole application: for tests of who finds what."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute

from dispatch.actions.accounts import create_token
from dispatch.actions.cases import NewReport, report_case
from dispatch.actions.warnings import issue_card, move_card
from dispatch.api.problems import all_routes
from dispatch.cards import CardRecord
from dispatch.records import CaseRecord
from dispatch.rulebook import Rulebook
from dispatch.rules.vocabulary import Source
from dispatch.rules.warnings import CardCommand, CardMove, Reading
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.settings import Settings
from tests.dispatch.small_county import COUNTY, EAST, WEST, centre_of, load_small_county
from wall_ui.application import create_app

# Paths that say the same to everybody.
PUBLIC = frozenset({"/api/openapi.json"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What happened in one township: its ids, and words that occur nowhere else."""

    township: str
    case_id: str
    number: str
    words: tuple[str, ...]
    card_id: str
    card_words: str

    @property
    def unit_id(self) -> str:
        """A unit of the township."""
        return f"grid.{self.township}201001"

    @property
    def marks(self) -> tuple[str, ...]:
        """Everything that only the township, and who stands above it, may ever read."""
        cards = (self.card_id, self.card_words)
        return (
            self.case_id,
            self.number,
            *self.words,
            f"grid.{self.township}",
            f"100-{self.township}",
            *cards,
        )


PARAMETERS: dict[str, Callable[[Ground], str]] = {
    "case_id": lambda ground: ground.case_id,
    "card_id": lambda ground: ground.card_id,
    "unit_id": lambda ground: ground.unit_id,
    "level": lambda ground: "village",
    "layer": lambda ground: "camera",
    "name": lambda ground: "camera",
    "code": lambda ground: f"{ground.township}201",
    "collection_id": lambda ground: "camera",
    "attachment_id": lambda ground: ground.case_id,
    "account_id": lambda ground: ground.case_id,
    "feature_id": lambda ground: "62082110001310300001",
    "matrix_set": lambda ground: "WebMercatorQuad",
    # There are no base maps in the small county.
    "basemap_id": lambda ground: "none",
    "z": lambda ground: "10",
    "x": lambda ground: "10",
    "y": lambda ground: "10",
    # Whoever has a query code is let in by it: here it is nobody's.
    "query_code": lambda ground: "2222222222",
}
NOBODYS = {"case_id": str(uuid4()), "card_id": str(uuid4()), "unit_id": "grid.nobody", "code": "620821999"}


def behind_the_door(township: str) -> tuple[float, float]:
    """Return where the case of a township lies: away from the seat of its village."""
    lon, lat = centre_of(f"{township}201001")
    return round(lon + 0.0123457, 7), round(lat + 0.0123457, 7)


async def ring(app: FastAPI, township: str, word: str) -> tuple[CaseRecord, tuple[str, ...]]:
    """Let a case be reported in a township; return it with what was said by whom."""
    grid = f"{township}201001"
    lon, lat = behind_the_door(township)
    report = NewReport(
        category="neighbour_dispute",
        text=f"{word}的事情",
        lon=lon,
        lat=lat,
        area_code=grid,
        source=Source.HOTLINE,
        reporter_name=f"{word}先生",
        reporter_phone=f"100{township}7",
    )
    case = (await report_case(app.state.db, SYSTEM, report, now())).case
    return case, (report.text, f"{word}先生", f"100{township}7")


async def happen(app: FastAPI, township: str, word: str) -> Ground:
    """Let a case be reported in a township, and a card be issued on it."""
    case, words = await ring(app, township, word)
    card_id = await warn(app, township, case["id"], f"{word}要整改")
    return Ground(township, case["id"], case["number"], words, card_id, f"{word}要整改")


async def issued(db: Database, book: Rulebook, rule: str, reading: Reading, at: datetime) -> CardRecord:
    """Issue the card that a reading makes due by a rule, as measuring does."""
    async with db.transaction(SYSTEM) as tx:
        card = await issue_card(tx, book, book.rule_of[rule], reading, at)
    assert card is not None
    return card


async def warn(app: FastAPI, township: str, case_id: str, demands: str) -> str:
    """Issue a card on a township, with a notice; return the card's id."""
    db, book = app.state.db, app.state.book
    evidence = ({"case_id": case_id, "number": case_id, "what": "resolve", "at": now().isoformat()},)
    card = await issued(db, book, "township_resolve_red", Reading(township, "", 12, 12, evidence), now())
    told = CardCommand(CardMove.NOTIFY, text=demands)
    county = Actor("county", "county", Role.DISPATCHER, COUNTY, COUNTY)
    await move_card(db, book, county, UUID(card["id"]), told, None, now())
    return card["id"]


@dataclass(frozen=True, slots=True)
class House:
    """The application, what happened in it, and somebody's way in."""

    app: FastAPI
    west: Ground
    east: Ground

    async def way_in(
        self, role: Role, area: str, desk: str | None = None, unit: str | None = None
    ) -> dict[str, str]:
        """Return the header of a token."""
        token = await create_token(self.app.state.db, role, area, "walker", now(), desk=desk, unit_id=unit)
        return {"Authorization": f"Bearer {token}"}

    def paths(self) -> list[str]:
        """Return every GET path under /api and /metrics, with its parameters still open."""
        return sorted(
            route.path
            for route in all_routes(self.app.routes)
            if isinstance(route, APIRoute)
            and "GET" in (route.methods or ())
            and route.path.startswith(("/api/", "/ogc", "/metrics"))
            and "{rest:path}" not in route.path
            and route.path not in PUBLIC
        )


@asynccontextmanager
async def open_house(urls: ClusterUrls) -> AsyncIterator[House]:
    """Open the application on two townships with a case in each."""
    load_small_county(urls.owner)
    app = create_app(Settings(), urls.app)
    async with app.router.lifespan_context(app):
        yield House(app, await happen(app, WEST, "柳树"), await happen(app, EAST, "白杨"))


def filled(path: str, ground: Ground) -> str:
    """Fill a path's parameters with what belongs to `ground`."""
    for name in re.findall(r"{(\w+)(?::\w+)?}", path):
        assert name in PARAMETERS, f"teach PARAMETERS what to walk {path} with"
        path = re.sub(rf"{{{name}(:\w+)?}}", PARAMETERS[name](ground), path)
    return path


def nobodys(path: str) -> str:
    """Fill those of a path's parameters that name somebody's thing with what belongs to nobody."""
    for name, value in NOBODYS.items():
        path = re.sub(rf"{{{name}(:\w+)?}}", value, path)
    return path
