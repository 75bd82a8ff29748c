"""What browser tests share: a served demonstration county, and people who sit down before it in a real Chromium."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from gis.cluster import ClusterUrls

CHROMIUM = os.environ.get("WALL_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--mute-audio"),
)
READY_WITHIN_S = 60.0
PATIENCE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Served:
    """A wall that is being served, without robots: only the test's own people act."""

    url: str
    log: Path

    def client(self, role: str, **seat: Any) -> httpx.Client:
        """Return an HTTP client that sits at a demonstration desk."""
        client = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        client.post("/api/demo/session", json={"role": role, **seat}).raise_for_status()
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        return client


@pytest.fixture
def served(county_urls: ClusterUrls, tmp_path: Path) -> Iterator[Served]:
    """The demonstration county, served by the real command in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": county_urls.app,
        "DATABASE_OWNER_URL": county_urls.owner,
        "WALL_PORT": str(port),
        "WALL_VAR": str(tmp_path),
        "WALL_SIMULATION": "off",
    }
    wall = Served(f"http://127.0.0.1:{port}", tmp_path / "serve.log")
    with wall.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wall_ui.command_line", "serve"], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_ready(process, wall)
            yield wall
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait_until_ready(process: "subprocess.Popen[bytes]", wall: Served) -> None:
    began = time.perf_counter()
    while time.perf_counter() - began < READY_WITHIN_S:
        if process.poll() is not None:
            raise AssertionError(f"the wall ended at once:\n{wall.log.read_text()[-3000:]}")
        try:
            if httpx.get(wall.url + "/readyz", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the wall did not become ready:\n{wall.log.read_text()[-3000:]}")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


class People:
    """Opens a browser for each person and notes what goes wrong in it and what it asks of the outside."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser = browser
        self.served = served
        self.faults: list[str] = []
        self.strangers: list[str] = []
        self.contexts: list[BrowserContext] = []

    async def sit(self, role: str, path: str, *, width: int = 1920, height: int = 1080, **seat: Any) -> Page:
        """Return the page of somebody who sat down at a demonstration desk, everything drawn."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{path}: {error}"))
        page.on("console", lambda message: self._note(path, message.type, message.text))
        page.on("request", lambda request: self._watch(request.url))
        answer = await page.request.post(self.served.url + "/api/demo/session", data={"role": role, **seat})
        assert answer.ok, await answer.text()
        await page.goto(self.served.url + path)
        await page.wait_for_selector('html[data-drawn="true"]')
        return page

    def _note(self, path: str, kind: str, words: str) -> None:
        if kind == "error":
            self.faults.append(f"{path}: {words}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.served.url, self.served.url.replace("http", "ws"), "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
async def people(browser: Browser, served: Served) -> AsyncIterator[People]:
    """Everybody of a test; afterwards no page may have failed or asked anything of another machine."""
    everybody = People(browser, served)
    yield everybody
    for context in everybody.contexts:
        await context.close()
    assert everybody.faults == []
    assert everybody.strangers == []
