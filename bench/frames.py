"""How many frames a second the wall presents at 3840×2160 while all officers move. Presented, not asked for."""

from collections.abc import Iterator

from playwright.sync_api import Page

from bench.browser import presented, wall_page
from bench.figure import Figure
from bench.wall import running_wall

SETTLES_MS, SECONDS, TARGET_PER_S = 15_000, 15, 50.0
# How many units glide at this moment, and how many are shown.
AFOOT = """() => {
  const { units } = window.wall.map;
  const { positions } = window.wall.app;
  const now = performance.now();
  return [[...units.shown.values()].filter(({ unit }) => positions.isMoving(unit.no, now)).length, units.shown.size];
}"""


def measure() -> Iterator[Figure]:
    """Watch the wall of the living county for some seconds and count the frames that reached the screen."""
    with running_wall() as wall, wall_page(wall) as page:
        page.wait_for_timeout(SETTLES_MS)
        gliding, shown = _afoot(page)
        seen = presented(page, lambda: page.wait_for_timeout(SECONDS * 1000))
    details = {**seen.details(), "units_gliding": gliding, "units_shown": shown}
    yield Figure("wall_frames", seen.per_s, "frames/s", "higher", TARGET_PER_S, details=details)


def _afoot(page: Page) -> tuple[int, int]:
    gliding, shown = page.evaluate(AFOOT)
    return gliding, shown
