"""A wall that is being served sees an import that another process made, within seconds and without a restart."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import shapely
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from dispatch.actions.ground import Ground
from gis.clock import now
from gis.cluster import ClusterUrls
from layers.importers.county import read_county
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.run import import_layers, undo_import
from layers.importers.targets import TARGETS
from tests.layers.importers.ground import sheet
from tests.served import Served

SEEN_WITHIN_S = 15.0
TILE = "/ogc/tiles/WebMercatorQuad/10/404/817"
PLACE = {"lon": 107.368, "lat": 35.336}


@pytest.fixture
def dispatcher(served: Served) -> httpx.Client:
    """Somebody at the county's desk."""
    return served.client("dispatcher")


@pytest.fixture
def page(served: Served, dispatcher: httpx.Client) -> Iterator[ClientConnection]:
    """An open page of his: the stream, after its hello."""
    cookies = "; ".join(f"{one.name}={one.value}" for one in dispatcher.cookies.jar)
    address = served.url.replace("http", "ws") + "/api/stream"
    with connect(
        address, additional_headers={"Cookie": cookies}, origin=Origin(served.url), proxy=None
    ) as stream:
        stream.send('{"type":"hello","topics":["units"]}')
        yield stream


def eventually(question: Callable[[], object], answer: object) -> None:
    """Wait until a question has its answer."""
    deadline = time.monotonic() + SEEN_WITHIN_S
    while (found := question()) != answer:
        assert time.monotonic() < deadline, f"{found!r} is not {answer!r} after {SEEN_WITHIN_S} s"
        time.sleep(0.1)


def heard(page: ClientConnection) -> Iterator[dict[str, Any]]:
    """What the stream has said by now."""
    while True:
        try:
            said = page.recv(timeout=0.2)
        except TimeoutError:
            return
        if isinstance(said, str):
            yield json.loads(said)


def test_an_import_and_its_undoing_reach_a_wall_that_is_served(
    county_urls: ClusterUrls, served: Served, dispatcher: httpx.Client, page: ClientConnection
) -> None:
    def name_of_the_grid() -> str:
        return str(dispatcher.get("/api/areas/locate", params=PLACE).json()["grid"]["name"])

    def road_names() -> set[str]:
        features = dispatcher.get("/api/layers/road").json()["features"]
        return {feature["properties"]["name"] for feature in features}

    def drawn() -> bool:
        """Whether the new road is in the tile; an undone row may come back in another order."""
        return "试验大道".encode() in dispatcher.get(TILE, params={"collections": "road"}).content

    def found() -> int:
        return len(dispatcher.get("/api/search", params={"q": "试验大道"}).json()["groups"])

    before = name_of_the_grid()
    known = dispatcher.get("/api/session").json()["ground"]
    newest = dict(known)

    def told() -> list[str]:
        """Which layers an open page has been told of since, beat by beat."""
        for said in heard(page):
            newest.update(said.get("ground", {}))
        return sorted(layer for layer, times in newest.items() if times != known.get(layer))

    assert told() == []
    assert "试验大道" not in road_names()
    assert not drawn()
    grid = dispatcher.get("/api/areas/locate", params=PLACE).json()["grid"]["code"]
    with psycopg.connect(county_urls.owner) as connection:
        shape = read_county(connection).areas[grid].geometry
    grids = sheet("grid", {"code": [grid], "name": ["改名网格"]}, [shape])
    line = shapely.LineString([(107.30, 35.33), (107.45, 35.34)])
    roads = sheet("road", {"编号": ["T1"], "名称": ["试验大道"], "等级": ["国道"]}, [line])
    jobs = [Job(TARGETS[one.name], one, "test") for one in (grids, roads)]
    report = import_layers(county_urls.owner, jobs, Options(), house=Ground(now()))
    assert report.status == "imported", report.as_json()["faults"]

    eventually(name_of_the_grid, "改名网格")
    eventually(lambda: "试验大道" in road_names(), True)
    eventually(drawn, True)
    eventually(lambda: found() > 0, True)
    eventually(told, ["grid", "road"])

    undo_import(county_urls.owner, report.import_id, Ground(now()))
    eventually(name_of_the_grid, before)
    eventually(lambda: "试验大道" in road_names(), False)
    eventually(drawn, False)

    assert "libgdal" not in Path(f"/proc/{served.pid}/maps").read_text(), "only imports need what reads files"
