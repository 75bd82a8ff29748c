"""The light pages: start, log-in and the phone. Plain HTML and ES modules without Dash, whose bundle is over 300 KB.

They are drawn here in the reader's language, so that the first picture waits for no script; `data-w` lets
core/words.js rewrite them at the language switch.
"""

from fastapi import FastAPI

from wall_ui.doors import field, handbook, login, report, start


def serve_doors(server: FastAPI) -> None:
    """Declare the routes of the light pages; call it before the assets are mounted and Dash is built."""
    for page in (start, login, field, handbook, report):
        server.include_router(page.router)
