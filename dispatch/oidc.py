"""Single sign-on by OpenID Connect: authorization code with PKCE, and the id token checked before it is believed.

Nothing is kept here between the two steps. The browser holds one random secret in a cookie; state, nonce and the
verifier of PKCE are derived from it, so that an answer that another browser asked for fits none of them.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dispatch.rules.single_sign_on import Mapped
from gis.errors import NotAuthenticated, Unavailable

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
KNOWN_FOR = timedelta(hours=1)
LEEWAY_S = 60
WAIT_S = 10.0
SCOPES = "openid profile"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One log-in under way, as the browser's secret tells it."""

    secret: str

    def derived(self, what: str) -> str:
        """Return what only the holder of the secret can know."""
        return hmac.new(self.secret.encode(), what.encode(), hashlib.sha256).hexdigest()

    @property
    def challenge(self) -> str:
        """What the provider is shown of the verifier beforehand."""
        digest = hashlib.sha256(self.derived("verifier").encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(slots=True)
class Provider:
    """A provider that another house runs. `transport` is for tests."""

    issuer: str
    client_id: str
    client_secret: str | None
    people: Mapped
    transport: httpx.AsyncBaseTransport | None = None
    _about: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _known_at: datetime | None = None

    async def way_out(self, attempt: Attempt, redirect: str, at: datetime) -> str:
        """Return the address at which the browser logs in. Raises Unavailable."""
        await self._know(at)
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "state": attempt.derived("state"),
            "nonce": attempt.derived("nonce"),
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._about['authorization_endpoint']}?{urlencode(asked)}"

    async def claims(
        self, attempt: Attempt, code: str, state: str, redirect: str, at: datetime
    ) -> Mapping[str, Any]:
        """Return what the provider says of who logged in. Raises NotAuthenticated, Unavailable."""
        if not hmac.compare_digest(state.encode(), attempt.derived("state").encode()):
            raise NotAuthenticated(
                "This log-in was not begun in this browser. Begin again.", code="bad_state"
            )
        await self._know(at)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self.client_id,
            "code_verifier": attempt.derived("verifier"),
        }
        if self.client_secret is not None:
            form["client_secret"] = self.client_secret
        answer = await self._call("POST", self._about["token_endpoint"], data=form)
        return await self._believed(answer.get("id_token"), attempt, at)

    async def _believed(self, token: Any, attempt: Attempt, at: datetime) -> Mapping[str, Any]:
        if not isinstance(token, str):
            raise NotAuthenticated("The log-in was not confirmed. Begin again.", code="bad_id_token")
        registry = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": attempt.derived("nonce")},
        )
        try:
            claims = self._decoded(token).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            self._known_at = None  # its keys may have changed: the next attempt asks anew
            raise NotAuthenticated(
                "The log-in was not confirmed. Begin again.", code="bad_id_token"
            ) from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.client_id:
            raise NotAuthenticated("The log-in was meant for somebody else.", code="bad_id_token")
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        assert self._keys is not None
        return jwt.decode(token, self._keys, algorithms=ALGORITHMS)

    async def _know(self, at: datetime) -> None:
        """Learn the provider's addresses and keys, once an hour."""
        if self._known_at is not None and at - self._known_at < KNOWN_FOR:
            return
        about = await self._call("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise Unavailable("The log-in elsewhere is set up for another issuer; tell the administrator.")
        keys = await self._call("GET", about["jwks_uri"])
        self._about, self._keys = about, KeySet.import_key_set(keys)  # type: ignore[arg-type]
        self._known_at = at

    async def _call(self, method: str, address: str, **what: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(
                transport=self.transport, timeout=WAIT_S, trust_env=False, follow_redirects=False
            ) as client:
                answer = await client.request(method, address, **what)
                if answer.status_code in (400, 401, 403) and method == "POST":
                    raise NotAuthenticated("The log-in was not confirmed. Begin again.", code="bad_code")
                answer.raise_for_status()
                found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(
                "The log-in elsewhere does not answer just now; try again in a moment."
            ) from error
        return found if isinstance(found, dict) else {}
