"""A Chromium as the wall's machine would run it, at 3840×2160, and what it really put on the screen."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from bench.wall import Wall

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic"),
)
VIEWPORT = "3840x2160"
# The display compositor's word for each frame that has gone to the screen.
SHOWN = "Display::FrameDisplayed"
CATEGORIES = ("viz", "benchmark", "cc", "disabled-by-default-devtools.timeline.frame")


@dataclass(frozen=True, slots=True)
class Presented:
    """The frames that reached the screen, by when they did, and what became of all that were begun."""

    seconds: float
    shown_ms: list[float]
    states: dict[str, int]

    @property
    def per_s(self) -> float:
        """Frames a second on the screen."""
        return round(len(self.shown_ms) / self.seconds, 1)

    def details(self) -> dict[str, Any]:
        """Return how evenly they came, and what the compositor says of them."""
        gaps = np.diff(self.shown_ms)
        return {
            "seconds": round(self.seconds, 2),
            "gap_ms": {f"p{share}": round(float(np.percentile(gaps, share)), 1) for share in (50, 95, 99)},
            "states": self.states,
            "viewport": VIEWPORT,
        }


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser with nothing in its cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def open_wall(browser: Browser, wall: Wall, role: str = "leader", path: str = "/wall") -> Page:
    """Return a page of the wall, with a cache of its own, that has drawn everything."""
    page = browser.new_page(viewport={"width": 3840, "height": 2160})
    page.request.post(wall.url + "/api/demo/session", data={"role": role})
    page.goto(wall.url + path)
    page.wait_for_selector('html[data-drawn="true"]', timeout=60_000)
    return page


@contextmanager
def wall_page(wall: Wall, role: str = "leader", path: str = "/wall") -> Iterator[Page]:
    """Yield a page of the wall at 3840×2160 that has drawn everything."""
    with chromium() as browser:
        yield open_wall(browser, wall, role, path)


def presented(page: Page, meanwhile: Callable[[], None]) -> Presented:
    """Return the frames that the browser put on the screen while something happened. Raises RuntimeError."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page has no browser")
    session = browser.new_browser_cdp_session()
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda chunk: events.extend(chunk["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    wanted = {"includedCategories": list(CATEGORIES)}
    session.send("Tracing.start", {"traceConfig": wanted, "transferMode": "ReportEvents"})
    began_ms = page.evaluate("() => Date.now()")
    meanwhile()
    seconds = (page.evaluate("() => Date.now()") - began_ms) / 1000
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    session.detach()
    shown_ms = sorted(event["ts"] / 1000 for event in events if event["name"] == SHOWN)
    if len(shown_ms) < 2:
        raise RuntimeError("the browser told of no frame at all: nothing was measured")
    reports = (event["args"].get("frame_reporter") for event in events if event["name"] == "PipelineReporter")
    return Presented(seconds, shown_ms, dict(Counter(report["state"] for report in reports if report)))
