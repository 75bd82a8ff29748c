"""The citizen's phone, from the report to the rating: no account, no address of anybody else's."""

from playwright.async_api import expect

from tests.browser.conftest import People


async def test_a_citizen_reports_asks_and_withdraws_with_nothing_but_a_code(people: People) -> None:
    page = await people.sit("grid_officer", "/report", width=390, height=844)
    await page.context.clear_cookies()
    await page.reload()
    await page.wait_for_selector('html[data-drawn="true"]')
    await page.select_option("#category", "road_damage")
    await page.fill("#text", "村口水泥路塌陷")
    await page.click("form.card > .do")
    await expect(page.locator(".wrong").first).to_have_text("请选择地点或使用当前位置")
    await page.wait_for_function("() => document.querySelectorAll('#town option').length > 1")
    await page.select_option("#town", index=2)
    await page.select_option("#village", index=1)
    await page.wait_for_selector(".map path.pin")
    await page.click("svg.map", position={"x": 180, "y": 90})
    await expect(page.locator(".where")).to_have_text("已按地图定位")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    await page.click("form.card > .do")
    await page.wait_for_selector(".code")
    await page.click(".done .do")
    await expect(page.locator(".badge")).to_have_text("等待受理")
    await page.fill("textarea[aria-label='为什么撤回']", "已修好")
    await page.click("text=撤回上报")
    await expect(page.locator(".badge")).to_have_text("已撤回")
    # A browser tells that nobody is logged in; that is as it should be here.
    people.faults[:] = [fault for fault in people.faults if "401" not in fault]
