"""The wall: the map fills all; around it what is open, who is out, how fast we are, what breaches next.

The places are empty here; assets/wall/main.js fills them from the store.
"""

from typing import Any

from wall_ui.components.element import element, place, word
from wall_ui.components.header import badge, language_switch, link
from wall_ui.components.map import county_map


def layout() -> Any:
    """Return the whole page."""
    shade = element("Div", css="wall-shade")
    parts = (county_map("map"), shade, _top(), _left(), _right(), _bottom(), _resume())
    return element("Main", *parts, css="wall", data_page="wall")


def _top() -> Any:
    title = element("H1", css="wall-title", data_header="title")
    date = element("Div", css="wall-date", data_header="date")
    time = element("Div", css="wall-time digits", data_header="time")
    when = element("Div", date, time, css="wall-when")
    warned = place("warned", "wall-warned hidden")
    spring = element("Div", css="spring")
    return element("Header", title, badge(), spring, warned, link(), when, css="wall-top")


def _panel(name: str, title: str, *beside: Any) -> Any:
    head = element("Div", word(title, "H2"), element("Div", css="spring"), *beside, css="wall-head")
    return element("Section", head, place(name, f"wall-{name}"), css=f"wall-panel at-{name}")


def _left() -> Any:
    return element(
        "Aside",
        _panel("open", "wall.open", place("open-total", "wall-total digits")),
        _panel("units", "wall.units", place("units-total", "wall-total digits")),
        _panel("figures", "wall.response", word("wall.last_24_h", css="wall-note")),
        css="wall-side left",
    )


def _right() -> Any:
    return element(
        "Aside",
        _panel("queue", "wall.next", place("queue-total", "wall-note digits")),
        _panel("facts", "wall.facts"),
        css="wall-side right",
    )


def _bottom() -> Any:
    parts = (place("legend", "wall-legend"), place("duty", "wall-duty"), language_switch("wall-language"))
    return element("Footer", *parts, css="wall-bottom")


def _resume() -> Any:
    words = (word("map.locked", css="wall-locked"), word("map.resume", css="wall-again"))
    return element("Button", *words, css="wall-resume hidden", data_place="resume")
