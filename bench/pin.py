"""How long a new case takes from its commit to its pin on the wall, and where on its way the time goes."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from playwright.sync_api import Page

from bench.browser import wall_page
from bench.figure import Figure, quantiles
from bench.wall import Wall, running_wall
from gis.cluster import running_cluster

REPORTS, PAUSE_S, TARGET_MS = 60, 0.4, 500.0
SETTLES_S = 10.0
HOPS = ("numbered", "received", "told", "drawn", "presented")
"""The way of a pin: its number in the log; the page has the message; the page's frame begins; the tile is painted; the
second frame after that begins, so that the one with the pin is on the screen.
"""
WATCH = """() => {
  window.pins = {};
  const { app, map } = window.wall;
  const { store } = app;
  const apply = store.apply.bind(store);
  store.apply = (message) => {
    if (message.case && !store.cases.has(message.case.id)) window.pins[message.case.id] = { received: Date.now() };
    return apply(message);
  };
  const flush = store.flush.bind(store);
  store.flush = () => {
    const fresh = Object.values(window.pins).filter((pin) => !pin.told);
    for (const pin of fresh) pin.told = Date.now();
    flush();
    for (const pin of fresh) {
      pin.drawn = Date.now();
      requestAnimationFrame(() => requestAnimationFrame(() => { pin.presented = Date.now(); }));
    }
  };
}"""
NUMBERED = """
    select e.case_id::text, extract(epoch from c.sequenced_at)::float8 * 1000
    from log_events e join log_chain c on c.event_id = e.id where e.kind = 'case.report' and e.case_id = any(%s::uuid[])
"""


def measure() -> Iterator[Figure]:
    """Report cases while the whole county moves, and time each from the answer to its report."""
    with running_wall() as wall, wall_page(wall) as page:
        time.sleep(SETTLES_S)
        page.evaluate(WATCH)
        committed = _report(wall, page)
        pins: dict[str, dict[str, float]] = page.evaluate("() => window.pins")
        for case, at in _numbered(wall, list(committed)).items():
            pins.setdefault(case, {})["numbered"] = at
    whole = {case: pins[case] for case in committed if "presented" in pins.get(case, {})}
    if not whole:
        raise RuntimeError("no pin came to the wall: nothing was measured")
    spread = quantiles([pin["presented"] - committed[case] for case, pin in whole.items()])
    details: dict[str, Any] = {
        **spread,
        "lost": len(committed) - len(whole),
        "hops_ms": _hops(committed, whole),
        "viewport": "3840x2160",
    }
    yield Figure("commit_to_pin", spread["p99"], "ms, p99", "lower", TARGET_MS, details=details)


def _report(wall: Wall, page: Page) -> dict[str, float]:
    """Report cases and return when the answer to each was here, which is after its commit."""
    desk = wall.sit("dispatcher")
    committed: dict[str, float] = {}
    for number in range(REPORTS):
        body = {"text": f"测试来电 {number}", "category": "noise", "area_code": "620821103"}
        answer = desk.post("/api/cases", json=body).raise_for_status()
        committed[answer.json()["case"]["id"]] = time.time() * 1000
        page.wait_for_timeout(PAUSE_S * 1000)
    page.wait_for_timeout(2000)
    return committed


def _numbered(wall: Wall, cases: Sequence[str]) -> dict[str, float]:
    """Return when each report got its number in the log."""
    with running_cluster(wall.folder) as urls, psycopg.connect(urls.owner) as connection:
        return dict(connection.execute(NUMBERED, (list(cases),)).fetchall())


def _hops(committed: dict[str, float], pins: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return how long each hop took, from the one before it; the first from the answer, which it may precede."""
    befores = ("committed", *HOPS)
    told = {case: {**pin, "committed": committed[case]} for case, pin in pins.items()}
    return {
        hop: quantiles([pin[hop] - pin[before] for pin in told.values() if hop in pin and before in pin])
        for before, hop in zip(befores, HOPS, strict=False)
    }
