"""One case from report to close through all three tiers, each step clicked on screen by its own actor; two at once."""

import asyncio
from typing import Any

import httpx
from playwright.async_api import Geolocation, Page, expect

from tests.browser.conftest import People
from tests.served import Served

SHEET = ".case-sheet:not(.hidden)"


def a_village_of(served: Served, township: str) -> tuple[str, str]:
    """Return a village of the township and a grid of it."""
    names = served.client("dispatcher").get("/api/areas/names").raise_for_status().json()
    grid = min(code for code in names if len(code) == 15 and code.startswith(township))
    return grid[:12], grid


def report(served: Served, grid: str, words: str) -> dict[str, Any]:
    """Report as a citizen does: with no account at all."""
    body = {"text": words, "category": "neighbour_dispute", "area_code": grid}
    answer = httpx.post(served.url + "/api/cases", json=body, trust_env=False, timeout=20).raise_for_status()
    case: dict[str, Any] = answer.json()["case"]
    return case


async def take_offer(page: Page) -> None:
    """Take what is offered, and see it gone from the offers: a second click must not meet the first one's card."""
    offers = page.locator('[data-offer-move="take"]')
    await expect(offers).to_have_count(1)
    await offers.click()
    await expect(offers).to_have_count(0)


async def open_sheet(page: Page, case: dict[str, Any]) -> None:
    """Click the case's row and wait for its sheet."""
    await page.locator(f'[data-key="{case["id"]}"]').first.click()
    await expect(page.locator(SHEET)).to_contain_text(case["number"].split("-")[-1])


async def make(page: Page, move: str, **fields: str) -> None:
    """Click a move on the open sheet, fill in its form, and wait until it is done."""
    await page.locator(f'{SHEET} [data-move="{move}"]').click()
    if fields:
        form = page.locator(f"{SHEET} form.move-form")
        for name, value in fields.items():
            if name == "to":
                await form.locator("select").select_option(value)
            elif name == "passed":
                await form.locator(".segments button").first.click()
            else:
                await form.locator(f'textarea[name="{name}"]').fill(value)
        await form.locator('button[type="submit"]').click()
        await expect(form).to_have_count(0)


async def status(page: Page, wanted: str) -> None:
    """Wait until the open sheet shows a status."""
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", wanted)


async def live(people: People, township: str, words: str) -> None:
    served = people.served
    village, grid = a_village_of(served, township)
    case = report(served, grid, words)
    there = Geolocation(longitude=case["lon"], latitude=case["lat"])
    laptop: dict[str, Any] = {"width": 1440, "height": 900}
    low = await people.sit("village_officer", "/village", area=village, **laptop)
    middle = await people.sit("duty_officer", "/township", area=township, **laptop)
    top = await people.sit("dispatcher", "/console")
    phone = await people.sit("grid_officer", "/field", area=grid, width=390, height=844, geolocation=there)

    await open_sheet(low, case)
    await make(low, "accept")
    await status(low, "accepted")
    await make(low, "escalate", reason="双方情绪激动，村里调解不了")

    await take_offer(middle)
    await open_sheet(middle, case)
    await make(middle, "escalate", reason="涉及邻县，请县中心协调")

    await open_sheet(top, case)
    await make(top, "take")
    await make(top, "hand_down", to=township, reason="请就地调解，县中心跟踪")

    await take_offer(middle)
    unit = middle.locator(f'{SHEET} .candidate[data-unit$="{grid}"]')
    await expect(unit).to_be_visible()
    if await unit.get_attribute("aria-selected") != "true":  # the best one is chosen already
        await unit.click()
    await middle.locator(f"{SHEET} .send").click()
    await status(middle, "dispatched")

    for step in ("acknowledge", "depart", "arrive"):
        await phone.locator(f".next.at-{step}").click()
    await status(middle, "handling")
    await phone.locator(".next.at-resolve").click()
    await phone.locator("dialog textarea, .sheet textarea").first.fill("双方握手言和，签订调解协议")
    await phone.locator("dialog button.primary, .sheet button.primary").first.click()

    await status(top, "resolved")
    await make(top, "verify", passed="yes")
    await status(top, "closed")

    sheet = served.client("dispatcher").get(f"/api/cases/{case['id']}").json()
    assert [hop["desk"] for hop in sheet["case"]["custody"]] == [village, township, "620821", township]
    assert sheet["case"]["assignments"][0]["state"] == "cleared"
    kinds = [fact["kind"] for fact in sheet["history"] if fact["kind"].startswith("case.")]
    assert kinds[0] == "case.report"
    assert kinds[-1] == "case.verify"


async def test_two_cases_live_through_three_tiers_on_screen_at_once(people: People) -> None:
    wall = await people.sit("leader", "/wall")
    await asyncio.gather(
        live(people, "620821101", "两家因滴水檐争吵，越吵越凶"),
        live(people, "620821103", "因麦地界石被移动发生争执"),
    )
    closed = await wall.evaluate(
        "() => [...window.wall.app.store.cases.values()].filter((one) => one.status === 'closed').length"
    )
    assert closed == 2
