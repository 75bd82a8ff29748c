"""Every coordinate system that a county's files come in, there and back again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from gis.errors import InvalidInput
from gis.systems import ZONES_3, ZONES_6, CoordinateSystem, described_system, named_system

METRES_PER_DEGREE = 111_320.0
HERE = np.array([(107.1, 35.1), (107.4, 35.3), (107.8, 35.6)])


def meridian_of(epsg: int) -> float:
    """The central meridian of a zone, from PROJ."""
    operation = CRS.from_epsg(epsg).coordinate_operation
    assert operation is not None
    return float(next(one.value for one in operation.params if "Longitude" in one.name))


@pytest.mark.parametrize("epsg", [*ZONES_6, *ZONES_3])
def test_every_zone_of_cgcs2000_leads_there_and_back(epsg: int) -> None:
    system = named_system(f"EPSG:{epsg}")
    meridian = meridian_of(epsg)
    places = np.array([(meridian - 1.0, 20.0), (meridian, 35.0), (meridian + 1.2, 50.0)])
    metres = system.from_wgs84(places)
    assert not system.degrees
    assert system.shift().exact
    assert np.abs(metres[:, 1]).min() > 2_000_000
    assert np.abs(system.to_wgs84(metres) - places).max() * METRES_PER_DEGREE < 0.001


@pytest.mark.parametrize("name", ["wgs84", "CGCS2000", "EPSG:4490", "4326", "国家2000"])
def test_what_we_store_is_left_as_it_is(name: str) -> None:
    system = named_system(name)
    assert system.ours
    assert (system.to_wgs84(HERE) == HERE).all()
    assert (system.from_wgs84(HERE) == HERE).all()


@pytest.mark.parametrize("name", ["gcj02", "GCJ-02", "火星坐标", "bd09", "Baidu", "百度"])
def test_the_shifted_datums_are_known_by_their_usual_names(name: str) -> None:
    system = named_system(name)
    moved = (system.from_wgs84(HERE) - HERE) * METRES_PER_DEGREE
    assert (np.hypot(*moved.T) > 300).all()
    assert np.abs(system.to_wgs84(system.from_wgs84(HERE)) - HERE).max() * METRES_PER_DEGREE < 0.5


@pytest.mark.parametrize(
    "epsg", [4610, 2327, 2343, 2390, 4214, 2401, 2415, 2442, 21413, 21418, 21423, 21453, 21463]
)
def test_the_old_datums_are_known_and_their_accuracy_is_told(epsg: int) -> None:
    system = named_system(str(epsg))
    assert not system.ours
    assert not system.shift().exact


def test_a_shift_without_parameters_says_so() -> None:
    assert named_system("xian80").shift(HERE).accuracy_m is None
    assert "150 m" in named_system("西安80").shift(HERE).sentence()
    beijing = named_system("EPSG:2437")
    there = beijing.from_wgs84(HERE + np.array((12.0, 0.0)))
    assert np.abs(beijing.to_wgs84(there) - HERE - np.array((12.0, 0.0))).max() * METRES_PER_DEGREE < 0.5


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["EPSG:4545", "EPSG:4513", "EPSG:4497", "gcj02", "bd09", "xian80", "EPSG:4490"]),
    st.lists(st.tuples(st.floats(105.5, 109.5), st.floats(25.0, 45.0)), min_size=1, max_size=8),
)
def test_there_and_back_again_is_less_than_half_a_metre(name: str, places: list[tuple[float, float]]) -> None:
    system, array = named_system(name), np.array(places)
    back = system.to_wgs84(system.from_wgs84(array))
    assert np.abs(back - array).max() * METRES_PER_DEGREE < 0.5


def test_a_file_describes_its_system_in_its_own_words() -> None:
    esri = CRS.from_epsg(4545).to_wkt("WKT1_ESRI")
    assert described_system(esri).name == "EPSG:4545"
    own = (
        'PROJCS["Our county",GEOGCS["Our CGCS",DATUM["D_CGCS_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",107.5],'
        'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    system: CoordinateSystem = described_system(own)
    assert system.ours
    assert np.abs(system.to_wgs84(system.from_wgs84(HERE)) - HERE).max() * METRES_PER_DEGREE < 0.001


@pytest.mark.parametrize("name", ["mars", "EPSG:1", "", "EPSG:5773", "4545; drop table areas"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        named_system(name)
    assert refused.value.code == "unknown_crs"


@pytest.mark.parametrize("text", ["nonsense", 'LOCAL_CS["floor plan",UNIT["metre",1]]'])
def test_a_description_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        described_system(text)
    assert refused.value.code == "unknown_crs"


def test_metres_that_are_none_of_the_zone_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        named_system("EPSG:4545").to_wgs84([(1e30, 1e30)])
    assert refused.value.code in ("outside_crs", "invalid_place")
