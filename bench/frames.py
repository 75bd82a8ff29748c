"""How many frames a second the wall presents at 3840×2160 while all officers move. Presented, not asked for."""

import json
import time
from collections import Counter
from collections.abc import Iterator

from bench.browser import wall_page
from bench.figure import Figure
from bench.wall import running_wall

SECONDS, TARGET_PER_S = 15, 50.0
PRESENTED = {"STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL"}


def measure() -> Iterator[Figure]:
    """Trace the compositor for some seconds and count the frames that reached the screen."""
    with running_wall() as wall, wall_page(wall) as page:
        time.sleep(20)
        browser = page.context.browser
        if browser is None:
            raise RuntimeError("the page has no browser")
        began = time.perf_counter()
        browser.start_tracing(page=page, categories=["cc", "benchmark"])
        page.wait_for_timeout(SECONDS * 1000)
        trace = json.loads(browser.stop_tracing())
        lasted = time.perf_counter() - began
        units = page.evaluate(
            "() => [...window.wall.app.store.units.values()].filter((u) => u.on_duty).length"
        )
    states = Counter(
        event["args"]["chrome_frame_reporter"]["state"]
        for event in trace["traceEvents"]
        if event["name"] == "PipelineReporter" and "chrome_frame_reporter" in event.get("args", {})
    )
    presented = sum(count for state, count in states.items() if state in PRESENTED)
    details = {"states": dict(states), "seconds": round(lasted, 1), "units_on_duty": units}
    yield Figure(
        "wall_frames", round(presented / SECONDS, 1), "frames/s", "higher", TARGET_PER_S, details=details
    )
