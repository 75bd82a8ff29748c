"""The grid officer's phone: a skeleton of places that assets/field/ fills, under 100 KB in all, usable offline."""

import json
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from dispatch.api.caller import Areas, Caller, Db
from layers.surroundings import ASPECT, METRES_PER_DEGREE, Surroundings, surroundings
from wall_ui import words
from wall_ui.doors.markup import (
    LIGHT_POLICY,
    Markup,
    Page,
    chosen_language,
    element,
    mark,
    words_answer,
)

router = APIRouter(include_in_schema=False)

WORKER: Final = Path(__file__).parent.parent / "assets" / "field" / "worker.js"
MOST_RADIUS_M: Final = 6000.0
TABS: Final = (("tasks", "alarm"), ("report", "plus"), ("phones", "phone"), ("me", "person"))


@router.get("/field")
async def field(request: Request) -> Response:
    """Show the phone's page; the gate lets in only who is logged in."""
    page = Page("field", chosen_language(request))
    head = [
        element("link", rel="manifest", href="/field/manifest.webmanifest", crossorigin="use-credentials"),
        element("meta", name="theme-color", content="#0b1c2c"),
        element("meta", name="apple-mobile-web-app-capable", content="yes"),
    ]
    return page.answer(words.t("page.field", page.lang), skeleton(page), head, css="phone")


@router.get("/assets/field/words.json")
async def catalogue(request: Request) -> Response:
    """Serve the words of this page."""
    return words_answer("field", request)


@router.get("/field/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """Say how the page is put on a phone's home screen."""
    lang = chosen_language(request)
    body = {
        "id": "/field",
        "name": words.t("page.field", lang),
        "short_name": words.t("page.field", lang),
        "lang": words.HTML_LANG[lang],
        "start_url": "/field",
        "scope": "/field",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#0b1c2c",
        "theme_color": "#0b1c2c",
        "icons": [{"src": "/assets/favicon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/manifest+json")


@router.get("/field/worker.js")
async def worker() -> Response:
    """Serve the worker that keeps the page for when there is no network."""
    headers = {
        # It lies below the page, and may look after the page all the same.
        "Service-Worker-Allowed": "/field",
        "Content-Security-Policy": LIGHT_POLICY,
        "Cache-Control": "no-cache",
    }
    return Response(WORKER.read_bytes(), media_type="text/javascript", headers=headers)


@router.get("/field/surroundings")
async def around(
    actor: Caller,
    db: Db,
    areas: Areas,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    radius_m: Annotated[float, Query(gt=0, le=MOST_RADIUS_M)] = 1500,
) -> Surroundings:
    """Return what the small drawing shows around a place; a whole layer of the county would be too much."""
    async with db.read(actor) as tx:
        return await surroundings(tx, areas, (lon, lat), radius_m)


@router.get("/field/home")
async def home(actor: Caller, db: Db, areas: Areas) -> Surroundings:
    """Return the caller's own area for the small drawing, without what lies beyond it."""
    west, south, east, north = areas.geometry_of[actor.area].bounds
    place = (west + east) / 2, (south + north) / 2
    reach_m = max(north - south, (east - west) / ASPECT) * METRES_PER_DEGREE / 2
    async with db.read(actor) as tx:
        return await surroundings(tx, areas, place, min(MOST_RADIUS_M, max(300.0, reach_m)))


def skeleton(page: Page) -> Markup:
    """Return the page's places."""
    return Markup(
        top(page)
        + element("div", css="notice hidden", data_place="notice", role="status")
        + element(
            "main",
            *(element("section", css="tab", data_tab=name, hidden=name != "tasks") for name, _ in TABS),
            data_page="field",
        )
        + element("div", css="thumb hidden", data_place="thumb")
        + tabs(page)
    )


def top(page: Page) -> Markup:
    """Return the bar: who, where, whether it is live, on duty or not."""
    who = element(
        "div", element("b", css="name", data_place="name"), element("small", data_place="desk"), css="who"
    )
    demo = page.word("app.demonstration", css="demo hidden", data_place="demonstration")
    link = element("span", css="live", data_place="link", data_state="connecting", role="status")
    duty = element(
        "button", css="switch", type="button", role="switch", data_place="duty", aria_checked="false"
    )
    return element("header", who, demo, link, duty, css="top")


def tabs(page: Page) -> Markup:
    """Return the bar at the thumb."""
    buttons = (
        element(
            "button",
            mark(icon),
            page.word(f"field.{name}"),
            element("i", css="count hidden", data_count=name),
            type="button",
            data_go=name,
            aria_current="page" if name == "tasks" else None,
        )
        for name, icon in TABS
    )
    return element("nav", Markup("".join(buttons)), css="tabs")
