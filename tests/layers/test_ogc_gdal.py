"""GDAL itself reads the county over HTTP, with a token as the password."""

import asyncio
from collections.abc import Iterator

import pyogrio
import pytest

from dispatch.actions.accounts import create_token
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from layers.ogc.collections import COLLECTIONS
from tests.served import Served

pytestmark = pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this GDAL has no OAPIF driver")


async def token_for(url: str, area: str) -> str:
    db = Database(url)
    try:
        return await create_token(db, Role.DUTY_OFFICER, area, "GDAL", now())
    finally:
        await db.close()


@pytest.fixture
def source(served: Served, county_urls: ClusterUrls) -> Iterator[str]:
    """Where GDAL finds the county; it is logged in for one township."""
    token = asyncio.run(token_for(county_urls.app, "620821102"))
    options = {"GDAL_HTTP_USERPWD": f"gdal:{token}", "GDAL_HTTP_AUTH": "BASIC", "NO_PROXY": "127.0.0.1"}
    pyogrio.set_gdal_config_options(options)
    yield f"OAPIF:{served.url}/ogc"
    pyogrio.set_gdal_config_options(dict.fromkeys(options))


def test_gdal_reads_every_layer_page_by_page_and_filters(source: str) -> None:
    assert [name for name, _ in pyogrio.list_layers(source)] == list(COLLECTIONS)
    grids = pyogrio.read_dataframe(source, layer="grid")
    assert (len(grids), grids["code"].nunique()) == (317, 317)
    assert grids.crs.to_authority() == ("OGC", "CRS84")
    roads = pyogrio.read_dataframe(source, layer="road")
    assert len(roads) > 1000, "more than one page"
    assert roads["id"].is_unique
    cameras = pyogrio.read_dataframe(source, layer="camera")
    assert 0 < len(cameras) < 5000
    assert cameras["area_code"].str.startswith("620821102").all()
    trunk = pyogrio.read_dataframe(source, layer="road", where="road_class = 'trunk' AND speed_kmh > 10")
    assert sorted(trunk["id"]) == sorted(roads[roads["road_class"] == "trunk"]["id"])
    box = (107.35, 35.31, 107.40, 35.35)
    near = pyogrio.read_dataframe(source, layer="grid", bbox=box)
    assert 0 < len(near) < 317
    west, south, east, north = box
    assert sorted(near["code"]) == sorted(grids.cx[west:east, south:north]["code"])
