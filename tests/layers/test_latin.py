"""Names of areas in English: pinyin as one word, and the kind of area."""

import pytest

from layers.latin import in_english


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
