"""What browser tests share: a served demonstration county, and people who sit down before it in a real Chromium."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    Geolocation,
    Page,
    async_playwright,
    expect,
)

from tests.served import Served

FOLDER = Path(__file__).parent
CHROMIUM = os.environ.get("WALL_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--mute-audio"),
)
# Two slow cores may serve six pages at once.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder run on one event loop: that of the browser that they share."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium; each person has a context of his own in it, with nothing in its memory."""
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

    async def sit(
        self,
        role: str,
        path: str,
        *,
        width: int = 1920,
        height: int = 1080,
        geolocation: Geolocation | None = None,
        **seat: Any,
    ) -> Page:
        """Return the page of somebody who sat down at a demonstration desk, everything drawn."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            geolocation=geolocation,
            permissions=["geolocation"] if geolocation else [],
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
        # A test that takes the network away expects the browser to say so.
        if kind == "error" and "ERR_INTERNET_DISCONNECTED" not in words:
            self.faults.append(f"{path}: {words}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.served.url, self.served.url.replace("http", "ws"), "data:", "blob:")):
            self.strangers.append(url)


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, served: Served) -> AsyncIterator[People]:
    """Everybody of a test; afterwards no page may have failed or asked anything of another machine."""
    everybody = People(browser, served)
    yield everybody
    for context in everybody.contexts:
        await context.close()
    assert everybody.faults == []
    assert everybody.strangers == []
