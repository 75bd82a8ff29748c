"""Coordinates against published values, and there and back again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import (
    MetricZone,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
    zone_of,
)
from gis.errors import InvalidInput

METRES_PER_DEGREE = 111_320.0

places_in_china = st.lists(
    st.tuples(st.floats(73.6, 135.0), st.floats(18.2, 53.5)), min_size=1, max_size=20
).map(np.array)


def test_the_forward_formulas_give_the_published_values() -> None:
    assert wgs84_to_gcj02([(116.404, 39.915)])[0] == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-9
    )
    assert gcj02_to_bd09([(116.404, 39.915)])[0] == pytest.approx(
        (116.41036949371029, 39.92133699351021), abs=1e-9
    )


@given(places_in_china)
def test_there_and_back_again_is_less_than_half_a_metre(
    places: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    for there, back in (
        (wgs84_to_gcj02, gcj02_to_wgs84),
        (gcj02_to_bd09, bd09_to_gcj02),
        (wgs84_to_bd09, bd09_to_wgs84),
    ):
        assert np.abs(back(there(places)) - places).max() * METRES_PER_DEGREE < 0.5
        assert np.abs(there(back(places)) - places).max() * METRES_PER_DEGREE < 0.5


def test_the_shift_in_the_county_is_some_hundred_metres() -> None:
    shift = (wgs84_to_gcj02([(107.368, 35.336)]) - (107.368, 35.336)) * METRES_PER_DEGREE
    assert 300 < np.hypot(*shift[0]) < 700


def test_outside_china_nothing_is_shifted() -> None:
    places = np.array([(2.35, 48.85), (-120.0, 37.0)])
    assert (wgs84_to_gcj02(places) == places).all()
    assert (gcj02_to_wgs84(places) == places).all()


def test_many_places_are_shifted_as_each_alone() -> None:
    places = np.random.default_rng(1).uniform((100, 30), (110, 40), (50, 2))
    together = gcj02_to_wgs84(places)
    assert np.array_equal(together, np.concatenate([gcj02_to_wgs84(place[None, :]) for place in places]))


def test_the_input_is_left_as_it_was() -> None:
    places = np.array([(107.4, 35.3)])
    gcj02_to_wgs84(places)
    assert places.tolist() == [[107.4, 35.3]]


@pytest.mark.parametrize("name", ["gcj02", "GCJ-02", "bd09", "BD-09", "wgs84", "WGS-84", "cgcs2000"])
def test_a_datum_is_known_by_its_usual_spellings(name: str) -> None:
    assert to_wgs84([(107.4, 35.3)], name).shape == (1, 2)


@pytest.mark.parametrize(
    "places", [[(np.nan, 35.0)], [(107.0, np.inf)], [107.0, 35.0], [(1, 2, 3)], [("x", "y")]]
)
def test_what_is_no_list_of_finite_places_is_refused(places: object) -> None:
    with pytest.raises(InvalidInput):
        to_wgs84(places)


def test_an_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="mars") as refused:
        to_wgs84([(107.4, 35.3)], "mars")
    assert refused.value.code == "unknown_crs"


@pytest.mark.parametrize("longitude, epsg", [(75.0, 4534), (107.4, 4545), (106.4, 4544), (135.0, 4554)])
def test_a_longitude_belongs_to_its_three_degree_zone(longitude: float, epsg: int) -> None:
    assert zone_of(longitude) == epsg


@pytest.mark.parametrize("longitude", [0.0, 70.0, 140.0, -107.0])
def test_a_longitude_outside_the_zones_is_refused(longitude: float) -> None:
    with pytest.raises(InvalidInput):
        zone_of(longitude)


def test_metres_there_and_back_are_degrees_again() -> None:
    zone = MetricZone.around(107.1, 107.8)
    places = np.random.default_rng(2).uniform((107.1, 35.1), (107.8, 35.6), (100, 2))
    assert np.abs(zone.to_degrees(zone.to_metres(places)) - places).max() * METRES_PER_DEGREE < 1e-3
    a, b = zone.to_metres([(107.4, 35.30), (107.4, 35.31)])
    assert np.hypot(*(b - a)) == pytest.approx(1_109.5, abs=1.0), (
        "a hundredth of a degree north, on the ellipsoid"
    )
