"""The OGC interface behind the real gate, and GIS programs that show a token as the password of HTTP Basic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from dispatch.api import problems
from dispatch.api.gate import Gate
from dispatch.api.watchman import Watchman
from dispatch.identities import Identities
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.database import Database
from layers.areas import load_area_index
from layers.ogc import api

ORIGIN = "http://wall.test"
ROOT = f"{ORIGIN}/ogc"


async def guarded(db: Database) -> FastAPI:
    """Return an application with the OGC routes alone, behind the gate."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.db = db
    app.state.identities = Identities(db)
    app.state.watchman = Watchman(db, app.state.identities.limits)
    async with db.read(SYSTEM) as tx:
        app.state.areas = await load_area_index(tx)
    problems.install(app)
    app.include_router(api.router)
    problems.close_api(app, api.PREFIX)
    app.add_middleware(Gate)
    return app


@asynccontextmanager
async def program(
    app: FastAPI, area: str = "620821", role: Role = Role.DISPATCHER
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client with a token for an area."""
    token = await create_token(app.state.db, role, area, "QGIS", now(), desk=area)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, auth=("any", token)) as client:
        yield client
