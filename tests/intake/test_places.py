"""Where a text says that something is."""

import pytest

from dispatch.intake.gazetteer import Gazetteer
from dispatch.intake.numbers import coordinates_in, number_of, shifts_in
from dispatch.intake.places import read_places
from dispatch.rules.duplicates import metres
from gis.crs import MetricZone, wgs84_to_bd09, wgs84_to_gcj02
from layers.areas import AreaIndex
from layers.demo.build import DemoCounty
from tests.intake.labelled import gazetteer_of

COUNTY = "620821"


@pytest.fixture(scope="module")
def names(jingchuan: DemoCounty, jingchuan_index: AreaIndex) -> Gazetteer:
    return gazetteer_of(jingchuan, jingchuan_index)


def best(names: Gazetteer, text: str, caller: str = COUNTY) -> tuple[str, str]:
    """The kind and the name of the likeliest place; empty where there is none."""
    found = read_places(text, names, caller).proposals
    return (found[0].place.kind, found[0].place.name) if found else ("", "")


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("王村镇完颜村有人摔倒", ("village", "完颜村")),
        ("党原完颜洼路灯不亮", ("village", "完颜洼村")),
        ("完颜洼村路灯不亮", ("village", "完颜洼村")),
        ("高平镇街道上堵车", ("township", "高平镇")),
        ("荔堡镇派出所对面", ("police", "荔堡镇派出所")),
        ("荔堡派出所对面", ("police", "荔堡镇派出所")),
        ("县医院门口", ("hospital", "泾川县人民医院")),
        ("锦绣花园3号楼", ("compound", "城市社区街道锦绣花园")),
        ("飞云到泾明的路上翻了车", ("road", "飞云—泾明公路")),
        ("王村镇二十里铺泾河干线上", ("road", "泾河干线")),
        ("太平镇盘口村第1网格", ("grid", "盘口村第1网格")),
        ("荔保镇大债村停电", ("village", "大寨村")),
        ("王春镇完严村有人摔倒", ("village", "完颜村")),
        ("我在农村，想进城", ("", "")),
        ("我家三家人都在", ("", "")),
        ("派出所快来人", ("", "")),
    ],
)
def test_what_is_said_is_found(names: Gazetteer, text: str, wanted: tuple[str, str]) -> None:
    kind, name = best(names, text)
    assert (kind, name) == wanted


def test_a_name_that_two_have_goes_to_the_township_named_or_to_the_callers_own(names: Gazetteer) -> None:
    for town, code in (("高平镇", "620821102"), ("窑店镇", "620821105")):
        read = read_places(f"{town}东坡村停水", names, COUNTY).proposals[0]
        assert read.place.area_code.startswith(code)
        assert "同时提到" in read.reason("zh")
        own = read_places("东坡村停水", names, code).proposals[0]
        assert own.place.area_code.startswith(code)
    both = read_places("东坡村停水", names, COUNTY).proposals
    assert {one.place.area_code[:9] for one in both} == {"620821102", "620821105"}
    assert all("同名地点共 2 处" in one.reason("zh") for one in both)


def test_a_generic_word_means_the_one_of_the_township(names: Gazetteer) -> None:
    assert best(names, "太平镇有人打架，在卫生院")[1] == "太平镇卫生院"
    assert best(names, "卫生院停电", "620821110")[1] == "太平镇卫生院"
    assert best(names, "卫生院停电") == ("", "")


def test_so_many_metres_east_of_it(names: Gazetteer) -> None:
    at, there = (
        read_places(text, names, COUNTY).proposals[0] for text in ("荔堡镇派出所", "荔堡镇派出所往东两百米")
    )
    away = metres((at.place.lon, at.place.lat), (there.place.lon, there.place.lat))
    assert away == pytest.approx(200, abs=2)
    assert there.place.lon > at.place.lon
    assert "再向东 200 米" in there.reason("zh")


def test_coordinates_are_read_in_every_datum_and_order() -> None:
    place = (107.345, 35.355)
    gcj, bd = wgs84_to_gcj02([place])[0], wgs84_to_bd09([place])[0]
    zone = MetricZone(4523)  # zone 35, with its number before the easting
    east, north = zone.to_metres([place])[0]
    own = MetricZone(4545)
    own_east, own_north = own.to_metres([place])[0]
    for text in (
        "107.345,35.355",
        "北纬35.355度，东经107.345度",
        "35.355 107.345",
        "东经107°20′42″ 北纬35°21′18″",
        f"高德坐标{gcj[0]:.6f},{gcj[1]:.6f}",
        f"百度地图 {bd[0]:.6f} {bd[1]:.6f}",
        f"2000坐标 X={north:.1f} Y={east:.1f}",
        f"X={own_north:.1f}，Y={own_east:.1f}",
    ):
        found = list(coordinates_in(text, own))
        assert found, text
        assert metres(place, (found[0].lon, found[0].lat)) < 2, text


def test_numbers_that_are_no_coordinates_are_none(names: Gazetteer) -> None:
    for text in ("电话13812345678", "欠了12.50元和13.75元", "2026.11.24 10.30", "0.00, 0.00", "107.345"):
        assert not list(coordinates_in(text, names.areas.zone)), text
    assert best(names, "116.40,39.90 着火") == ("", "")


def test_chinese_numerals() -> None:
    said = {"两百": 200, "三百五十": 350, "十": 10, "一千二百": 1200, "半": 0.5, "12": 12, "多": None}
    assert {text: number_of(text) for text in said} == said
    assert [(one.direction, one.metres) for one in shifts_in("桥头以东200米，再往西北走一公里")] == [
        ("东", 200),
        ("西北", 1000),
    ]


def test_every_village_of_the_county_is_found_by_its_township_and_name(names: Gazetteer) -> None:
    missed = []
    for village in names.areas.level("village"):
        town = names.areas.get(village.code[:9])
        for text in (f"{town.name}{village.name}有人打架", f"在{town.name}{village.name.removesuffix('村')}"):
            found = read_places(text, names, COUNTY).proposals
            if not found or not found[0].place.area_code.startswith(village.code):
                missed.append(text)
    # "王村镇王村" and its like may mean the township alone.
    assert len(missed) <= 4, missed


def test_a_search_while_typing_begins_with_what_begins_so(names: Gazetteer) -> None:
    found = [one.name for one in names.beginning("完颜", 5)]
    assert found[0] == "完颜村"
    assert "完颜洼村" in found
    assert names.beginning("  ", 5) == []
