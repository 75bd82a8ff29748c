"""The shell: which addresses answer, under which policy, in which language, and with which words."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from wall_ui import modules, words
from wall_ui.pages import PAGES, page_at
from wall_ui.shell import ASSETS, build_dash, not_found_page

ROOT = Path(__file__).parents[2]

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def server() -> FastAPI:
    app = FastAPI()

    @app.get("/api/known")
    async def known() -> dict[str, bool]:
        return {"known": True}

    build_dash(app)
    return app


@pytest.fixture
def client(server: FastAPI) -> "Browser":
    return Browser(server)


class Browser:
    """Asks the application directly, as a browser would."""

    def __init__(self, server: FastAPI) -> None:
        self.transport = httpx.ASGITransport(app=server)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport, base_url="http://wall") as client:
            return await client.get(path, headers=HTML | headers)


PATHS = [path for page in PAGES for path in page.paths]


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_answers_with_its_own_title_under_a_strict_policy(
    client: Browser, path: str
) -> None:
    answer = await client.get(path)
    page = page_at(path)
    assert answer.status_code == 200
    assert page is not None
    assert f"<title>{words.t(page.title)}</title>" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self'( 'sha256-[A-Za-z0-9+/=]+')+", script)


@pytest.mark.parametrize("path", ["/nope", "/wall/nope", "/wallx"])
async def test_an_unknown_page_is_a_real_404_in_html(client: Browser, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert words.t("app.not_found") in answer.text
    assert "<script" not in answer.text


def test_also_the_page_for_an_unknown_address_says_that_the_data_are_invented() -> None:
    badge = words.t("app.demonstration")
    assert badge in not_found_page("zh", demonstration=True)
    assert badge not in not_found_page("zh")


@pytest.mark.parametrize("path", ["/api/nope", "/ogc/nope", "/_dash-nope"])
async def test_an_unknown_address_for_machines_is_a_problem_in_json(client: Browser, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


async def test_routes_that_stood_before_the_screens_still_answer(client: Browser) -> None:
    assert (await client.get("/api/known")).json() == {"known": True}


async def test_the_page_speaks_the_language_of_the_switch_and_ignores_nonsense(client: Browser) -> None:
    english = await client.get("/wall", Cookie="wall_lang=en")
    assert '<html lang="en">' in english.text
    assert f"<title>{words.t('page.wall', 'en')}</title>" in english.text
    for cookie in ("", "wall_lang=<script>", "wall_lang=zh"):
        assert '<html lang="zh-CN">' in (await client.get("/wall", Cookie=cookie)).text


async def test_no_page_names_another_host(client: Browser) -> None:
    """Scripts, styles, fonts and pictures all come from here."""
    text = (await client.get("/wall")).text
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert address.startswith("/"), address
        assert not address.startswith("//"), address


async def test_everything_that_the_page_loads_is_there(client: Browser) -> None:
    text = (await client.get("/wall")).text
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        answer = await client.get(address)
        assert answer.status_code == 200, address


def test_scripts_go_out_without_comments_and_mean_the_same(tmp_path: Path) -> None:
    compiler = [ROOT / ".venv/bin/node", ROOT / "node_modules/typescript/bin/tsc"]
    how = ["--allowJs", "--noCheck", "--removeComments", "--target", "esnext", "--module", "esnext"]
    meant: dict[str, list[str]] = {}
    for name, change in (("full", str), ("lean", modules.lean)):
        for path in ASSETS.rglob("*.js"):
            at = tmp_path / name / path.relative_to(ASSETS)
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        files = sorted(str(path) for path in (tmp_path / name).rglob("*.js"))
        out = tmp_path / f"{name} out"
        where = ["--outDir", str(out), "--rootDir", str(tmp_path / name)]
        subprocess.run([*compiler, *how, *where, *files], cwd=tmp_path, check=True, capture_output=True)
        meant[name] = [path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.js"))]
    assert len(meant["full"]) == len(list(ASSETS.rglob("*.js")))
    assert meant["full"] == meant["lean"]
    script = (ASSETS / "core/dom.js").read_text(encoding="utf-8")
    assert len(modules.lean(script)) < 0.9 * len(script)
    assert modules.lean("a\n// b\n/** c\nd */\n/** e */ f\n") == "a\n\n\n\n/** e */ f\n"


async def test_bundles_go_out_packed_and_stay_in_the_cache(client: Browser) -> None:
    text = (await client.get("/wall")).text
    bundle = next(a for a in re.findall(r'src="([^"]+)"', text) if "dash_renderer" in a)
    packed = await client.get(bundle, **{"Accept-Encoding": "gzip"})
    plain = await client.get(bundle, **{"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    assert packed.content == plain.content  # the client unpacks it
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["dash/../../pyproject.toml", "dash/dash.py", "os/nope.js", "dash/nope.js"])
async def test_only_registered_bundles_are_served(client: Browser, path: str) -> None:
    assert (await client.get(f"/_dash-component-suites/{path}")).status_code == 404


async def test_the_browser_gets_the_same_catalogue(client: Browser) -> None:
    served = (await client.get("/assets/words.json")).json()
    assert served["words"]["page.wall"] == list(words.CATALOGUE["page.wall"])
    assert served["groups"]["fire"] == "emergency"
    assert served["usual"]["fire"] == ["emergency", 1]


async def test_fonts_stay_in_the_cache_and_scripts_are_asked_for_again(client: Browser) -> None:
    font = next((ASSETS / "fonts").glob("*.woff2")).name
    assert "immutable" in (await client.get(f"/assets/fonts/{font}")).headers["cache-control"]
    assert (await client.get("/assets/core/main.js")).headers["cache-control"] == "no-cache"


async def test_a_page_names_every_module_that_it_will_import_and_keeps_them(client: Browser) -> None:
    named = re.findall(r'modulepreload" href="([^"]+)"', (await client.get("/wall")).text)
    assert len(named) == len(set(named)) > 20
    loaded = {address.partition("~")[2].partition("/")[2] for address in named}
    assert {"core/main.js", "wall/main.js", "map/map.js", "core/socket.js"} <= loaded
    assert not any(path.startswith(("console/", "leader/", "field/")) for path in loaded)
    for address in named:
        answer = await client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
        for imported in re.findall(r"""from ["'](\.[^"']+)["']""", answer.text):
            assert str(httpx.URL("http://wall" + address).join(imported).path) in named, imported


async def test_a_script_under_another_version_is_given_and_not_kept(client: Browser) -> None:
    answer = await client.get("/assets/~0123456789ab/core/main.js")
    assert answer.status_code == 200  # a page that stayed open while the server was renewed
    assert answer.headers["cache-control"] == "no-cache"
    assert (await client.get("/assets/~0123456789ab/../shell.py")).status_code == 404


def test_the_version_is_another_one_once_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules, "ASSETS", tmp_path)
    (tmp_path / "a.js").write_text("export const a = 1;")
    before = modules.version()
    assert modules.version() == before
    (tmp_path / "a.js").write_text("export const a = 12;")
    assert modules.version() != before


async def test_style_sheets_that_dash_names_by_their_moment_stay_in_the_cache(client: Browser) -> None:
    sheets = re.findall(r'href="(/assets/[^"]+\.css\?m=[^"]+)"', (await client.get("/wall")).text)
    assert sheets
    for sheet in sheets:
        assert "immutable" in (await client.get(sheet)).headers["cache-control"]
