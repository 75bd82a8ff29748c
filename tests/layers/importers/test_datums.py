"""A datum that was named wrongly is suspected from what the county knows, and one that was named rightly is not."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from gis.crs import MetricZone, Places
from gis.geometry import Geometries, as_geometries
from gis.systems import named_system
from layers.demo.build import DemoCounty
from layers.importers.datums import LEAST_PLACES, Suspicion, Witnesses, suspected
from tests.layers.importers.ground import FRAMES, bring, codes, dump, moved, shapes_of, sheet, sheet_of

WGS84, GCJ02, BD09 = (named_system(name) for name in ("wgs84", "gcj02", "bd09"))
ZONE = MetricZone.around(107.1, 107.7)


def shifted(shapes: Geometries, move: Callable[[Places], Places]) -> Geometries:
    """Shapes moved place by place."""
    return as_geometries(list(shapely.transform(shapes, move)))


def of(county: DemoCounty, layer: str) -> Geometries:
    """The geometries of a layer."""
    return as_geometries(list(getattr(county, FRAMES[layer]).geometry))


def asked_of_roads(
    county: DemoCounty, shapes: Geometries, named: str = "wgs84", roads: Geometries | None = None
) -> Suspicion | None:
    """What the roads alone say of points that lie deep inside the county."""
    known = Witnesses(
        beside=shapely.get_coordinates(shapes), roads=of(county, "road") if roads is None else roads
    )
    return suspected(shapes, known, named_system(named), ZONE)


@pytest.mark.parametrize("layer", ["camera", "poi"])
def test_roads_tell_a_shift_deep_inside_the_county_and_raise_no_false_alarm(
    jingchuan: DemoCounty, layer: str
) -> None:
    right = of(jingchuan, layer)
    assert asked_of_roads(jingchuan, right) is None
    for system in (GCJ02, BD09):
        found = asked_of_roads(jingchuan, shifted(right, system.from_wgs84))
        assert found is not None
        assert (found.likely, found.whole) == (system.name, True)
    found = asked_of_roads(jingchuan, shifted(right, GCJ02.to_wgs84), named="gcj02")
    assert found is not None
    assert found.likely == "wgs84 or cgcs2000"


def test_few_places_raise_no_false_alarm_either(jingchuan: DemoCounty) -> None:
    for layer in ("camera", "facility", "poi"):
        assert asked_of_roads(jingchuan, of(jingchuan, layer)) is None
    cameras, chosen = of(jingchuan, "camera"), np.random.default_rng(5)
    for count in (LEAST_PLACES, 3 * LEAST_PLACES, 20 * LEAST_PLACES):
        some = cameras[chosen.choice(len(cameras), count, replace=False)]
        assert asked_of_roads(jingchuan, some) is None
    assert asked_of_roads(jingchuan, shifted(cameras[: LEAST_PLACES - 1], GCJ02.from_wgs84)) is None


def test_rows_of_two_datums_in_one_file_are_told_and_roads_that_were_taken_wrongly(
    jingchuan: DemoCounty,
) -> None:
    mixed = of(jingchuan, "camera").copy()
    mixed[::3] = shifted(mixed[::3], GCJ02.from_wgs84)
    found = asked_of_roads(jingchuan, mixed)
    assert found is not None
    assert (found.likely, found.whole, found.of_roads) == ("gcj02", False, False)
    wrong = shifted(of(jingchuan, "road"), GCJ02.from_wgs84)
    found = asked_of_roads(jingchuan, of(jingchuan, "camera"), roads=wrong)
    assert found is not None
    assert (found.likely, found.of_roads) == ("gcj02", True)
    # The other way round: the cameras are there, and the roads come.
    beside = shapely.get_coordinates(of(jingchuan, "camera"))
    found = suspected(wrong, Witnesses(beside=beside, roads=wrong, own_roads=True), WGS84, ZONE)
    assert found is not None
    assert (found.likely, found.whole) == ("gcj02", True)


def test_the_area_that_a_row_names_tells_a_shift(ground: str, small_county: DemoCounty) -> None:
    """No road, no code that was there before: only a column that says in which village each thing lies."""
    villages = sheet_of(small_county, "village")
    places = [shapely.point_on_surface(shape) for shape in shapes_of(villages) for _ in range(4)]
    spread = moved(places, 0.0, 0.0)
    named = [code for code in villages.columns["code"] for _ in range(4)]
    names = [f"点{number}" for number in range(len(places))]
    columns = {"名称": names, "类型": ["学校"] * len(names), "所属村": named}
    before = dump(ground)
    right = bring(ground, sheet("facility", columns, spread), dry_run=True)
    assert not {*codes(right), *right.faults.notes} & {"wrong_datum_suspected", "mixed_datum_suspected"}
    wrong = sheet("facility", columns, shifted(as_geometries(list(spread)), BD09.from_wgs84))
    report = bring(ground, wrong)
    assert codes(report) == {"wrong_datum_suspected"}
    assert "所属村" in report.faults.kept[0].detail
    assert "bd09" in report.faults.kept[0].detail
    assert dump(ground) == before
    trusted = bring(ground, wrong, trust_crs=True)
    assert "datum_trusted" in trusted.faults.notes or trusted.refused


def test_things_of_the_same_name_tell_a_shift_and_which_rows_are_shifted(
    ground: str, small_county: DemoCounty
) -> None:
    facilities = sheet_of(small_county, "facility")
    once = [name for name in facilities.columns["name"] if facilities.columns["name"].count(name) == 1]
    assert len(once) > 3
    wrong = shifted(shapes_of(facilities), GCJ02.from_wgs84)
    columns = {"名称": facilities.columns["name"], "类型": facilities.columns["kind"]}
    report = bring(ground, sheet("facility", columns, wrong))
    assert codes(report) == {"wrong_datum_suspected"}
    assert "from where they were before" in report.faults.kept[0].detail
    # Four of sixty cameras from another vendor: the import goes on, and names them.
    cameras = sheet_of(small_county, "camera")
    shapes = shapes_of(cameras).copy()
    shapes[10:14] = shifted(shapes[10:14], GCJ02.from_wgs84)
    report = bring(ground, sheet("camera", cameras.columns, shapes), dry_run=True)
    assert not report.refused
    note = next(fault for fault in report.faults.kept if fault.code == "mixed_datum_suspected")
    assert "numbers 11, 12, 13, 14" in note.detail
