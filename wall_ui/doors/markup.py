"""Writing light pages: elements as escaped text, the frame around them, their policy and their part of the words."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from html import escape
from typing import Final

from fastapi import Request, Response

from dispatch.rules.categories import CATEGORIES
from layers.latin import in_english, short_in_english
from wall_ui import words

RULES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
LIGHT_POLICY: Final = "; ".join(RULES)
YEAR_S: Final = 31_536_000
VOID: Final = frozenset({"input", "link", "meta"})
# Elements of SVG: an unclosed one would take in all that follow.
SELF_CLOSED: Final = frozenset({"use", "path", "circle"})


class Markup(str):
    """Text that is HTML already; every other text is escaped where it goes in."""

    __slots__ = ()


def element(tag: str, *children: str | None, css: str = "", **attributes: str | bool | None) -> Markup:
    """Return one element. `data_w="x"` becomes `data-w`, `for_` becomes `for`; None and False are left out."""
    if css:
        attributes = {"class_": css, **attributes}
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}>")
    if tag in SELF_CLOSED:
        return Markup(f"<{tag}{written}/>")
    inside = "".join(child if isinstance(child, Markup) else escape(child) for child in children if child)
    return Markup(f"<{tag}{written}>{inside}</{tag}>")


def mark(name: str, css: str = "") -> Markup:
    """Return an icon of the sprite, in the colour of the text around it."""
    use = element("use", href=f"/assets/icons.svg#{name}")
    return element("svg", use, css=f"mark {css}".strip(), aria_hidden="true")


class Page:
    """One light page in one language."""

    def __init__(self, name: str, lang: words.Language) -> None:
        self.name = name
        self.lang = lang

    def word(self, key: str, tag: str = "span", css: str = "", **attributes: str | bool | None) -> Markup:
        """Return an element whose text is the word `key`."""
        return element(tag, words.t(key, self.lang), css=css, data_w=key, **attributes)

    def called(self, name: str) -> str:
        """Return what an area is called in the language of the page."""
        return in_english(name) if self.lang == "en" else name

    def named(
        self, tag: str, name: str, css: str = "", *, short: bool = False, **attributes: str | bool | None
    ) -> Markup:
        """Return an element whose text is the name of an area; the switch of language knows both.

        `short` leaves out in English what kind of area it is.
        """
        english = short_in_english(name) if short else in_english(name)
        both = {"data_zh": name, "data_en": english}
        return element(tag, english if self.lang == "en" else name, css=css, **both, **attributes)

    def titled(self, key: str) -> dict[str, str]:
        """Return the attributes of an element that is named by the word `key` without showing it."""
        return {"aria_label": words.t(key, self.lang), "data_w_aria_label": key}

    def answer(self, title: str, body: Markup, head: Iterable[Markup] = (), css: str = "") -> Response:
        """Return the whole page; its script is assets/<name>/main.js, its style assets/<name>/<name>.css."""
        links = (
            element("meta", charset="utf-8"),
            element(
                "meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"
            ),
            element("title", title),
            element("link", rel="icon", type="image/svg+xml", href="/assets/favicon.svg"),
            element(
                "link",
                rel="preload",
                href=f"/assets/{self.name}/words.json?v={version(self.name)}",
                as_="fetch",
                crossorigin="anonymous",
            ),
            *head,
            element("link", rel="stylesheet", href=f"/assets/{self.name}/{self.name}.css"),
            element("script", type="module", src=f"/assets/{self.name}/main.js"),
        )
        page = element(
            "html",
            element("head", Markup("".join(links))),
            element("body", body),
            lang=words.HTML_LANG[self.lang],
            css=css or self.name,
        )
        headers = {"Content-Security-Policy": LIGHT_POLICY, "Cache-Control": "no-store"}
        return Response("<!DOCTYPE html>" + page, media_type="text/html", headers=headers)


def is_stranger(request: Request) -> bool:
    """Say whether nobody is logged in here: the page then need not ask, and its console shows no refusal."""
    return request.scope.get("state", {}).get("actor") is None


def chosen_language(request: Request) -> words.Language:
    """Return the language the reader chose at the switch."""
    return words.language(request.cookies.get("wall_lang"))


# What a unit's telephone may be refused with; the law of desks would be half of its words.
PHONE_ERRORS: Final = (
    *(
        "network",
        "session",
        "stale",
        "move_not",
        "unknown",
        "file",
        "photo",
        "case_full",
        "wrong_status",
        "wrong_unit",
    ),
    *("not_a_kind", "not_authenticated", "not_found", "not_of_your_role", "not_your_move", "not_your_unit"),
    *(
        "unit",
        "no_such_case",
        "no_such_unit",
        "no_such_category",
        "no_unit",
        "no_place",
        "no_desk",
        "field_missing",
    ),
    *(
        "invalid",
        "outside",
        "half",
        "key_reused",
        "too_many",
        "unavailable",
        "disk_full",
        "internal",
        "forged",
        "work_began",
    ),
)
# What a unit does itself, and what the texts of its task come from.
PHONE_MOVES: Final = (
    *(
        "report",
        "attach",
        "acknowledge",
        "decline",
        "depart",
        "arrive",
        "clear",
        "resolve",
        "note",
        "dispatch",
    ),
    *("recall", "supervise", "answer", "escalate", "hand_down", "transfer", "take", "return", "accept"),
)
# What each light page says: whole topics, and single words of others. The whole catalogue would be most of the page.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "start": ("start.", "error.", "app.", "role.", "page.", "department."),
    "login": ("login.", "error.", "app.", "page.login"),
    "report": ("report.", "error.", "app.", "page.report", "category.", "group.", "department."),
    "handbook": ("handbook.", "app.", "page.handbook"),
    "field": (
        *("field.", "steps.", "link.", "time.", "status.", "priority.", "clock.", "category.", "group."),
        *("page.field", "department.", "reason."),
        *(f"files.{name}" for name in ("photo", "sent", "not_sent", "again")),
        *(f"move.{name}" for name in PHONE_MOVES),
        *(f"error.{name}" for name in PHONE_ERRORS),
        *(
            f"app.{name}"
            for name in ("demonstration", "language", "log_out", "loading", "close", "none", "home")
        ),
        *(f"role.{name}" for name in ("grid_officer", "mediator", "department", "leader")),
    ),
}


def part_of_catalogue(name: str) -> bytes:
    """Return the words of one light page, in the form of the whole catalogue."""
    table = {key: pair for key, pair in words.CATALOGUE.items() if key.startswith(PARTS[name])}
    groups = {row.key: row.group for row in CATEGORIES.values()} if name in ("field", "report") else {}
    return json.dumps({"words": table, "groups": groups}, ensure_ascii=False, separators=(",", ":")).encode()


def version(name: str) -> str:
    """Return what changes with the words of a page, so that a browser may keep them for good."""
    return hashlib.sha256(part_of_catalogue(name)).hexdigest()[:12]


def words_answer(name: str, request: Request) -> Response:
    """Serve the words of one light page, packed where the browser takes it."""
    headers = {"Cache-Control": f"public, max-age={YEAR_S}, immutable", "Vary": "Accept-Encoding"}
    body = part_of_catalogue(name)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    return Response(body, media_type="application/json", headers=headers)
