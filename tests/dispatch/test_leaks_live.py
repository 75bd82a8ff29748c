"""What the routes' walk does not see: the frames of the stream, what a refusal asks of the database, and who looked."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import event, text

from dispatch import identities
from dispatch.actions.cases import make_move, turn_clocks
from dispatch.actions.units import set_duty
from dispatch.api.examples import EXAMPLES, of_moves
from dispatch.avl.fix import Fix
from dispatch.avl.fleet import unpack
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move
from dispatch.rules.warnings import Reading
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database
from tests.dispatch.entrances import browser
from tests.dispatch.house import (
    NOBODYS,
    PARAMETERS,
    Ground,
    House,
    behind_the_door,
    filled,
    issued,
    nobodys,
    ring,
)
from tests.dispatch.pages import OpenPage, all_told, open_page
from tests.dispatch.small_county import COUNTY, EAST

BELOW = ((Role.DUTY_OFFICER, ""), (Role.VILLAGE_OFFICER, "201"), (Role.GRID_OFFICER, "201001"))


def person(role: Role, area: str) -> Actor:
    """Return somebody of an area, at its village's desk if he is of a grid."""
    unit = f"grid.{area}" if role is Role.GRID_OFFICER else None
    return Actor(f"{role}.{area}", f"某某{area}", role, area[:12], area, unit)


def county(role: Role = Role.DISPATCHER) -> Actor:
    return Actor(f"{role}.county", f"县里的{role}", role, COUNTY, COUNTY)


# ── the stream ─────────────────────────────────────────────────────────────────────────────────────────────


async def a_day(house: House, ground: Ground) -> Ground:
    """Let a township have a day of everything that is told live; return what was new in it."""
    db, book, town = house.app.state.db, house.app.state.book, ground.township
    case, words = await ring(house.app, town, f"新{ground.words[0][:2]}")
    fresh = replace(ground, case_id=case["id"], number=case["number"], words=words)
    village, unit, case_id = person(Role.VILLAGE_OFFICER, f"{town}201"), ground.unit_id, UUID(ground.case_id)
    lon, lat = behind_the_door(town)
    await house.app.state.positions.accept(SYSTEM, [(0, Fix(unit, now(), lon, lat, now()))])
    for who, command in (
        (village, Command(Move.ACCEPT)),
        (village, Command(Move.DISPATCH, units=(unit,), reason="就近")),
        (village, Command(Move.NOTE, text="已联系")),
        (county(Role.LEADER), Command(Move.SUPERVISE, text="请说明进展")),
        (village, Command(Move.ESCALATE, to=town, reason="超出能力")),
        (person(Role.DUTY_OFFICER, town), Command(Move.TAKE)),
    ):
        await make_move(db, who, case_id, command, None, now())
    await turn_clocks(db, UUID(fresh.case_id), now() + timedelta(days=14), book.orders)
    await set_duty(db, person(Role.DUTY_OFFICER, town), f"grid.{town}202001", on_duty=False, at=now())
    await issued(db, book, "low_ratings_yellow", Reading(town, "", 0.5, 12, ()), now())
    return fresh


def said_on(page: OpenPage) -> str:
    """Return every message that a page got, as one text."""
    return json.dumps(page.wire.texts, ensure_ascii=False)


def shown_on(page: OpenPage) -> list[tuple[int, float, float]]:
    """Return every unit that the frames of positions showed, and where."""
    rows = [row for frame in page.wire.frames for row in unpack(frame)[2]]
    return [
        (int(row["no"]), round(int(row["lon"]) / 1e6, 5), round(int(row["lat"]) / 1e6, 5)) for row in rows
    ]


def of_a_township(*grounds: Ground) -> tuple[str, ...]:
    """Return everything that nobody may find who is not of the township: its very code, too, and so its people."""
    lon, _ = behind_the_door(grounds[0].township)
    return (grounds[0].township, str(lon), *(mark for one in grounds for mark in one.marks))


async def test_no_frame_of_a_township_says_anything_of_its_neighbour(house: House) -> None:
    hub, db = house.app.state.hub, house.app.state.db
    everything: dict[str, Any] = {"topics": ["cases", "units", "positions"], "desk": True}
    pages = {
        (ground.township, role): open_page(hub, person(role, ground.township + suffix), **everything)
        for ground in (house.west, house.east)
        for role, suffix in BELOW
    }
    above = open_page(hub, county(), **everything)
    seen = {key: await page.snapshot() for key, page in pages.items()}
    for (township, _), page in pages.items():
        mine = house.west if township == house.west.township else house.east
        page.wire.say({"type": "viewing", "case_id": mine.case_id})
        page.wire.say(
            {"type": "viewing", "case_id": (house.east if mine is house.west else house.west).case_id}
        )
        page.wire.say({"type": "viewing", "case_id": mine.case_id})
    above.wire.say({"type": "viewing", "case_id": house.west.case_id})
    fresh = {one.township: await a_day(house, one) for one in (house.west, house.east)}
    await all_told(hub, db)
    for page in (*pages.values(), above):
        await page.wire.until(lambda page=page: page.wire.frames)
    again = {
        (township, role): open_page(
            hub, person(role, township + dict(BELOW)[role]), seen[township, role].seq, **everything
        )
        for township, role in pages
    }
    await asyncio.gather(
        *(page.wire.until(lambda page=page: page.wire.of_type("event")) for page in again.values())
    )
    numbers = {unit["id"]: unit["no"] for unit in above.take().units.values()}
    for mine, foreign in ((house.west, house.east), (house.east, house.west)):
        marks = of_a_township(foreign, fresh[foreign.township])
        for role, _ in BELOW:
            for page in (pages[mine.township, role], again[mine.township, role]):
                said = said_on(page)
                assert [mark for mark in marks if mark in said] == [], role
                assert mine.case_id in said
                assert {no for no, _, _ in shown_on(page)} <= {numbers[mine.unit_id]}, role
        lon, lat = behind_the_door(mine.township)
        assert (numbers[mine.unit_id], round(lon, 5), round(lat, 5)) in shown_on(
            pages[mine.township, Role.DUTY_OFFICER]
        )
    # The walk can find something at all: who stands above is told of both, and is named to who looks at the same.
    assert county().name in said_on(pages[house.west.township, Role.DUTY_OFFICER])
    assert county().name not in said_on(pages[house.east.township, Role.VILLAGE_OFFICER])
    both = said_on(above)
    assert all(
        mark in both for one in (house.west, house.east) for mark in (one.case_id, one.number, one.card_id)
    )
    assert "clock.red" in both
    for page in (*pages.values(), *again.values(), above):
        await page.close()


# ── what a refusal asks of the database ────────────────────────────────────────────────────────────────────

# What the driver asks by itself, once for each connection: about types, and so without compiling.
OF_A_FRESH_CONNECTION = ("typeinfo_tree", "current_setting('jit')")
HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening(db: Database) -> Iterator[None]:
    """Hear every statement that a request makes, by SQLAlchemy or by the driver itself; not those beside it."""

    def hear(statement: str) -> None:
        heard, said = HEARD.get(), " ".join(statement.split())
        if heard is not None and not any(mark in said for mark in OF_A_FRESH_CONNECTION):
            heard.append("BEGIN" if said.startswith("BEGIN") else said)

    def of_sqlalchemy(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        hear(statement)

    def of_the_driver(record: asyncpg.connection.LoggedQuery) -> None:
        hear(record.query)

    def at_checkout(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(of_the_driver)

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", of_sqlalchemy)
    event.listen(engine, "checkout", at_checkout)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", of_sqlalchemy)
        event.remove(engine, "checkout", at_checkout)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what came of it: the answer, and what the database was asked meanwhile."""

    status: int
    code: str
    statements: list[str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request on something that is somebody's, its path still open."""

    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)

    async def ask(self, client: httpx.AsyncClient, path: str) -> Asked:
        """Ask for the thing at `path`, listening."""
        heard: list[str] = []
        token = HEARD.set(heard)
        body = self.body or None
        answer = await client.request(self.method, path, json=body, headers={"Accept": "application/json"})
        await asyncio.sleep(0)  # the driver tells what it did a turn later
        HEARD.reset(token)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        problem = "problem+json" in answer.headers.get("content-type", "")
        return Asked(answer.status_code, answer.json()["code"] if problem else "", heard)


def requests(document: dict[str, Any]) -> Iterator[Request]:
    """Yield a request for every route that names something of somebody's, and one for each move."""
    for path, methods in document["paths"].items():
        names = re.findall(r"{(\w+)(?::\w+)?}", path)
        if not set(names) & set(NOBODYS) or not set(names) <= set(PARAMETERS):
            continue
        for method in methods:
            bodies = EXAMPLES.get((method, path), {"none": {}})
            for body in bodies.values():
                yield Request(method.upper(), path, body)


@pytest.mark.parametrize(
    "role, desk",
    [(Role.DUTY_OFFICER, EAST), (Role.GRID_OFFICER, f"{EAST}201"), (Role.DEPARTMENT, f"{COUNTY}/police")],
)
async def test_a_refusal_asks_the_database_the_same_whether_a_thing_is_foreign_or_nowhere(
    house: House, role: Role, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "REMEMBERED_S", 3600.0)
    area = COUNTY if role is Role.DEPARTMENT else desk
    asked = 0
    async with browser(house.app, **await house.way_in(role, area, desk)) as client:
        with listening(house.app.state.db):
            for request in requests(house.app.openapi()):
                foreign_path, nowhere_path = (
                    filled(request.path, house.west),
                    filled(nobodys(request.path), house.west),
                )
                await request.ask(client, nowhere_path)  # what is remembered is remembered for both
                foreign, nowhere = [await request.ask(client, path) for path in (foreign_path, nowhere_path)]
                assert foreign == nowhere, (request, foreign, nowhere)
                assert foreign.status in (403, 404, 405, 415, 422), (request, foreign)
                asked += 1
    assert asked > len(of_moves())


async def test_what_is_foreign_is_looked_for_exactly_as_ones_own_that_is_forbidden(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403 is for what one sees: all that a 404 does is done on the way to a 403, too, and in the same order."""
    monkeypatch.setattr(identities, "REMEMBERED_S", 3600.0)
    take = Request("POST", "/api/cases/{case_id}/moves", of_moves()["take"])
    async with browser(house.app, **await house.way_in(Role.DUTY_OFFICER, EAST)) as client:
        with listening(house.app.state.db):
            await take.ask(client, filled(take.path, house.east))
            own, foreign = [
                await take.ask(client, filled(take.path, one)) for one in (house.east, house.west)
            ]
    assert (own.status, foreign.status) == (403, 404)
    assert foreign.statements
    assert own.statements[: len(foreign.statements)] == foreign.statements


# ── who looked ─────────────────────────────────────────────────────────────────────────────────────────────


async def last_look(db: Database) -> int:
    async with db.read(SYSTEM) as tx:
        return int((await tx.execute(text("select coalesce(max(id), 0) from looks"))).scalar_one())


async def test_whoever_is_shown_what_people_said_is_on_the_audit_log(house: House) -> None:
    db, ground = house.app.state.db, house.west
    shown: set[str] = set()
    async with browser(house.app, **await house.way_in(Role.DISPATCHER, COUNTY)) as client:
        for path in house.paths():
            for question in ("", f"?text={ground.words[0]}", f"?q={ground.words[0]}"):
                asked, before = filled(path, ground) + question, await last_look(db)
                answer = await client.get(asked)
                if any(word in answer.text.replace(question, "") for word in ground.words):
                    shown.add(path)
                    assert await last_look(db) > before, asked
        before = await last_look(db)
        typed = {"text": ground.words[0], "phone": ground.words[2]}
        proposal = await client.post("/api/intake/proposal", json=typed)
        assert proposal.is_success
        assert ground.words[1] not in proposal.text
    assert shown >= {"/api/cases", "/api/cases/{case_id}"}
