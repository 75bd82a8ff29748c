"""Errors as `application/problem+json` (RFC 9457): what was wrong, what to do, and a stable `code`.

The domain raises `WallError`; this is the one place that turns it, a request that does not parse,
an unknown path and a fault of our own into an answer. No answer repeats what was sent
(it may be a password) and none tells what happened inside.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match

from gis.database import sqlstate_of
from gis.errors import STATUS_OF, StaleVersion, WallError

log = logging.getLogger(__name__)

# SQLSTATEs of a character that the database's encoding does not have, among them NUL.
NOT_STORABLE = frozenset({"22021", "22P05"})

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

MEDIA_TYPE = "application/problem+json"

# For errors that the framework raises; ours bring their own code.
CODE_OF_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "too_many",
    503: "unavailable",
}
DETAIL_OF_STATUS = {
    400: "The body cannot be read as JSON in UTF-8. Correct it and send it again; nothing was changed.",
    404: "Nothing is here. See /api/openapi.json for what there is.",
    405: "This path does not take that method. See /api/openapi.json for what it takes.",
}

# pydantic's kinds of error, in plain words; what is not listed keeps pydantic's own message.
PLAIN = {
    "missing": "is missing",
    "json_invalid": "is not valid JSON",
    "extra_forbidden": "is not known here; leave it out",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object; send JSON with Content-Type: application/json",
    "uuid_parsing": "must be a UUID",
    "datetime_parsing": "must be a time in ISO 8601 with an offset, such as 2026-01-31T08:00:00Z",
    "datetime_from_date_parsing": "must be a time in ISO 8601 with an offset, such as 2026-01-31T08:00:00Z",
    "timezone_aware": "must be a time with an offset, such as 2026-01-31T08:00:00Z",
    "string_pattern_mismatch": "must have the form {pattern}",
}
# The same of words, which pydantic counts as items where they were cleaned first.
PLAIN_OF_WORDS = {
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} characters, not {actual_length}",
}


# How pydantic begins what keeps its own message; `have` stays, after "must".
SHOULD = re.compile(r"^(?:input should be |(?:string|value|list|data) should (?=have ))")


def status_of(error: WallError) -> int:
    """Return the HTTP status of an error: its own class's, or that of the nearest ancestor in the table."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return 500


def problem(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None, **members: Any
) -> JSONResponse:
    """Return a problem document; `members` are added to it."""
    body = {
        "type": f"urn:wall:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **jsonable_encoder(members),
    }
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def problem_of(error: WallError) -> JSONResponse:
    """Return the problem document of a deliberate error, with what it carries besides its sentence."""
    members = dict(error.extra)
    if isinstance(error, StaleVersion) and "current" in members:
        members["case"] = members.pop("current")
    status = status_of(error)
    headers = {"Retry-After": str(members.get("retry_after_s", 1))} if status in (429, 503) else None
    if status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="wall"'}
    return problem(status, error.code, error.detail, headers, **members)


def field_of(location: tuple[Any, ...]) -> str:
    """Name the field that an error is about as its sender would: `reporter.phone`, `positions[3].lon`."""
    name = ""
    for part in location[1:]:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name.lstrip(".") or str(location[0] if location else "body")


def plain(error: dict[str, Any]) -> str:
    """Say in a few words what is wrong with one field."""
    if error["type"] == "json_invalid":
        at = f" at character {error['loc'][1]}" if len(error["loc"]) == 2 else ""
        return f"the body is not valid JSON{at} ({error.get('ctx', {}).get('error', 'unreadable')})"
    words = PLAIN_OF_WORDS if isinstance(error.get("input"), str) else {}
    known = words.get(error["type"]) or PLAIN.get(error["type"])
    wrong = known.format(**error.get("ctx", {})) if known else str(error["msg"]).removeprefix("Value error, ")
    wrong = wrong[0].lower() + wrong[1:]
    wrong = SHOULD.sub("", wrong, count=1)
    first = wrong.split(" ", 1)[0]
    joiner = "" if first in ("is", "must", "has", "should") else "must " if first == "have" else "must be "
    return f"`{field_of(error['loc'])}` {joiner}{wrong}"


async def answer_wall_error(_request: Request, error: Exception) -> Response:
    """Answer a deliberate error."""
    assert isinstance(error, WallError)
    if error.code == "disk_full":  # nobody mends it who is not told
        log.error("%s", error.detail)
    return problem_of(error)


async def answer_invalid_request(_request: Request, error: Exception) -> Response:
    """Answer a request that does not parse with one sentence, and a list for programs."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    sentences = [plain(one) for one in found]
    listed = "; ".join(sentences[:5]) + (f"; and {len(sentences) - 5} more" if len(sentences) > 5 else "")
    return problem(
        422,
        "invalid_input",
        f"The request was not accepted: {listed}. Correct it and send it again; nothing was changed.",
        errors=[
            {"field": "body" if one["type"] == "json_invalid" else field_of(one["loc"]), "problem": said}
            for one, said in zip(found, sentences, strict=True)
        ][:50],
    )


async def answer_odd_letters(request: Request, error: Exception) -> Response:
    """Answer letters that no text can hold; any other fault of the database is a fault of ours."""
    if isinstance(error, UnicodeEncodeError) or sqlstate_of(error) in NOT_STORABLE:
        return problem(
            422,
            "invalid_input",
            "The request holds a character that no text can hold (NUL, or half of a surrogate pair). Take it out.",
        )
    return await answer_fault(request, error)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths, methods, bodies too large."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = CODE_OF_STATUS.get(status, f"http_{status}")
    detail = DETAIL_OF_STATUS.get(status, str(error.detail))
    return problem(status, code, detail, dict(error.headers) if error.headers else None)


async def answer_fault(request: Request, error: Exception) -> Response:
    """Answer a fault of our own: a number to report it by, and nothing of what happened."""
    fault = uuid4().hex[:12]
    log.error("fault %s in %s %s", fault, request.method, request.url.path, exc_info=error)
    return problem(
        500,
        "internal_error",
        f"The server failed on this request; it is recorded as {fault}. Nothing was saved by it.",
        fault=fault,
    )


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.add_exception_handler(WallError, answer_wall_error)
    app.add_exception_handler(RequestValidationError, answer_invalid_request)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(DBAPIError, answer_odd_letters)
    app.add_exception_handler(asyncpg.PostgresError, answer_odd_letters)
    app.add_exception_handler(UnicodeEncodeError, answer_odd_letters)
    app.add_exception_handler(Exception, answer_fault)


def all_routes(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield routes one by one: FastAPI keeps those of an included router behind one entry."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from all_routes(included.routes)


def close_api(app: FastAPI, prefix: str = "/api") -> None:
    """Answer the rest of `prefix` with 404 or 405. Call it after the last router, before any catch-all."""

    async def nothing_here(request: Request) -> None:
        allowed: set[str] = set()
        for route in all_routes(app.routes):
            if route.matches(request.scope)[0] is Match.PARTIAL:
                allowed |= getattr(route, "methods", None) or set()
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    for path in (prefix, prefix + "/{rest:path}"):
        app.add_api_route(path, nothing_here, methods=METHODS, include_in_schema=False)
