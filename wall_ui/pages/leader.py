"""The leader's page: how much, how fast, how late; and a word to whoever lets it lie.

The places are empty here; assets/leader/main.js fills them: counters from the store as they happen, percentiles from
/api/figures/response. The charts are drawn there as SVG: a plotting library would be ten times the page.
"""

from typing import Any

from wall_ui.components.element import element, place, word
from wall_ui.components.header import header


def layout() -> Any:
    """Return the whole page."""
    main = element("Div", place("counts", "counts"), _charts(), _townships(), css="leader-main")
    body = element("Div", main, _watch(), css="leader-body")
    return element(
        "Main",
        header("leader"),
        body,
        place("sheet", "leader-sheet hidden"),
        css="leader",
        data_page="leader",
    )


def _panel(title: str, *inside: Any, css: str, beside: tuple[Any, ...] = ()) -> Any:
    head = element("Div", word(title, "H2"), element("Div", css="spring"), *beside, css="panel-head")
    return element("Section", head, *inside, css=f"panel {css}")


def _charts() -> Any:
    trend = _panel(
        "leader.trend.60",
        place("trend", "trend"),
        css="at-trend",
        beside=(place("trend-legend", "trend-legend"),),
    )
    as_of = place("as-of", "muted as-of", "Span")
    phases = _panel(
        "leader.phases",
        place("phases", "phases"),
        css="at-phases",
        beside=(as_of, place("period", "period", "Span")),
    )
    return element("Div", trend, phases, css="leader-charts")


def _townships() -> Any:
    why = word("leader.phases_why", css="muted why")
    return _panel("leader.townships", place("townships", "townships"), css="at-townships", beside=(why,))


def _watch() -> Any:
    return element(
        "Aside",
        place("watch-tabs", "watch-tabs", "Nav"),
        place("watch", "watch"),
        css="panel leader-watch",
    )
