"""Names in English: areas by pinyin and kind, persons surname first, generic words of all else translated."""

import pytest

from layers.called import Called
from layers.latin import in_english, in_person, readings, short_in_english


@pytest.mark.parametrize(
    "name, said",
    [
        ("泾川县", "Jingchuan County"),
        ("窑店镇", "Yaodian Township"),
        ("玉都镇", "Yudu Township"),
        ("长武乡", "Changwu Township"),
        ("城市社区街道", "Chengshi Subdistrict"),
        ("东街社区", "Dongjie Community"),
        ("安定社区居民委员会", "Anding Community"),
        ("东庵村民委员会", "Dong'an Village"),
        ("王村村民委员会", "Wang Village"),
        ("东坡村民委员会第2网格", "Dongpo Village Grid 2"),
        ("吕家拉村", "Lüjiala Village"),
        ("Camp 3", "Camp 3"),
        ("", ""),
    ],
)
def test_an_area_is_called_by_its_pinyin_and_its_kind(name: str, said: str) -> None:
    assert in_english(name) == said


def test_a_kind_that_goes_without_saying_is_left_out() -> None:
    assert [short_in_english(name) for name in ("窑店镇", "城市社区街道", "镇", "Camp 3")] == [
        "Yaodian",
        "Chengshi",
        "Zhen",
        "Camp 3",
    ]


@pytest.mark.parametrize(
    "name, said",
    [
        ("高小琴", "Gao Xiaoqin"),
        ("王建安", "Wang Jian'an"),
        ("单雄", "Shan Xiong"),
        ("欧阳建国", "Ouyang Jianguo"),
        ("吕布", "Lü Bu"),
        ("郭女士", "Ms Guo"),
        ("王", "王"),
        ("Li Ming", "Li Ming"),
        ("县应急值守专班", "县应急值守专班"),
    ],
)
def test_a_person_is_called_surname_first(name: str, said: str) -> None:
    assert in_person(name) == said


def test_a_page_reads_each_character_as_the_server_does() -> None:
    syllable_of = {one: syllable for syllable, characters in readings().items() for one in characters}
    assert len(syllable_of) == 6763  # all of GB 2312
    assert (syllable_of["高"], syllable_of["绿"], syllable_of["重"]) == ("gao", "lü", "zhong")


@pytest.mark.parametrize(
    "name, said",
    [
        ("玉都镇派出所", "Yudu Township Police Station"),
        ("泾川县社会治安综合治理中心档案室", "Jingchuan County Social Governance Centre Archive"),
        ("泾川县第一中学", "Jingchuan County No. 1 Middle School"),
        ("东坡村村委会", "Dongpo Village Committee"),
        ("城市社区街道阳光小区二区", "Chengshi Subdistrict Yangguang Residential Compound Zone 2"),
        ("泾河干线", "Jinghe Trunk Road"),
        ("泾河", "Jing River"),
        ("玉都—窑店公路", "Yudu–Yaodian Highway"),
        ("东坡—王村路", "Dongpo–Wangcun Road"),
        ("王村通组路", "Wang Village Local Road"),
        ("县乡联络线", "County Link Road"),
        ("国道 G312", "National Road G312"),
        ("312国道", "National Road 312"),
        ("安定东路", "Anding East Road"),
        ("玉都镇东坡村村口01号", "Yudu Township Dongpo Village Entrance 01"),
        ("玉都镇玉都—窑店公路路段03号", "Yudu Township Yudu–Yaodian Highway Section 03"),
        ("东镇头", "Dongzhentou"),
        ("Gate 3", "Gate 3"),
        ("", ""),
    ],
)
def test_a_thing_is_called_by_where_and_what_it_is(name: str, said: str) -> None:
    assert Called(["玉都镇", "泾川县", "城市社区街道", "东坡村"]).in_english(name) == said
