"""The handbook: core duties of each tier, the centre's regulations, and the procedures, from the house's own book."""

from fastapi import APIRouter, Request, Response

from dispatch.api.caller import Book, Caller
from dispatch.rulebook import Rulebook
from dispatch.rules.procedures import TIERS, HouseText, Procedure
from wall_ui import words
from wall_ui.doors.homes import HOME_OF_ROLE
from wall_ui.doors.markup import Markup, Page, chosen_language, element, mark, words_answer

router = APIRouter(include_in_schema=False)


@router.get("/handbook")
async def handbook(request: Request, actor: Caller, book: Book) -> Response:
    """Show the whole handbook on one page; a step of a sheet points into it."""
    page = Page("handbook", chosen_language(request))
    body = element(
        "main",
        head(page, HOME_OF_ROLE.get(actor.role, "/wall")),
        contents(page),
        *chapters(page, book),
        css="handbook-body",
        data_page="handbook",
    )
    styles = [
        element("link", rel="stylesheet", href="/assets/fonts.css"),
        element("link", rel="stylesheet", href="/assets/theme.css"),
    ]
    return page.answer(words.t("page.handbook", page.lang), body, styles)


@router.get("/assets/handbook/words.json")
async def catalogue(request: Request) -> Response:
    """Serve the words of this page."""
    return words_answer("handbook", request)


def head(page: Page, home: str) -> Markup:
    """Return the way back, the title, and that the texts are the house's to replace."""
    back = element("a", mark("left"), page.word("handbook.back"), href=home, css="button", data_place="back")
    language = page.word(
        "app.language", "button", css="button quiet small", type="button", data_place="language"
    )
    title = element("div", back, page.word("page.handbook", "h1"), language, css="title")
    return element("header", title, page.word("handbook.template", "p", css="muted"))


def contents(page: Page) -> Markup:
    """Return the links to the chapters."""
    links = (
        page.word(f"handbook.{name}", "a", href=f"#{name}") for name in (*TIERS, "regulations", "procedures")
    )
    return element("nav", *links)


def chapters(page: Page, book: Rulebook) -> list[Markup]:
    """Return the duties of each tier, the regulations and the procedures."""
    made = [
        element("section", page.word(f"handbook.{tier}", "h2", id=tier), texts(page, book.duties[tier]))
        for tier in TIERS
    ]
    made.append(
        element(
            "section",
            page.word("handbook.regulations", "h2", id="regulations"),
            texts(page, book.regulations),
        )
    )
    cards = (procedure(page, one, book) for one in book.procedures)
    made.append(
        element(
            "section",
            page.word("handbook.procedures", "h2", id="procedures"),
            element("div", *cards, css="procedures"),
        )
    )
    return made


def texts(page: Page, listed: tuple[HouseText, ...]) -> Markup:
    """Return duties or regulations as a numbered list, each with its anchor."""
    english = page.lang == "en"
    rows = (
        element(
            "li",
            element("b", one.name_en if english else one.name),
            element("p", one.text_en if english else one.text),
            id=one.key,
        )
        for one in listed
    )
    return element("ol", *rows)


def procedure(page: Page, one: Procedure, book: Rulebook) -> Markup:
    """Return one procedure with its steps and where they point to."""
    english = page.lang == "en"
    names = {text.key: text.name_en if english else text.name for text in book.texts}
    kinds = " · ".join(words.t(f"category.{category}", page.lang) for category in one.categories)
    steps = (
        element(
            "li",
            step.text_en if english else step.text,
            page.word("handbook.required", css="must") if step.required else None,
            element("a", names[step.see], href=f"#{step.see}", css="see") if step.see else None,
        )
        for step in one.steps
    )
    return element(
        "article",
        element("h3", one.name_en if english else one.name),
        element("p", kinds, css="muted"),
        element("ol", *steps),
        id=f"p.{one.key}",
    )
