"""The citizen's page: report something with its place, and see by the code how it stands. Works on any phone."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from dispatch.api.caller import Areas, Db
from dispatch.people import is_demonstration
from gis.actor import SYSTEM
from layers.areas import AreaIndex
from layers.latin import in_english
from layers.surroundings import Surroundings, surroundings
from wall_ui import words
from wall_ui.doors.markup import Markup, Page, chosen_language, element, is_stranger, mark, words_answer

router = APIRouter(include_in_schema=False)

MOST_RADIUS_M: Final = 4000.0
EMERGENCY: Final = (("report.police", "110"), ("report.fire", "119"), ("report.ambulance", "120"))


@router.get("/report")
async def report(request: Request, db: Db, areas: Areas) -> Response:
    """Show the page; nobody needs to log in. In a demonstration it says that nobody will come."""
    async with db.read(SYSTEM) as tx:
        demonstration = await is_demonstration(tx)
    page = Page("report", chosen_language(request))
    county = page.called(areas.county.name)
    title = words.t("report.title", page.lang, county=county)
    body = Markup(
        element(
            "header",
            element("h1", title, data_titled="report.title"),
            page.word("app.language", "button", css="button quiet", type="button", data_place="language"),
            css="head",
        )
        + urgent(page)
        + (element("p", page.word("report.demonstration"), css="invented") if demonstration else Markup(""))
        + element(
            "nav",
            tab(page, "new", chosen=True),
            tab(page, "ask", chosen=False),
            css="tabs",
            role="tablist",
        )
        + element(
            "main",
            element("section", css="tab", data_tab="new", data_place="new"),
            element("section", css="tab", data_tab="ask", data_place="ask", hidden=True),
            element("noscript", element("p", page.word("report.no_script"), " ", call("12345"))),
            data_page="report",
            data_stranger=is_stranger(request),
            data_county=areas.county.name,
            data_county_en=in_english(areas.county.name),
        )
    )
    return page.answer(title, body)


def urgent(page: Page) -> Markup:
    """Return whom to ring when life is in danger: a touch rings, for nobody should type a number then."""
    calls = (call(number, page.word(word)) for word, number in EMERGENCY)
    return element("div", page.word("report.urgent", "p"), element("div", *calls, css="calls"), css="urgent")


def call(number: str, what: str | None = None) -> Markup:
    """Return a link that rings `number`."""
    return element("a", element("b", mark("phone"), number), what, href=f"tel:{number}", css="call")


def tab(page: Page, name: str, chosen: bool) -> Markup:
    """Return one of the two tabs."""
    icon = "plus" if name == "new" else "search"
    selected = "true" if chosen else "false"
    label = page.word(f"report.tab.{name}")
    return element(
        "button", mark(icon), label, type="button", role="tab", data_go=name, aria_selected=selected
    )


@router.get("/assets/report/words.json")
async def catalogue(request: Request) -> Response:
    """Serve the words of this page."""
    return words_answer("report", request)


@router.get("/report/areas")
async def divisions(areas: Areas) -> list[dict[str, object]]:
    """Return townships and their villages by name, so that somebody can say where without a map."""
    return [
        {
            "code": town.code,
            "name": town.name,
            "name_en": in_english(town.name),
            "villages": villages(areas, town.code),
        }
        for town in areas.level("township")
    ]


def villages(areas: AreaIndex, town: str) -> list[dict[str, object]]:
    """Return the villages of a township, each with a place that stands for it."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "name_en": in_english(one.name),
            "lon": round(one.seat[0], 5),
            "lat": round(one.seat[1], 5),
        }
        for one in areas.children(town)
    ]


@router.get("/report/around")
async def around(
    db: Db,
    areas: Areas,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    radius_m: Annotated[float, Query(ge=200, le=MOST_RADIUS_M)] = 1200,
) -> Surroundings:
    """Return borders and roads around a place inside the county, for the small map: public, and nothing else."""
    areas.locate(lon, lat)
    async with db.read(SYSTEM) as tx:
        return await surroundings(tx, areas, (lon, lat), radius_m)
