"""The description of the API: what FastAPI knows of the routes, and beside it every error that each may answer.

Errors are one document (`Problem`) with a stable `code`. `CODES` says which codes a route has of its own; what any
route may answer follows from what it is. A test holds the answers of every route to this table.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from dispatch.api.answers import answers
from dispatch.api.examples import EXAMPLES, SAYS_SO
from dispatch.api.gate import OF_A_STRANGER, is_open
from dispatch.api.problems import MEDIA_TYPE

Codes = Mapping[int, tuple[str, ...]]

SEES_NO_CASE = ("no_such_case",)
PLACE = ("half_a_place", "no_place", "outside_county", "invalid_place", "unknown_crs")
# What the rules answer to a move: who may not make it, from where it does not start, and what is wrong with it.
OF_A_MOVE: Codes = {
    403: ("not_of_your_role", "not_your_move", "own_result", "not_your_unit"),
    404: (*SEES_NO_CASE, "no_such_desk", "no_such_unit", "unknown_area", "no_such_code"),
    409: (
        *(
            "account_open",
            "bad_until",
            "highest_level",
            "decided",
            "has_joined",
            "help_open",
            "helping_already",
            "key_reused",
        ),
        *(
            "no_account",
            "no_dispute",
            "no_finished_hop",
            "no_offer",
            "no_request",
            "no_sister",
            "no_such_clock",
        ),
        *(
            "no_superior",
            "no_supervision",
            "no_unit",
            "not_simple",
            "nothing_before_you",
            "offer_open",
            "rated",
        ),
        *("request_open", "supervised", "target_not_open", "unit_busy", "unit_here", "unit_not_here"),
        *("unit_off_duty", "work_began", "wrong_status", "wrong_unit_state"),
    ),
    412: ("stale_version",),
    422: (
        *(
            "bad_level",
            "bad_hours",
            "bad_score",
            "bad_until",
            "bad_done_at",
            "field_missing",
            "no_such_category",
            "no_such_hop",
        ),
        *("not_a_move_of_a_case", "not_a_sister", "not_below", "not_your_superior", "nothing_changed"),
        *("same_case", "same_desk", *PLACE),
    ),
}
OF_A_FILE: Codes = {
    403: ("not_of_your_role", "not_your_move", "wrong_status"),
    404: (*SEES_NO_CASE, "no_such_attachment"),
    503: ("storage",),
}
ADMINISTRATION: Codes = {
    403: ("not_of_your_role", "not_your_area"),
    404: ("no_such_account", "no_such_token", "not_found"),
}
LETS_IN: Codes = {
    **ADMINISTRATION,
    409: ("username_taken", "demonstration_account", "wall_screen"),
    422: ("bad_seat", "own_account", "weak_password"),
}
LISTED: Codes = {**ADMINISTRATION, 422: ("bad_cursor",)}
DEMONSTRATION: Codes = {403: ("not_demonstration", "no_desk"), 404: ("no_such_seat", "unknown_area")}

# Method and path → codes by status, beside those of every route.
CODES: dict[tuple[str, str], Codes] = {
    ("get", "/api/cases"): {
        403: ("not_of_your_role", "masked"),
        422: ("bad_cursor", "no_such_category", "word_too_short"),
    },
    ("post", "/api/cases"): {
        403: ("not_of_your_role",),
        404: ("unknown_area", "no_such_desk"),
        409: ("key_reused",),
        422: ("key_guessable", "no_such_category", *PLACE),
    },
    ("get", "/api/cases/{case_id}"): {404: SEES_NO_CASE},
    ("post", "/api/cases/{case_id}/moves"): OF_A_MOVE,
    ("get", "/api/cases/{case_id}/attachments"): OF_A_FILE,
    ("get", "/api/cases/{case_id}/attachments/{attachment_id}"): OF_A_FILE,
    ("get", "/api/cases/{case_id}/attachments/{attachment_id}/small"): OF_A_FILE,
    ("post", "/api/cases/{case_id}/attachments"): {
        **OF_A_FILE,
        409: ("case_full",),
        413: ("file_too_large",),
        415: ("not_a_kind_we_take",),
        422: ("file_broke_off", "file_empty", "photo_too_large", "photo_unreadable"),
    },
    ("get", "/api/cases/{case_id}/record"): {
        403: ("not_of_your_role",),
        404: SEES_NO_CASE,
        503: ("storage",),
    },
    ("get", "/api/cases/{case_id}/recommendation"): {403: ("not_of_your_role",), 404: SEES_NO_CASE},
    ("get", "/api/reports/{query_code}"): {404: ("no_such_code",)},
    ("post", "/api/reports/{query_code}/cancel"): OF_A_MOVE,
    ("post", "/api/reports/{query_code}/rating"): OF_A_MOVE,
    ("post", "/api/reports/{query_code}/reopen"): OF_A_MOVE,
    ("get", "/api/units/{unit_id}"): {404: ("no_such_unit",)},
    ("post", "/api/units/{unit_id}/duty"): {
        403: ("not_your_unit",),
        404: ("no_such_unit",),
        409: ("unit_busy",),
    },
    ("get", "/api/tasks"): {404: ("no_unit", "no_such_unit")},
    ("post", "/api/positions"): {403: ("not_your_move",), 422: ("too_many_positions",)},
    ("get", "/api/positions/osmand"): {403: ("not_your_move",), 404: ("not_found",)},
    ("post", "/api/positions/osmand"): {403: ("not_your_move",), 404: ("not_found",)},
    ("post", "/api/session"): {401: ("wrong_credentials",), 429: ("too_many_attempts",)},
    ("get", "/api/session/oidc"): {404: ("no_sign_on",)},
    ("get", "/api/session/oidc/back"): {
        401: ("bad_state", "bad_code", "bad_id_token", "account_closed", "account_of_another"),
        403: ("no_seat",),
        404: ("no_sign_on",),
    },
    ("post", "/api/demo/session"): DEMONSTRATION,
    ("post", "/api/demo/case"): DEMONSTRATION,
    ("get", "/api/demo/glance"): DEMONSTRATION,
    ("get", "/api/areas/locate"): {
        404: ("unknown_area",),
        422: ("outside_county", "invalid_place", "unknown_crs"),
    },
    ("get", "/api/looks"): ADMINISTRATION,
    ("get", "/api/changes"): ADMINISTRATION,
    ("get", "/api/admin/seats"): {**ADMINISTRATION, 404: ("unknown_area",)},
    **{
        (method, f"/api/admin/{path}"): ADMINISTRATION
        if path.endswith("_id}") and method == "get"
        else LISTED
        if method == "get"
        else LETS_IN
        for method, path in (
            ("get", "accounts"),
            ("get", "accounts/{account_id}"),
            ("post", "accounts"),
            ("put", "accounts/{account_id}/password"),
            ("put", "accounts/{account_id}/role"),
            ("delete", "accounts/{account_id}"),
            ("get", "tokens"),
            ("post", "tokens"),
            ("delete", "tokens/{token_id}"),
            ("get", "kiosks"),
            ("post", "kiosks"),
            ("delete", "kiosks/{kiosk_id}"),
            ("get", "sessions"),
            ("delete", "sessions/{session_id}"),
        )
    },
    ("post", "/api/areas/locate"): {422: ("invalid_place", "outside_crs", "outside_zones", "unknown_crs")},
    ("get", "/api/basemaps/{basemap_id}/{z}/{x}/{y}"): {
        404: ("tile_outside", "unknown_basemap"),
        503: ("basemap_offline", "basemap_refused", "basemap_unavailable", "broken_file", "broken_tile"),
    },
    ("post", "/api/intake/proposal"): {404: ("unknown_area",), 422: PLACE},
    ("get", "/api/cases/{case_id}/duplicates"): {404: SEES_NO_CASE},
    ("post", "/api/cases/{case_id}/reports"): {
        404: (*SEES_NO_CASE, "unknown_area"),
        409: ("key_reused", "report_joined", "wrong_status"),
        422: PLACE,
    },
    ("post", "/api/alarms"): {
        404: ("no_such_device",),
        409: ("conflict", "key_reused"),
        422: ("no_such_alarm", "stale_alarm", *PLACE),
        429: ("too_many_alarms",),
    },
    ("get", "/api/places"): {422: ("no_query",)},
    ("get", "/api/warnings"): {422: ("bad_cursor",)},
    ("get", "/api/practices"): {422: ("bad_cursor",)},
    ("get", "/api/accounts"): {403: ("not_of_your_role",), 422: ("bad_cursor",)},
    ("get", "/api/warnings/{card_id}"): {404: ("no_such_card",)},
    ("get", "/api/warnings/{card_id}/notice"): {404: ("no_such_card", "no_such_notice")},
    ("post", "/api/warnings/{card_id}/moves"): {
        403: ("not_your_move",),
        404: ("no_such_card", "no_such_case"),
        409: ("commended", "key_reused", "wrong_colour", "wrong_status"),
        412: ("stale_version",),
        422: ("bad_days", "bad_held_at", "field_missing"),
    },
    ("get", "/api/cases/{case_id}/procedure"): {404: SEES_NO_CASE},
    ("post", "/api/cases/{case_id}/steps"): {
        403: ("not_your_move",),
        404: SEES_NO_CASE,
        409: ("wrong_status",),
        422: ("no_such_step",),
    },
    ("get", "/api/layers/{name}"): {404: ("unknown_layer",)},
    ("get", "/api/layers/{name}/names"): {404: ("unknown_layer",)},
}

DETAIL_OF = {
    "stale_version": "the case is at version 5 and you read 4; look again",
    "key_reused": "this Idempotency-Key was used for another request; use a new key for a new request",
    "no_such_case": "there is no case 7b0c… in your sight",
    "wrong_status": "accept does not start from closed",
    "not_authenticated": "Nobody is logged in. Log in at /login, or send a token as Authorization: Bearer.",
    "invalid_input": "The request was not accepted: `text` is missing. Correct it and send it again.",
}
SAID_OF = {
    400: "The request cannot be read.",
    401: "Nobody is logged in, or the session or token is over.",
    403: "You see it, and may not do it.",
    404: "It is not there, or not in your sight; the two look the same.",
    405: "Not with this method.",
    409: "The state it is in does not allow it; nothing was changed.",
    412: "Somebody changed it since you read it; `case` is how it is now.",
    413: "Larger than is taken.",
    415: "Of a kind that is not taken.",
    422: "Something in the request is wrong; `errors` lists the fields where they are known.",
    429: "Too often; `Retry-After` says when to try again.",
    500: "A fault of ours; `fault` is its number. Nothing was saved.",
    503: "Not there just now; try again in a moment.",
}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457). `code` is stable; `detail` says what was wrong and what to do.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:wall:problem:stale_version"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "case": {"description": "With 412: the case as it is now."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
        "retry_after_s": {"type": "number"},
        "fault": {"type": "string"},
    },
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "`wall token`, or POST /api/admin/tokens."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "wall_session",
        "description": "From POST /api/session; what is not GET also needs its CSRF token in X-CSRF-Token.",
    },
}


def codes_of(method: str, path: str, operation: Mapping[str, Any]) -> dict[int, tuple[str, ...]]:
    """Return every code that a route may answer, by status."""
    found: dict[int, set[str]] = {
        422: {"invalid_input"},
        503: {"disk_full", "unavailable"},
        500: {"internal_error"},
    }
    open_to_all = is_open(method.upper(), path) and (method.upper(), path) not in OF_A_STRANGER
    found[401] = {"not_authenticated"}
    found[403] = set() if open_to_all else {"not_of_your_role"}
    if method != "get":
        found[403] |= {"forged", "read_only"}
        found[413] = {"body_too_large"}
        found[400] = {"bad_request"}
        found[409] = {"conflict"}
    if open_to_all or (method.upper(), path) in OF_A_STRANGER:
        found[429] = {"too_many"}
    if "{" in path:
        found[404] = {"not_found"}
    for status, codes in CODES.get((method, path), {}).items():
        found.setdefault(status, set()).update(codes)
    return {status: tuple(sorted(codes)) for status, codes in sorted(found.items()) if codes}


def problem_response(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return how a route's error of one status is described, each code with an example."""
    examples = {
        code: {
            "value": {
                "type": f"urn:wall:problem:{code}",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "code": code,
                "detail": DETAIL_OF.get(code, SAID_OF[status]),
            }
        }
        for code in codes
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"{SAID_OF[status]} Codes: {', '.join(f'`{code}`' for code in codes)}.",
        "x-codes": list(codes),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add errors, examples and ways in to FastAPI's own description, and return it."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = SECURITY
    info = document["info"]
    info["description"] = "\n\n".join(filter(None, (info.get("description"), SAYS_SO)))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete_route(method, path, operation)
    return document


def _complete_route(method: str, path: str, operation: dict[str, Any]) -> None:
    for status, codes in codes_of(method, path, operation).items():
        operation["responses"][str(status)] = problem_response(status, codes)
    operation["security"] = [{"token": []}, {"session": []}]
    if is_open(method.upper(), path):
        operation["security"].append({})
    for media in operation.get("requestBody", {}).get("content", {}).values():
        named = EXAMPLES.get((method, path))
        if named:
            media["examples"] = {name: {"value": value} for name, value in named.items()}
    for response in operation["responses"].values():
        media = response.get("content", {}).get("application/json", {})
        answer = answers().get(media.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1])
        if answer is not None:
            media["example"] = answer


def install(app: FastAPI) -> None:
    """Let the application describe itself whole."""
    own = app.openapi

    def described() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        document = own()  # FastAPI keeps what it returns
        return complete(document) if fresh else document

    app.openapi = described  # type: ignore[method-assign]
