"""The area index answers as shapely does, on borders too, and knows names and the hierarchy."""

import numpy as np
import pytest
import shapely

from gis.errors import InvalidInput, NotFound, OutsideCounty
from layers.areas import Area, AreaIndex
from layers.demo.build import DemoCounty
from layers.raster import CellRaster
from tests.layers.conftest import index_of


@pytest.fixture(scope="module")
def index(small_county: DemoCounty) -> AreaIndex:
    return index_of(small_county)


def by_shapely(index: AreaIndex, places: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[str]:
    """The smallest code of the leaves that touch each place, straight from the geometry."""
    shapes = [(code, index.geometry_of[code]) for code in sorted(index.leaf_codes)]
    points = shapely.points(places)
    hits = np.array([shapely.intersects(shape, points) for _, shape in shapes])
    return [shapes[int(np.argmax(hit))][0] if hit.any() else "" for hit in hits.T]


def test_random_places_inside_and_outside_are_located_as_by_shapely(index: AreaIndex) -> None:
    west, south, east, north = shapely.bounds(index.geometry_of[index.county.code])
    places = np.random.default_rng(3).uniform(
        (west - 0.01, south - 0.01), (east + 0.01, north + 0.01), (20_000, 2)
    )
    assert index.codes_of(places).tolist() == by_shapely(index, places)


def test_places_on_borders_and_their_neighbours_are_located_as_by_shapely(index: AreaIndex) -> None:
    corners = shapely.get_coordinates([index.geometry_of[code] for code in index.leaf_codes])
    middles = (corners[:-1] + corners[1:]) / 2
    nearby = corners + np.random.default_rng(4).normal(0, 1e-12, corners.shape)
    for places in (corners, middles, nearby):
        assert index.codes_of(places).tolist() == by_shapely(index, places)


def test_places_on_the_edges_of_the_raster_are_located_as_by_shapely(index: AreaIndex) -> None:
    raster = index._raster
    rng = np.random.default_rng(5)
    cells = rng.integers(0, raster.cells, (20_000, 2)).astype(float)
    places = raster.origin + cells / raster.scale
    assert index.codes_of(places).tolist() == by_shapely(index, places)


def test_on_a_shared_border_the_smallest_code_wins() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    assert CellRaster(shapes).find(np.array([(1.0, 0.5), (0.5, 0.5), (1.5, 0.5), (3.0, 0.5)])).tolist() == [
        0,
        0,
        1,
        -1,
    ]


def test_one_place_is_told_with_all_levels(index: AreaIndex) -> None:
    grid = index.level("grid")[0]
    found = index.locate(*grid.seat)
    assert found.grid == grid
    assert found.village == index.get(grid.code[:12])
    assert found.township == index.get(grid.code[:9])
    assert found.county == index.county
    assert found.code == grid.code


def test_a_place_outside_is_refused(index: AreaIndex) -> None:
    with pytest.raises(OutsideCounty):
        index.locate(107.4, 35.3)


def test_no_number_is_no_place(index: AreaIndex) -> None:
    with pytest.raises(InvalidInput):
        index.locate(float("nan"), 35.3)
    with pytest.raises(InvalidInput):
        index.codes_of([(float("inf"), 35.3)])


def test_a_path_name_says_each_level_once(index: AreaIndex) -> None:
    assert index.path_name("420999100200001") == "小县东镇东0村第1网格"
    assert index.path_name("420999100") == "小县东镇"
    assert index.path_name("420999") == "小县"


def test_children_are_one_level_below_in_code_order(index: AreaIndex) -> None:
    assert [area.code for area in index.children("420999")] == ["420999001", "420999100", "420999101"]
    assert index.children(index.level("grid")[0].code) == []


def test_an_unknown_code_is_not_found(index: AreaIndex) -> None:
    assert "999999" not in index
    for ask in (index.name, index.path_name, index.children, index.point_of):
        with pytest.raises(NotFound):
            ask("999999")


def test_every_areas_point_lies_in_it(index: AreaIndex) -> None:
    for code, area in index.by_code.items():
        assert index.locate(*index.point_of(code)).code.startswith(area.code)


def test_a_county_without_grids_is_located_to_its_villages() -> None:
    town = shapely.box(114, 30, 115, 31)
    records = [
        Area("420999", "county", "小县", "小县", None, (114.5, 30.5)),
        Area("420999100", "township", "东镇", "东镇", "420999", (114.5, 30.5)),
    ]
    index = AreaIndex(records, [town, town])
    assert index.locate(114.5, 30.5).grid is None
    assert index.locate(114.5, 30.5).code == "420999100"
