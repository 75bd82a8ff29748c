"""A Chromium as the wall's machine would run it, at 3840×2160."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from bench.wall import Wall

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic"),
)


@contextmanager
def wall_page(wall: Wall, role: str = "leader", path: str = "/wall") -> Iterator[Page]:
    """Yield a page of the wall at 3840×2160 that has drawn everything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            page = browser.new_page(viewport={"width": 3840, "height": 2160})
            page.request.post(wall.url + "/api/demo/session", data={"role": role})
            page.goto(wall.url + path)
            page.wait_for_selector('html[data-drawn="true"]', timeout=60_000)
            yield page
        finally:
            browser.close()
