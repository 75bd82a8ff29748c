"""OGC API – Features: the requirements of the claimed classes, on the demonstration county."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import shapely
from sqlalchemy import delete, insert, select

from gis.actor import SYSTEM, Role
from gis.cluster import ClusterUrls
from gis.database import Database
from layers.ogc.collections import COLLECTIONS
from layers.ogc.conformance import CLASSES
from layers.ogc.parameters import CRS84
from layers.tables import pois
from tests.layers.entrance import ORIGIN, ROOT, guarded, program

COUNTS = {"county": 1, "township": 15, "village": 221, "grid": 317, "camera": 5000}
TOWN, OTHER_TOWN = "620821102", "620821101"


@pytest.fixture
async def client(county_db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with program(await guarded(county_db)) as opened:
        yield opened


async def got(client: httpx.AsyncClient, path: str, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def items(client: httpx.AsyncClient, name: str, **parameters: Any) -> dict[str, Any]:
    return await got(client, f"/ogc/collections/{name}/items", **parameters)


async def everything(client: httpx.AsyncClient, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Follow the links from page to page, as GDAL does."""
    page = await items(client, name, limit=1000, **parameters)
    found = page["features"]
    while following := href(page, "next"):
        page = (await client.get(following)).json()
        found += page["features"]
    return list(found)


def href(document: dict[str, Any], rel: str) -> str | None:
    return next((str(one["href"]) for one in document["links"] if one["rel"] == rel), None)


async def test_every_document_is_reached_from_the_landing_page(client: httpx.AsyncClient) -> None:
    landing = await got(client, "/ogc")
    assert landing == await got(client, "/ogc/")
    assert {"self", "service-desc", "conformance", "data"} <= {one["rel"] for one in landing["links"]}
    for one in landing["links"]:
        answer = await client.get(one["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == one["type"]
    assert (await got(client, href(landing, "conformance") or ""))["conformsTo"] == list(CLASSES)
    listed = (await got(client, href(landing, "data") or ""))["collections"]
    assert [one["id"] for one in listed] == list(COLLECTIONS)
    for collection in listed:
        assert collection == await got(client, href(collection, "self") or "")
        assert collection["itemType"] == "feature"
        assert collection["extent"]["spatial"]["crs"] == CRS84
        for one in collection["links"]:
            answer = await client.get(one["href"])
            assert (answer.status_code, answer.headers["content-type"]) == (200, one["type"])


async def test_the_definition_describes_what_is_served_and_nothing_else(client: httpx.AsyncClient) -> None:
    definition = (await client.get("/ogc/api")).json()
    assert definition["openapi"].startswith("3.0.")
    assert definition["servers"] == [{"url": ROOT}]
    operations = [one["get"]["operationId"] for one in definition["paths"].values()]
    assert len(operations) == len(set(operations))
    values = {
        "{tileMatrixSetId}": "WebMercatorQuad",
        "{tileMatrix}": "8",
        "{tileRow}": "100",
        "{tileCol}": "204",
        "{featureId}": "620821",
    }
    for path, operation in definition["paths"].items():
        if "{featureId}" in path:
            continue
        address = path
        for name, value in values.items():
            address = address.replace(name, value)
        answer = await client.get(f"{ROOT}{address}")
        assert answer.status_code in (200, 204), address
        for parameter in operation["get"]["parameters"]:
            name = parameter.get("$ref", "").rpartition("/")[2]
            assert not name or name in definition["components"]["parameters"]


@pytest.mark.parametrize("name", COLLECTIONS)
async def test_each_page_is_geojson_that_says_how_much_there_is(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/ogc/collections/{name}/items")
    page = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) <= 10
    assert page["numberMatched"] >= page["numberReturned"]
    assert page["timeStamp"].endswith("Z")
    assert page["numberMatched"] == COUNTS.get(name, page["numberMatched"])
    assert href(page, "self") == f"{ROOT}/collections/{name}/items"
    for one in page["features"]:
        assert shapely.is_valid(shapely.geometry.shape(one["geometry"]))
        assert one["geometry"]["type"] == COLLECTIONS[name].geometry
        assert list(one["properties"]) == list(COLLECTIONS[name].properties)
        alone = await got(client, f"/ogc/collections/{name}/items/{one['id']}")
        assert {key: alone[key] for key in one} == one
        assert href(alone, "collection") == f"{ROOT}/collections/{name}"


async def test_pages_join_to_the_whole_without_gap_or_repetition(client: httpx.AsyncClient) -> None:
    cameras = await everything(client, "camera")
    assert len(cameras) == len({one["id"] for one in cameras}) == 5000
    seen, page = 0, await items(client, "grid", limit=100)
    while following := href(page, "next"):
        seen += page["numberReturned"]
        assert page["numberMatched"] == 317
        page = (await client.get(following)).json()
    assert seen + page["numberReturned"] == 317


async def test_paging_is_stable_while_rows_come_and_go(
    client: httpx.AsyncClient, county_urls: ClusterUrls
) -> None:
    before = [one["id"] for one in await everything(client, "poi")]
    page = await items(client, "poi", limit=20)
    found = [one["id"] for one in page["features"]]
    owner = Database(county_urls.owner)
    async with owner.transaction(SYSTEM) as tx:
        row = (await tx.execute(select(pois).where(pois.c.id == before[0]))).mappings().one()
        await tx.execute(delete(pois).where(pois.c.id.in_([before[0], before[5], before[30]])))
        await tx.execute(insert(pois).values({**row, "id": before[0] - 1}))
    await owner.close()
    while following := href(page, "next"):
        page = (await client.get(following)).json()
        found += [one["id"] for one in page["features"]]
    assert found == [one for one in before if one != before[30]]


async def test_the_next_page_repeats_the_question(client: httpx.AsyncClient) -> None:
    page = await items(
        client, "camera", limit=3, health="online", filter="name LIKE '%'", bbox="107,35,108,36"
    )
    following = href(page, "next") or ""
    assert following.startswith(ORIGIN)
    assert "offset" not in following
    again = (await client.get(following)).json()
    assert again["numberMatched"] == page["numberMatched"] < 5000
    assert {one["properties"]["health"] for one in again["features"]} == {"online"}
    assert not {one["id"] for one in again["features"]} & {one["id"] for one in page["features"]}


async def test_a_bbox_gives_exactly_what_meets_it(client: httpx.AsyncClient) -> None:
    west, south, east, north = box = (107.35, 35.31, 107.40, 35.35)
    frame = shapely.box(*box)
    for name in ("camera", "grid", "road"):
        every = await everything(client, name)
        meets = {one["id"] for one in every if frame.intersects(shapely.geometry.shape(one["geometry"]))}
        found = await everything(client, name, bbox=f"{west},{south},{east},{north}")
        assert {one["id"] for one in found} == meets
        assert 0 < len(meets) < len(every)
        heights = await everything(client, name, bbox=f"{west},{south},-10,{east},{north},9000")
        assert {one["id"] for one in heights} == meets


async def test_a_bbox_may_cross_the_antimeridian(client: httpx.AsyncClient) -> None:
    assert (await items(client, "township", bbox="107,-90,-170,90"))["numberMatched"] == 15
    assert (await items(client, "township", bbox="170,-90,-170,90"))["numberMatched"] == 0
    assert (await items(client, "township", bbox="170,-90,107.5,90"))["numberMatched"] > 0


WRONG = [
    ("limit=-1", "bad_limit"),
    ("limit=0", "bad_limit"),
    ("limit=", "bad_limit"),
    ("limit=1e3", "bad_limit"),
    ("limit=%EF%BC%91", "bad_limit"),
    ("limit=5&limit=6", "repeated_parameter"),
    ("colour=red", "unknown_parameter"),
    ("offset=10", "unknown_parameter"),
    ("stream_url=x", "unknown_parameter"),
    ("bbox=1,2,3", "bad_bbox"),
    ("bbox=a,b,c,d", "bad_bbox"),
    ("bbox=nan,0,1,1", "bad_bbox"),
    ("bbox=0,0,inf,1", "bad_bbox"),
    ("bbox=0,10,1,0", "bad_bbox"),
    ("bbox=300,0,1,1", "bad_bbox"),
    ("bbox=0,0,1,1,1,1,1,1", "bad_bbox"),
    ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "unknown_crs"),
    ("crs=EPSG:3857", "unknown_crs"),
    ("datetime=yesterday", "bad_datetime"),
    ("datetime=..", "bad_datetime"),
    ("datetime=2026-02-01T00:00:00Z/2026-01-01T00:00:00Z", "bad_datetime"),
    ("datetime=2026-13-01T00:00:00Z", "bad_datetime"),
    ("cursor=zzz", "bad_cursor"),
    ("cursor=%00", "bad_parameter"),
    ("cursor=" + "A" * 500, "bad_cursor"),
    ("bearing_deg=north", "bad_parameter"),
    ("name=%00", "bad_parameter"),
    ("f=html", "bad_format"),
    ("filter=name", "bad_filter"),
    ("filter=name%3D'a'&filter-lang=cql2-json", "unknown_filter_language"),
    ("filter=stream_url%3D'x'", "unknown_property"),
    ("filter=" + "(" * 200, "filter_too_complex"),
    ("filter=" + "a" * 9000, "filter_too_long"),
]


async def test_a_wrong_parameter_is_a_400_with_a_code(client: httpx.AsyncClient) -> None:
    for query, code in WRONG:
        answer = await client.get(f"/ogc/collections/camera/items?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, code), query
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


async def test_too_large_a_limit_is_cut_as_the_standard_wants_it(client: httpx.AsyncClient) -> None:
    assert (await items(client, "camera", limit=10**9))["numberReturned"] == 1000


TIMES = (
    "2026-01-31",
    "2026-01-31T08:00:00Z",
    "2026-01-31T08:00:00.5+08:00",
    "../2026-01-31T00:00:00Z",
    "2026-01-31/..",
)


async def test_features_without_a_time_match_every_time(client: httpx.AsyncClient) -> None:
    for time in TIMES:
        assert (await items(client, "township", datetime=time))["numberMatched"] == 15


MISSING = [
    ("/ogc/collections/people", "unknown_collection"),
    ("/ogc/collections/areas/items", "unknown_collection"),
    ("/ogc/collections/camera/items/62", "unknown_feature"),
    ("/ogc/collections/camera/items/x'--", "unknown_feature"),
    ("/ogc/collections/road/items/99999999999999999999", "unknown_feature"),
    ("/ogc/collections/road/items/%00", "unknown_feature"),
    ("/ogc/tileMatrixSets/WorldCRS84Quad", "unknown_tile_matrix_set"),
    ("/ogc/nothing", "not_found"),
]


async def test_what_is_not_there_is_a_404_with_a_code(client: httpx.AsyncClient) -> None:
    for path, code in MISSING:
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_documents_refuse_parameters_that_they_do_not_know(client: httpx.AsyncClient) -> None:
    for path in (
        "",
        "/conformance",
        "/api",
        "/collections",
        "/collections/grid",
        "/collections/grid/queryables",
    ):
        assert (await client.get(f"/ogc{path}?f=json")).status_code == 200
        answer = await client.get(f"/ogc{path}?x=1")
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


async def test_queryables_are_what_filters_and_parameters_take(client: httpx.AsyncClient) -> None:
    for name, collection in COLLECTIONS.items():
        schema = await got(client, f"/ogc/collections/{name}/queryables")
        assert schema["type"] == "object"
        assert set(schema["properties"]) == {*collection.properties, "geom"}
        one = (await items(client, name, limit=1))["features"][0]
        for asked, value in one["properties"].items():
            if value is None:
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            kind = schema["properties"][asked]["type"]
            literal = f"'{text}'" if kind == "string" else text
            by_name = await got(client, f"/ogc/collections/{name}/items", **{asked: text})
            by_filter = await items(client, name, filter=f"{asked} = {literal}")
            assert by_name["numberMatched"] == by_filter["numberMatched"] > 0


async def test_unchanged_features_are_answered_by_304(client: httpx.AsyncClient) -> None:
    for path in ("/ogc/collections/grid/items?limit=50", "/ogc/collections/grid", "/ogc/api"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_strangers_are_asked_for_a_name_and_a_password(county_db: Database) -> None:
    app = await guarded(county_db)
    async with program(app) as client:
        for path in ("/ogc", "/ogc/collections/road/items", "/ogc/tiles/WebMercatorQuad/8/100/204"):
            for auth in (None, ("any", "wrong")):
                answer = await client.get(path, auth=auth)
                assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
                assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_nobody_sees_a_camera_outside_his_jurisdiction(county_db: Database) -> None:
    app = await guarded(county_db)
    async with program(app) as county:
        every = {one["id"]: one for one in await everything(county, "camera")}
    for town in (TOWN, OTHER_TOWN):
        mine = {key for key, one in every.items() if one["properties"]["area_code"].startswith(town)}
        async with program(app, town, Role.DUTY_OFFICER) as client:
            seen = {one["id"] for one in await everything(client, "camera")}
            assert seen == mine
            assert 0 < len(mine) < len(every)
            foreign = sorted(set(every) - mine)[0]
            assert (await client.get(f"/ogc/collections/camera/items/{foreign}")).status_code == 404
            for filter_ in (f"code = '{foreign}'", "TRUE", "NOT FALSE", f"code = '{foreign}' OR TRUE"):
                found = await everything(client, "camera", filter=filter_)
                assert {one["id"] for one in found} <= mine
            counted = (await items(client, "camera", bbox="-180,-90,180,90"))["numberMatched"]
            assert counted == len(mine)
            assert len(await everything(client, "grid")) == 317, "areas are public to every actor"


async def test_those_who_have_no_area_see_no_camera(county_db: Database) -> None:
    async with program(await guarded(county_db), role=Role.DEPARTMENT) as client:
        assert (await items(client, "camera"))["numberMatched"] == 0
