"""The composition root: every part of the wall is made here, once, and handed to those that need it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from dispatch.actions.accounts import sweep
from dispatch.actions.attachments import sweep_attachments
from dispatch.api import (
    admin,
    alarms,
    attachments,
    case_lists,
    casefiles,
    cases,
    credentials,
    demo,
    directory,
    figures,
    glance,
    health,
    intake,
    looks,
    oidc,
    openapi,
    oversight,
    positions,
    problems,
    procedures,
    recommendation,
    reports,
    session,
    stream,
    units,
    warnings,
)
from dispatch.api.gate import Gate
from dispatch.api.watchman import Watchman
from dispatch.attachments.folder import Folder
from dispatch.avl import PositionLane
from dispatch.erasure_watch import ErasureWatch
from dispatch.figures import Figures
from dispatch.identities import Identities, SessionLimits
from dispatch.intake.names import Names
from dispatch.intake.table import wording_table
from dispatch.rulebook import load_rulebook
from dispatch.rules.single_sign_on import mapped
from dispatch.stream import Hub
from dispatch.warning_watch import WarningWatch
from dispatch.watch import watch
from gis.actor import Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput
from gis.log import Sequencer, Tail
from gis.settings import Settings
from layers import api as layers_api
from layers.api import served_by
from layers.basemaps import api as basemaps_api
from layers.basemaps.settings import read_basemaps
from layers.basemaps.shelf import BaseMaps
from layers.ogc import api as ogc_api
from layers.ogc.drawers import DRAWERS
from layers.ogc.vector_tiles import vector_tiles
from layers.search import api as search_api
from wall_ui.ground_watch import GroundWatch
from wall_ui.shell import build_dash

if TYPE_CHECKING:
    from dispatch.oidc import Provider

log = logging.getLogger(__name__)

# A request is held against one after the other: what is asked for most stands first.
ROUTERS: tuple[APIRouter, ...] = (
    case_lists.router,
    casefiles.router,
    attachments.router,
    cases.router,
    positions.router,
    session.router,
    oidc.router,
    admin.router,
    credentials.router,
    looks.router,
    directory.router,
    alarms.router,
    intake.router,
    reports.router,
    units.router,
    stream.router,
    recommendation.router,
    figures.router,
    warnings.router,
    oversight.router,
    procedures.router,
    demo.router,
    glance.router,
    layers_api.router,
    search_api.router,
    basemaps_api.router,
    ogc_api.router,
    health.router,
)

# The sequencer, the tail, the position lane and presence hold connections of their own beside the pool, and so do
# those that draw tiles.
BESIDE_THE_POOL = 4 + DRAWERS
RESTS_S = 1.0
SWEEPS_EVERY_S = 3600.0
FOLLOWS_WITHIN_S = 10.0


def create_app(settings: Settings, app_url: str) -> FastAPI:
    """Return the whole application: HTTP API, stream and screens, on the database at `app_url`."""
    app = FastAPI(
        title="Command Wall",
        description="Cases, units and the live stream of a county's command centre.",
        docs_url=None,  # its page would come from another host
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=running,
    )
    furnish(app, settings, app_url)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    openapi.install(app)
    problems.close_api(app)
    problems.close_api(app, ogc_api.PREFIX)
    build_dash(app, settings)
    app.add_middleware(Gate)  # the last is the outermost: nothing comes past it
    return app


def furnish(app: FastAPI, settings: Settings, app_url: str) -> None:
    """Put the parts that routes ask for on `app.state`; none of them has begun to work yet."""
    state = app.state
    state.settings = settings
    state.book = load_rulebook(settings.wall_book)
    state.db = Database(app_url, pool_size=max(2, settings.database_pool - BESIDE_THE_POOL), max_overflow=0)
    limits = SessionLimits(
        idle=timedelta(seconds=settings.wall_session_idle_s),
        absolute=timedelta(seconds=settings.wall_session_lifetime_s),
    )
    state.identities = Identities(state.db, limits)
    state.oidc = sign_on(settings)
    state.attachments = Folder(settings.attachments_folder)
    state.watchman = Watchman(state.db, limits)
    state.sequencer = Sequencer(state.db)
    state.tail = Tail(state.db)
    state.figures = Figures(state.db)
    state.names = Names(state.db, lambda: state.areas)
    wording_table(settings.wall_intake_table)  # what is wrong in it must not wait for the first caller
    state.areas = state.roads = None
    state.ground = GroundWatch(state)
    told = () if settings.wall_basemaps is None else read_basemaps(settings.wall_basemaps)
    state.basemaps = BaseMaps(told, settings.wall_var)
    haste = settings.wall_simulation_speed if settings.wall_simulation else 1.0
    state.positions = PositionLane(state.db, lambda: state.areas, haste=haste)
    state.hub = Hub(state.db, state.tail, state.positions, lambda code: state.areas.point_of(code))

    async def authenticate_token(token: str) -> Actor | None:
        identity = await state.identities.of_token(token, now())
        return identity.actor if identity else None

    state.authenticate_token = authenticate_token


def sign_on(settings: Settings) -> "Provider | None":
    """Return the provider of single sign-on, None where none is set up. Raises InvalidInput for a wrong table."""
    if settings.wall_oidc_issuer is None:
        return None
    if settings.wall_oidc_people is None:
        raise InvalidInput("WALL_OIDC_ISSUER needs WALL_OIDC_PEOPLE, which says who sits where.")
    from dispatch.oidc import Provider  # it brings cryptography along, which no other start needs

    people = mapped(settings.wall_oidc_people.read_text(encoding="utf-8"))
    return Provider(
        settings.wall_oidc_issuer, settings.wall_oidc_client_id, settings.wall_oidc_client_secret, people
    )


async def warm(app: FastAPI) -> None:
    """Make ready what the first wall asks for: nobody is served later for it, and the first one sooner."""
    county = app.state.areas.county.code
    first = Actor(account_id="first", name="first", role=Role.KIOSK, desk=county, area=county)
    await served_by(app.state).warm(first)
    await vector_tiles(app.state).warm()


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Read the county, start what works in the background, and end all of it with the application."""
    state = app.state
    try:
        await state.ground.load()
        await state.positions.load()
        async with background(
            sequencer=state.sequencer.run,
            tail=state.tail.run,
            hub=state.hub.run,
            positions=state.positions.run,
            ground=state.ground.run,
            watcher=lambda: watch(state.db, state.book.orders),
            warner=lambda: WarningWatch(state.db, state.book).run(),
            eraser=lambda: ErasureWatch(state.db, state.attachments, state.book.retention).run(),
            sweeper=lambda: sweep_for_ever(state.db, state.attachments),
        ):
            await asyncio.wait_for(state.tail.ready.wait(), FOLLOWS_WITHIN_S)
            yield
    finally:
        await state.basemaps.close()
        await state.db.close()


@asynccontextmanager
async def background(**jobs: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run jobs beside the block and end them with it."""
    tasks = [asyncio.create_task(keep(name, job), name=name) for name, job in jobs.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def keep(name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Run a job that never ends by itself; should it fail, say so and begin again."""
    while True:
        try:
            await job()
        except Exception:
            log.exception("%s failed; it begins again in %s s", name, RESTS_S)
        await asyncio.sleep(RESTS_S)


async def sweep_for_ever(db: Database, folder: Folder) -> None:
    """Delete what is over among the sessions, and files that belong to nothing, now and then."""
    while True:
        await sweep(db, now())
        await sweep_attachments(db, folder, now())
        await asyncio.sleep(SWEEPS_EVERY_S)
