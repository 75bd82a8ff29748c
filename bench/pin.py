"""How long a new case takes from its commit to its pin on the wall."""

import time
from collections.abc import Iterator

from bench.browser import wall_page
from bench.figure import Figure, quantiles
from bench.wall import running_wall

REPORTS, PAUSE_S, TARGET_MS = 40, 0.4, 500.0
# Notes the wall-clock moment at which the frame that holds a new case has been drawn.
WATCH = """() => {
  window.pinned = {};
  const { store } = window.wall.app;
  store.subscribe(() => {
    for (const id of store.cases.keys()) {
      if (id in window.pinned) continue;
      window.pinned[id] = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.pinned[id] = Date.now(); }));
    }
  });
}"""


def measure() -> Iterator[Figure]:
    """Report cases while the whole county moves, and time each from the answer of its report."""
    with running_wall() as wall, wall_page(wall) as page:
        time.sleep(10)
        page.evaluate(WATCH)
        desk = wall.sit("dispatcher")
        committed: dict[str, float] = {}
        for number in range(REPORTS):
            body = {"text": f"测试来电 {number}", "category": "noise", "area_code": "620821103"}
            answer = desk.post("/api/cases", json=body).raise_for_status()
            committed[answer.json()["case"]["id"]] = time.time() * 1000
            page.wait_for_timeout(PAUSE_S * 1000)
        page.wait_for_timeout(2000)
        pinned: dict[str, float] = page.evaluate("() => window.pinned")
    late = [pinned[case] - at for case, at in committed.items() if pinned.get(case)]
    spread = quantiles(late)
    details = {**spread, "lost": len(committed) - len(late), "viewport": "3840x2160"}
    yield Figure("commit_to_pin", spread["p99"], "ms, p99", "lower", TARGET_MS, details=details)
