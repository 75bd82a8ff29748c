"""The screens. Each module holds one page: its layout, and nothing that decides.

A page is one entry in `PAGES`; docs/frontend.md says how to add one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from wall_ui.pages import admin, audit, console, leader, township, wall


@dataclass(frozen=True, slots=True)
class Page:
    """One screen: `title` is a key of the catalogue, `layout` returns Dash components."""

    name: str
    paths: tuple[str, ...]
    title: str
    layout: Callable[[], Any]


PAGES: Final[tuple[Page, ...]] = (
    Page("wall", ("/wall",), "page.wall", wall.layout),
    Page("console", ("/console",), "page.console", console.layout),
    Page("township", ("/township",), "page.township", township.layout),
    Page("village", ("/village",), "page.village", township.village_layout),
    Page("leader", ("/leader",), "page.leader", leader.layout),
    Page("audit", ("/audit",), "page.audit", audit.layout),
    Page("admin", ("/admin",), "page.admin", admin.layout),
)


def page_at(pathname: str) -> Page | None:
    """Return the page at `pathname`, or None."""
    path = pathname.rstrip("/") or "/"
    return next((page for page in PAGES if path in page.paths), None)
