"""OGC API – Tiles: what is in a tile, read back by GDAL's own decoder, and who sees which."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyogrio
import pytest
import shapely
from fastapi import FastAPI
from sqlalchemy import update

from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from layers.ogc.collections import COLLECTIONS
from layers.ogc.documents import MVT
from layers.ogc.tile_matrix import CRS, HALF_M, NAME, URI, Tile
from layers.ogc.vector_tiles import EXTENT
from layers.tables import cameras, data_sets
from tests.layers.entrance import ROOT, guarded, program

TOWN, OTHER_TOWN = "620821102", "620821101"
WHOLE = Tile(9, 201, 408)
PIXEL_M = 2 * HALF_M / (1 << 14) / EXTENT


@pytest.fixture
async def app(county_db: Database) -> FastAPI:
    return await guarded(county_db)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with program(app) as opened:
        yield opened


def around(place: Any, matrix: int) -> Tile:
    """The tile that holds a place: longitude, latitude."""
    lon, lat = place
    count = 1 << matrix
    north = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return Tile(matrix, int(north * count), int((lon + 180) / 360 * count))


def address(place: Tile, name: str | None = None) -> str:
    where = f"collections/{name}/tiles" if name else "tiles"
    return f"/ogc/{where}/{NAME}/{place.matrix}/{place.row}/{place.column}"


def decoded(folder: Path, body: bytes, place: Tile, name: str) -> Any:
    """Read one layer of a tile with GDAL; geometries come in EPSG:3857."""
    path = folder / "tile.mvt"
    path.write_bytes(body)
    return pyogrio.read_dataframe(path, layer=name, X=place.column, Y=place.row, Z=place.matrix)


async def every(client: httpx.AsyncClient, name: str) -> list[dict[str, Any]]:
    """All features of a collection, page by page."""
    page = (await client.get(f"/ogc/collections/{name}/items?limit=1000")).json()
    found = list(page["features"])
    while following := [one["href"] for one in page["links"] if one["rel"] == "next"]:
        page = (await client.get(following[0])).json()
        found += page["features"]
    return found


def mercator(shape: Any) -> Any:
    def project(places: Any) -> Any:
        lon, lat = places.T
        north = np.arcsinh(np.tan(np.radians(lat))) / np.pi
        return np.column_stack([lon / 180, north]) * HALF_M

    return shapely.transform(shape, project)


async def test_a_tile_holds_what_lies_in_it_where_it_lies(client: httpx.AsyncClient, tmp_path: Path) -> None:
    seat = (await client.get("/ogc/collections/camera/items?limit=1")).json()["features"][0]
    place = around(seat["geometry"]["coordinates"], 14)
    frame = shapely.box(*place.bounds())
    for name in ("camera", "grid", "road"):
        answer = await client.get(address(place, name))
        assert (answer.status_code, answer.headers["content-type"]) == (200, MVT)
        drawn = decoded(tmp_path, answer.content, place, name)
        key = COLLECTIONS[name].key.name
        meets = {
            one["id"]: mercator(shapely.geometry.shape(one["geometry"]))
            for one in await every(client, name)
            if frame.intersects(shapely.geometry.shape(one["geometry"]))
        }
        assert set(meets) <= set(drawn[key]), "what meets the tile is in it; its margin may show more"
        # Half a pixel of a screen tile was allowed for simplifying; a corner lies on the finer grid of the tile.
        for code, geometry in zip(drawn[key], drawn.geometry, strict=True):
            if code in meets:
                assert shapely.within(geometry, shapely.buffer(meets[code], 10 * PIXEL_M))
        assert set(COLLECTIONS[name].properties) - set(drawn.columns) <= {"bearing_deg", "field_of_view_deg"}


async def test_a_tile_of_several_collections_has_a_layer_for_each(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    seat = (await client.get("/ogc/collections/township/items?name=玉都镇")).json()["features"][0]
    place = around(shapely.get_coordinates(shapely.geometry.shape(seat["geometry"]).centroid)[0], 10)
    both = await client.get(address(place), params={"collections": "road,grid"})
    path = tmp_path / "tile.mvt"
    path.write_bytes(both.content)
    assert {name for name, _ in pyogrio.list_layers(path)} == {"grid", "road"}
    alone = [(await client.get(address(place, name))).content for name in ("grid", "road")]
    assert both.content == b"".join(alone)
    assert len((await client.get(address(place))).content) > len(both.content)
    answer = await client.get(address(place), params={"collections": "road,people"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_collection")


async def test_a_tile_without_anything_in_it_is_a_204(client: httpx.AsyncClient) -> None:
    for path in (address(Tile(14, 0, 0)), address(Tile(24, 2**24 - 1, 2**24 - 1), "road")):
        answer = await client.get(path)
        assert (answer.status_code, answer.content) == (204, b"")


async def test_a_tile_outside_of_the_matrices_is_a_404(client: httpx.AsyncClient) -> None:
    for path in ("25/0/0", "-1/0/0", "3/8/0", "3/0/8", "3/-1/0", "0/0/1", "99999999999/0/0"):
        answer = await client.get(f"/ogc/tiles/{NAME}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "tile_outside"), path
    for path in ("a/0/0", "1/0/0x", "1/1.5/0", "1/%EF%BC%91/0", "1/0/1_0", "1/0/" + "9" * 40):
        answer = await client.get(f"/ogc/collections/road/tiles/{NAME}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_tile"), path
    for path, code in (
        ("/ogc/tiles/WorldCRS84Quad/1/0/0", "unknown_tile_matrix_set"),
        (f"/ogc/collections/people/tiles/{NAME}/1/0/0", "unknown_collection"),
    ):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    for query in ("x=1", "f=png", "collections=road"):
        assert (await client.get(f"{address(WHOLE, 'road')}?{query}")).status_code == 400


async def test_the_metadata_leads_to_the_tiles(client: httpx.AsyncClient) -> None:
    sets = (await client.get("/ogc/tileMatrixSets")).json()["tileMatrixSets"]
    definition = (await client.get(sets[0]["links"][0]["href"])).json()
    assert (definition["id"], definition["crs"], definition["uri"]) == (NAME, CRS, URI)
    first = definition["tileMatrices"][0]
    assert first["scaleDenominator"] == pytest.approx(559082264.0287178)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    for number, matrix in enumerate(definition["tileMatrices"]):
        assert (matrix["id"], matrix["matrixWidth"], matrix["tileWidth"]) == (str(number), 2**number, 256)
    for start in (f"{ROOT}/tiles", *(f"{ROOT}/collections/{name}/tiles" for name in COLLECTIONS)):
        brief = (await client.get(start)).json()["tilesets"][0]
        assert (brief["dataType"], brief["tileMatrixSetURI"]) == ("vector", URI)
        here = next(one["href"] for one in brief["links"] if one["rel"] == "self")
        tileset = (await client.get(here)).json()
        item = next(one for one in tileset["links"] if one["rel"] == "item")
        assert (item["type"], item["templated"]) == (MVT, True)
        west, south = tileset["boundingBox"]["lowerLeft"]
        assert (106 < west < 108, 35 < south < 36) == (True, True)
        tile = item["href"].format(tileMatrix=8, tileRow=WHOLE.row // 2, tileCol=WHOLE.column // 2)
        assert (await client.get(tile)).status_code == 200
        assert all(one["maxTileMatrix"] == "24" for one in tileset["layers"])


async def test_a_tile_is_packed_and_answered_by_304(client: httpx.AsyncClient) -> None:
    path = address(around((107.4, 35.33), 9), "grid")
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", plain.content)
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert len(gzip.compress(plain.content)) < len(plain.content)
    for answer in (plain, packed):
        again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"].startswith("private")


async def test_kept_tiles_are_dropped_when_the_data_changes(
    app: FastAPI, client: httpx.AsyncClient, county_urls: ClusterUrls
) -> None:
    seat = (await client.get("/ogc/collections/camera/items?limit=1")).json()["features"][0]
    path = address(around(seat["geometry"]["coordinates"], 16), "camera")
    before = (await client.get(path)).content
    assert app.state.vector_tiles.kept == 1
    owner = Database(county_urls.owner)
    async with owner.transaction(SYSTEM) as tx:
        await tx.execute(update(cameras).values(name="另一个"))
    assert (await client.get(path)).content == before, "it came from memory"
    app.state.served_layers.forget()
    after = (await client.get(path)).content
    assert "另一个".encode() in after
    # Another process imports: nobody tells this one, but the data set says so within a second.
    async with owner.transaction(SYSTEM) as tx:
        await tx.execute(update(cameras).values(name="第三个"))
        await tx.execute(update(data_sets).values(built_at=now()))
    await owner.close()
    app.state.vector_tiles._revised_at = 0.0
    assert "第三个".encode() in (await client.get(path)).content


async def test_no_tile_shows_a_camera_of_another_township(app: FastAPI, tmp_path: Path) -> None:
    async with program(app) as county:
        known = {one["id"]: one["properties"]["area_code"] for one in await every(county, "camera")}
        places = {around((107.37, 35.34), matrix) for matrix in (0, 6, 8, 9, 10, 11)}
        for place in places:  # the county's own tiles come into memory first
            await county.get(address(place, "camera"))
    for town in (TOWN, OTHER_TOWN):
        async with program(app, town, Role.DUTY_OFFICER) as client:
            shown: set[str] = set()
            for place in places:
                for path in (address(place, "camera"), f"{address(place)}?collections=camera,road"):
                    answer = await client.get(path)
                    if answer.status_code == 200 and b"camera" in answer.content:
                        shown |= set(decoded(tmp_path, answer.content, place, "camera")["code"])
            assert shown == {code for code, area in known.items() if area.startswith(town)}
            assert 0 < len(shown) < len(known)
    async with program(app, role=Role.DEPARTMENT) as client:
        assert (await client.get(address(Tile(0, 0, 0), "camera"))).status_code == 204
