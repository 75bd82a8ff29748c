"""Memory and database answer alike where a place lies, on borders, corners and the raster's own seams too."""

from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.actor import SYSTEM
from gis.cluster import ClusterUrls
from gis.crs import as_places
from gis.database import Database, driver
from gis.errors import InvalidInput
from layers.areas import AreaIndex, load_area_index

Places = NDArray[np.float64]


@pytest.fixture
async def index(county_db: Database) -> AreaIndex:
    async with county_db.read(SYSTEM) as tx:
        return await load_area_index(tx)


async def locate_in_database(tx: AsyncConnection, places: Any) -> list[str]:
    """As `AreaIndex.codes_of`, answered by the database from the same rows."""
    lon, lat = as_places(places).T.tolist()
    found = await driver(tx).fetch("select code from locate_areas($1, $2) order by place", lon, lat)
    return [row["code"] or "" for row in found]


def ends_of(index: AreaIndex) -> tuple[Places, Places]:
    """Both ends of every piece of every leaf's border."""
    rings = shapely.get_parts(shapely.boundary([index.geometry_of[code] for code in index.leaf_codes]))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return corners[:-1][same], corners[1:][same]


def seams(index: AreaIndex, column: NDArray[Any], row: NDArray[Any]) -> Places:
    """Places on the corners of the raster's cells."""
    raster = index._raster
    return np.asarray(raster.origin + np.column_stack((column, row)) / raster.scale)


async def test_both_answer_alike_on_corners_borders_and_seams(county_db: Database, index: AreaIndex) -> None:
    start, end = ends_of(index)
    rng = np.random.default_rng(11)
    some = rng.choice(len(start), 900, replace=False)
    along = start[some] + rng.uniform(0, 1, (900, 1)) * (end[some] - start[some])
    beside = np.nextafter(along, along + rng.choice([-1.0, 1.0], along.shape))
    bordering = index._raster.border_cells[rng.choice(len(index._raster.border_cells), 900)]
    size = index._raster.cells
    on_seams = seams(index, bordering % size + rng.integers(0, 2, 900), bordering // size + 0.0)
    far = [(0.0, 0.0), (180.0, 90.0), (-180.0, -90.0), (1e300, -1e300), (107.4, -35.3)]
    places = np.concatenate((start[some], (start[some] + end[some]) / 2, along, beside, on_seams, far))
    async with county_db.read(SYSTEM) as tx:
        found = await locate_in_database(tx, places)
    assert found == index.codes_of(places).tolist()
    assert found[-len(far) :] == [""] * len(far)
    assert len(set(found)) > 300


def test_both_answer_alike_wherever_one_asks(county_urls: ClusterUrls, index: AreaIndex) -> None:
    start, end = ends_of(index)
    west, south, east, north = shapely.bounds(index.geometry_of[index.county.code])
    share = st.floats(0, 1)
    anywhere = st.tuples(st.floats(west - 0.05, east + 0.05), st.floats(south - 0.05, north + 0.05))
    piece = st.integers(0, len(start) - 1)
    corner = piece.map(lambda number: tuple(start[number]))
    border = st.tuples(piece, share).map(lambda at: tuple(start[at[0]] + at[1] * (end[at[0]] - start[at[0]])))
    cell = st.integers(0, index._raster.cells)
    seam = st.tuples(cell, cell).map(lambda at: tuple(seams(index, np.array([at[0]]), np.array([at[1]]))[0]))
    with psycopg.connect(county_urls.app) as connection:

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(st.one_of(anywhere, corner, border, seam), min_size=1, max_size=40))
        def alike(places: list[tuple[Any, Any]]) -> None:
            lon, lat = ([float(place[axis]) for place in places] for axis in (0, 1))
            rows = connection.execute("select place, code from locate_areas(%s, %s)", (lon, lat)).fetchall()
            assert [row[0] for row in rows] == list(range(1, len(places) + 1))
            assert [row[1] or "" for row in rows] == index.codes_of(places).tolist()

        alike()


async def test_the_areas_above_hold_the_place_as_well(county_db: Database, index: AreaIndex) -> None:
    """Levels tile each other, so that what the code says of the areas above is what their shapes say."""
    west, south, east, north = shapely.bounds(index.geometry_of[index.county.code])
    places = np.random.default_rng(12).uniform((west, south), (east, north), (4_000, 2))
    codes = index.codes_of(places)
    for code in {code[:length] for code in codes if code for length in (6, 9, 12)}:
        own = np.array([found.startswith(code) for found in codes])
        shape = index.geometry_of[code]
        assert (shapely.intersects_xy(shape, places[:, 0], places[:, 1]) == own).all()


async def test_no_number_is_no_place_in_the_database_either(county_db: Database) -> None:
    async with county_db.read(SYSTEM) as tx:
        assert await locate_in_database(tx, np.empty((0, 2))) == []
        with pytest.raises(InvalidInput):
            await locate_in_database(tx, [(float("nan"), 35.0)])
