"""The log-in: name and password, or the token of a wall screen."""

from fastapi import APIRouter, Request, Response

from dispatch.api.caller import Areas, Db
from dispatch.people import is_demonstration
from gis.actor import SYSTEM
from layers.areas import AreaIndex
from layers.latin import in_english
from wall_ui import words
from wall_ui.doors.markup import Markup, Page, chosen_language, element, is_stranger, mark, words_answer
from wall_ui.doors.outline import county_drawing

router = APIRouter(include_in_schema=False)


@router.get("/login")
async def login(request: Request, db: Db, areas: Areas) -> Response:
    """Show the form."""
    async with db.read(SYSTEM) as tx:
        demonstration = await is_demonstration(tx)
    signs_on = request.app.state.settings.wall_oidc_issuer is not None
    lang, stranger = chosen_language(request), is_stranger(request)
    return draw(areas, demonstration, lang, signs_on=signs_on, stranger=stranger)


@router.get("/assets/login/words.json")
async def catalogue(request: Request) -> Response:
    """Serve the words of this page."""
    return words_answer("login", request)


def draw(
    areas: AreaIndex,
    demonstration: bool,
    lang: words.Language,
    *,
    signs_on: bool = False,
    stranger: bool = True,
) -> Response:
    """Return the page."""
    page = Page("login", lang)
    county = page.called(areas.county.name)
    centre = words.t("app.centre", lang, county=county)
    parts = [
        element("h1", centre, data_titled="app.centre"),
        page.word("page.login", "p", css="muted"),
        form(page),
        page.word("login.forgotten", "p", css="muted small person"),
    ]
    if signs_on:
        parts.append(page.word("login.sign_on", "a", css="button", href="/api/session/oidc"))
    if demonstration:
        parts.insert(0, page.word("app.demonstration", css="badge demonstration"))
        parts.append(page.word("login.demonstration", "a", css="demo", href="/"))
    switch = page.word("login.screen", "button", css="button quiet small", data_place="switch", type="button")
    language = page.word(
        "app.language", "button", css="button quiet small", data_place="language", type="button"
    )
    body = Markup(
        element("div", county_drawing(areas), css="ground")
        + element(
            "main",
            element("div", Markup("".join(parts)), css="door panel"),
            element("div", switch, element("span", css="spring"), language, css="below"),
            data_page="login",
            data_stranger=stranger,
            data_county=areas.county.name,
            data_county_en=in_english(areas.county.name),
        )
    )
    styles = [
        element("link", rel="stylesheet", href="/assets/fonts.css"),
        element("link", rel="stylesheet", href="/assets/theme.css"),
    ]
    return page.answer(words.t("page.login", lang), body, styles)


def form(page: Page) -> Markup:
    """Return the form; without its script it sends nothing, so that no password lands in an address."""
    fields = Markup(
        input_field(page, "username", "person", autocomplete="username", autocapitalize="none")
        + input_field(page, "password", "person", kind="password", autocomplete="current-password")
        + input_field(page, "token", "screen", kind="password", autocomplete="off")
    )
    wrong = element("p", css="wrong", data_place="wrong", role="alert")
    send = element(
        "button", page.word("login.enter"), css="button primary", type="submit", data_place="enter"
    )
    return element("form", fields, wrong, send, method="post", action="/login", novalidate=True)


def input_field(page: Page, name: str, css: str, kind: str = "text", **attributes: str) -> Markup:
    """Return one labelled field; a secret one can be shown."""
    inputs = [
        element(
            "input",
            id=f"login-{name}",
            name=name,
            type=kind,
            spellcheck="false",
            maxlength="1000",
            **attributes,
        )
    ]
    if name == "password":
        show = page.word("login.show", "button", css="button quiet small", type="button", data_place="show")
        inputs.append(show)
    label = page.word(f"login.{name}", "label", for_=f"login-{name}")
    icon = mark("lock" if kind == "password" else "person")
    return element(
        "div", label, element("div", icon, Markup("".join(inputs)), css="inside"), css=f"field {css}"
    )
