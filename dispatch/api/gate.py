"""The gate: every request and every socket passes it, and leaves it with an actor or not at all.

It is pure ASGI, because Dash opens sockets that middleware for HTTP alone never sees. In order it
  1. limits the size of the body,
  2. finds the actor: `Authorization: Bearer`, HTTP Basic (the password is the token), or the session cookie,
  3. refuses forged requests: what a browser sends with a cookie by itself must come from our own pages,
  4. turns away who has no business here, and
  5. puts the security headers on the answer.

**CSRF.** The cookie is SameSite=Strict. Beside that, a request under a cookie that is not GET, HEAD or
OPTIONS needs the session's token in `X-CSRF-Token`, with two exceptions: Dash's own callbacks cannot set it,
and the pages that begin a session do not know it (`BEGIN_SESSION`). There a `Sec-Fetch-Site: same-origin` or an
`Origin` that equals `Host` is taken instead; browsers let no page set either. Where `Origin` is sent it must
be ours everywhere, log-in included, so that nobody can be logged in as somebody else.

It leaves in `scope["state"]`: `actor` (Actor | None), `session` (Identity | None), `by_cookie` (bool) and
`address` (the client's, str).
"""

import asyncio
import base64
import binascii
import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.actions.accounts import SEEN_EVERY, touch_session
from dispatch.api.allowance import Allowance
from dispatch.api.problems import problem, problem_of
from dispatch.api.watchman import Watchman
from dispatch.identities import Identities, Identity, SessionKind
from gis.actor import Actor, Role
from gis.clock import now
from gis.errors import TooMany, WallError

SESSION_COOKIE = "wall_session"
CSRF_HEADER = "x-csrf-token"

MOST_BODY_BYTES = 1 << 20
# Files of a case may be larger; the route itself holds each kind to its own limit.
TAKES_FILES = re.compile(r"/api/cases/[^/]+/attachments")
MOST_FILE_BYTES = 201 << 20
# From one address, without an account: reports, log-ins, demonstration sessions.
STRANGERS_PER_S = 2.0
STRANGERS_AT_ONCE = 120

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Everybody may have these, whoever he is: nothing in them belongs to anybody.
OF_NOBODY = frozenset({"/healthz", "/readyz", "/favicon.ico", "/_favicon.ico"})
ASSETS = ("/assets/", "/_dash-component-suites/")
OPEN_PATHS = OF_NOBODY | {"/", "/login", "/report"}
# Whoever shows a query code is let in by the route itself, and slowed here: a code is not to be guessed.
BY_QUERY_CODE = "/api/reports/"
# Names of places and roads around one: public, but it costs work, and so it is slowed as well.
OF_THE_CITIZEN = "/report/"
OPEN_PREFIXES = (*ASSETS, "/api/demo/", BY_QUERY_CODE, OF_THE_CITIZEN)
OPEN_CALLS = frozenset(
    {
        ("GET", "/api/session"),
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        # On the way to another house's log-in and back nobody is anybody yet.
        ("GET", "/api/session/oidc"),
        ("GET", "/api/session/oidc/back"),
        ("GET", "/api/openapi.json"),
        ("POST", "/api/cases"),
        # Its apps can set no header: the route itself takes the token from the parameters.
        ("GET", "/api/positions/osmand"),
        ("POST", "/api/positions/osmand"),
    }
)
# What changes something for good: a session that is over is told so, and never taken for a stranger's.
OF_A_STRANGER = frozenset({("POST", "/api/cases")})

# Programs get a problem document where a person's browser is sent to the log-in page.
MACHINE_PREFIXES = ("/api/", "/ogc", "/_dash-", "/metrics")

BEGIN_SESSION = frozenset({("POST", "/api/session"), ("POST", "/api/demo/session")})
SIGN_ON = frozenset({("GET", "/api/session/oidc"), ("GET", "/api/session/oidc/back")})
CALLBACK = ("POST", "/_dash-update-component")
# A kiosk reads; of what is not GET it may call Dash's own callbacks, which only draw, and end its session.
KIOSK_MAY = frozenset({CALLBACK, ("DELETE", "/api/session")})

STRANGER = Actor(account_id="stranger", name="stranger", role=Role.REPORTER, desk="", area="")

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(self), geolocation=(self), payment=(), usb=()",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a client showed: a token, or the secret of a session from its cookie."""

    secret: str
    is_token: bool


class Gate:
    """The outermost middleware; it reads `app.state.identities` of the application that it stands before."""

    def __init__(
        self, app: ASGIApp, most_body_bytes: int = MOST_BODY_BYTES, allowance: Allowance | None = None
    ) -> None:
        self.app = app
        self.most_body_bytes = most_body_bytes
        self.allowance = allowance or Allowance(STRANGERS_PER_S, STRANGERS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one connection pass, or answer it."""
        if scope["type"] == "http":
            await self._http(scope, receive, with_headers(scope["path"], send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        state = state_of(scope)
        try:
            refusal = self._too_large(headers, self._most_of(scope)) or await self._refusal(scope, headers)
        except WallError as error:
            refusal = problem_of(error)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        identity = state["session"]
        if isinstance(identity, Identity):
            await self._note_use(scope, identity)
        await self.app(scope, limited(receive, self._most_of(scope)), send)

    def _most_of(self, scope: Scope) -> int:
        files = scope["method"] == "POST" and TAKES_FILES.fullmatch(scope["path"])
        return MOST_FILE_BYTES if files else self.most_body_bytes

    def _too_large(self, headers: Headers, most: int) -> Response | None:
        length = headers.get("content-length", "0")
        return None if length.isdigit() and int(length) <= most else too_large(most)

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Find the actor; return the answer to who may not pass, None to let him."""
        method, path = scope["method"], scope["path"]
        if method in SAFE_METHODS and (path in OF_NOBODY or path.startswith(ASSETS)):
            # Whoever asks: these are answered without the database, also while it is away.
            note(scope, None)
            return None
        credential = credential_of(headers)
        identity = await identify(scope, credential)
        note(scope, identity)
        if method not in SAFE_METHODS and foreign(headers):
            return forged()
        if identity is None:
            return refuse_stranger(scope, credential) or self._slowed(scope)
        if identity.by_cookie and method not in SAFE_METHODS and not ours(method, path, headers, identity):
            return forged()
        if is_kiosk(identity) and method not in SAFE_METHODS and (method, path) not in KIOSK_MAY:
            return problem(403, "read_only", "A wall screen only reads. Log in at a desk to act.")
        return None

    def _slowed(self, scope: Scope) -> Response | None:
        """Return the answer to a stranger who leaves too much behind; None to let him pass."""
        slowed = (scope["method"], scope["path"]) in OF_A_STRANGER | BEGIN_SESSION | SIGN_ON
        if not slowed and not scope["path"].startswith((BY_QUERY_CODE, OF_THE_CITIZEN)):
            return None
        wait_s = self.allowance.take(str(state_of(scope)["address"]), now())
        if wait_s == 0:
            return None
        return problem_of(
            TooMany(
                f"Too many requests from this address. Try again in {ceil(wait_s)} s.",
                retry_after_s=ceil(wait_s),
            )
        )

    async def _note_use(self, scope: Scope, identity: Identity) -> None:
        at = now()
        if identity.session_id is None or identity.last_seen_at is None:
            return
        if at - identity.last_seen_at > SEEN_EVERY:
            identities: Identities = scope["app"].state.identities
            with suppress(WallError):  # a database that is away is told by what needs it
                await touch_session(identities.db, identity.session_id, at)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        credential = credential_of(headers)
        try:
            identity = await identify(scope, credential)
        except WallError:
            await close(receive, send, 1013, "try again in a moment")
            return
        note(scope, identity)
        if identity is None or credential is None:
            await close(receive, send, 4401, "log in first")
        elif identity.by_cookie and not same_origin(headers):
            await close(receive, send, 4403, "this page is not ours")
        else:
            await self._watched(scope, receive, send, credential)

    async def _watched(self, scope: Scope, receive: Receive, send: Send, credential: Credential) -> None:
        """Run a socket, and end it as soon as the credential that opened it is no longer good."""
        watchman: Watchman = scope["app"].state.watchman
        with watchman.watching(credential.secret, scope["state"]["actor"]) as over:
            ended = asyncio.create_task(hang_up(over, send))
            try:
                await self.app(scope, interrupted(receive, ended), send)
            finally:
                ended.cancel()
                with suppress(asyncio.CancelledError):
                    await ended


def forged() -> Response:
    """Answer a request that did not come from our own pages."""
    return problem(
        403,
        "forged",
        "The request did not come from a page of this wall. Reload the page; programs send the session's "
        "CSRF token in X-CSRF-Token, or use a token instead of a cookie.",
    )


def is_kiosk(identity: Identity) -> bool:
    """Say whether this is a wall screen, which nobody sits at."""
    return identity.kind is SessionKind.KIOSK or identity.actor.role is Role.KIOSK


def state_of(scope: Scope) -> dict[str, object]:
    """Return the request's own state, where the gate leaves what it found."""
    state: dict[str, object] = scope.setdefault("state", {})
    return state


def note(scope: Scope, identity: Identity | None) -> None:
    """Leave what was found for the routes."""
    client = scope.get("client")
    state_of(scope).update(
        session=identity,
        actor=identity.actor if identity else None,
        by_cookie=bool(identity and identity.by_cookie),
        address=client[0] if client else "",
    )


def credential_of(headers: Headers) -> Credential | None:
    """Return what the client showed; an Authorization header wins over a cookie."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return Credential(value.strip(), is_token=True)
    if scheme.lower() == "basic":
        with suppress(binascii.Error, UnicodeDecodeError):
            password = base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
            return Credential(password, is_token=True)
        return Credential("", is_token=True)
    secret = cookie(headers, SESSION_COOKIE)
    return Credential(secret, is_token=False) if secret else None


def cookie(headers: Headers, name: str) -> str | None:
    """Return a cookie's value; None when there is none. Ours are never quoted: we made them of letters and digits."""
    for header in headers.getlist("cookie"):
        for one in header.split(";"):
            key, is_pair, value = one.partition("=")
            if is_pair and key.strip() == name:
                return value.strip()
    return None


async def identify(scope: Scope, credential: Credential | None) -> Identity | None:
    """Return who the credential stands for just now."""
    if credential is None or not credential.secret:
        return None
    identities: Identities = scope["app"].state.identities
    if credential.is_token:
        return await identities.of_token(credential.secret, now())
    return await identities.of_session(credential.secret, now())


def same_origin(headers: Headers) -> bool:
    """Say whether a browser vouches that one of our own pages sent this."""
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


def foreign(headers: Headers) -> bool:
    """Say whether a browser tells that a page which is not ours sent this; programs tell nothing."""
    if "origin" in headers:
        return not same_origin(headers)
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def ours(method: str, path: str, headers: Headers, identity: Identity) -> bool:
    """Say whether a request under a cookie was meant by one of our own pages."""
    if (method, path) in BEGIN_SESSION:
        return same_origin(headers)
    shown = headers.get(CSRF_HEADER)
    if shown is not None and identity.csrf is not None:
        return hmac.compare_digest(shown.encode(), identity.csrf.encode())
    return path.startswith("/_dash-") and same_origin(headers)


def is_open(method: str, path: str) -> bool:
    """Say whether everybody may call this."""
    if path in OPEN_PATHS or path.startswith(OPEN_PREFIXES):
        return True
    return ("GET" if method == "HEAD" else method, path) in OPEN_CALLS


def refuse_stranger(scope: Scope, credential: Credential | None) -> Response | None:
    """Return the answer to somebody without an actor; None lets him pass as a stranger."""
    method, path = scope["method"], scope["path"]
    failed = credential is not None and (credential.is_token or (method, path) in OF_A_STRANGER)
    if is_open(method, path) and not failed:
        if (method, path) in OF_A_STRANGER:
            state_of(scope)["actor"] = STRANGER
        return None
    if path.startswith(MACHINE_PREFIXES) or method not in SAFE_METHODS:
        return not_authenticated(path, credential)
    query = scope.get("query_string", b"").decode("latin-1")
    return RedirectResponse("/login?next=" + quote(path + ("?" + query if query else ""), safe="/"), 303)


def not_authenticated(path: str, credential: Credential | None) -> Response:
    """Answer 401, saying whether nothing was shown or what was shown is no good."""
    shown = credential is not None
    what = "The session or token is unknown, ended or revoked." if shown else "Nobody is logged in."
    # Only where GIS programs come: everywhere else a browser would open its own log-in window over our page.
    scheme = "Basic" if path.startswith("/ogc") else "Bearer"
    return problem(
        401,
        "not_authenticated",
        f"{what} Log in at /login, or send a token as Authorization: Bearer.",
        {"WWW-Authenticate": f'{scheme} realm="wall"'},
    )


def too_large(most: int) -> Response:
    """Answer a body that is larger than `most` bytes."""
    return problem(413, "body_too_large", f"A request may have {most:,} bytes. Send less at a time.")


def limited(receive: Receive, most: int) -> Receive:
    """Count the bytes of a body that came without its length, and stop reading when they are too many."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, f"A request may have {most:,} bytes. Send less at a time.")
        return message

    return counted


def with_headers(path: str, send: Send) -> Send:
    """Put the security headers on the answer, leaving what it brought itself."""

    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if path.startswith("/api/"):
                headers.setdefault("content-security-policy", API_POLICY)
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return decorated


async def hang_up(over: asyncio.Event, send: Send) -> None:
    """Close the socket with 4401 once its credential is over."""
    await over.wait()
    with suppress(Exception):  # it may be closing already
        await send({"type": "websocket.close", "code": 4401, "reason": "the session is over"})


def interrupted(receive: Receive, ended: asyncio.Task[None]) -> Receive:
    """Return a `receive` that reports a disconnect as soon as `ended` is done."""

    async def next_message() -> Message:
        message = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({message, ended}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            message.cancel()
            raise
        if message.done():
            return message.result()
        message.cancel()
        return {"type": "websocket.disconnect", "code": 4401}

    return next_message


async def close(receive: Receive, send: Send, code: int, reason: str) -> None:
    """Accept and close, because a browser sees the code of a socket only once it was open."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason})
