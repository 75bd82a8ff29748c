"""Writing layouts: one function for every HTML element, with data and aria attributes as plain names."""

from typing import Any

from dash import html


def element(tag: str, *children: Any, css: str = "", **properties: Any) -> Any:
    """Return the Dash element `tag` (`Div`, `H1` …).

    `data_place="queue"` becomes the attribute `data-place`, `aria_label` becomes `aria-label`. Without children
    React leaves the inside alone, and JavaScript may fill it.
    """
    named = {
        name.replace("_", "-") if name.startswith(("data_", "aria_")) else name: value
        for name, value in properties.items()
    }
    if css:
        named["className"] = css
    inside = None if not children else children[0] if len(children) == 1 else list(children)
    return getattr(html, tag)(inside, **named)


def word(key: str, tag: str = "Span", css: str = "", **properties: Any) -> Any:
    """Return an element whose text is the word `key` of the catalogue, in the reader's language."""
    return element(tag, css=css, data_w=key, **properties)


def place(name: str, css: str = "", tag: str = "Div") -> Any:
    """Return an empty element that the page's module fills: `[data-place="name"]`."""
    return element(tag, css=css, data_place=name)
