"""Dash's own bundles, packed once and kept: 1.5 MB for a page become 0.4, and the event loop packs nothing."""

import asyncio
import gzip
import mimetypes
import pkgutil
from functools import lru_cache
from typing import Final

from dash import Dash
from dash.exceptions import DependencyException, InvalidResourceError
from dash.fingerprint import check_fingerprint
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

YEAR_S: Final = 31_536_000
GZIP_LEVEL: Final = 6
KEPT: Final = 64  # bundles; a page needs about a dozen


@lru_cache(maxsize=KEPT)
def _packed(package: str, path: str) -> tuple[bytes, bytes]:
    """Return a bundle as it is and packed. Raises FileNotFoundError."""
    plain = pkgutil.get_data(package, path)
    if plain is None:
        raise FileNotFoundError(path)
    return plain, gzip.compress(plain, GZIP_LEVEL, mtime=0)


def serve_suites(server: FastAPI, app: Dash) -> None:
    """Serve `/_dash-component-suites/` on `server`, ahead of Dash's own route."""

    @server.get("/_dash-component-suites/{package}/{path:path}", include_in_schema=False)
    async def suite(request: Request, package: str, path: str) -> Response:
        plain_path, lasting = check_fingerprint(path)  # type: ignore[no-untyped-call]
        if plain_path not in app.registered_paths.get(package, ()):
            return _unknown()
        try:
            plain, packed = await asyncio.to_thread(_packed, package, plain_path)
        except (OSError, ImportError, DependencyException, InvalidResourceError):
            return _unknown()
        headers = {
            "Cache-Control": f"public, max-age={YEAR_S}, immutable" if lasting else "no-cache",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        kind = mimetypes.guess_type(plain_path)[0] or "application/octet-stream"
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
        return Response(plain, media_type=kind, headers=headers)


def _unknown() -> Response:
    problem = {"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found"}
    return JSONResponse(problem, status_code=404, media_type="application/problem+json")
