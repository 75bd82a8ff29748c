"""Console and township as people meet them: by keys, by mistake, two at once, on a phone."""

import os
import re
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import People
from tests.served import Served

SHEET = ".case-sheet:not(.hidden)"
# The life of a case plays in other townships: units that are bound here must not be missed there.
TOWNSHIP = "620821105"


def give(served: Served, role: str = "dispatcher", **seat: Any) -> dict[str, Any]:
    """Put a case on a desk, as if a citizen had rung."""
    case: dict[str, Any] = (
        served.client(role, **seat).post("/api/demo/case", json={}).raise_for_status().json()["case"]
    )
    return case


def put_an_officer_on_the_map(served: Served) -> None:
    """Give one officer a fix: without one nobody can be recommended."""
    officer = served.client("grid_officer", area=TOWNSHIP)
    unit = officer.get("/api/session").json()["actor"]["unit_id"]
    seat = officer.get("/api/session").json()["actor"]["area"]
    place = served.client("dispatcher").post(
        "/api/cases", json={"text": "找位置", "category": "help", "area_code": seat}
    )
    case = place.raise_for_status().json()["case"]
    fix = {"unit": unit, "lon": case["lon"], "lat": case["lat"], "at": case["reported_at"]}
    taken = officer.post("/api/positions", json={"positions": [fix]}).raise_for_status().json()
    assert taken["refused"] == []


async def open_by_address(page: Page, case: dict[str, Any]) -> None:
    """Follow a link to a case."""
    await page.evaluate("id => { location.hash = `case=${id}` }", case["id"])
    await expect(page.locator(f"{SHEET} .sheet-where .number")).to_have_text(case["number"])
    await expect(page.locator(f"{SHEET} .move").first).to_be_visible()


async def test_one_key_each_accepts_and_dispatches(people: People) -> None:
    put_an_officer_on_the_map(people.served)
    page = await people.sit("dispatcher", "/console")
    await page.keyboard.press("g")
    head = page.locator(f"{SHEET} .sheet-head")
    await expect(head).to_have_attribute("data-status", "pending")
    await expect(page.locator(f"{SHEET} [data-move=accept]")).to_have_class(re.compile("primary"))
    await page.keyboard.press("a")
    await expect(head).to_have_attribute("data-status", "accepted")
    await expect(page.locator(f"{SHEET} .candidate.on")).to_have_count(1)
    await page.keyboard.press("d")
    await expect(head).to_have_attribute("data-status", "dispatched")
    await expect(page.locator(f"{SHEET} .unit-row")).to_have_count(1)


async def test_where_nobody_is_recommended_a_unit_can_be_named(people: People) -> None:
    client = people.served.client("dispatcher")
    free = [one for one in client.get("/api/units").json()["units"] if one["state"] == "available"]
    names = [one["name"] for one in free]
    unit = next(one for one in free if names.count(one["name"]) == 1 and one["kind"] == "patrol")
    case = give(people.served)
    client.post(f"/api/cases/{case['id']}/moves", json={"move": "accept"}).raise_for_status()
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, case)
    await page.locator(f"{SHEET} .other-unit").fill(unit["name"])
    await page.keyboard.press("Enter")
    await expect(page.locator(f'{SHEET} .candidate.on[data-unit="{unit["id"]}"]')).to_be_visible()
    await page.locator(f'{SHEET} .candidate.on[data-unit="{unit["id"]}"]').click()
    await page.locator(f"{SHEET} .send").click()
    await expect(page.locator(f'{SHEET} .unit-row[data-unit="{unit["id"]}"]')).to_be_visible()


async def test_typing_makes_no_move(people: People) -> None:
    case = give(people.served)
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, case)
    await page.keyboard.press("m")
    await page.keyboard.type("adrsx")
    await expect(page.locator(f"{SHEET} textarea[name=text]")).to_have_value("adrsx")
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", "pending")


async def test_row_pin_sheet_and_address_select_together(people: People) -> None:
    first, second = give(people.served), give(people.served)
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, first)
    await expect(page.locator(f'[data-key="{first["id"]}"]')).to_have_attribute("aria-selected", "true")
    await page.locator(f'[data-key="{second["id"]}"]').click()
    await expect(page.locator(f"{SHEET} .sheet-where .number")).to_have_text(second["number"])
    assert page.url.endswith(f"#case={second['id']}")
    await expect(page.locator(f'[data-key="{first["id"]}"]')).to_have_attribute("aria-selected", "false")
    await page.keyboard.press("Escape")
    await expect(page.locator(SHEET)).to_have_count(0)
    assert "#" not in page.url


async def test_words_of_citizens_are_shown_and_never_run(people: People) -> None:
    words = "<img src=x onerror=\"document.title='run'\"><b>救命</b>"
    client = people.served.client("dispatcher")
    body = {"text": words, "category": "help", "area_code": TOWNSHIP, "reporter": {"name": "<i>王</i>"}}
    case = client.post("/api/cases", json=body).raise_for_status().json()["case"]
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, case)
    await expect(page.locator(f"{SHEET} .report .said")).to_have_text(words)
    assert await page.locator(f"{SHEET} .report img, {SHEET} .report b, {SHEET} .report i").count() == 0
    assert await page.title() != "run"


async def test_who_was_overtaken_is_told_by_whom_and_keeps_what_he_typed(people: People) -> None:
    case = give(people.served)
    page = await people.sit("dispatcher", "/console")

    async def overtake(route: Route) -> None:
        # Somebody else is quicker by the time it takes this request to arrive.
        if case["version"] == 1:
            case["version"] = 2
            moves = f"/api/cases/{case['id']}/moves"
            people.served.client("dispatcher").post(moves, json={"move": "accept"}).raise_for_status()
        await route.continue_()

    # Long before the request: Chromium says that it intercepts before its renderer does.
    await page.route("**/moves", overtake)
    await open_by_address(page, case)
    await page.keyboard.press("x")
    await page.locator(f"{SHEET} textarea[name=reason]").fill("误报")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast.warn")).to_contain_text("受理")
    await expect(page.locator(f"{SHEET} textarea[name=reason]")).to_have_value("误报")
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", "accepted")
    await page.locator(f"{SHEET} textarea[name=reason]").press("Enter")
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", "cancelled")
    people.faults.clear()  # Chromium itself reports the 412 that this test provokes


async def test_two_people_on_one_case_see_each_other(people: People) -> None:
    case = give(people.served, "duty_officer", area=TOWNSHIP)
    top = await people.sit("dispatcher", "/console")
    low = await people.sit("duty_officer", "/township", area=TOWNSHIP)
    await open_by_address(top, case)
    await expect(top.locator(f"{SHEET} .notice.presence")).to_have_count(0)
    await open_by_address(low, case)
    await expect(top.locator(f"{SHEET} .notice.presence")).to_contain_text("窑店镇")
    await expect(low.locator(f"{SHEET} .notice.presence")).to_contain_text("泾川县")
    await low.keyboard.press("Escape")
    await expect(top.locator(f"{SHEET} .notice.presence")).to_have_count(0)


async def test_intake_by_typing_survives_a_lost_answer_and_is_taken_in_once(people: People) -> None:
    words = f"打麦场草垛冒烟 {uuid4().hex}"
    page = await people.sit("dispatcher", "/console")
    lost = {"answers": 1}

    async def lose(route: Route) -> None:
        if route.request.method == "POST" and lost["answers"]:
            lost["answers"] -= 1
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/api/cases", lose)
    await page.keyboard.press("n")
    await page.locator(".intake [name=where]").fill("荔堡镇")
    await page.keyboard.press("Enter")
    await page.keyboard.type("路灯")
    await page.locator(".intake [name=what]").fill("火灾")
    await page.keyboard.press("Enter")
    await page.locator(".intake [name=text]").fill(words)
    await page.locator(".intake [name=phone]").fill("0933-3320119")
    await page.keyboard.press("Enter")
    await expect(page.locator(".intake .wrong")).to_contain_text("内容已保留")
    await expect(page.locator(".intake [name=text]")).to_have_value(words)
    await page.keyboard.press("Enter")
    await expect(page.locator(f"{SHEET} .report .said")).to_have_text(words)
    await expect(page.locator(f"{SHEET} a.tel")).to_have_attribute("href", "tel:09333320119")
    cases = people.served.client("dispatcher").get("/api/cases?limit=200").json()["cases"]
    fires = [one for one in cases if one["category"] == "fire" and one["source"] == "hotline"]
    texts = [
        people.served.client("dispatcher").get(f"/api/cases/{one['id']}").json()["reports"][0]["text"]
        for one in fires
    ]
    assert texts.count(words) == 1
    people.faults.clear()  # Chromium itself reports the request that this test lost


async def test_the_command_line_notes_flies_and_says_what_it_does_not_know(people: People) -> None:
    case = give(people.served)
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, case)
    await page.keyboard.press("/")
    await page.keyboard.type("n 已联系报案人")
    await page.keyboard.press("Enter")
    await expect(page.locator(f"{SHEET} .step .said").first).to_have_text("已联系报案人")
    await page.keyboard.press("/")
    await page.keyboard.type("zzz 火")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast.warn")).to_contain_text("/zzz")
    await page.locator(".command-input").fill(case["number"][-5:])
    await expect(page.locator(".completion").first).to_contain_text(case["number"])


async def test_a_township_takes_from_the_top_of_its_list_on_a_phone(people: People) -> None:
    served = people.served
    names = served.client("dispatcher").get("/api/areas/names").json()
    village = min(code for code in names if len(code) == 12 and code.startswith(TOWNSHIP))
    case = give(served, "village_officer", area=village)
    page = await people.sit("duty_officer", "/township", area=TOWNSHIP, width=390, height=844)
    officer = served.client("village_officer", area=village)
    moves = f"/api/cases/{case['id']}/moves"
    officer.post(moves, json={"move": "escalate", "reason": "村里办不了"}).raise_for_status()
    card = page.locator(f'.offer-card[data-key="{case["id"]}"]')
    await expect(card).to_be_visible()
    await expect(page.locator(".toast")).to_contain_text("待接收")
    buttons = await card.locator("button").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(buttons) >= 44
    await card.locator('[data-offer-move="take"]').click()
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", "pending")
    await expect(page.locator(f"{SHEET} [data-move=accept]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_what_went_up_says_where_it_is_now(people: People) -> None:
    served = people.served
    case = give(served, "duty_officer", area=TOWNSHIP)
    page = await people.sit("duty_officer", "/township", area=TOWNSHIP, width=1440, height=900)
    moves = f"/api/cases/{case['id']}/moves"
    officer = served.client("duty_officer", area=TOWNSHIP)
    officer.post(moves, json={"move": "escalate", "reason": "需部门协同"}).raise_for_status()
    await page.locator("[data-tab=went_up]").click()
    row = page.locator(f'.went-row[data-key="{case["id"]}"]')
    await expect(row).to_have_attribute("data-state", "waits")
    served.client("dispatcher").post(moves, json={"move": "take"}).raise_for_status()
    await expect(row).to_have_attribute("data-state", "above")
    await expect(row.locator(".became")).to_contain_text("泾川县")


async def test_a_unit_goes_off_duty_and_back_by_its_switch(people: People) -> None:
    page = await people.sit("duty_officer", "/township", area=TOWNSHIP, width=1440, height=900)
    await page.locator("[data-tab=units]").click()
    switch = page.locator(".unit-item[data-state=available] .duty-switch").first
    unit = await switch.evaluate("one => one.closest('.unit-item').dataset.key")
    mine = page.locator(f'.unit-item[data-key="{unit}"] .duty-switch')
    await mine.click()
    await expect(mine).to_have_attribute("aria-checked", "false")
    await mine.click()
    await expect(mine).to_have_attribute("aria-checked", "true")


async def test_what_is_typed_proposes_and_one_key_takes_it_but_nothing_set_by_hand(people: People) -> None:
    page = await people.sit("dispatcher", "/console")
    await page.keyboard.press("n")
    await page.keyboard.type("窑店镇公主村有人拿刀打架，一个老汉受伤了")
    rows = page.locator(".intake .proposal")
    await expect(rows.locator("b").first).to_contain_text("公主村")
    await expect(page.locator('.intake .proposal[data-part="category"]')).to_contain_text("治安警情")
    await expect(page.locator('.intake .proposal[data-part="priority"]')).to_contain_text("拿刀")
    await page.locator(".intake [name=what]").fill("邻里纠纷")
    await page.keyboard.press("Enter")
    await expect(page.locator('.intake .proposal[data-part="category"]')).to_have_count(0)
    await page.keyboard.press("Alt+Enter")
    await expect(page.locator(".intake [name=where]")).to_have_value(re.compile("公主村"))
    await expect(page.locator(".intake [name=what]")).to_have_value("邻里纠纷")
    await expect(page.locator(".intake .segments .on")).to_have_count(1)
    await page.locator(".intake [name=text]").press("Enter")
    await expect(page.locator(f"{SHEET} .sheet-head")).to_contain_text("邻里纠纷")


async def test_a_repeat_caller_joins_the_live_case_with_one_key(people: People) -> None:
    served = people.served.client("dispatcher")
    told = {"text": "窑店镇雷家岭村果库着火了，门锁着", "category": "fire", "area_code": f"{TOWNSHIP}211"}
    case = served.post("/api/cases", json=told).raise_for_status().json()["case"]
    page = await people.sit("dispatcher", "/console")
    await page.keyboard.press("n")
    await page.keyboard.type("窑店雷家岭的果库冒烟着火了，火大得很")
    again = page.locator(".intake .proposal.again").first
    await expect(again).to_contain_text(case["number"])
    await expect(again).to_contain_text("类别相同")
    if folder := os.environ.get("WALL_PICTURES"):
        await page.screenshot(path=f"{folder}/intake.png")
    await page.keyboard.press("Alt+j")
    await expect(page.locator(f"{SHEET} .sheet-where .number")).to_have_text(case["number"])
    await expect(page.locator(f"{SHEET} .report .said")).to_have_count(2)


async def test_the_sheet_shows_the_plan_and_raises_the_alarm_with_one_click(people: People) -> None:
    served = people.served.client("dispatcher")
    told = {"text": "公主村山坡荒草着火", "category": "forest_fire", "area_code": f"{TOWNSHIP}210"}
    case = served.post("/api/cases", json=told).raise_for_status().json()["case"]
    served.post(f"/api/cases/{case['id']}/moves", json={"move": "accept"}).raise_for_status()
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, case)
    plan = page.locator(f"{SHEET} .plan")
    await expect(plan).to_have_attribute("data-level", "3")
    await expect(plan.locator(".need").first).to_contain_text("/2")
    if folder := os.environ.get("WALL_PICTURES"):
        await page.screenshot(path=f"{folder}/plan.png")
    await plan.locator("[data-plan=raise]").click()
    await expect(plan).to_have_attribute("data-level", "2")
    await expect(plan.locator(".need").first).to_contain_text("/4")


async def test_the_sheet_names_a_live_case_that_tells_the_same_and_merges_with_one_click(
    people: People,
) -> None:
    served = people.served.client("dispatcher")
    told = {"category": "noise", "area_code": f"{TOWNSHIP}205"}
    texts = ("打铁铺子半夜敲铁，吵得睡不着", "铁匠铺半夜还在敲铁，吵得睡不着觉")
    first, second = (
        served.post("/api/cases", json=told | {"text": text}).raise_for_status().json()["case"]
        for text in texts
    )
    for case in (first, second):
        held = {"move": "take_over", "reason": "集中处理"}
        served.post(f"/api/cases/{case['id']}/moves", json=held).raise_for_status()
    page = await people.sit("dispatcher", "/console")
    await open_by_address(page, second)
    same = page.locator(f"{SHEET} .same .proposal")
    await expect(same).to_contain_text(first["number"])
    await same.locator("[data-merge]").click()
    await expect(page.locator(f"{SHEET} .sheet-head")).to_have_attribute("data-status", "merged")
    await expect(same).to_have_count(0)
