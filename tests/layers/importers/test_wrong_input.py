"""Files that are broken, hostile or not what they say: each ends in one error with a stable code."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import WallError
from layers.importers.faults import BadFile, Faults, Reporter
from layers.importers.opening import opened
from layers.importers.prepare import Options, prepared
from layers.importers.reading import Job, named, read_jobs
from layers.importers.targets import TARGETS
from layers.importers.vector import gdal
from tests.layers.importers.ground import write_shapefile

SQUARE = shapely.box(107.3, 35.3, 107.4, 35.4)
TOWN = {"code": ["620821100"], "name": ["城关镇"]}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(200)
POINT = {
    "type": "Feature",
    "properties": {"name": "甲", "kind": "学校"},
    "geometry": {"type": "Point", "coordinates": [107.4, 35.3]},
}


def read(path: Path, layer: str = "township", encoding: str | None = None, most_mb: int = 8) -> list[Job]:
    """Read a file as the command does."""
    jobs, _ = read_jobs([named(str(path), layer)], sheet=None, encoding=encoding, most_mb=most_mb)
    return jobs


def faults_of(path: Path, layer: str = "township", **options: object) -> dict[str, int]:
    """What is wrong with the rows of a file that can be read."""
    job = read(path, layer)[0]
    faults = Faults()
    prepared(job.target, job.sheet, Options(**options), Reporter(faults, layer))  # type: ignore[arg-type]
    return dict(faults.errors)


def zipped(path: Path, **entries: bytes) -> Path:
    """A ZIP file of our own making."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def truncated_shapefile(folder: Path) -> Path:
    path = write_shapefile(folder / "town.shp", TOWN, [SQUARE])
    path.write_bytes(path.read_bytes()[:-40])
    return path


def truncated_table(folder: Path) -> Path:
    path = write_shapefile(folder / "town.shp", TOWN, [SQUARE])
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-60])
    return path


def lonely_shapefile(folder: Path) -> Path:
    path = write_shapefile(folder / "town.shp", TOWN, [SQUARE])
    path.with_suffix(".dbf").unlink()
    return path


def picture_named_shp(folder: Path) -> Path:
    (folder / "town.shp").write_bytes(PNG)
    return folder / "town.shp"


def zip_bomb(folder: Path) -> Path:
    return zipped(folder / "town.zip", **{"town.shp": bytes(6 << 20)})


def many_entries(folder: Path) -> Path:
    return zipped(folder / "town.zip", **{f"{n}.shp": b"" for n in range(1_001)})


def zip_that_lies(folder: Path) -> Path:
    """Its directory says 100 bytes; inside are a million."""
    path = zipped(folder / "town.zip", **{"town.shp": bytes(1_000_000)})
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + at
        data[start : start + 4] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    return path


def climbing_zip(folder: Path) -> Path:
    return zipped(folder / "town.zip", **{"../../town.shp": b"x"})


def absolute_zip(folder: Path) -> Path:
    return zipped(folder / "town.zip", **{"/tmp/town.shp": b"x"})


def linking_zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "town.zip", "w") as archive:
        entry = zipfile.ZipInfo("town.shp")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return folder / "town.zip"


def half_a_zip(folder: Path) -> Path:
    path = zipped(folder / "town.zip", **{"town.shp": random.Random(1).randbytes(5_000)})
    path.write_bytes(path.read_bytes()[:3_000])
    return path


def zip_of_nothing(folder: Path) -> Path:
    return zipped(folder / "town.zip", **{"readme.md": b"hello"})


def no_excel(folder: Path) -> Path:
    (folder / "town.xlsx").write_bytes(b"PK\x03\x04 but not really")
    return folder / "town.xlsx"


def old_excel(folder: Path) -> Path:
    (folder / "town.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return folder / "town.xlsx"


def text_with_zeros(folder: Path) -> Path:
    (folder / "town.csv").write_bytes(b"code,name\n620821100,\0\0\n")
    return folder / "town.csv"


def headed_only(folder: Path) -> Path:
    (folder / "town.csv").write_text("code,name,lon,lat\n")
    return folder / "town.csv"


def empty(folder: Path) -> Path:
    (folder / "town.geojson").write_bytes(b"")
    return folder / "town.geojson"


def no_features(folder: Path) -> Path:
    (folder / "town.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    return folder / "town.geojson"


def half_a_geojson(folder: Path) -> Path:
    (folder / "town.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [POINT] * 9})[:-30]
    )
    return folder / "town.geojson"


def too_large(folder: Path) -> Path:
    """As large as a gigabyte to whoever asks, and not one block of it on the disk."""
    path = folder / "town.geojson"
    path.write_text('{"type":"FeatureCollection","features":[')
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    return path


def kml(folder: Path, body: str, before: str = "") -> Path:
    text = f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2">{body}</kml>'
    (folder / "town.kml").write_text(text, encoding="utf-8")
    return folder / "town.kml"


def entity_kml(folder: Path) -> Path:
    doctype = '<!DOCTYPE kml [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return kml(folder, "<Placemark><name>&secret;</name></Placemark>", doctype)


def laughing_kml(folder: Path) -> Path:
    doctype = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return kml(folder, "<Placemark><name>&b;</name></Placemark>", doctype)


def linking_kml(folder: Path) -> Path:
    return kml(folder, "<NetworkLink><Link><href>http://example.com/a.kml</href></Link></NetworkLink>")


def bare_kml(folder: Path) -> Path:
    return kml(folder, "<Document/>")


def virtual_layer(folder: Path) -> Path:
    """GDAL's own way to other files and the network, under an innocent name."""
    (folder / "town.kml").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://example.com/kml</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    return folder / "town.kml"


def esri_json(folder: Path) -> Path:
    """JSON that another driver of GDAL would take for the address of a server."""
    (folder / "town.geojson").write_text(
        '{"links":[{"rel":"data","href":"http://example.com"}],"geometryType":"x"}'
    )
    return folder / "town.geojson"


def plain_sqlite(folder: Path) -> Path:
    import sqlite3

    connection = sqlite3.connect(folder / "town.gpkg")
    connection.execute("create table a (b)")
    connection.commit()
    connection.close()
    return folder / "town.gpkg"


def half_a_geopackage(folder: Path) -> Path:
    path = folder / "town.gpkg"
    values = [np.array(column, dtype=object) for column in TOWN.values()]
    gdal().raw.write(
        path,
        shapely.to_wkb(np.array([SQUARE])),
        values,
        list(TOWN),
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4326",
    )
    path.write_bytes(path.read_bytes()[:20_000])
    return path


def half_a_flatgeobuf(folder: Path) -> Path:
    (folder / "town.fgb").write_bytes(b"fgb\x03fgb\x00" + bytes(40))
    return folder / "town.fgb"


def unknown_suffix(folder: Path) -> Path:
    (folder / "town.dwg").write_bytes(b"AC1032")
    return folder / "town.dwg"


def unicode_text(folder: Path) -> Path:
    (folder / "town.csv").write_bytes("代码\t名称\n620821100\t城关镇\n".encode("utf-16"))
    return folder / "town.csv"


CORPUS: tuple[tuple[Callable[[Path], Path], set[str]], ...] = (
    (truncated_shapefile, {"truncated"}),
    (truncated_table, {"truncated"}),
    (lonely_shapefile, {"missing_part"}),
    (picture_named_shp, {"not_what_it_says"}),
    (zip_bomb, {"zip_bomb"}),
    (many_entries, {"zip_bomb"}),
    (zip_that_lies, {"zip_bomb", "bad_zip"}),
    (climbing_zip, {"zip_path"}),
    (absolute_zip, {"zip_path"}),
    (linking_zip, {"zip_path"}),
    (half_a_zip, {"bad_zip"}),
    (zip_of_nothing, {"nothing_inside"}),
    (no_excel, {"bad_zip"}),
    (old_excel, {"not_what_it_says"}),
    (text_with_zeros, {"not_what_it_says"}),
    (unicode_text, {"wrong_encoding"}),
    (headed_only, {"empty_layer"}),
    (empty, {"empty_file"}),
    (half_a_geojson, {"unreadable"}),
    (too_large, {"too_large"}),
    (entity_kml, {"xml_entities"}),
    (laughing_kml, {"xml_entities"}),
    (linking_kml, {"network_link"}),
    (bare_kml, {"empty_layer"}),
    (virtual_layer, {"not_what_it_says"}),
    (esri_json, {"unreadable"}),
    (plain_sqlite, {"unreadable", "wrong_driver", "empty_layer"}),
    (half_a_geopackage, {"unreadable"}),
    (half_a_flatgeobuf, {"unreadable", "empty_layer"}),
    (unknown_suffix, {"unknown_format"}),
)


@pytest.mark.parametrize("make, codes", CORPUS, ids=[make.__name__ for make, _ in CORPUS])
def test_each_wrong_file_ends_in_one_error_with_its_code(
    tmp_path: Path, make: Callable[[Path], Path], codes: set[str]
) -> None:
    path = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadFile) as refused:
        read(path)
    assert refused.value.code in codes
    assert (
        path.name in refused.value.detail or "KML" in refused.value.detail or "town" in refused.value.detail
    )
    assert sorted(tmp_path.iterdir()) == before, "reading leaves nothing behind"


def test_an_empty_layer_is_refused(tmp_path: Path) -> None:
    job = read(no_features(tmp_path))[0]
    with pytest.raises(BadFile) as refused:
        prepared(job.target, job.sheet, Options(), Reporter(Faults(), "township"))
    assert refused.value.code == "empty_layer"


def test_a_file_without_a_coordinate_system_is_refused_until_one_is_named(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "town.shp", TOWN, [SQUARE], crs=None)
    with pytest.raises(BadFile) as refused:
        faults_of(path)
    assert refused.value.code == "no_crs"
    from gis.systems import named_system

    assert faults_of(path, crs=named_system("cgcs2000")) == {}


def test_an_old_datum_is_only_taken_when_its_accuracy_is_accepted(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "town.shp", TOWN, [SQUARE], crs="EPSG:4610")
    with pytest.raises(BadFile) as refused:
        faults_of(path)
    assert refused.value.code == "shift_unsure"
    assert "150 m" in refused.value.detail
    assert faults_of(path, accept_shift=True) == {}


@pytest.mark.parametrize(
    "encoding, cpg, noted",
    [
        ("GB18030", None, False),
        ("GB18030", "UTF-8", True),
        ("GB18030", "GBK", False),
        ("GB18030", "936", False),
        ("UTF-8", None, False),
        ("UTF-8", "GBK", True),
        ("UTF-8", "utf8", False),
    ],
)
def test_chinese_is_read_whatever_the_cpg_says(
    tmp_path: Path, encoding: str, cpg: str | None, noted: bool
) -> None:
    path = write_shapefile(
        tmp_path / "town.shp", {"代码": ["620821100"], "名称": ["泾川县城关镇"]}, [SQUARE], encoding=encoding
    )
    told = path.with_suffix(".cpg")
    told.unlink(missing_ok=True)
    if cpg:
        told.write_text(cpg)
    sheet = read(path)[0].sheet
    assert sheet.columns == {"代码": ["620821100"], "名称": ["泾川县城关镇"]}
    assert sheet.encoding == encoding
    assert any("cpg" in note.key for note in sheet.notes) == noted


def test_a_gbk_file_named_utf_8_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(
        tmp_path / "town.shp", {"代码": ["620821100"], "名称": ["泾川县城关镇"]}, [SQUARE], encoding="GB18030"
    )
    with pytest.raises(BadFile) as refused:
        read(path, encoding="utf-8")
    assert refused.value.code == "wrong_encoding"
    table = tmp_path / "town.csv"
    table.write_bytes("code,name,lon,lat\n620821100,城关镇,107.3,35.3\n".encode("gbk"))
    with pytest.raises(BadFile) as refused:
        read(table, encoding="utf-8")
    assert refused.value.code == "wrong_encoding"
    assert read(table)[0].sheet.encoding == "GB18030"


@pytest.mark.parametrize(
    "row, code",
    [
        ("甲,学校,nan,35.3", "not_finite"),
        ("甲,学校,107.3,inf", "not_finite"),
        ("甲,学校,35.3,107.3", "swapped_coordinates"),
        ("甲,学校,东经107度,35.3", "bad_coordinate"),
        ("甲,学校,18500000,3900000", "not_degrees"),
        ("甲,学校,12.5,41.9", "outside_china"),
        ("=cmd|' /C calc'!A0,学校,107.3,35.3", "formula"),
        ("@SUM(1),学校,107.3,35.3", "formula"),
        ("甲\u202e乙,学校,107.3,35.3", "garbage"),
        ("甲,飞船,107.3,35.3", "unknown_word"),
        (",学校,107.3,35.3", "missing_value"),
        ("甲,学校,,", "empty_geometry"),
        ("甲" * 300 + ",学校,107.3,35.3", "too_long"),
    ],
)
def test_each_wrong_row_of_a_table_is_named(tmp_path: Path, row: str, code: str) -> None:
    from gis.systems import named_system

    path = tmp_path / "facility.csv"
    path.write_text(f"name,kind,lon,lat\n好,学校,107.4,35.3\n{row}\n", encoding="utf-8")
    assert faults_of(path, "facility", crs=named_system("wgs84")) == {code: 1}


def test_a_code_that_excel_rounded_is_named(tmp_path: Path) -> None:
    from gis.systems import named_system

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["国标编码", "设备名称", "经度", "纬度"])
    sheet.append([62082100051310000001.0, "路口", 107.4, 35.3])
    sheet.append(["62082100051310000002", "路口", 107.4, 35.3])
    book.save(tmp_path / "camera.xlsx")
    assert faults_of(tmp_path / "camera.xlsx", "camera", crs=named_system("wgs84")) == {"code_lost_digits": 1}


def test_a_bow_tie_is_refused_and_a_hair_is_mended(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(107.3, 35.3), (107.4, 35.4), (107.4, 35.3), (107.3, 35.4)])
    hair = shapely.Polygon(
        [
            (107.3, 35.3),
            (107.4, 35.3),
            (107.4, 35.4),
            (107.35, 35.4),
            (107.350001, 35.400001),
            (107.350002, 35.4),
            (107.3, 35.4),
        ]
    )
    crossed = shapely.Polygon(
        [
            (107.3, 35.3),
            (107.4, 35.3),
            (107.4, 35.4),
            (107.350001, 35.4),
            (107.350001, 35.400001),
            (107.35, 35.399999),
            (107.3, 35.4),
        ]
    )
    for shape, wrong in ((bow_tie, {"self_intersection": 1}), (hair, {}), (crossed, {})):
        path = write_shapefile(tmp_path / f"t{len(list(tmp_path.iterdir()))}.shp", TOWN, [shape])
        assert faults_of(path) == wrong


def test_nothing_is_written_outside_and_nothing_stays(tmp_path: Path) -> None:
    inside: list[Path] = []
    path = write_shapefile(tmp_path / "town.shp", TOWN, [SQUARE])
    parts = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with opened(zipped(tmp_path / "all.zip", **parts), 8) as sources:
        inside += [source.path for source in sources]
        assert inside[0].exists()
    assert not inside[0].exists()
    assert path.exists()


def test_names_in_gbk_inside_a_zip_are_read(tmp_path: Path) -> None:
    write_shapefile(tmp_path / "AAAAAA.shp", TOWN, [SQUARE])
    parts = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    path = zipped(tmp_path / "all.zip", **parts)
    # As Chinese Windows writes it: GBK bytes, and no word about that.
    path.write_bytes(path.read_bytes().replace(b"AAAAAA.", "乡镇界.".encode("gbk")))
    with opened(path, 8) as sources:
        assert [source.name for source in sources] == ["乡镇界"]
    assert len(read(path)[0].sheet) == 1


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Good files of every kind, to be broken."""
    folder = tmp_path_factory.mktemp("seeds")
    path = write_shapefile(folder / "town.shp", {"代码": ["620821100"], "名称": ["城关镇"]}, [SQUARE])
    parts = {one.name: one.read_bytes() for one in folder.iterdir()}
    zipped(folder / "a.zip", **parts)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["code", "name", "wkt"])
    book.active.append(["620821100", "城关镇", SQUARE.wkt])
    held = io.BytesIO()
    book.save(held)
    values = [np.array(column, dtype=object) for column in TOWN.values()]
    for driver, suffix in (("GPKG", "gpkg"), ("FlatGeobuf", "fgb"), ("GeoJSON", "geojson")):
        gdal().raw.write(
            folder / f"a.{suffix}",
            shapely.to_wkb(np.array([SQUARE])),
            values,
            list(TOWN),
            driver=driver,
            geometry_type="Polygon",
            crs="EPSG:4326",
        )
    places = " ".join(f"{x},{y}" for x, y in SQUARE.exterior.coords)
    ring = f"<outerBoundaryIs><LinearRing><coordinates>{places}</coordinates></LinearRing></outerBoundaryIs>"
    mark = f"<Placemark><name>620821100</name><Polygon>{ring}</Polygon></Placemark>"
    return {
        ".zip": (folder / "a.zip").read_bytes(),
        ".xlsx": held.getvalue(),
        ".gpkg": (folder / "a.gpkg").read_bytes(),
        ".fgb": (folder / "a.fgb").read_bytes(),
        ".geojson": (folder / "a.geojson").read_bytes(),
        ".kml": kml(folder, mark).read_bytes(),
        ".csv": f'code,name,wkt\n620821100,城关镇,"{SQUARE.wkt}"\n'.encode(),
        ".shp": path.read_bytes(),
    }


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_broken_ends_in_an_error_of_ours_or_in_rows(
    data: st.DataObject, seeds: dict[str, bytes], tmp_path: Path
) -> None:
    suffix = data.draw(st.sampled_from(sorted(seeds)))
    good = bytearray(seeds[suffix])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(good) - 1))
        good[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(bytes(good[: cut if data.draw(st.booleans()) else len(good)]))
    with suppress(WallError):
        for job in read(path):
            faults = Faults()
            made = prepared(job.target, job.sheet, Options(), Reporter(faults, "township"))
            assert all(row.key and row.geometry is not None for row in made.rows)
            assert len(made.rows) <= len(made.sheet)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.sampled_from(["csv", "utf-16"]))
def test_any_text_for_a_table_ends_in_an_error_of_ours_or_in_rows(cells: list[str], kind: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "facility.csv"
        encoding = "utf-8" if kind == "csv" else "utf-16"
        path.write_bytes("\n".join(["name,kind,lon,lat", *cells]).encode(encoding, "surrogatepass"))
        with suppress(WallError):
            job = read(path, "facility")[0]
            prepared(TARGETS["facility"], job.sheet, Options(), Reporter(Faults(), "facility"))
