"""The ground over HTTP: places, names and layers, each actor seeing his own cameras only."""

import base64
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
import shapely

from gis.actor import SYSTEM, Role
from gis.crs import wgs84_to_gcj02
from gis.database import Database
from gis.errors import Unavailable
from layers import api
from layers.areas import load_area_index
from layers.served import ENCODINGS, ServedLayers
from tests.layers.door import ACTORS, COUNTY, TOWN, asking_the_county

LEVELS = {"county": 1, "township": 15, "village": 221, "grid": 317}


@pytest.fixture
async def client(county_db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The routes behind a door that lets in whom the header names."""
    async with asking_the_county(api.router, county_db) as opened:
        yield opened


async def features(client: httpx.AsyncClient, name: str, actor: str = "dispatcher") -> list[dict[str, Any]]:
    answer = await client.get(f"/api/layers/{name}", headers={"x-actor": actor})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


async def test_every_layer_of_the_catalogue_is_a_feature_collection(client: httpx.AsyncClient) -> None:
    catalogue = (await client.get("/api/layers")).json()["layers"]
    assert [layer["name"] for layer in catalogue] == [*LEVELS, "road", "water", "facility", "poi", "camera"]
    for layer in catalogue:
        found = (await client.get(layer["href"])).json()
        assert found["type"] == "FeatureCollection"
        assert {one["geometry"]["type"] for one in found["features"]} == {layer["geometry"]}


async def test_the_four_levels_are_complete_light_and_still_fit_together(client: httpx.AsyncClient) -> None:
    weight, shapes = 0, {}
    for level, count in LEVELS.items():
        answer = await client.get(f"/api/layers/{level}", headers={"accept-encoding": "identity"})
        weight += len(answer.content)
        found = answer.json()["features"]
        assert len(found) == count
        shapes[level] = [shapely.geometry.shape(one["geometry"]) for one in found]
        for one, shape in zip(found, shapes[level], strict=True):
            assert set(one["properties"]) == {"code", "name", "level", "parent", "label", "seat"}
            assert one["properties"]["level"] == level
            assert shapely.contains_xy(shape, *one["properties"]["label"])
    assert weight < 600_000
    for level in LEVELS:
        assert shapely.coverage_is_valid(shapes[level])
    grid_borders = shapely.union_all(shapely.boundary(shapes["grid"]))
    assert shapely.covers(
        shapely.buffer(grid_borders, 1e-9), shapely.union_all(shapely.boundary(shapes["township"]))
    )


async def test_cameras_are_cut_to_the_callers_jurisdiction(client: httpx.AsyncClient) -> None:
    everything = await features(client, "camera")
    assert len(everything) == 5000
    for name, actor in ACTORS.items():
        seen = await features(client, "camera", name)
        assert {one["properties"]["code"] for one in seen} == {
            one["properties"]["code"] for one in everything if actor.covers(one["properties"]["area_code"])
        }
    assert 0 < len(await features(client, "camera", "duty")) < 5000
    assert await features(client, "camera", "police") == []


async def test_no_layer_gives_away_where_cameras_send_their_pictures(client: httpx.AsyncClient) -> None:
    assert all("stream_url" not in one["properties"] for one in await features(client, "camera"))


async def test_coordinates_have_six_decimals_at_most(client: httpx.AsyncClient) -> None:
    for name in ("road", "camera", "facility", "grid"):
        text = (await client.get(f"/api/layers/{name}")).text
        geometry = json.dumps([one["geometry"] for one in json.loads(text)["features"]])
        assert all(
            len(number.partition(".")[2]) <= 6
            for number in geometry.replace("]", ",").split(",")
            if "." in number
        )


async def test_an_unchanged_layer_is_answered_by_304(client: httpx.AsyncClient) -> None:
    first = await client.get("/api/layers/camera")
    tag = first.headers["etag"]
    again = await client.get("/api/layers/camera", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get("/api/layers/camera", headers={"if-none-match": tag, "x-actor": "duty"})
    assert other.status_code == 200, "another's tag does not hide one's own cameras"


@pytest.mark.parametrize(
    "accept, used",
    [
        ("gzip", "gzip"),
        ("", None),
        ("gzip;q=0", None),
        ("br;q=0, gzip", "gzip"),
        ("gzip, deflate, br", ENCODINGS[0]),
    ],
)
async def test_a_layer_is_packed_as_the_client_takes_it(
    client: httpx.AsyncClient, accept: str, used: str | None
) -> None:
    answer = await client.get("/api/layers/road", headers={"accept-encoding": accept})
    assert answer.headers.get("content-encoding") == used
    assert len(answer.json()["features"]) > 1000
    assert "Accept-Encoding" in answer.headers["vary"]


async def test_what_is_packed_is_much_smaller(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/layers/camera", headers={"accept-encoding": "gzip"})
    assert int(answer.headers["content-length"]) < len(answer.content) / 4
    assert gzip.compress(answer.content, 1)


async def test_an_unknown_layer_is_a_404_that_names_the_known_ones(client: httpx.AsyncClient) -> None:
    for name in ("people", "camera%20", "..%2fdata_sets"):
        answer = await client.get(f"/api/layers/{name}")
        assert answer.status_code == 404
    answer = await client.get("/api/layers/people")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown_layer"
    assert "camera" in answer.json()["detail"]


async def test_nobody_gets_nothing(client: httpx.AsyncClient) -> None:
    for path in (
        "/api/layers",
        "/api/layers/county",
        "/api/areas/names",
        "/api/areas/locate?lon=107.4&lat=35.3",
    ):
        answer = await client.get(path, headers={"x-actor": "nobody"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_a_place_is_located_on_all_levels_in_any_datum(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/areas/locate?lon=107.368&lat=35.336")).json()
    assert list(found) == ["county", "township", "village", "grid"]
    assert found["county"] == {"code": COUNTY, "name": "泾川县"}
    assert found["township"] == {"code": "620821001", "name": "城市社区街道"}
    assert found["grid"]["code"].startswith(found["village"]["code"])
    lon, lat = wgs84_to_gcj02([(107.368, 35.336)])[0]
    assert (await client.get(f"/api/areas/locate?lon={lon}&lat={lat}&crs=gcj02")).json() == found


@pytest.mark.parametrize(
    "query, code",
    [
        ("lon=116.4&lat=39.9", "outside_county"),
        ("lon=35.3&lat=107.4", "outside_county"),
        ("lon=107.4&lat=35.3&crs=mars", "unknown_crs"),
        ("lon=nan&lat=35.3", None),
        ("lon=107.4", None),
        ("lon=x&lat=y", None),
    ],
)
async def test_no_place_is_a_422(client: httpx.AsyncClient, query: str, code: str | None) -> None:
    answer = await client.get(f"/api/areas/locate?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code


async def test_every_area_has_a_name(client: httpx.AsyncClient) -> None:
    names = (await client.get("/api/areas/names")).json()
    assert len(names) == 554
    assert names["620821101"] == "玉都镇"


async def test_things_are_called_in_english_as_far_as_one_sees_them(client: httpx.AsyncClient) -> None:
    for layer in ("road", "facility", "poi", "camera"):
        features = (await client.get(f"/api/layers/{layer}")).json()["features"]
        names = (await client.get(f"/api/layers/{layer}/names")).json()
        assert set(names) == {feature["properties"]["name"] for feature in features}
        assert all(said.isascii() or "ü" in said or "–" in said for said in names.values())
    assert (await client.get("/api/layers/people/names")).status_code == 404


async def test_the_relief_of_an_invented_county_is_told(client: httpx.AsyncClient) -> None:
    relief = (await client.get("/api/relief")).json()["relief"]
    steps = np.frombuffer(base64.b64decode(relief["steps"]), np.uint8).reshape(
        relief["height"], relief["width"]
    )
    heights = np.cumsum(np.cumsum(steps, axis=0, dtype=np.uint8), axis=1, dtype=np.uint8)
    assert (heights.min(), heights.max()) == (0, 255)
    assert (await client.get("/api/relief", headers={"x-actor": "nobody"})).status_code == 401


async def test_many_places_are_located_at_once(client: httpx.AsyncClient) -> None:
    places = [(107.368, 35.336), (107.47, 35.255), (0.0, 0.0)]
    answer = await client.post("/api/areas/locate", json={"places": places})
    codes = answer.json()["codes"]
    assert [code and code[:9] for code in codes] == ["620821001", TOWN, None]
    for (lon, lat), code in zip(places[:2], codes[:2], strict=True):
        one = (await client.get("/api/areas/locate", params={"lon": lon, "lat": lat})).json()
        assert one["grid"]["code"] == code
    shifted = wgs84_to_gcj02(places[:2]).tolist()
    assert (await client.post("/api/areas/locate", json={"places": shifted, "crs": "gcj02"})).json()[
        "codes"
    ] == codes[:2]
    assert (await client.post("/api/areas/locate", json={"places": []})).json() == {"codes": []}


@pytest.mark.parametrize(
    "body",
    [
        '{"places": [[107.4, NaN]]}',
        '{"places": [[107.4, Infinity]]}',
        '{"places": [[107.4]]}',
        '{"places": [["x", 35.3]]}',
        '{"places": [[107.4, 35.3]], "crs": "moon"}',
        '{"places": [[107.4, 35.3]], "level": "grid"}',
        '{"places": [' + ",".join(["[107.4,35.3]"] * (api.MOST_PLACES + 1)) + "]}",
        "{}",
        "no",
    ],
)
async def test_places_that_are_none_are_refused_with_a_code(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post(
        "/api/areas/locate", content=body, headers={"Content-Type": "application/json"}
    )
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]


async def test_what_was_made_ready_is_shown_without_asking_the_database(county_db: Database) -> None:
    async with county_db.read(SYSTEM) as tx:
        served = ServedLayers(county_db, await load_area_index(tx))
    first = replace(ACTORS["dispatcher"], account_id="first", role=Role.KIOSK)
    await served.warm(first)
    away = Database("postgresql://wall_app@/wall?host=/nowhere&port=1")
    try:
        served.db = away
        shown = [await served.layer(name, ACTORS["dispatcher"]) for name in served.names()]
        assert all(ENCODINGS[0] in document.encoded for document in shown)
        with pytest.raises(Unavailable):
            await served.layer("camera", ACTORS["duty"])
    finally:
        await away.close()
