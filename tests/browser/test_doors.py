"""Through the doors in a real browser: from the start page to a desk, and with the phone into a dead spot."""

import io
from contextlib import closing
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Geolocation, Page, expect

from tests.browser.conftest import PATIENCE_MS, People
from tests.served import Served

VILLAGE, GRID = "620821101200", "620821101200001"
DRAWN = 'html[data-drawn="true"]'


async def test_a_newcomer_stands_before_the_wall_with_one_click_and_may_then_sit_at_a_desk(
    browser: Browser, served: Served
) -> None:
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    await page.goto(served.url)
    await page.wait_for_selector(DRAWN)
    await page.click(".at-wall .enter")
    await page.wait_for_url("**/wall")
    await page.wait_for_selector(DRAWN)
    # A wall screen only reads; the start page must all the same let its reader go on.
    await page.goto(served.url)
    await page.wait_for_selector(DRAWN)
    await page.click(".at-leader .enter")
    await page.wait_for_url("**/leader")
    await page.wait_for_selector(DRAWN)
    await page.close()


async def test_a_wrong_password_is_told_in_plain_words_and_in_the_other_language(
    browser: Browser, served: Served
) -> None:
    page = await browser.new_page(locale="zh-CN")
    await page.goto(served.url + "/login?next=//evil.example")
    await page.fill("#login-username", "nobody")
    await page.fill("#login-password", "not the password")
    await page.click('button[type="submit"]')
    await expect(page.locator(".wrong")).to_have_text("用户名或密码不正确")
    await page.click('[data-place="language"]')
    await expect(page.locator(".wrong")).to_have_text("User name or password is wrong")
    assert await page.input_value("#login-username") == "nobody"
    await page.close()


def send_officer(served: Served) -> dict[str, Any]:
    """Report a case in the officer's grid and let the village send him; return the case."""
    with closing(served.client("village_officer", area=VILLAGE)) as desk:
        body = {"text": "院墙被雨水泡塌，堵了路", "category": "neighbour_dispute", "area_code": GRID}
        case = desk.post("/api/cases", json=body).raise_for_status().json()["case"]
        for move in ({"move": "accept"}, {"move": "dispatch", "units": [f"grid.{GRID}"]}):
            desk.post(f"/api/cases/{case['id']}/moves", json=move).raise_for_status()
        answer: dict[str, Any] = desk.get(f"/api/cases/{case['id']}").json()["case"]
    return answer


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "gray").save(out, "PNG")
    return out.getvalue()


async def state_of(page: Page) -> str:
    return str(await page.locator(".steps .now span").inner_text())


# The page uses the phone's fonts; on a machine that has no Chinese ones it must bring its own.
WRITES_CHINESE = """async () => {
  const { drawsHanzi } = await import("/assets/core/hanzi.js");
  for (let i = 0; i < 50; i += 1) {
    if (drawsHanzi(getComputedStyle(document.body).fontFamily)) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}"""


async def test_what_an_officer_taps_in_a_dead_spot_is_kept_through_a_reload_and_sent_once(
    people: People, served: Served
) -> None:
    case = send_officer(served)
    there = Geolocation(longitude=case["lon"], latitude=case["lat"])
    phone = await people.sit("grid_officer", "/field", area=GRID, width=390, height=844, geolocation=there)
    assert await phone.evaluate(WRITES_CHINESE)
    await phone.click(".next.at-acknowledge")
    await phone.wait_for_selector(".next.at-depart")
    # The worker must have the page before the network goes.
    await phone.evaluate(
        "async () => { const c = await caches.open('wall-field-1');"
        " for (let i = 0; i < 100 && !(await c.match('/assets/field/main.js')); i += 1)"
        " await new Promise((done) => setTimeout(done, 100)); }"
    )
    await phone.context.set_offline(True)
    await phone.click(".next.at-depart")
    await phone.click(".next.at-arrive")
    async with phone.expect_file_chooser() as chosen:
        await phone.click("text=拍照")
    await (await chosen.value).set_files({"name": "wall.png", "mimeType": "image/png", "buffer": a_picture()})
    await expect(phone.locator('[data-place="notice"]')).to_contain_text("待发送 3（照片 ")
    await phone.reload()
    await expect(phone.locator('[data-place="notice"]')).to_contain_text("待发送 3（照片 ")
    assert await state_of(phone) == "到场"
    people.faults.clear()  # the browser calls every request of these minutes an error, as it should

    await phone.context.set_offline(False)
    await expect(phone.locator('[data-place="notice"]')).to_be_hidden()
    with closing(served.client("village_officer", area=VILLAGE)) as desk:
        sheet = desk.get(f"/api/cases/{case['id']}").json()
        files = desk.get(f"/api/cases/{case['id']}/attachments").json()["attachments"]
    assert sheet["case"]["assignments"][0]["state"] == "on_scene"
    kinds = [fact["kind"] for fact in sheet["history"]]
    assert kinds.count("case.depart") == kinds.count("case.arrive") == 1
    assert [(one["name"], one["width"]) for one in files] == [("wall.png", 640)]


async def test_a_leader_supervises_with_one_click_and_reads_the_answer(
    people: People, served: Served
) -> None:
    case = send_officer(served)
    leader = await people.sit("leader", "/leader")
    row = leader.locator(f'.watch-row[data-key="{case["id"]}"]')
    await row.locator(".button").click()
    await leader.locator(".supervise textarea").fill("请今天办结")
    await leader.locator(".supervise .primary").click()
    await expect(row.locator(".third")).to_contain_text("待答复")
    await expect(row.locator(".button")).to_be_hidden()

    with closing(served.client("village_officer", area=VILLAGE)) as desk:
        answer = {"move": "answer", "text": "已派人到场，下午四点前清完"}
        desk.post(f"/api/cases/{case['id']}/moves", json=answer).raise_for_status()
    await expect(row.locator(".third")).to_contain_text("已答复")
    await row.click()
    await expect(leader.locator(".leader-sheet .case-sheet")).to_contain_text("下午四点前清完")
    # What was reported is not the leader's to read.
    await expect(leader.locator(".leader-sheet .case-sheet")).not_to_contain_text("院墙被雨水泡塌")

    auditor = await people.sit("auditor", f"/audit?tab=changes&number={case['number']}")
    acts = auditor.locator("tbody tr")
    await expect(acts.first).to_contain_text("答复督办")
    await auditor.click("[role=tab]:first-child")
    await expect(acts.last).to_contain_text("打开案卷")
    await acts.last.locator(".narrow").first.click()
    await expect(auditor.locator('input[name="person"]')).not_to_be_empty()
    await auditor.locator(".button", has_text="清除条件").click()
    await expect(acts.first).to_contain_text("查阅审计记录")


async def test_an_administrator_lets_somebody_in_and_out_again_and_opens_a_wall_screen_by_its_link(
    people: People, browser: Browser, served: Served
) -> None:
    admin = await people.sit("admin", "/admin")
    await admin.keyboard.press("n")
    form = admin.locator("dialog")
    await form.locator('[name="name"]').fill("张三")
    await form.locator('[name="username"]').fill("zhang.san")
    await form.locator('[name="role"]').select_option("duty_officer")
    await form.locator(".primary").click()
    await expect(form.locator(".wrong")).to_have_text("请选到该角色所在的区划")
    # What was typed outlives the form, the password does not.
    await admin.keyboard.press("Escape")
    await admin.keyboard.press("n")
    await expect(form.locator('[name="username"]')).to_have_value("zhang.san")
    await form.locator('[name="area-township"]').select_option(VILLAGE[:9])
    await form.locator('[name="password"]').fill("zhang.san")
    await form.locator(".primary").click()
    await expect(form.locator(".wrong")).to_have_text("密码至少要有 10 个字符")
    await form.get_by_text("换一个").click()
    await form.locator(".primary").click()
    username, password = [await form.locator(".secret input").nth(n).input_value() for n in (0, 1)]
    await form.locator(".primary").click()

    officer, screen = await browser.new_page(), await browser.new_page()
    for page in (officer, screen):
        page.set_default_timeout(PATIENCE_MS)
    await officer.goto(served.url + "/login")
    await officer.fill("#login-username", username)
    await officer.fill("#login-password", password)
    await officer.click('button[type="submit"]')
    await officer.wait_for_url("**/township")
    await officer.wait_for_selector(DRAWN)

    await admin.locator('[name="text"]').fill("张三")
    await admin.keyboard.press("Enter")
    row = admin.locator("tbody tr")
    await expect(row).to_have_count(1)
    await row.get_by_text("停用").click()
    await expect(form.locator(".ends")).to_have_text("1 个打开的会话，正在使用的页面会退出")
    await form.locator(".dialog-foot .danger").click()
    await officer.wait_for_url("**/login**")
    await expect(row).to_have_count(0)
    await officer.close()

    await admin.keyboard.press("3")
    await admin.keyboard.press("n")
    await form.locator('[name="name"]').fill("指挥大厅")
    await form.locator(".primary").click()
    link = await form.locator(".secret input").first.input_value()
    await form.locator(".primary").click()
    await screen.goto(link)
    await screen.wait_for_url("**/wall")
    await row.get_by_text("收回").click()
    await form.locator(".dialog-foot .danger").click()
    await screen.wait_for_url("**/login**")
    await screen.close()
