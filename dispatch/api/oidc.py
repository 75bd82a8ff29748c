"""Log in by another house's single sign-on, where one is set up."""

import secrets
from html import escape
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from dispatch.actions.accounts import open_session, welcome_from_elsewhere
from dispatch.api.caller import Db, KnownIdentities
from dispatch.api.session import enter
from dispatch.identities import SessionKind
from gis.clock import now
from gis.errors import NotAuthenticated, NotFound, NotYourMove

if TYPE_CHECKING:
    from dispatch.oidc import Attempt, Provider

router = APIRouter(tags=["session"])

ATTEMPT_COOKIE = "wall_sign_on"
ATTEMPT_LASTS_S = 600
BEGIN, BACK = "/api/session/oidc", "/api/session/oidc/back"
# A page of ours that leads on: the session's cookie is not sent along a way that began on another site.
LEADS_ON = "<!doctype html><meta http-equiv=refresh content='0;url={to}'><title>…</title><a href='{to}'>→</a>"
REDIRECT: dict[int | str, dict[str, Any]] = {303: {"description": "To the provider's log-in."}}
HTML: dict[int | str, dict[str, Any]] = {200: {"description": "Logged in.", "content": {"text/html": {}}}}


def attempt_of(secret: str) -> "Attempt":
    """Return the log-in that a browser's secret stands for."""
    from dispatch.oidc import Attempt  # it brings cryptography along, which no other start needs

    return Attempt(secret)


def provider_of(request: Request) -> "Provider":
    """Return the provider. Raises NotFound where none is set up."""
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise NotFound("No single sign-on is set up here. Log in at /login.", code="no_sign_on")
    return provider


def way_back(request: Request) -> str:
    """Return our own address as the provider knows it."""
    told: str | None = request.app.state.settings.wall_oidc_redirect
    return told or str(request.base_url).rstrip("/") + BACK


@router.get(BEGIN, status_code=303, response_class=RedirectResponse, responses=REDIRECT)
async def begin(request: Request) -> Response:
    """Lead the browser to the provider's log-in."""
    attempt = attempt_of(secrets.token_urlsafe(32))
    to = await provider_of(request).way_out(attempt, way_back(request), now())
    response = RedirectResponse(to, 303)
    secure = request.app.state.settings.wall_secure_cookies
    # Lax, not strict: it has to come along when the provider sends the browser back.
    response.set_cookie(
        ATTEMPT_COOKIE,
        attempt.secret,
        max_age=ATTEMPT_LASTS_S,
        path=BEGIN,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(BACK, response_class=HTMLResponse, responses=HTML)
async def back(
    request: Request,
    db: Db,
    known: KnownIdentities,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Take somebody in whom the provider vouches for, at the seat that the table has for him."""
    provider = provider_of(request)
    secret = request.cookies.get(ATTEMPT_COOKIE)
    if not secret or not code:
        raise NotAuthenticated("The log-in was broken off. Begin again at /login.", code="bad_state")
    claims = await provider.claims(attempt_of(secret), code, state, way_back(request), now())
    row = provider.people.row_of(claims)
    if row is None:
        raise NotYourMove(
            "You are known, and no seat of this wall is yours. Ask the administrator.", code="no_seat"
        )
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])[:60]
    account_id = await welcome_from_elsewhere(db, provider.issuer, str(claims["sub"]), name, row.seat, now())
    known.forget()
    address = str(request.scope["state"].get("address", ""))
    session = await open_session(db, account_id, SessionKind.HUMAN, address, now(), known.limits)
    response = HTMLResponse(LEADS_ON.format(to=escape("/")))
    await enter(request, response, db, known, session)
    response.delete_cookie(ATTEMPT_COOKIE, path=BEGIN)
    return response
