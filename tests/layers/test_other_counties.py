"""Any county is built from its outline and its list: of several parts, with sub-districts or none, without seats."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity

from gis.errors import InvalidInput
from layers.demo.build import DemoCounty, build_county
from layers.demo.source import CountySource, read_county
from layers.tables import LENGTH_OF_LEVEL
from tests.gis.tiling import tiling_faults
from tests.layers.conftest import index_of

TOWNS = (
    *(("513999001", "东街街道", 5), ("513999002", "西街街道", 4), ("513999100", "城关镇", 7)),
    *(("513999101", "双河镇", 6), ("513999102", "龙门镇", 5), ("513999103", "石桥镇", 6)),
    *(("513999200", "白云乡", 4), ("513999201", "清水乡", 3)),
)
Rows = list[list[str]]


def outline() -> Any:
    """A mainland that another county has a hole in, an island that is large enough to be lived on, and a speck."""
    mainland = shapely.affinity.scale(shapely.Point(104.0, 30.0).buffer(0.09, 24), 1.7, 1.0)
    hole = shapely.Point(104.08, 30.02).buffer(0.012)
    island, speck = shapely.Point(104.2, 30.08).buffer(0.025), shapely.box(103.8, 29.9, 103.803, 29.902)
    return shapely.union_all([mainland.difference(hole), island, speck])


def divisions(towns: tuple[tuple[str, str, int], ...] = TOWNS) -> Rows:
    rows = [["513999", "安南县", "county", ""]]
    for code, name, villages in towns:
        rows.append([code, name, "township", "513999"])
        rows += [[f"{code}{200 + n}", f"{name[0]}{n}村民委员会", "village", code] for n in range(villages)]
    return rows


def feature(shape: Any, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def write(folder: Path, rows: Rows, said: Any) -> tuple[Path, Path]:
    files = folder / "outline.geojson", folder / "divisions.csv"
    files[0].write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    text = "\n".join(",".join(row) for row in [["code", "name", "level", "parent_code"], *rows])
    files[1].write_text(text, encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> CountySource:
    files = write(tmp_path_factory.mktemp("other"), divisions(), feature(outline(), datum="WGS 84"))
    return read_county(*files, None, None, None)


@pytest.fixture(scope="module")
def county(source: CountySource) -> DemoCounty:
    return build_county(source, 3, cameras_wanted=200)


def tiles(county: DemoCounty) -> bool:
    frame = county.areas
    for above, below in pairwise(LENGTH_OF_LEVEL):
        children = frame[frame["level"] == below]
        if not shapely.coverage_is_valid(shapely.get_parts(children.geometry.to_numpy())):
            return False
        for parent in frame[frame["level"] == above].itertuples():
            own = children[children["parent_code"] == parent.code]
            if tiling_faults(parent.geometry, list(own.geometry)):
                return False
    return True


def test_a_county_of_several_parts_is_tiled_to_its_last_speck(
    county: DemoCounty, source: CountySource
) -> None:
    assert county.areas["level"].value_counts().to_dict() == {
        "grid": round(40 * 317 / 221),
        "village": 40,
        "township": 8,
        "county": 1,
    }
    assert tiles(county)
    whole = county.areas[county.areas["level"] == "county"].geometry.iloc[0]
    metric = shapely.transform(whole, source.zone.to_metres)
    assert shapely.symmetric_difference(metric, source.outline).area < 100
    assert index_of(county).codes_of([(104.08, 30.02), (103.801, 29.901), (104.2, 30.08)])[0] == ""
    assert all(index_of(county).codes_of([(103.801, 29.901), (104.2, 30.08)]))


def test_sub_districts_lie_side_by_side_within_a_town(county: DemoCounty) -> None:
    shapes = dict(zip(county.areas["code"], county.areas.geometry, strict=True))
    east, west = shapes["513999001"], shapes["513999002"]
    assert not shapely.intersects(shapely.point_on_surface(east), west)
    assert 0 < east.area < shapes["513999100"].area
    assert 0 < west.area < shapes["513999100"].area


def test_its_roads_are_one_net(county: DemoCounty) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = county.roads[["from_node", "to_node"]].to_numpy()
    size = int(ends.max()) + 1
    parts = connected_components(
        csr_array((np.ones(len(ends)), tuple(ends.T)), shape=(size, size)), directed=False
    )
    assert len(set(parts[1][np.unique(ends)])) == 1
    assert {"trunk", "county", "township", "village"} == set(county.roads["road_class"])


def test_nothing_of_jingchuan_is_in_it(county: DemoCounty) -> None:
    everything = " ".join(
        str(value)
        for frame in (county.areas, county.roads, county.facilities, county.pois, county.cameras)
        for name in frame.columns
        if name not in ("geometry", "seat")
        for value in frame[name]
    )
    for word in ("泾", "620821", "0933", "温泉", "回山"):
        assert word not in everything
    assert "echarts" not in county.credits
    assert county.facilities["name"].str.startswith("安南县社会治安综合治理中心").sum() == 31


@pytest.mark.parametrize("serials", [("100", "101", "200"), ("001", "002", "003")])
def test_a_county_without_sub_districts_and_one_of_nothing_else_are_built_too(
    tmp_path: Path, serials: tuple[str, ...]
) -> None:
    towns = tuple((f"110999{serial}", f"{name}地", 3) for serial, name in zip(serials, "甲乙丙", strict=True))
    rows = [["110999", "小区", "county", ""], *divisions(towns)[1:]]
    rows = [[cell.replace("513999", "110999") for cell in row] for row in rows]
    files = write(tmp_path, rows, shapely.geometry.mapping(shapely.Point(116.4, 39.9).buffer(0.03)))
    small = build_county(read_county(*files, None, None, None, datum="gcj02"), 1, grids=12, cameras_wanted=20)
    assert small.areas["level"].value_counts().to_dict() == {
        "grid": 12,
        "village": 9,
        "township": 3,
        "county": 1,
    }
    assert tiles(small)


def _row(code: str, column: int, value: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        next(row for row in rows if row[0] == code)[column] = value

    return change


WRONG_LISTS: dict[str, tuple[Callable[[Rows], Any], str]] = {
    "a code of letters": (_row("513999100", 0, "51399910x"), "9 digits"),
    "a level of no kind": (_row("513999100", 2, "city"), "not 'city'"),
    "a parent that it is not in": (_row("513999100200", 3, "513999101"), "hierarchy"),
    "a code twice": (lambda rows: rows.append(rows[-1]), "twice"),
    "no name": (_row("513999100", 1, ""), "no name"),
    "two counties": (lambda rows: rows.append(["513998", "北县", "county", ""]), "513998|北县|2 counties"),
    "no county": (lambda rows: rows.pop(0), "names no county"),
    "a village of no township": (
        lambda rows: rows.append(["513999300200", "野村", "village", "513999300"]),
        "lacks",
    ),
    "a township without villages": (
        lambda rows: rows.append(["513999300", "空镇", "township", "513999"]),
        "空镇",
    ),
}


@pytest.mark.parametrize("fault", WRONG_LISTS)
def test_a_wrong_list_is_refused_with_its_reason(tmp_path: Path, fault: str) -> None:
    change, said = WRONG_LISTS[fault]
    rows = divisions()
    change(rows)
    with pytest.raises(InvalidInput, match=said) as refused:
        read_county(*write(tmp_path, rows, feature(outline(), datum="wgs84")), None, None, None)
    assert refused.value.code == "bad_divisions"


@pytest.mark.parametrize(
    "said, code",
    [
        ("no json", "bad_outline"),
        ("[]", "bad_outline"),
        ('{"type": "FeatureCollection", "features": []}', "bad_outline"),
        (feature(shapely.Point(104, 30), datum="wgs84"), "bad_outline"),
        (feature(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), datum="wgs84"), "bad_outline"),
        (feature(shapely.box(400_000, 3_900_000, 410_000, 3_910_000), datum="wgs84"), "bad_outline"),
        (feature(outline(), datum="moon"), "unknown_crs"),
        (feature(outline()), "no_datum"),
        (feature(shapely.box(2, 48, 2.1, 48.1), datum="wgs84"), "outside_zones"),
    ],
)
def test_a_wrong_outline_is_refused_with_a_code(tmp_path: Path, said: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_county(*write(tmp_path, divisions(), said), None, None, None)
    assert refused.value.code == code


def test_an_outline_whose_ring_touches_itself_is_mended_where_nothing_changes_by_that(tmp_path: Path) -> None:
    # One ring around two boxes that share a corner: so some published outlines come.
    corners = [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (1, 2), (1, 1), (0, 1)]
    ring = shapely.Polygon([(104 + x / 10, 30 + y / 10) for x, y in corners])
    assert not ring.is_valid
    county = read_county(*write(tmp_path, divisions(), feature(ring, datum="wgs84")), None, None, None)
    assert county.outline.is_valid
    assert len(county.outline.geoms) == 2


@pytest.mark.parametrize(
    "seats, code",
    [
        ("code,lon_wgs84,lat_wgs84\n513999100,104.0,x", "bad_place"),
        ("code,lon_wgs84,lat_wgs84\n513999100,30.0,104.0", "bad_place"),
        ("code,lon_wgs84,lat_wgs84\n513999100,104.9,30.0", "bad_seats"),
        ("code,lon_wgs84,lat_wgs84\n513999900,104.0,30.0", "bad_seats"),
        ("code,lon,lat\n513999100,104.0,30.0", "missing_column"),
    ],
)
def test_wrong_seats_are_refused_with_a_code(tmp_path: Path, seats: str, code: str) -> None:
    path = tmp_path / "seats.csv"
    path.write_text(seats, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_county(*write(tmp_path, divisions(), feature(outline(), datum="wgs84")), path, None, None)
    assert refused.value.code == code


def test_seats_that_are_told_stay_and_the_others_are_laid_out(tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    path.write_text("code,lon_wgs84,lat_wgs84\n513999103,104.05,29.97", encoding="utf-8")
    found = read_county(*write(tmp_path, divisions(), feature(outline(), datum="wgs84")), path, None, None)
    told = next(town for town in found.townships if town.code == "513999103")
    assert told.seat == pytest.approx(tuple(found.zone.to_metres([(104.05, 29.97)])[0]))
    seats = np.array([town.seat for town in found.townships if not town.urban])
    away = np.hypot(*np.moveaxis(seats[:, None] - seats[None], 2, 0))
    assert away[away > 0].min() > 3_000
    assert all(
        shapely.intersects_xy(shapely.buffer(found.outline, 1), *town.seat) for town in found.townships
    )


def test_bytes_that_are_not_utf_8_are_refused_with_the_remedy(tmp_path: Path) -> None:
    files = write(tmp_path, divisions(), feature(outline(), datum="wgs84"))
    files[1].write_bytes(files[1].read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(InvalidInput, match="UTF-8") as refused:
        read_county(*files, None, None, None)
    assert refused.value.code == "bad_encoding"
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_county(tmp_path / "nothing", files[1], None, None, None)
