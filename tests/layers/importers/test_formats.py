"""The same places in every format that is taken, and what a network of roads is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis.crs import MetricZone
from gis.systems import named_system
from layers.importers.faults import Faults, Reporter
from layers.importers.mapping import mapped
from layers.importers.noding import noded
from layers.importers.prepare import Options, Prepared, prepared
from layers.importers.reading import guessed, named, read_jobs
from layers.importers.targets import TARGETS
from layers.importers.vector import gdal
from layers.roads import NoRoads
from tests.layers.importers.ground import sheet, write_shapefile

PLACES = [(107.31, 35.41), (107.36, 35.42)]
TABLE = {"名称": ["一中", "派出所"], "类型": ["学校", "派出所"], "电话": ["0933-1", "0933-2"]}
EXPECTED = [("一中", "school", "0933-1", 107.31, 35.41), ("派出所", "police", "0933-2", 107.36, 35.42)]


def features() -> list[dict[str, object]]:
    return [
        {
            "type": "Feature",
            "properties": {name: values[at] for name, values in TABLE.items()},
            "geometry": {"type": "Point", "coordinates": [*place, 1_020.5]},
        }
        for at, place in enumerate(PLACES)
    ]


def geojson(folder: Path) -> Path:
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features()}), encoding="utf-8")
    return path


def geojsonseq(folder: Path) -> Path:
    path = folder / "a.geojsonl"
    path.write_text("\n".join(map(json.dumps, features())) + "\n", encoding="utf-8")
    return path


def kml(folder: Path) -> Path:
    marks = "".join(
        f"<Placemark><name>{TABLE['名称'][at]}</name><ExtendedData><Data name='类型'><value>{TABLE['类型'][at]}</value>"
        f"</Data><SchemaData><SimpleData name='电话'>{TABLE['电话'][at]}</SimpleData></SchemaData></ExtendedData>"
        f"<Point><coordinates>{x},{y},1020</coordinates></Point></Placemark>"
        for at, (x, y) in enumerate(PLACES)
    )
    text = f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document><Folder>{marks}</Folder></Document></kml>"
    (folder / "a.kml").write_text(text, encoding="utf-8")
    return folder / "a.kml"


def kmz(folder: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.write(kml(folder), "doc.kml")
    return folder / "a.kmz"


def table(folder: Path) -> Path:
    rows = [",".join((*TABLE, "经度", "纬度"))]
    rows += [
        f"{TABLE['名称'][at]},{TABLE['类型'][at]},{TABLE['电话'][at]},{x},{y}"
        for at, (x, y) in enumerate(PLACES)
    ]
    (folder / "a.csv").write_text("\n".join(rows), encoding="gbk")
    return folder / "a.csv"


def excel(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([*TABLE, "经度", "纬度"])
    for at, (x, y) in enumerate(PLACES):
        book.active.append([*(values[at] for values in TABLE.values()), x, y])
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def vector(suffix: str, driver: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f"a{suffix}"
        gdal().raw.write(
            path,
            shapely.to_wkb(shapely.points(PLACES)),
            [np.array(values, dtype=object) for values in TABLE.values()],
            list(TABLE),
            driver=driver,
            geometry_type="Point",
            crs="EPSG:4490",
            encoding="UTF-8",
        )
        return path

    write.__name__ = driver
    return write


def shapefile_folder(folder: Path) -> Path:
    inside = folder / "given"
    inside.mkdir()
    write_shapefile(inside / "A.SHP", TABLE, shapely.points(PLACES), kind="Point", encoding="GB18030")
    return inside


WAYS = (
    geojson,
    geojsonseq,
    kml,
    kmz,
    table,
    excel,
    vector(".gpkg", "GPKG"),
    vector(".fgb", "FlatGeobuf"),
    shapefile_folder,
)


def rows_of(path: Path, layer: str = "facility", **options: object) -> Prepared:
    """Read a file up to its rows."""
    jobs, _ = read_jobs([named(str(path), layer)], sheet=None, encoding=None, most_mb=8)
    faults = Faults()
    found = prepared(jobs[0].target, jobs[0].sheet, Options(**options), Reporter(faults, layer))  # type: ignore[arg-type]
    assert not faults.total, faults.kept
    return found


@pytest.mark.parametrize("write", WAYS, ids=[way.__name__ for way in WAYS])
def test_the_same_places_come_out_of_every_format(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path)
    system = named_system("cgcs2000") if path.suffix in (".csv", ".xlsx") else None
    found = rows_of(path, crs=system)
    read = [
        (
            *(row.values[name] for name in ("name", "kind", "telephone")),
            round(row.geometry.x, 9),
            round(row.geometry.y, 9),
        )
        for row in found.rows
    ]
    # FlatGeobuf sorts by place.
    assert sorted(read) == sorted(EXPECTED)
    assert not any(row.geometry.has_z for row in found.rows)


@pytest.mark.parametrize(
    "name, layer",
    [
        ("乡镇界", "township"),
        ("jc_camera_2026", "camera"),
        ("网格", "grid"),
        ("village", "village"),
        ("雪亮工程点位", "camera"),
        ("县界", "county"),
        ("道路", "road"),
        ("whatever", None),
    ],
)
def test_a_layer_is_known_by_its_name(name: str, layer: str | None) -> None:
    found = guessed(name)
    assert (found.name if found else None) == layer


def test_columns_are_known_by_title_and_by_what_is_in_them() -> None:
    columns: dict[str, list[Any]] = {
        "OBJECTID": [1, 2],
        "摄像机国标ID": ["62082100051310000001", "62082100051310000002"],
        "安装点位名称": ["路口", "村口"],
        "类型": ["不知道", "也不知道"],
        "设备状态": ["在线", "离线"],
        "安装方位": ["朝东南", "北向"],
    }
    found = mapped(TARGETS["camera"], sheet("camera", columns, shapely.points(PLACES)), {})
    assert found["code"].column == "摄像机国标ID"
    assert found["name"].column == "安装点位名称"
    assert found["health"].column == "设备状态"
    assert found["kind"].column is None, (
        "words that nobody knows are no reason to refuse a column that may be absent"
    )


points = st.tuples(st.integers(0, 40), st.integers(0, 40))


@settings(max_examples=60, deadline=None)
@example([[(2, 10), (25, 16)], [(4, 20), (23, 12), (26, 0), (6, 35)]])
@given(st.lists(st.lists(points, min_size=2, max_size=4, unique=True), min_size=1, max_size=12))
def test_a_network_keeps_every_metre_and_noding_it_again_changes_nothing(
    lines: list[list[tuple[int, int]]],
) -> None:
    array = np.array([shapely.LineString(np.array(line) * 100.0) for line in lines], dtype=object)
    network = noded(array, 1.0)
    assert sum(piece.line.length for piece in network.pieces) == pytest.approx(
        float(shapely.length(array).sum())
    )
    pieces = np.array([piece.line for piece in network.pieces], dtype=object)
    again = noded(pieces, 1.0)
    assert len(again.pieces) == len(pieces)
    assert again.parts == network.parts


def test_a_county_without_roads_is_driven_straight() -> None:
    graph = NoRoads(MetricZone(4545))
    found = graph.travel(PLACES, PLACES[0])
    assert found.metres[0] == 0
    assert found.seconds[1] == pytest.approx(found.metres[1] / (20 / 3.6))
    assert graph.route(PLACES[0], PLACES[1]).line == [list(PLACES[0]), list(PLACES[1])]
    assert len(graph.travel(np.zeros((0, 2)), PLACES[0]).seconds) == 0
