"""The township's and the village's desk: own area only; laptop and phone.

Offers to take stand on top of everything else. The places are empty here; assets/township/main.js fills them.
"""

from typing import Any

from wall_ui.components.element import element, place, word
from wall_ui.components.header import header
from wall_ui.components.map import county_map


def _page(name: str) -> Any:
    body = element("Div", _list(), _map(), _sheet(), css="desk-body")
    # Both screens are one page with one module; only the name in the header differs.
    return element(
        "Main", header(name), body, place("nav", "desk-nav", "Nav"), css="desk township", data_page="township"
    )


def layout() -> Any:
    """Return the township's page."""
    return _page("township")


def village_layout() -> Any:
    """Return the village's page."""
    return _page("village")


def _list() -> Any:
    parts = (place("hint", "desk-hint"), place("offers", "offers"), place("tabs", "desk-tabs"))
    lists = (
        place("queue", "desk-scroll"),
        place("went", "desk-scroll hidden"),
        place("warnings", "desk-scroll hidden"),
        place("units", "desk-scroll hidden"),
    )
    return element("Aside", *parts, *lists, css="desk-side left", aria_label="queue")


def _map() -> Any:
    shown = element("Div", county_map("map"), place("intake", "intake-panel hidden"), css="desk-map")
    return element("Section", place("tools", "desk-bar tools"), shown, css="desk-middle")


def _sheet() -> Any:
    nothing = element(
        "Div", word("sheet.none", "P"), word("township.none_how", "P", css="muted"), css="sheet-none"
    )
    return element("Aside", place("sheet", "sheet"), nothing, css="desk-side right", aria_label="case")
