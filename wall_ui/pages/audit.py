"""The audit log on screen: who looked at what, and who changed what; for auditors and administrators.

The places are empty here; assets/audit/main.js fills them from /api/looks and /api/changes, which note that
somebody read them.
"""

from typing import Any

from wall_ui.components.element import element, place, word
from wall_ui.components.header import header


def layout() -> Any:
    """Return the whole page."""
    why = word("audit.why", "P", css="muted why")
    bar = element("Div", place("tabs", "tabs", "Nav"), why, css="ledger-bar")
    body = element(
        "Div", bar, place("asked", "asked", "Form"), place("list", "list"), place("turn", "turn", "Nav")
    )
    return element("Main", header("audit", live=False), body, css="ledger audit", data_page="audit")
