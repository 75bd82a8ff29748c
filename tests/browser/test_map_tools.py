"""The tools of the map in a real browser, with everything switched on, a base map below, and no other origin asked."""

import asyncio
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import shapely
from PIL import Image
from playwright.async_api import Page, expect

from dispatch.actions.ground import Ground
from gis.clock import now
from gis.cluster import ClusterUrls
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.run import import_layers
from layers.importers.targets import TARGETS
from tests.browser.conftest import People
from tests.forking import Nursery
from tests.layers.importers.ground import sheet
from tests.served import Served

LAND = (90, 110, 70)


def write_basemap(folder: Path) -> Path:
    """A base map in GCJ-02 of plain tiles, and the file that names it."""
    out = io.BytesIO()
    Image.new("RGB", (256, 256), LAND).save(out, "PNG")
    with closing(sqlite3.connect(folder / "land.mbtiles")) as file:
        file.execute("create table metadata (name text, value text)")
        file.execute("create table tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        file.execute("insert into metadata values ('format', 'png')")
        tiles = [(9, x, 511 - y, out.getvalue()) for x in range(404, 414) for y in range(196, 208)]
        file.executemany("insert into tiles values (?, ?, ?, ?)", tiles)
        file.commit()
    told = '[[basemap]]\nid="land"\nname="底图"\nkind="mbtiles"\ndatum="gcj02"\nattribution="© 测绘"\n'
    told += 'file="land.mbtiles"\n'
    (folder / "basemaps.toml").write_text(told, encoding="utf-8")
    return folder / "basemaps.toml"


@pytest.fixture
def served(county_urls: ClusterUrls, tmp_path: Path, nursery: Nursery) -> Iterator[Served]:
    """A wall with a base map."""
    wall = Served(county_urls, tmp_path, nursery)
    wall._environment["WALL_BASEMAPS"] = str(write_basemap(tmp_path))
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()


async def find(page: Page, typed: str) -> None:
    """Type into the open search and wait for finds."""
    await page.keyboard.type(typed)
    await expect(page.locator(".map-find").first).to_be_visible()


def import_a_camera(owner_url: str) -> None:
    """Another process brings one camera in."""
    columns = {"code": ["62082100001310000001"], "name": ["新装摄像机"]}
    job = Job(TARGETS["camera"], sheet("camera", columns, [shapely.Point(107.368, 35.336)]), "test")
    assert import_layers(owner_url, [job], Options(), house=Ground(now())).status == "imported"


async def test_layers_are_switched_a_base_map_shines_through_and_the_screen_remembers(
    people: People, county_urls: ClusterUrls
) -> None:
    page = await people.sit("leader", "/wall")
    await page.keyboard.press("4")
    camera = page.locator(".map-chip[data-layer=camera]")
    await expect(camera.locator(".count")).to_have_text("5000")
    await camera.click()
    await expect(camera).to_have_attribute("aria-checked", "false")
    # Wherever the map flies, the whole county lies below until the ground is painted there; a base map does the same.
    below = page.locator(".leaflet-underlay-pane canvas")
    await expect(below).to_have_count(1)
    await page.locator(".map-chip[data-basemap=land]").click()
    await expect(page.locator(".basemap-tile img").first).to_be_attached()
    await expect(below).to_have_count(0)
    await expect(page.locator(".map-credit")).to_have_text("© 测绘")
    loaded = (
        "() => [...document.querySelectorAll('.basemap-tile img')].every((e) => e.complete && e.naturalWidth)"
    )
    await page.wait_for_function(loaded)
    await page.reload()
    await page.wait_for_selector('html[data-drawn="true"]')
    assert await page.evaluate("() => [...window.wall.map.off]") == ["camera"]
    await expect(page.locator(".basemap-tile img").first).to_be_attached()
    # An import reaches the open page, which keeps its view and its switches.
    await asyncio.to_thread(import_a_camera, county_urls.owner)
    await page.wait_for_function("() => window.wall.map.data.cameras.count === 5001")
    assert await page.evaluate("() => [...window.wall.map.off]") == ["camera"]


async def test_a_place_is_found_by_its_initials_and_told_in_a_card(people: People) -> None:
    page = await people.sit("leader", "/wall")
    await page.keyboard.press("/")
    await find(page, "ydz")
    await expect(page.locator(".map-find[aria-selected=true] .name")).to_have_text("玉都镇")
    await page.keyboard.press("Enter")
    await expect(page.locator(".map-card header b")).to_have_text("玉都镇")
    await expect(page.locator("[data-place=resume]")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".map-card")).to_be_hidden()


async def test_a_distance_is_measured_by_clicks_and_escape_ends_it(people: People) -> None:
    page = await people.sit("dispatcher", "/console")
    await page.keyboard.press("6")
    for x, y in ((700, 500), (900, 500), (900, 700)):
        await page.mouse.click(x, y)
    await expect(page.locator(".map-measure b")).to_contain_text("km")
    await expect(page.locator(".intake-panel")).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(page.locator(".map-measure")).to_be_hidden()
    await page.keyboard.press("/")
    await page.keyboard.type("f rmyy", delay=20)
    await page.locator(".completion.place", has_text="泾川县人民医院").first.click()
    await expect(page.locator(".map-card header b")).to_have_text("泾川县人民医院")
    await expect(page.locator(".map-card dd.digits")).to_contain_text("0933")


async def test_a_name_that_holds_markup_stays_text(people: People) -> None:
    page = await people.sit("leader", "/wall")
    hostile = "<img src=x onerror=window.hurt=1>"
    thing = f"{{kind: 'poi', id: '1', record: {{name: '{hostile}', kind: '{hostile}'}}}}"
    await page.evaluate(f"() => window.wall.tools.card.show({thing})")
    await expect(page.locator(".map-card header b")).to_have_text(hostile)
    assert await page.evaluate("() => [window.hurt, document.querySelector('.map-card img')]") == [None, None]
