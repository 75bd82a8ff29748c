"""A county in small, made by the generator from files of a test's own, and the real demonstration county."""

import json
from pathlib import Path

import pytest
import shapely

from layers.areas import Area, AreaIndex
from layers.demo.build import DemoCounty, build_county
from layers.demo.source import CountySource, read_county
from layers.tables import LENGTH_OF_LEVEL

SMALL_GRIDS, SMALL_CAMERAS = 20, 60


def write_small_county(folder: Path) -> CountySource:
    """Another county in another zone: two towns, a sub-district inside one of them, twelve villages."""
    outline = shapely.segmentize(shapely.Point(114.1, 30.5).buffer(0.07), 0.004)
    feature = {
        "type": "Feature",
        "properties": {"datum": "GCJ-02"},
        "geometry": shapely.geometry.mapping(outline),
    }
    (folder / "outline.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    towns = [
        ("420999001", "中街街道", 114.110, 30.490),
        ("420999100", "东镇", 114.105, 30.480),
        ("420999101", "西镇", 114.06, 30.52),
    ]
    rows = ["code,name,level,parent_code", "420999,小县,county,"]
    for code, name, _, _ in towns:
        rows.append(f"{code},{name},township,420999")
        rows += [f"{code}{200 + n},{name[0]}{n}村民委员会,village,{code}" for n in range(4)]
    (folder / "divisions.csv").write_text("\n".join(rows), encoding="utf-8")
    seats = ["code,name,lon_wgs84,lat_wgs84,setting", *(f"{c},{n},{x},{y}," for c, n, x, y in towns)]
    (folder / "seats.csv").write_text("\n".join(seats), encoding="utf-8")
    return read_county(folder / "outline.geojson", folder / "divisions.csv", folder / "seats.csv", None, None)


@pytest.fixture(scope="session")
def small_source(tmp_path_factory: pytest.TempPathFactory) -> CountySource:
    """The sources of the small county."""
    return write_small_county(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="session")
def small_county(small_source: CountySource) -> DemoCounty:
    """The small county, built."""
    return build_county(small_source, 7, grids=SMALL_GRIDS, cameras_wanted=SMALL_CAMERAS)


@pytest.fixture(scope="session")
def jingchuan() -> DemoCounty:
    """The demonstration county in full."""
    return build_county(read_county())


def index_of(county: DemoCounty) -> AreaIndex:
    """The areas of a built county in memory."""
    frame = county.areas
    records = [
        Area(
            str(code),
            str(level),
            str(name),
            str(full),
            str(code)[: LENGTH_OF_LEVEL[level] - 3] or None,
            (seat.x, seat.y),
        )
        for code, level, name, full, seat in zip(
            frame["code"], frame["level"], frame["name"], frame["full_name"], frame["seat"], strict=True
        )
    ]
    top = [
        Area(a.code, a.level, a.name, a.full_name, None, a.seat) if a.level == "county" else a
        for a in records
    ]
    return AreaIndex(top, list(frame.geometry))


@pytest.fixture(scope="session")
def jingchuan_index(jingchuan: DemoCounty) -> AreaIndex:
    """The demonstration county's areas in memory."""
    return index_of(jingchuan)
