"""The Dash application on our FastAPI server: one index page, its assets, its policy and its pages.

`build_dash` must be the last to add routes: it ends with a real 404 for every other path, because Dash would
answer any unknown address with its page and a 200.
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from dash import Dash, Input, Output, dcc, html
from dash.backends._fastapi import reset_current_request, set_current_request
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dispatch.people import is_demonstration
from gis.actor import SYSTEM
from gis.database import Database
from gis.errors import Unavailable
from layers.latin import spelling
from wall_ui import modules, words
from wall_ui.doors import serve_doors
from wall_ui.pages import PAGES, Page, page_at
from wall_ui.suites import serve_suites

ASSETS: Final = modules.ASSETS
# Only this script is a classic one; every other is an ES module that core/main.js imports.
CLASSIC_SCRIPTS_ONLY: Final = r"^(?!map_hook\.js$).*\.js$"
YEAR_S: Final = 31_536_000
DAY_S: Final = 86_400
PACKED: Final = (".js", ".css", ".svg", ".json")
GZIP_LEVEL: Final = 9

INDEX: Final = """<!DOCTYPE html>
<html lang="{%lang%}">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    {%modules%}
    <link rel="preload" href="{%words%}" as="fetch" crossorigin="anonymous">
    {%css%}
  </head>
  <body>
    {%app_entry%}
    {%config%}
    {%scripts%}
    {%renderer%}
    <script type="module" src="{%main%}"></script>
  </body>
</html>"""


class Assets(StaticFiles):
    """Our static files: fonts, and what is asked for by its version, stay in the cache for a year; all else is asked
    for again (an ETag answers 304).

    Text goes out packed: a phone in the hills loads a third of the bytes.
    """

    def get_path(self, scope: Scope) -> str:
        """Return the file that is asked for, without the version that may stand before it."""
        path, scope["wall.lasting"] = modules.plain_path(super().get_path(scope))
        # Dash names style sheets and classic scripts with the moment when they were changed.
        scope["wall.lasting"] |= scope["query_string"].startswith(b"m=")
        return path

    def file_response(
        self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200
    ) -> Response:
        """Serve one file with the cache rule of its kind."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        path = str(full_path)
        lasting = path.endswith(".woff2") or scope.get("wall.lasting", False)
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if lasting else "no-cache"
        if response.status_code == 200 and path.endswith(PACKED):
            response.headers["Vary"] = "Accept-Encoding"
            if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                return _packed_response(response, path, stat_result)
        return response


def _packed_response(response: Response, path: str, stat_result: Any) -> Response:
    headers = {name: response.headers[name] for name in ("etag", "last-modified", "cache-control", "vary")}
    body = _packed(path, stat_result.st_mtime_ns)
    return Response(body, media_type=response.media_type, headers={**headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=256)
def _packed(path: str, changed_ns: int) -> bytes:
    """Return a file packed; `changed_ns` makes a changed file another one."""
    content = Path(path).read_bytes()
    if path.endswith(".js"):
        content = modules.lean(content.decode()).encode()
    return gzip.compress(content, GZIP_LEVEL, mtime=0)


def policy(app: Dash) -> str:
    """Return the Content-Security-Policy: this origin only, and Dash's few inline scripts, by hash."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' " + " ".join(app.csp_hashes()),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def secure(response: Response, csp: str) -> Response:
    """Put the headers of every HTML page on `response`."""
    response.headers["Content-Security-Policy"] = csp
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def language_of(request: Request) -> words.Language:
    """Return the language the reader chose at the switch."""
    return words.language(request.cookies.get("wall_lang"))


def render(app: Dash, page: Page, lang: words.Language) -> str:
    """Return the index page for `page`: the same application, with its own title and language."""
    title = words.t(page.title, lang)
    before = f"/assets/~{modules.version()}/"
    ahead = modules.graph("core/main.js", f"{page.name}/main.js")
    index: str = app.index()  # type: ignore[no-untyped-call]
    return (
        index.replace("{%lang%}", words.HTML_LANG[lang])
        .replace("{%words%}", f"/assets/words.json?v={words.VERSION}")
        .replace(
            "{%modules%}", "".join(f'<link rel="modulepreload" href="{before}{path}">' for path in ahead)
        )
        .replace("{%main%}", f"{before}core/main.js")
        .replace("<title>Dash</title>", f"<title>{title}</title>")
    )


def not_found_page(lang: words.Language, *, demonstration: bool = False) -> str:
    """Return the page for an address that is none of ours; it needs no script."""
    badge = words.t("app.demonstration", lang)
    mark = (
        f"<p style='margin:0'><span class='badge demonstration'>{badge}</span></p>" if demonstration else ""
    )
    return (
        f'<!DOCTYPE html><html lang="{words.HTML_LANG[lang]}"><head><meta charset="utf-8">'
        f"<title>404</title><link rel='stylesheet' href='/assets/fonts.css'>"
        f"<link rel='stylesheet' href='/assets/theme.css'></head>"
        f"<body style='display:grid;place-content:center;gap:12px;text-align:center'>"
        f"{mark}<h1 style='margin:0'>{words.t('app.not_found', lang)}</h1>"
        f"<p class='muted' style='margin:0'>{words.t('app.not_found_why', lang)}</p>"
        f"<p><a class='button' href='/'>{words.t('app.home', lang)}</a></p></body></html>"
    )


def build_dash(server: FastAPI, settings: object | None = None) -> Dash:
    """Mount the screens on `server` and return the Dash application; call it after every other route.

    `settings` stays on `server.state.settings` for pages whose layout depends on it.
    """
    serve_doors(server)
    _serve_assets(server)
    app = Dash(
        __name__,
        server=False,
        backend="fastapi",
        assets_folder=str(ASSETS),
        assets_ignore=CLASSIC_SCRIPTS_ONLY,
        index_string=INDEX,
        serve_locally=True,
        compress=False,
        suppress_callback_exceptions=True,
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        add_log_handler=False,
        use_pages=False,
    )
    server.state.settings = settings
    # The stream is ours: Dash's own socket cannot resume and would pass by an HTTP-only gate.
    app.backend.websocket_capability = False
    app.layout = html.Div([dcc.Location(id="location", refresh="callback-nav"), html.Div(id="page")])
    _route_pages(app)
    _serve_pages(server, app)
    serve_suites(server, app)
    app.init_app(server)
    app._setup_server()  # type: ignore[no-untyped-call]  # our page routes do not pass Dash's own first-request hook
    _refuse_the_rest(server)
    return app


def _serve_assets(server: FastAPI) -> None:
    """Serve words and assets ahead of Dash's own mount, which sends no cache rule."""

    @server.get("/assets/words.json", include_in_schema=False)
    async def catalogue() -> Response:
        rule = {"Cache-Control": f"public, max-age={YEAR_S}, immutable"}
        return Response(words.as_json(), media_type="application/json", headers=rule)

    @server.get("/assets/readings.json", include_in_schema=False)
    async def readings() -> Response:
        body = json.dumps(await asyncio.to_thread(spelling), ensure_ascii=False, separators=(",", ":"))
        rule = {"Cache-Control": f"public, max-age={DAY_S}"}
        return Response(body, media_type="application/json", headers=rule)

    server.mount("/assets", Assets(directory=ASSETS), name="assets")


def _route_pages(app: Dash) -> None:
    """Let the address choose the page; asynchronous, for a synchronous callback would stop every socket."""

    @app.callback(Output("page", "children"), Input("location", "pathname"))
    async def show(pathname: str | None) -> object:
        page = page_at(pathname or "/")
        return None if page is None else page.layout()


def _serve_pages(server: FastAPI, app: Dash) -> None:
    """Declare one route for each page, so that only these addresses answer 200."""

    def serve(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            # Dash's index asks for the request that it answers.
            token = set_current_request(request)  # type: ignore[no-untyped-call]
            try:
                body = render(app, page, language_of(request))
                return secure(Response(body, media_type="text/html"), policy(app))
            finally:
                reset_current_request(token)  # type: ignore[no-untyped-call]

        return answer

    for page in PAGES:
        for path in page.paths:
            server.add_api_route(path, serve(page), methods=["GET"], include_in_schema=False, name=page.name)


def _refuse_the_rest(server: FastAPI) -> None:
    """Answer 404 to every other GET: HTML for a browser's page, problem+json for machines."""

    async def refuse(request: Request) -> Response:
        if _wants_html(request.headers) and not request.url.path.startswith(
            ("/api", "/ogc", "/assets", "/_dash")
        ):
            body = not_found_page(language_of(request), demonstration=await _invented(request))
            page = Response(body, status_code=404, media_type="text/html")
            return secure(page, "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'")
        problem = {"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found"}
        return JSONResponse(problem, status_code=404, media_type="application/problem+json")

    server.add_api_route(
        "/{path:path}", refuse, methods=["GET", "HEAD"], include_in_schema=False, name="not-found"
    )


async def _invented(request: Request) -> bool:
    """Say whether the county is a demonstration, as far as it can be told just now."""
    db: Database | None = getattr(request.app.state, "db", None)
    if db is None:
        return False
    try:
        async with db.read(SYSTEM) as tx:
            return await is_demonstration(tx)
    except Unavailable:
        return False


def _wants_html(headers: Headers) -> bool:
    return "text/html" in headers.get("accept", "")
