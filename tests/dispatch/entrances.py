"""A small application behind the real gate, and people who may enter it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request, WebSocket
from sqlalchemy import insert

from dispatch.actions.accounts import NewAccount, account_values, open_session
from dispatch.api import problems
from dispatch.api.allowance import Allowance
from dispatch.api.gate import SESSION_COOKIE, Gate
from dispatch.api.watchman import Watchman
from dispatch.identities import Identities, SessionKind, csrf_of
from dispatch.rulebook import load_rulebook
from dispatch.tables_accounts import accounts
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.database import Database

HOST = "wall.test"
ORIGIN = f"http://{HOST}"


def guarded_app(db: Database) -> FastAPI:
    """Return an application with one route for each kind of path that the gate tells apart."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.db, app.state.book = db, load_rulebook()
    app.state.identities = Identities(db)
    app.state.watchman = Watchman(db, app.state.identities.limits)
    problems.install(app)

    def seen(request: Request) -> dict[str, Any]:
        actor = request.scope["state"]["actor"]
        return {"role": actor.role if actor else None, "by_cookie": request.scope["state"]["by_cookie"]}

    async def show(request: Request) -> dict[str, Any]:
        return seen(request)

    async def swallow(request: Request) -> dict[str, Any]:
        return seen(request) | {"bytes": len(await request.body())}

    for path in (
        "/",
        "/login",
        "/wall",
        "/healthz",
        "/assets/x.css",
        "/_dash-layout",
        "/ogc",
        "/api/directory",
    ):
        app.add_api_route(path, show, methods=["GET"])
    for path in ("/api/cases", "/api/things", "/api/demo/session", "/_dash-update-component"):
        app.add_api_route(path, swallow, methods=["POST"])

    @app.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError("the secret reason")

    @app.get("/api/number")
    async def number(lon: float) -> float:
        return lon

    @app.websocket("/api/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(socket.scope["state"]["actor"].role)
        async for text in socket.iter_text():
            await socket.send_text(text)

    problems.close_api(app)
    app.add_middleware(Gate, most_body_bytes=10_000, allowance=Allowance(per_s=0.001, burst=6))
    return app


@asynccontextmanager
async def browser(app: FastAPI, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of `app` that keeps cookies as a browser does."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        yield client


async def account(db: Database, role: Role = Role.DISPATCHER, area: str = "620821", **other: Any) -> UUID:
    """Make an account without a password."""
    account_id = uuid4()
    new = NewAccount(
        username=other.pop("username", f"someone-{account_id.hex[:8]}"),
        display_name=other.pop("display_name", "Someone"),
        role=role,
        desk=other.pop("desk", area),
        area=area,
        **other,
    )
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(insert(accounts).values(**account_values(new, account_id, None, now())))
    return account_id


async def cookie_of(
    db: Database, account_id: UUID, kind: SessionKind = SessionKind.HUMAN
) -> tuple[dict[str, str], str]:
    """Open a session; return the headers that carry it, and its CSRF token."""
    secret = await open_session(db, account_id, kind, "127.0.0.1", now(), Identities(db).limits)
    return {"Cookie": f"{SESSION_COOKIE}={secret}"}, csrf_of(secret)
