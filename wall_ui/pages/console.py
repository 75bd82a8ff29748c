"""The dispatcher's console, also a department's: queue on the left, map in the middle, the case's sheet on the right.

The places are empty here; assets/console/main.js fills them from the store.
"""

from typing import Any

from wall_ui.components.element import element, place, word
from wall_ui.components.header import header
from wall_ui.components.map import county_map


def layout() -> Any:
    """Return the whole page."""
    body = element("Div", _queue(), _middle(), _sheet(), css="desk-body")
    return element("Main", header("console"), body, css="desk console", data_page="console")


def _queue() -> Any:
    # The room is the filters': how many are late must not be cut off, and the rows say what they are.
    title = word("queue.title", "H2", css="visually-hidden")
    head = element("Div", title, place("filters", "filters"), css="desk-head")
    return element("Aside", head, place("queue", "desk-scroll"), css="desk-side left", aria_label="queue")


def _middle() -> Any:
    bar = element("Div", place("command", "command"), place("tools", "tools"), css="desk-bar")
    shown = element("Div", county_map("map"), place("intake", "intake-panel hidden"), css="desk-map")
    return element("Section", bar, shown, css="desk-middle")


def _sheet() -> Any:
    nothing = element(
        "Div", word("sheet.none", "P"), word("sheet.none_how", "P", css="muted"), css="sheet-none"
    )
    return element("Aside", place("sheet", "sheet"), nothing, css="desk-side right", aria_label="case")
