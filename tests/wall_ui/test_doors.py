"""The light pages: what they hold, what they weigh, and where they lead."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from dispatch.api.glance import router as glance_router
from dispatch.api.problems import install
from dispatch.rulebook import load_rulebook
from gis.actor import SYSTEM, Actor, Role
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.settings import Settings
from layers.areas import load_area_index
from wall_ui import words
from wall_ui.doors import markup, serve_doors
from wall_ui.doors.homes import HOME_OF_ROLE
from wall_ui.modules import lean
from wall_ui.pages import PAGES

ASSETS = Path(words.__file__).parent.parent / "assets"
LIGHT = ("start", "login", "field", "report")
MOST_PHONE_BYTES = 100_000
IMPORT = re.compile(r"""^(?:import|export) [^"'\n]*["'](\.[^"'\n]+)["']""", re.MULTILINE)


class OneActor:
    """Stands where the gate stands: lets everybody in as one actor, or as nobody."""

    def __init__(self, app: Any, actor: Actor | None) -> None:
        self.app = app
        self.actor = actor

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Put the actor where routes look for him."""
        scope.setdefault("state", {})["actor"] = self.actor
        await self.app(scope, receive, send)


async def doors(db: Database, actor: Actor | None = None) -> httpx.AsyncClient:
    app = FastAPI()
    async with db.read(SYSTEM) as tx:
        app.state.areas = await load_area_index(tx)
    app.state.db, app.state.book, app.state.settings = db, load_rulebook(), Settings()
    install(app)
    app.include_router(glance_router)
    serve_doors(app)
    transport = httpx.ASGITransport(OneActor(app, actor))
    return httpx.AsyncClient(transport=transport, base_url="http://wall.test")


async def make_real(urls: ClusterUrls) -> None:
    owner = Database(urls.owner)
    async with owner.transaction(SYSTEM) as tx:
        await tx.execute(text("update data_sets set demonstration = false"))
    await owner.close()


async def test_the_start_page_offers_every_role_and_every_township(county_db: Database) -> None:
    async with await doors(county_db) as client:
        page = await client.get("/")
    assert page.status_code == 200
    roles = set(re.findall(r'data-role="(\w+)"', page.text))
    assert {"kiosk", "dispatcher", "leader", "duty_officer", "village_officer", "grid_officer"} <= roles
    card = page.text[page.text.index('data-role="duty_officer"') :]
    options = re.findall(r'<option [^>]*value="(\d{9})"', card[: card.index("</select>")])
    assert len(options) == len(set(options)) == 15
    assert len(re.findall(r'<option [^>]*value="620821/\w+"', page.text)) == 16


async def test_every_card_of_the_start_page_leads_to_a_screen_there_is(county_db: Database) -> None:
    async with await doors(county_db) as client:
        page = (await client.get("/")).text
    known = {path for one in PAGES for path in one.paths} | {"/field"}
    assert set(re.findall(r'data-page="(/\w+)"', page)) <= known


async def test_where_the_data_are_real_the_start_page_is_the_log_in(
    county_db: Database, county_urls: ClusterUrls
) -> None:
    await make_real(county_urls)
    async with await doors(county_db) as client:
        start = await client.get("/")
        glance = await client.get("/api/demo/glance")
    assert (start.status_code, start.headers["location"]) == (303, "/login")
    assert (glance.status_code, glance.json()["code"]) == (403, "not_demonstration")


async def test_log_in_and_report_say_that_the_county_is_invented_and_only_then(
    county_db: Database, county_urls: ClusterUrls
) -> None:
    said = {"/login": words.t("app.demonstration"), "/report": words.t("report.demonstration")}
    async with await doors(county_db) as browser:
        for path, word in said.items():
            assert word in (await browser.get(path)).text
        await make_real(county_urls)
        for path, word in said.items():
            assert word not in (await browser.get(path)).text


async def test_a_page_says_that_nobody_is_in_so_that_it_need_not_ask(county_db: Database) -> None:
    for actor, said in ((None, True), (SYSTEM, False)):
        async with await doors(county_db, actor) as browser:
            for path in ("/", "/login", "/report"):
                assert (" data-stranger" in (await browser.get(path)).text) is said, path


async def test_where_the_data_are_real_whoever_is_in_is_led_to_his_screen(
    county_db: Database, county_urls: ClusterUrls
) -> None:
    await make_real(county_urls)
    async with await doors(
        county_db, Actor("1", "x", Role.GRID_OFFICER, "620821100200", "620821100200001")
    ) as c:
        assert (await c.get("/")).headers["location"] == "/field"


async def test_the_glance_tells_counts_and_no_more_of_a_place_than_a_hundred_metres(
    county_db: Database,
) -> None:
    async with county_db.transaction(SYSTEM) as tx:
        before = await tx.scalar(text("select count(*) from units where on_duty"))
    async with await doors(county_db) as client:
        seen = (await client.get("/api/demo/glance")).json()
    assert seen["on_duty"] == before > 300
    assert set(seen) == {"open", "received", "closed", "on_duty", "under_way", "pins"}
    for pin in seen["pins"]:
        assert pin["lon"] == round(pin["lon"], 3)


@pytest.mark.parametrize("path", ["/", "/login", "/field"])
async def test_a_light_page_holds_nothing_of_another_origin_and_no_script_of_its_own(
    county_db: Database, path: str
) -> None:
    async with await doors(county_db) as client:
        page = await client.get(path)
    assert page.headers["content-security-policy"] == markup.LIGHT_POLICY
    assert "unsafe-inline" not in markup.LIGHT_POLICY.split("script-src")[1].split(";")[0]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert not re.findall(r"<script(?![^>]*src=)", page.text)
    assert not re.findall(r"\son\w+=", page.text)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_light_page_is_drawn_in_the_readers_language_before_any_script(
    county_db: Database, lang: words.Language
) -> None:
    async with await doors(county_db) as client:
        page = (await client.get("/login", headers={"Cookie": f"wall_lang={lang}"})).text
    assert words.t("login.password", lang) in page
    assert f'lang="{words.HTML_LANG[lang]}"' in page


async def test_the_phones_page_keeps_itself_for_when_there_is_no_network(county_db: Database) -> None:
    async with await doors(county_db) as client:
        worker = await client.get("/field/worker.js")
        manifest = (await client.get("/field/manifest.webmanifest")).json()
    assert worker.headers["service-worker-allowed"] == "/field"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert manifest["start_url"] == manifest["scope"] == "/field"


async def test_an_officers_own_surroundings_show_his_borders_and_roads(county_db: Database) -> None:
    officer = Actor("1", "x", Role.GRID_OFFICER, "620821100200", "620821100200001", "grid.620821100200001")
    async with await doors(county_db, officer) as client:
        home = await client.get("/field/home")
        near = await client.get("/field/surroundings", params={"lon": 107.35, "lat": 35.33})
        far = await client.get("/field/surroundings", params={"lon": 0, "lat": 0})
    assert home.json()["village"]
    assert near.json()["road"]
    assert len(near.content) < 40_000
    assert far.json() == {"grid": [], "village": [], "road": []}


async def test_surroundings_are_for_those_who_are_in(county_db: Database) -> None:
    async with await doors(county_db) as client:
        assert (await client.get("/field/home")).status_code == 401


def modules_of(entry: Path) -> set[Path]:
    """Return a script and all that it imports."""
    found: set[Path] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop().resolve()
        if path in found:
            continue
        found.add(path)
        waiting += [path.parent / name for name in IMPORT.findall(path.read_text(encoding="utf-8"))]
    return found


async def test_the_phones_page_weighs_less_than_100_kb_in_all_as_it_is_sent(county_db: Database) -> None:
    async with await doors(county_db) as client:
        page = (await client.get("/field")).content
        asked = (await client.get("/assets/field/words.json")).content
    scripts = [
        lean(path.read_text(encoding="utf-8")).encode() for path in modules_of(ASSETS / "field/main.js")
    ]
    others = [(ASSETS / name).read_bytes() for name in ("field/field.css", "icons.svg")]
    packed = [len(gzip.compress(content)) for content in (asked, *scripts, *others)]
    assert len(page) + sum(packed) < MOST_PHONE_BYTES * 0.5


@pytest.mark.parametrize("name", LIGHT)
def test_a_light_page_has_every_word_that_its_scripts_and_layout_name(name: str) -> None:
    have = set(json.loads(markup.part_of_catalogue(name))["words"])
    sources = [path.read_text(encoding="utf-8") for path in modules_of(ASSETS / name / "main.js")]
    sources.append((ASSETS.parent / "doors" / f"{name}.py").read_text(encoding="utf-8"))
    named = {
        key
        for source in sources
        for key in re.findall(r"""["'`]([a-z_]+\.[a-z_.0-9]+)["'`]""", source)
        if key in words.CATALOGUE
    }
    assert named
    assert sorted(named - have) == []


@pytest.mark.parametrize("name", LIGHT)
def test_every_word_that_a_light_page_names_is_in_the_catalogue(name: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ASSETS / name).glob("*.js")]
    sources.append((ASSETS.parent / "doors" / f"{name}.py").read_text(encoding="utf-8"))
    named = {key for source in sources for key in re.findall(rf"""["'`]({name}\.[a-z_.0-9]+)["'`]""", source)}
    assert sorted(key for key in named if key not in words.CATALOGUE) == []


def test_text_becomes_text_and_never_markup() -> None:
    evil = '<img src=x onerror="alert(1)">&'
    drawn = markup.element("p", evil, title=evil)
    assert "<img" not in drawn
    assert drawn.count("&lt;img") == 2
    assert drawn.endswith("&amp;</p>")


def test_only_what_was_made_as_markup_goes_in_unescaped() -> None:
    inner = markup.element("b", "a<b")
    assert markup.element("p", inner, "c<d") == "<p><b>a&lt;b</b>c&lt;d</p>"


def test_the_browser_and_the_server_send_each_role_to_the_same_screen() -> None:
    script = (ASSETS / "doors/homes.js").read_text(encoding="utf-8")
    there = dict(re.findall(r'^  (\w+): "(/\w+)",$', script, re.MULTILINE))
    assert there == {role.value: path for role, path in HOME_OF_ROLE.items()}


async def test_anybody_may_report_and_is_told_no_more_than_where_things_are(county_db: Database) -> None:
    async with await doors(county_db) as client:
        page = await client.get("/report")
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert all(f'href="tel:{number}"' in page.text for number in (110, 119, 120, 12345))
        towns = (await client.get("/report/areas")).json()
        assert len(towns) == 15
        village = towns[0]["villages"][0]
        place = {"lon": village["lon"], "lat": village["lat"]}
        around = (await client.get("/report/around", params=place)).json()
        assert set(around) == {"grid", "village", "road"}
        outside = await client.get("/report/around", params={"lon": 116.4, "lat": 39.9})
    assert (outside.status_code, outside.json()["code"]) == (422, "outside_county")


async def test_the_handbook_has_every_text_with_an_anchor_and_says_that_it_is_a_template(
    county_db: Database,
) -> None:
    officer = Actor("a", "a", Role.DUTY_OFFICER, "620821101", "620821101")
    async with await doors(county_db, officer) as client:
        page = (await client.get("/handbook", headers={"cookie": "wall_lang=en"})).text
        assert (await client.get("/handbook")).status_code == 200
    async with await doors(county_db) as client:
        assert (await client.get("/handbook")).status_code == 401
    assert all(f'id="{tier}.12"' in page for tier in ("county", "township", "village"))
    assert 'id="r.time"' in page
    assert re.search(r'<a class="button" href="/township" data-place="back">', page)
    assert "working templates and no official texts" in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))
