"""Routes of this floor behind a door that lets in whom a header names: the gate is another floor's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from dispatch.api import problems
from gis.actor import SYSTEM, Actor, Role
from gis.database import Database
from layers.areas import load_area_index

COUNTY, TOWN = "620821", "620821102"
ACTORS = {
    "dispatcher": Actor("1", "dispatcher", Role.DISPATCHER, COUNTY, COUNTY),
    "duty": Actor("2", "duty officer", Role.DUTY_OFFICER, TOWN, TOWN),
    "village": Actor("3", "village officer", Role.VILLAGE_OFFICER, TOWN + "200", TOWN + "200"),
    "police": Actor("4", "police", Role.DEPARTMENT, COUNTY + "/police", COUNTY),
}


def behind_a_door(router: APIRouter) -> FastAPI:
    """Return an application of these routes; `x-actor` says who asks, and without it the dispatcher does."""
    app = FastAPI()
    problems.install(app)
    app.include_router(router)

    @app.middleware("http")
    async def door(request: Request, call_next: RequestResponseEndpoint) -> Response:
        request.state.actor = ACTORS.get(request.headers.get("x-actor", "dispatcher"))
        return await call_next(request)

    return app


@asynccontextmanager
async def asking(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of an application."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wall.test") as opened:
        yield opened


@asynccontextmanager
async def asking_the_county(router: APIRouter, db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of routes that need the county."""
    app = behind_a_door(router)
    app.state.db = db
    async with db.read(SYSTEM) as tx:
        app.state.areas = await load_area_index(tx)
    async with asking(app) as client:
        yield client
