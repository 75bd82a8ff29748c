"""Layers go in, are compared, come out and are undone: on a real database, all or nothing."""

import re
from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely

from gis.cluster import ClusterUrls
from gis.errors import Conflict, NotFound
from gis.geometry import from_wkb
from gis.systems import named_system
from layers.demo.build import DemoCounty
from layers.exporters.export import export_layer
from layers.importers.prepare import Options
from layers.importers.reading import named, read_jobs
from layers.importers.run import NobodyHome, import_layers, imports_made, undo_import
from layers.importers.targets import LEVELS, TARGETS
from tests.layers.importers.ground import bring, codes, dump, moved, shapes_of, sheet, sheet_of, whole


def one(url: str, statement: str) -> object:
    """The one value of a statement."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_a_county_goes_into_an_empty_database_level_by_level(
    owner_url: str, small_county: DemoCounty
) -> None:
    for level in LEVELS:
        report = bring(owner_url, sheet_of(small_county, level))
        assert report.status == "imported", report.as_json()["faults"]
    assert one(owner_url, "SELECT demonstration FROM data_sets") is False
    assert one(owner_url, "SELECT count(*) FROM areas") == len(small_county.areas)


def test_without_a_county_nothing_else_can_come_in(owner_url: str, small_county: DemoCounty) -> None:
    report = bring(owner_url, sheet_of(small_county, "camera"))
    assert codes(report) == {"no_county"}
    assert one(owner_url, "SELECT count(*) FROM imports") == 0


def test_the_same_again_changes_nothing(ground: str, small_county: DemoCounty) -> None:
    before = dump(ground)
    report = bring(ground, *whole(small_county), replace=True)
    assert report.status == "unchanged"
    assert dump(ground) == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(ground: str, small_county: DemoCounty) -> None:
    cameras = sheet_of(small_county, "camera")
    cameras.columns["name"][0] = "大门口"
    cut = sheet("camera", {k: v[:-2] for k, v in cameras.columns.items()}, shapes_of(cameras)[:-2])
    cut.columns["code"][1] = "62082100051310000099"
    before = dump(ground)
    report = bring(ground, cut, dry_run=True, replace=True)
    assert report.status == "dry_run"
    layer = report.layers[0]
    assert (len(layer.new), len(layer.changed), len(layer.gone)) == (1, 1, 3)
    assert layer.new == ["62082100051310000099"]
    assert dump(ground) == before


def test_an_update_leaves_what_the_file_does_not_have(ground: str, small_county: DemoCounty) -> None:
    cameras = sheet_of(small_county, "camera")
    one_row = sheet("camera", {"编码": cameras.columns["code"][:1], "名称": ["改名"]}, shapes_of(cameras)[:1])
    report = bring(ground, one_row)
    assert report.layers[0].counts() == {"new": 0, "changed": 1, "unchanged": 59, "gone": 0}
    assert one(ground, "SELECT count(*) FROM cameras") == len(cameras)
    kept = cameras.columns["bearing_deg"][0]
    code = cameras.columns["code"][0]
    assert one(ground, f"SELECT bearing_deg FROM cameras WHERE code = '{code}'") == kept


def test_an_import_can_be_undone_to_the_last_bit(ground: str, small_county: DemoCounty) -> None:
    before = dump(ground)
    cameras, roads = sheet_of(small_county, "camera"), sheet_of(small_county, "road")
    cameras.columns["name"] = [f"{name}改" for name in cameras.columns["name"]]
    cut = sheet("road", {k: v[3:] for k, v in roads.columns.items()}, shapes_of(roads)[3:])
    report = bring(ground, cameras, cut, replace=True)
    assert report.status == "imported"
    assert dump(ground) != before
    number, rows = undo_import(ground, None, NobodyHome())
    assert number == report.import_id
    assert rows > len(cameras)
    assert dump(ground) == before
    with pytest.raises(Conflict) as refused:
        undo_import(ground, number, NobodyHome())
    assert refused.value.code == "already_undone"


def test_an_undo_is_refused_when_a_later_import_touched_the_same_layer(
    ground: str, small_county: DemoCounty
) -> None:
    cameras = sheet_of(small_county, "camera")
    numbers = []
    for name in ("甲", "乙"):
        cameras.columns["name"][0] = name
        numbers.append(bring(ground, cameras).import_id)
    with pytest.raises(Conflict) as refused:
        undo_import(ground, numbers[0], NobodyHome())
    assert refused.value.code == "later_imports"
    assert str(numbers[1]) in refused.value.detail
    with pytest.raises(NotFound):
        undo_import(ground, 999, NobodyHome())
    undo_import(ground, numbers[1], NobodyHome())
    undo_import(ground, numbers[0], NobodyHome())
    assert [made["undone_at"] is not None for made in imports_made(ground)] == [True, True, False]


def test_the_import_that_began_a_county_is_not_undone_under_later_ones(
    ground: str, small_county: DemoCounty
) -> None:
    cameras = sheet_of(small_county, "camera")
    cameras.columns["name"][0] = "改"
    bring(ground, cameras)
    with pytest.raises(Conflict) as refused:
        undo_import(ground, 1, NobodyHome())
    assert refused.value.code == "later_imports"


@pytest.mark.parametrize(
    "suffix, crs", [(".gpkg", "wgs84"), (".zip", "EPSG:4547"), (".geojson", "gcj02"), (".csv", "bd09")]
)
def test_what_goes_out_comes_in_again_unchanged(
    ground: str, tmp_path: Path, suffix: str, crs: str, small_county: DemoCounty
) -> None:
    files = []
    for layer in TARGETS:
        path = tmp_path / f"{layer}{suffix}"
        assert export_layer(ground, layer, path, named_system(crs)) > 0
        files.append(named(f"{layer}={path}", None))
    jobs, left_out = read_jobs(files, sheet=None, encoding=None, most_mb=64)
    assert not left_out
    options = Options(crs=None if suffix in (".gpkg", ".zip") else named_system(crs), replace=True)
    report = import_layers(ground, jobs, options, house=NobodyHome(), dry_run=True)
    assert report.status == "unchanged", [(one.layer, one.counts()) for one in report.layers]


def test_new_grids_take_the_cameras_in_them_along(ground: str, small_county: DemoCounty) -> None:
    """Two grids of one village become one: its cameras lie in the new one, and the import says so."""
    grids = sheet_of(small_county, "grid")
    found = grids.columns["code"]
    village = next(code[:12] for code in found if sum(other[:12] == code[:12] for other in found) > 1)
    mine = [at for at, code in enumerate(found) if code[:12] == village]
    others = [at for at in range(len(found)) if at not in mine]
    joined = shapely.union_all(shapes_of(grids)[mine])
    columns = {
        "code": [*(found[at] for at in others), found[mine[0]]],
        "name": [*(grids.columns["name"][at] for at in others), "合并网格"],
    }
    report = bring(ground, sheet("grid", columns, [*shapes_of(grids)[others], joined]), replace=True)
    assert report.status == "imported", report.as_json()["faults"]
    assert one(ground, f"SELECT count(*) FROM areas WHERE code LIKE '{village}%' AND level = 'grid'") == 1
    gone = [found[at] for at in mine[1:]]
    assert one(ground, f"SELECT count(*) FROM cameras WHERE area_code = ANY('{{{','.join(gone)}}}')") == 0


def test_roads_meet_where_they_cross_and_can_be_driven(ground: str, small_county: DemoCounty) -> None:
    middle = shapely.Point(114.1, 30.5)
    plain = [
        shapely.LineString([(114.06, 30.5), (114.14, 30.5)]),
        shapely.LineString([(114.1, 30.46), (114.1, 30.54)]),
        # Its end lies a metre short of the first road.
        shapely.LineString([(114.08, 30.52), (114.08, 30.50001)]),
    ]
    columns = {
        "编号": ["G1", "X2", "C3"],
        "道路名称": ["国道", "县道", "村道"],
        "道路等级": ["国道", "县道", "村道"],
    }
    report = bring(ground, sheet("road", columns, plain), replace=True)
    assert report.status == "imported", report.as_json()["faults"]
    with psycopg.connect(ground) as connection:
        rows = connection.execute(
            "SELECT code, from_node, to_node, speed_kmh, ST_AsBinary(geom) FROM roads ORDER BY code"
        ).fetchall()
    assert [row[0] for row in rows] == ["C3", "G1/1", "G1/2", "G1/3", "X2/1", "X2/2"]
    ends: dict[int, int] = {}
    for row in rows:
        for node in row[1:3]:
            ends[node] = ends.get(node, 0) + 1
    assert sorted(ends.values()) == [1, 1, 1, 1, 1, 3, 4]
    assert {row[0]: row[3] for row in rows}["G1/1"] == 70.0
    assert min(shapely.distance(shape, middle) for shape in from_wkb(row[4] for row in rows)) < 1e-7
    assert bring(ground, sheet("road", columns, plain), replace=True).status == "unchanged"


def test_another_county_takes_the_place_of_this_one_and_can_be_undone(
    ground: str, small_county: DemoCounty
) -> None:
    before = dump(ground)
    square = shapely.box(107.3, 35.3, 107.5, 35.5)
    halves = [shapely.box(107.3, 35.3, 107.4, 35.5), shapely.box(107.4, 35.3, 107.5, 35.5)]
    county = sheet("county", {"code": ["620821"], "name": ["泾川县"]}, [square])
    towns = sheet("township", {"code": ["620821100", "620821101"], "name": ["甲镇", "乙镇"]}, halves)
    refused = bring(ground, county, towns)
    assert codes(refused) == {"other_county"}
    report = bring(ground, county, towns, new_county=True)
    assert report.status == "imported", report.as_json()["faults"]
    after = dump(ground)
    assert len(after["areas"]) == 3
    assert not after["cameras"]
    assert "泾川县" in after["data_sets"][0]
    undo_import(ground, report.import_id, NobodyHome())
    assert dump(ground) == before


def test_each_import_raises_the_revision_of_its_layers(ground: str, small_county: DemoCounty) -> None:
    before = one(ground, "SELECT revision FROM layer_revisions WHERE layer = 'camera'")
    cameras = sheet_of(small_county, "camera")
    cameras.columns["name"][0] = "改"
    bring(ground, cameras)
    assert one(ground, "SELECT revision FROM layer_revisions WHERE layer = 'camera'") == int(str(before)) + 1


def test_the_application_sees_no_import(urls: ClusterUrls) -> None:
    for table in ("imports", "import_images"):
        with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT 1 FROM {table}")


def test_the_datum_is_suspected_when_another_fits(ground: str, small_county: DemoCounty) -> None:
    villages = sheet_of(small_county, "village")
    gcj = named_system("gcj02")
    villages.geometry = np.asarray(shapely.transform(shapes_of(villages), gcj.from_wgs84), dtype=object)
    before = dump(ground)
    report = bring(ground, villages)
    assert codes(report) == {"wrong_datum_suspected"}
    assert "gcj02" in report.faults.kept[0].detail
    assert dump(ground) == before
    assert bring(ground, villages, crs=gcj).status == "unchanged"
    cameras = sheet_of(small_county, "camera")
    cameras.geometry = np.asarray(
        shapely.transform(shapes_of(cameras), named_system("bd09").from_wgs84), dtype=object
    )
    assert "bd09" in bring(ground, cameras).faults.kept[0].detail


def test_every_fault_is_named_by_row_and_reason(ground: str, small_county: DemoCounty) -> None:
    cameras = sheet_of(small_county, "camera")
    columns = {name: list(values) for name, values in cameras.columns.items()}
    columns["code"][1] = columns["code"][0]
    columns["code"][2] = "123"
    columns["health"][3] = "大概在线"
    columns["bearing_deg"] = [*columns["bearing_deg"][:4], 720, *columns["bearing_deg"][5:]]
    shapes = shapes_of(cameras).copy()
    shapes[5] = shapely.Point(float("nan"), 30.5)
    shapes[6] = shapely.Point(30.5, 114.1)
    shapes[7] = None
    shapes[8] = shapely.Point(115.5, 30.5)
    report = bring(ground, sheet("camera", columns, shapes))
    found = {fault.row: fault.code for fault in report.faults.kept if not fault.note}
    assert found == {
        2: "duplicate_code",
        3: "bad_camera_code",
        4: "unknown_word",
        5: "bad_number",
        6: "not_finite",
        7: "swapped_coordinates",
        8: "empty_geometry",
        9: "outside_county",
    }


def test_a_child_outside_its_parent_a_gap_and_an_overlap_are_named(
    ground: str, small_county: DemoCounty
) -> None:
    villages = sheet_of(small_county, "village")
    shapes = shapes_of(villages).copy()
    shapes[0] = moved([shapes[0]], 0.004, 0.0)[0]
    report = bring(ground, sheet("village", villages.columns, shapes), trust_crs=True)
    assert {"gap", "overlap"} & codes(report)
    assert codes(report) <= {"gap", "overlap", "outside_parent"}
    assert all(fault.where is not None for fault in report.faults.kept if not fault.note)
    # No one row's fault: each is filed under the area in which they lie, and those beside it are named with their rows.
    found = [fault for fault in report.faults.kept if fault.code in ("gap", "overlap")]
    assert all(fault.row is None and len(str(fault.key)) in (9, 12) for fault in found)
    first = villages.columns["code"][0]
    assert any(fault.key == first[:9] and f"({first}, row 1)" in fault.detail for fault in found)
    # Moved by 0.004 degrees: what lies over the neighbour is no wider than that, however long the border is.
    widths = [
        float(told[1].replace(",", ""))
        for one in report.faults.kept
        if (told := re.search(r": ([0-9,]+) m wide, [0-9,]+ m across, [0-9,]+ m²$", one.detail))
    ]
    assert widths
    assert max(widths) < 400


def test_borders_that_miss_each_other_by_less_than_the_tolerance_are_fitted(
    ground: str, small_county: DemoCounty
) -> None:
    villages = sheet_of(small_county, "village")
    shapes = shapes_of(villages).copy()
    shapes[0] = shapely.buffer(shapes[0], -1e-5)
    report = bring(ground, sheet("village", villages.columns, shapes))
    assert not report.refused, report.as_json()["faults"]
    assert report.faults.notes["borders_fitted"] == 1


def test_an_area_whose_parts_would_stay_is_not_taken_away(ground: str, small_county: DemoCounty) -> None:
    towns = sheet_of(small_county, "township")
    cut = sheet("township", {k: v[1:] for k, v in towns.columns.items()}, shapes_of(towns)[1:])
    assert "orphans" in codes(bring(ground, cut, replace=True))
