"""The wall at 3840×2160 with all layers on: how long the first full paint takes, and what a moving map presents."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page

from bench.browser import VIEWPORT, Presented, chromium, open_wall, presented
from bench.figure import Figure
from bench.wall import Wall, running_wall

LOADS, TARGET_S = 3, 4.0
TARGET_PER_S = 30.0
STEPS, STEP_MS, TURNS = 40, 16, 3
# How much the page asked for, without the figures that it asks for again and again.
ASKED = """() => {
  const asked = performance.getEntriesByType("resource").filter(({ name }) => !name.includes("/api/figures"));
  return [asked.length, asked.reduce((sum, one) => sum + one.transferSize, 0)];
}"""
# Notes how long after the navigation the page said that every layer, panel and font is painted.
DRAWN = """() => {
  new MutationObserver((_, observer) => {
    if (document.documentElement.dataset.drawn !== "true") return;
    window.drawn_ms = performance.now();
    observer.disconnect();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-drawn"] });
}"""


def measure() -> Iterator[Figure]:
    """Open the wall with an empty cache and with a full one, then drag and zoom it as a hand would."""
    with running_wall() as wall, chromium() as browser:
        loads = [_load(browser, wall) for _ in range(LOADS)]
        slowest = max(load["seconds"] for load in loads)
        details = {"loads": loads, "again": _load(browser, wall, twice=True), "viewport": VIEWPORT}
        yield Figure("first_paint", slowest, "s, slowest", "lower", TARGET_S, details=details)
        page = open_wall(browser, wall)
        off = [layer["name"] for layer in page.evaluate("() => window.wall.map.layers()") if not layer["on"]]
        if off:
            raise RuntimeError(f"these layers are off: {', '.join(off)}")
        page.wait_for_timeout(5_000)
        yield _figure("pan_frames", presented(page, lambda: _drag(page)))
        yield _figure("zoom_frames", presented(page, lambda: _wheel(page)))


def _figure(name: str, seen: Presented) -> Figure:
    return Figure(name, seen.per_s, "frames/s", "higher", TARGET_PER_S, details=seen.details())


def _load(browser: Browser, wall: Wall, *, twice: bool = False) -> dict[str, Any]:
    """Open the wall in a profile of its own, `twice` with what the first time left in the cache; say how it went."""
    context = browser.new_context(viewport={"width": 3840, "height": 2160})
    try:
        context.add_init_script(f"({DRAWN})()")
        page = context.new_page()
        page.request.post(wall.url + "/api/demo/session", data={"role": "leader"})
        for _ in range(2 if twice else 1):
            page.goto(wall.url + "/wall")
            page.wait_for_function("() => window.drawn_ms", timeout=60_000)
        count, sent = page.evaluate(ASKED)
        seconds = round(page.evaluate("() => window.drawn_ms") / 1000, 2)
        return {"seconds": seconds, "requests": count, "kilobytes": round(sent / 1000)}
    finally:
        context.close()


def _drag(page: Page) -> None:
    """Drag the map to and fro with the mouse."""
    mouse = page.mouse
    for turn in range(TURNS):
        way = 1 if turn % 2 == 0 else -1
        mouse.move(1920 - way * 500, 1080)
        mouse.down()
        for step in range(STEPS):
            mouse.move(1920 + way * (step * 25 - 500), 1080 + way * step * 6)
            page.wait_for_timeout(STEP_MS)
        mouse.up()


def _wheel(page: Page) -> None:
    """Zoom in and out again with the wheel."""
    page.mouse.move(1920, 1080)
    for turn in (-1, -1, 1, 1):
        page.mouse.wheel(0, turn * 240)
        page.wait_for_timeout(800)
