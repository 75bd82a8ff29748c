"""The bar on top of every working screen: centre, screen, badge, link, clock, language, who sits here.

The elements carry `data-header="…"`; `core/header.js` fills them, so that every screen shows the same.
"""

from typing import Any

from wall_ui.components.element import element, word


def header(page: str, *, live: bool = True) -> Any:
    """Return the bar for the screen `page` (a name in `PAGES`); `live` where it follows what happens."""
    return element(
        "Header",
        element("Div", css="title", data_header="centre"),
        word(f"page.{page}", css="badge accent"),
        badge(),
        element("Div", css="spring"),
        link() if live else None,
        word("page.admin", "A", css="button quiet small hidden", href="/admin", data_header="admin"),
        word("page.audit", "A", css="button quiet small hidden", href="/audit", data_header="audit"),
        element("Div", css="muted", data_header="date"),
        element("Div", css="now digits", data_header="time"),
        language_switch(),
        element("Div", css="ellipsis", data_header="desk"),
        element("Div", css="muted ellipsis", data_header="who"),
        word("app.log_out", "Button", css="button quiet small", data_header="log-out"),
        css="topbar",
    )


def badge() -> Any:
    """Return the mark of a county whose data are invented; hidden until the session says so."""
    why = "app.demonstration_why"
    css = "badge demonstration hidden"
    return word("app.demonstration", css=css, data_header="demonstration", data_w_title=why)


def link() -> Any:
    """Return the sign that says whether what is shown is live."""
    return element("Div", css="link", data_header="link", data_state="connecting", role="status")


def language_switch(css: str = "button quiet small") -> Any:
    """Return the switch between Chinese and English."""
    return word("app.language", "Button", css=css, data_header="language", data_w_title="app.language_why")
