"""Administration on screen: accounts, tokens, wall screens and open sessions of the administrator's area.

The places are empty here; assets/admin/main.js fills them from /api/admin.
"""

from typing import Any

from wall_ui.components.element import element, place
from wall_ui.components.header import header


def layout() -> Any:
    """Return the whole page."""
    bar = element("Div", place("tabs", "tabs", "Nav"), place("scope", "why muted", "P"), css="ledger-bar")
    body = element(
        "Div",
        bar,
        element("Div", place("asked", "asked", "Form"), place("notice", "beside-list")),
        place("list", "list"),
        place("turn", "turn", "Nav"),
    )
    return element("Main", header("admin", live=False), body, css="ledger admin", data_page="admin")
