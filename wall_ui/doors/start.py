"""The start page: in the demonstration county every desk one click away; where the data are real, the log-in."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dispatch.api.caller import Areas, Db
from dispatch.people import directory, is_demonstration
from gis.actor import SYSTEM
from layers.areas import AreaIndex
from layers.latin import in_english
from wall_ui import words
from wall_ui.doors.homes import HOME_OF_ROLE
from wall_ui.doors.markup import Markup, Page, chosen_language, element, is_stranger, mark, words_answer
from wall_ui.doors.outline import county_drawing

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """One card: the role to sit down as, its page, its icon, and among what one may choose."""

    key: str
    role: str
    page: str
    icon: str
    among: str | None = None


SEATS: Final = (
    Seat("wall", "kiosk", "/wall", "frame"),
    Seat("console", "dispatcher", "/console", "phone"),
    Seat("leader", "leader", "/leader", "star"),
    Seat("township", "duty_officer", "/township", "facility", "area"),
    Seat("village", "village_officer", "/village", "unit-department", "area"),
    Seat("field", "grid_officer", "/field", "unit-grid_officer", "area"),
    Seat("department", "department", "/township", "case-safety", "desk"),
    Seat("mediator", "mediator", "/field", "unit-mediation", "area"),
    Seat("auditor", "auditor", "/audit", "search"),
)
FIGURES: Final = ("open", "received", "closed", "on_duty", "under_way")


@router.get("/")
async def start(request: Request, db: Db, areas: Areas) -> Response:
    """Show the desks of the demonstration county; else send to one's own screen, or to the log-in."""
    async with db.read(SYSTEM) as tx:
        demonstration = await is_demonstration(tx)
        desks = await directory(tx, SYSTEM) if demonstration else ()
    if not demonstration:
        actor = request.scope["state"].get("actor")
        return RedirectResponse(HOME_OF_ROLE.get(actor.role, "/wall") if actor else "/login", 303)
    departments = [(desk.id, desk.name) for desk in desks if desk.kind == "department"]
    return draw(areas, departments, chosen_language(request), stranger=is_stranger(request))


@router.get("/assets/start/words.json")
async def catalogue(request: Request) -> Response:
    """Serve the words of this page."""
    return words_answer("start", request)


def draw(
    areas: AreaIndex, departments: list[tuple[str, str]], lang: words.Language, *, stranger: bool
) -> Response:
    """Return the page; `departments` are desk ids and names."""
    page = Page("start", lang)
    county = page.called(areas.county.name)
    title = words.t("start.title", lang, county=county)
    choices = {"area": [(town.code, town.name) for town in areas.level("township")], "desk": departments}
    body = Markup(
        element("div", county_drawing(areas, page), css="ground")
        + top(page)
        + element(
            "main",
            element("div", headline(page, title), figures(page), css="hero"),
            seats(page, choices),
            data_page="start",
            data_stranger=stranger,
            data_county=areas.county.name,
            data_county_en=in_english(areas.county.name),
        )
        + foot(page)
    )
    styles = [
        element("link", rel="stylesheet", href="/assets/fonts.css"),
        element("link", rel="stylesheet", href="/assets/theme.css"),
    ]
    return page.answer(title, body, styles)


def top(page: Page) -> Markup:
    """Return the bar: the mark of demonstration, who is here already, the language."""
    return element(
        "header",
        page.word("app.demonstration", css="badge demonstration"),
        element("span", css="spring"),
        element("a", css="button quiet hidden", data_place="continue", href="/"),
        page.word("start.with_password", "a", css="button quiet", href="/login"),
        page.word("app.language", "button", css="button quiet", data_place="language", type="button"),
        css="head",
    )


def headline(page: Page, title: str) -> Markup:
    """Return the name of the platform and one sentence on it."""
    return Markup(element("h1", title, data_titled="start.title") + page.word("start.lead", "p", css="lead"))


def figures(page: Page) -> Markup:
    """Return the line of the county's state, which the script fills."""
    cells = (
        element(
            "div", element("b", "–", css="digits", data_figure=name), page.word(f"start.{name}"), css=name
        )
        for name in FIGURES
    )
    return element("div", Markup("".join(cells)), css="figures", data_place="figures")


def seats(page: Page, choices: dict[str, list[tuple[str, str]]]) -> Markup:
    """Return the cards of all desks."""
    head = element(
        "div",
        page.word("start.choose", "h2"),
        page.word("start.choose_why", "p", css="muted"),
        aside(page),
        css="ask",
    )
    cards = "".join(card(page, seat, choices.get(seat.among or "", [])) for seat in SEATS)
    return element("section", head, element("div", Markup(cards), citizen(page), css="cards"), css="seats")


def citizen(page: Page) -> Markup:
    """Return the card of who needs no desk: it leads to the page that anybody may use."""
    return element("article", face(page, "citizen", "person", "a", href="/report"), css="card at-citizen")


def card(page: Page, seat: Seat, among: list[tuple[str, str]]) -> Markup:
    """Return one desk's card; its button sits down there."""
    choose = chooser(page, seat, among) if among else None
    return element(
        "article",
        face(page, seat.key, seat.icon, "button", type="button"),
        choose,
        css=f"card at-{seat.key}",
        data_role=seat.role,
        data_page=seat.page,
        data_among=seat.among,
    )


def aside(page: Page) -> Markup:
    """Return the way in of the administrator, who handles no case: it stands beside the cards, and is none."""
    enter = page.word("start.admin", "button", css="enter", type="button")
    return element("span", enter, css="aside", data_role="admin", data_page="/admin")


def face(page: Page, key: str, icon: str, tag: str, **attributes: str) -> Markup:
    """Return what of a card is clicked: its icon, its name, and what one does there."""
    says = element(
        "span", page.word(f"start.{key}", "strong"), page.word(f"start.{key}_why", css="why"), css="says"
    )
    return element(
        tag,
        element("span", mark(icon), css="icon"),
        says,
        element("span", mark("up"), css="go"),
        css="enter",
        **attributes,
    )


def chooser(page: Page, seat: Seat, among: list[tuple[str, str]]) -> Markup:
    """Return the choice of townships or departments of one card."""
    options = "".join(option(page, value, name) for value, name in among)
    return element("select", Markup(options), css="input", **page.titled(f"start.{seat.among}"))


def option(page: Page, value: str, name: str) -> Markup:
    """Return one township or department to choose, by the name that the reader's language has for it."""
    key = f"department.{value.partition('/')[2]}"
    return (
        page.word(key, "option", value=value)
        if key in words.CATALOGUE
        else page.named("option", name, value=value)
    )


def foot(page: Page) -> Markup:
    """Return what is invented here, said plainly."""
    return element("footer", page.word("start.notice"), css="foot muted")
