"""How many frames a second the wall presents at 3840×2160 while all officers move. Presented, not asked for."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from bench.browser import wall_page
from bench.figure import Figure
from bench.wall import running_wall

SECONDS, TARGET_PER_S = 15, 50.0
PRESENTED = {"STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL"}


def measure() -> Iterator[Figure]:
    """Trace the compositor for some seconds and count the frames that reached the screen."""
    with running_wall() as wall, wall_page(wall) as page:
        time.sleep(20)
        states = _traced(page)
        units = page.evaluate(
            "() => [...window.wall.app.store.units.values()].filter((u) => u.on_duty).length"
        )
    if not states:
        raise RuntimeError("the browser told of no frame at all: nothing was measured")
    presented = sum(count for state, count in states.items() if state in PRESENTED)
    details = {"states": dict(states), "seconds": SECONDS, "units_on_duty": units, "viewport": "3840x2160"}
    yield Figure(
        "wall_frames", round(presented / SECONDS, 1), "frames/s", "higher", TARGET_PER_S, details=details
    )


def _traced(page: Page) -> Counter[str]:
    """Return what became of every frame that the compositor began, by the state in which it ended."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page has no browser")
    session = browser.new_browser_cdp_session()
    states: Counter[str] = Counter()
    ended: list[bool] = []

    def collect(chunk: dict[str, Any]) -> None:
        for event in chunk["value"]:
            reporter = event.get("args", {}).get("chrome_frame_reporter")
            if event["name"] == "PipelineReporter" and reporter:
                states[reporter["state"]] += 1

    session.on("Tracing.dataCollected", collect)
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    wanted = {
        "includedCategories": [
            "cc",
            "viz",
            "benchmark",
            "devtools.timeline",
            "devtools.timeline.frame",
            "disabled-by-default-devtools.timeline.frame",
            "toplevel",
        ]
    }
    session.send("Tracing.start", {"traceConfig": wanted, "transferMode": "ReportEvents"})
    page.wait_for_timeout(SECONDS * 1000)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    return states
