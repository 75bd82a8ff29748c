"""The wall as people stand before it: legible, whole, live, and honest when it is not."""

import re
from contextlib import closing
from typing import Any

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import People
from tests.served import Served

WIDE, HIGH = 3840, 2160
# Design 8, at 6 m on pixels of 0.63 mm.
HANZI_PX, LATIN_PX = 69, 44
TOWNSHIP = "620821101"

# Every element that shows text of its own, with the size of its type and whether it is cut off.
TEXTS = """() => {
  const found = [];
  for (const e of document.querySelectorAll('.wall *')) {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join('').trim();
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    if (!own || !box.width || style.visibility === 'hidden' || e.closest('.hidden')) continue;
    found.push({ text: own, px: parseFloat(style.fontSize), where: e.className || e.parentElement.className,
      out: box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1,
      cut: e.scrollWidth > e.clientWidth + 2 && style.display !== 'inline' });
  }
  return found;
}"""
PANELS = """() => [...document.querySelectorAll('.wall-panel, .wall-top, .wall-bottom')].filter((e) =>
  e.scrollWidth > e.clientWidth + 2 || (!e.matches('.at-facts') && e.scrollHeight > e.clientHeight + 2))
  .map((e) => `${e.className} ${e.scrollHeight} in ${e.clientHeight}`)"""
# What the wall's map draws of a case, in degrees.
SHOWN_AT = "id => window.wall.map.placeOf(window.wall.app.store.cases.get(id))"


def report(served: Served, **more: Any) -> dict[str, Any]:
    """Report a case by the API, as the console would."""
    body = {"text": "浏览器测试", "category": "fire", "area_code": TOWNSHIP} | more
    with closing(served.client("dispatcher")) as client:
        case: dict[str, Any] = client.post("/api/cases", json=body).raise_for_status().json()["case"]
    return case


async def find_small_text(page: Page) -> list[str]:
    """Return what cannot be read from six metres."""
    small = []
    for one in await page.evaluate(TEXTS):
        least = HANZI_PX if re.search(r"[\u4e00-\u9fff]", one["text"]) else LATIN_PX
        if one["px"] < least or one["out"] or one["cut"]:
            small.append(
                f"{one['text']!r} {one['px']} px in {one['where']}, out {one['out']}, cut {one['cut']}"
            )
    return small


async def test_everything_can_be_read_from_six_metres_in_both_languages(people: People) -> None:
    report(people.served)
    page = await people.sit("leader", "/wall", width=WIDE, height=HIGH)
    await expect(page.locator(".wall-breach").first).to_be_visible()
    assert len(await page.evaluate(TEXTS)) > 40
    assert await find_small_text(page) == []
    assert await page.evaluate(PANELS) == []
    await page.locator("[data-header=language]").click()
    await expect(page.locator(".wall-title")).to_contain_text("Command Wall")
    assert await find_small_text(page) == []
    assert await page.evaluate(PANELS) == []


async def test_nothing_scrolls(people: People) -> None:
    page = await people.sit("leader", "/wall")
    overflow = "e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]"
    assert await page.evaluate(f"() => ({overflow})(document.documentElement)") == [0, 0]
    scrolling = "() => [...document.querySelectorAll('.wall *')].filter((e) => ['auto', 'scroll']"
    scrolling += ".includes(getComputedStyle(e).overflowY)).map((e) => e.className)"
    assert await page.evaluate(scrolling) == []


async def test_the_demonstration_says_that_it_is_one(people: People) -> None:
    page = await people.sit("leader", "/wall")
    await expect(page.locator("[data-header=demonstration]")).to_have_text("示意数据")
    await expect(page.locator("[data-header=link]")).to_have_text("实时")
    await expect(page.locator(".wall-duty .phone")).to_have_text(re.compile(r"\d{4}-\d{7}"))


async def test_a_new_case_is_counted_queued_told_and_looked_at(people: People) -> None:
    page = await people.sit("leader", "/wall")
    before = int(await page.locator("[data-place=open-total]").inner_text())
    zoom = await page.evaluate("() => window.wall.map.leaflet.getZoom()")
    case = report(people.served)
    await expect(page.locator("[data-place=open-total]")).to_have_text(str(before + 1))
    await expect(page.locator(f'.wall-breach[data-key="{case["id"]}"] .what')).to_have_text("受理")
    await expect(page.locator(".wall-fact .said").first).to_have_text("玉都镇新报火灾")
    await expect(page.locator(".case-pulse")).to_have_count(1)
    await page.wait_for_function(f"() => window.wall.map.leaflet.getZoom() > {zoom} + 0.5")


async def test_a_hand_on_the_map_locks_it_until_somebody_lets_it_go(people: People) -> None:
    page = await people.sit("leader", "/wall")
    resume = page.locator("[data-place=resume]")
    await expect(resume).to_be_hidden()
    await page.mouse.move(900, 500)
    await page.mouse.down()
    await page.mouse.move(700, 420, steps=8)
    await page.mouse.up()
    await expect(resume).to_be_visible()
    centre = "() => { const c = window.wall.map.leaflet.getCenter(); return [c.lng, c.lat]; }"
    await page.wait_for_timeout(2500)  # the map runs on a little when the hand lets go
    held = await page.evaluate(centre)
    report(people.served)
    await expect(page.locator(".case-pulse")).to_have_count(1)
    await page.wait_for_timeout(2500)
    assert await page.evaluate(centre) == held
    await resume.click()
    await expect(resume).to_be_hidden()
    await page.wait_for_function(f"() => ({centre})()[0] !== {held[0]}")


async def test_the_wall_does_not_say_behind_which_door_a_family_quarrels(people: People) -> None:
    page = await people.sit("leader", "/wall")
    quarrel = report(people.served, category="family_dispute")
    fire = report(people.served, category="fire")
    for case in (quarrel, fire):
        await page.wait_for_function(f"() => window.wall.app.store.cases.has('{case['id']}')")
    assert await page.evaluate(SHOWN_AT, quarrel["id"]) != [quarrel["lon"], quarrel["lat"]]
    assert await page.evaluate(SHOWN_AT, fire["id"]) == [fire["lon"], fire["lat"]]
    text = await page.locator("main.wall").inner_text()
    assert "浏览器测试" not in text


async def test_the_language_changes_in_place_and_lasts(people: People) -> None:
    page = await people.sit("leader", "/wall")
    await page.evaluate("() => { window.untouched = true; }")
    await page.locator("[data-header=language]").click()
    await expect(page.locator(".at-queue h2")).to_have_text("Next to breach")
    assert await page.evaluate("() => window.untouched")
    await page.reload()
    await expect(page.locator(".at-queue h2")).to_have_text("Next to breach")
    assert await page.evaluate("() => document.documentElement.lang") == "en"


async def framed(page: Page) -> bool:
    """Say whether a frame stands around the whole wall."""
    wide: float = await page.evaluate(
        "() => { const frame = getComputedStyle(document.querySelector('.wall'), '::after');"
        " return frame.display === 'none' ? 0 : parseFloat(frame.borderTopWidth) / innerWidth; }"
    )
    return wide > 0.006


async def test_a_wall_that_lost_the_server_says_so_and_finds_back(people: People) -> None:
    page = await people.sit("leader", "/wall")
    await page.evaluate("() => { window.wall.app.socket.url = 'ws://' + location.host + '/api/nope'; }")
    await page.evaluate("() => window.wall.app.socket.socket.close()")
    await expect(page.locator("[data-header=link]")).to_have_text("重连中")
    missed = report(people.served)
    await expect(page.locator("[data-header=link]")).to_have_text(re.compile("数据停滞"))
    assert await framed(page), "seen from 6 m, not only read"
    await page.evaluate("() => { window.wall.app.socket.url = undefined; }")
    await expect(page.locator("[data-header=link]")).to_have_text("实时")
    assert not await framed(page)
    await page.wait_for_function(f"() => window.wall.app.store.cases.has('{missed['id']}')")
    people.faults.clear()  # the browser reports each refused connection


async def test_a_map_without_one_of_its_layers_still_works(people: People) -> None:
    page = await people.sit("leader", "/wall")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, json={"status": 503, "code": "unavailable"})

    await page.route("**/api/layers/camera", refuse)
    await page.reload()
    await page.wait_for_selector('html[data-drawn="true"]')
    counts = {one["name"]: one["count"] for one in await page.evaluate("() => window.wall.map.layers()")}
    assert counts["camera"] == 0
    assert counts["township"] == 15
    people.faults.clear()
