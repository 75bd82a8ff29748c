"""Single sign-on against a provider of the tests' own: who is let in, at which seat, and who is not."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import RSAKey

from dispatch.actions.accounts import disable_account
from dispatch.oidc import Provider
from dispatch.people import account_named
from dispatch.rules.single_sign_on import mapped
from gis.actor import SYSTEM
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.errors import InvalidInput
from gis.settings import Settings
from tests.dispatch.entrances import ORIGIN, browser
from tests.dispatch.small_county import COUNTY, WEST, load_small_county
from wall_ui.application import create_app

ISSUER = "https://sso.county.test"
PEOPLE = f"""
claim = "groups"
[[people]]
value = "wall-desk"
role = "dispatcher"
area = "{COUNTY}"
[[people]]
value = "wall-west"
role = "duty_officer"
area = "{WEST}"
"""
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, private=True)


@dataclass(slots=True)
class FakeProvider(httpx.AsyncBaseTransport):
    """A provider that says what it is told to, and checks what a provider has to check."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    challenge: str = ""
    nonce: str = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            about = {"issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth"}
            return httpx.Response(
                200, json=about | {"token_endpoint": f"{ISSUER}/token", "jwks_uri": f"{ISSUER}/keys"}
            )
        if path == "/keys":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        form = {name: values[0] for name, values in parse_qs((await request.aread()).decode()).items()}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        fits = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        if form["code"] != "good" or not fits or form["client_secret"] != "hush":
            return httpx.Response(400, json={"error": "invalid_grant"})
        at = int(now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": "wall",
            "sub": "7",
            "name": "王调度",
            "nonce": self.nonce,
            "exp": at + 60,
        }
        return httpx.Response(
            200, json={"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims | self.claims, self.key)}
        )


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner, demonstration=False)
    table = tmp_path / "people.toml"
    table.write_text(PEOPLE)
    built = create_app(
        Settings(
            wall_var=tmp_path, wall_oidc_issuer=ISSUER, wall_oidc_client_secret="hush", wall_oidc_people=table
        ),
        urls.app,
    )
    async with built.router.lifespan_context(built):
        yield built


async def sign_on(
    app: FastAPI, client: httpx.AsyncClient, code: str = "good", state: str | None = None, **claims: Any
) -> httpx.Response:
    """Go to the provider and come back from it."""
    provider: Provider = app.state.oidc
    fake = provider.transport if isinstance(provider.transport, FakeProvider) else FakeProvider()
    fake.claims = claims
    provider.transport = fake
    out = await client.get("/api/session/oidc")
    assert out.status_code == 303, out.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{ORIGIN}/api/session/oidc/back"
    fake.challenge, fake.nonce = asked["code_challenge"], asked["nonce"]
    came = {"code": code, "state": asked["state"] if state is None else state}
    return await client.get("/api/session/oidc/back", params=came)


async def test_somebody_that_another_house_vouches_for_sits_where_the_table_says(app: FastAPI) -> None:
    async with browser(app) as client:
        back = await sign_on(app, client, groups=["staff", "wall-west"])
        assert back.status_code == 200
        assert (
            "url=/" in back.text
        )  # a page that leads on: a strict cookie does not come along with a redirect
        me = (await client.get("/api/session")).json()["actor"]
    assert (me["role"], me["area"], me["name"]) == ("duty_officer", WEST, "王调度")
    async with browser(app) as client:
        await sign_on(app, client, groups=["wall-desk"])
        assert (await client.get("/api/session")).json()["actor"]["role"] == "dispatcher"
        async with app.state.db.read(SYSTEM) as tx:
            account_id = await account_named(tx, "7@sso.county.test")
        await disable_account(app.state.db, account_id, now())
    async with browser(app) as client:
        # Who elsewhere is told apart by capitals alone does not come in as the other.
        await sign_on(app, client, groups=["wall-desk"], sub="aB")
        other = await sign_on(app, client, groups=["wall-desk"], sub="Ab")
    assert (other.status_code, other.json()["code"]) == (401, "account_of_another")
    async with browser(app) as client:
        closed = await sign_on(app, client, groups=["wall-desk"])
    assert (closed.status_code, closed.json()["code"]) == (401, "account_closed")


@pytest.mark.parametrize(
    "wrong,status,code",
    [
        ({"groups": ["strangers"]}, 403, "no_seat"),
        ({"groups": None}, 403, "no_seat"),
        ({"code": "bad"}, 401, "bad_code"),
        ({"state": "of another browser"}, 401, "bad_state"),
        ({"iss": "https://evil.test"}, 401, "bad_id_token"),
        ({"aud": "another"}, 401, "bad_id_token"),
        ({"aud": ["wall", "another"]}, 401, "bad_id_token"),
        ({"nonce": "of another log-in"}, 401, "bad_id_token"),
        ({"exp": 1_000_000_000}, 401, "bad_id_token"),
        ({"key": OTHER_KEY}, 401, "bad_id_token"),
    ],
)
async def test_whoever_is_not_vouched_for_as_it_should_be_stays_outside(
    app: FastAPI, wrong: dict[str, Any], status: int, code: str
) -> None:
    fake = FakeProvider(key=wrong.pop("key", KEY))
    app.state.oidc.transport = fake
    async with browser(app) as client:
        back = await sign_on(app, client, **({"groups": ["wall-desk"]} | wrong))
        assert (back.status_code, back.json()["code"]) == (status, code)
        assert (await client.get("/api/session")).status_code == 401


async def test_an_answer_that_this_browser_did_not_ask_for_is_refused(app: FastAPI) -> None:
    async with browser(app) as client:
        back = await client.get("/api/session/oidc/back", params={"code": "good", "state": "x"})
    assert (back.status_code, back.json()["code"]) == (401, "bad_state")


@pytest.mark.parametrize(
    "table",
    ["", "claim = 1", "claim = 'a'\n[[people]]\nvalue='x'\nrole='nobody'\narea='1'",
     "claim = 'a'\n[[people]]\nvalue='x'\nrole='system'\narea='620821'"],
)  # fmt: skip
def test_a_table_that_says_nothing_or_too_much_is_refused(table: str) -> None:
    with pytest.raises(InvalidInput):
        mapped(table)
