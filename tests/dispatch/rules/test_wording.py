"""What words say, and what they do not."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.intake.table import BadTable, table_of, wording_table
from dispatch.rules.wording import (
    NOTHING,
    categories_of,
    priority_of,
    readable,
)

TABLE = wording_table()


def said(text: str) -> str:
    """The likeliest category of a text."""
    found = categories_of(readable(text, TABLE), TABLE)
    return found[0].category if found else "-"


def priority(text: str, category: str) -> int:
    return priority_of(readable(text, TABLE), category, TABLE).priority


@pytest.mark.parametrize(
    "text, category",
    [
        ("厨房着火了", "fire"),
        ("没有着火，就是烟有点大，垃圾没人拉", "sanitation"),
        ("火腿肠过期了，不给退", "consumer_dispute"),
        ("是不是着火了", "fire"),
        ("火车站门口垃圾没人扫", "sanitation"),
        ("打错了，不好意思", NOTHING),
        ("", "-"),
        ("喂喂喂听得见吗", "-"),
    ],
)
def test_denials_and_look_alikes_do_not_count(text: str, category: str) -> None:
    assert said(text) in (category, "inquiry" if category == "-" else category)


@pytest.mark.parametrize(
    "text, category, wanted",
    [
        ("两家吵架", "neighbour_dispute", 3),
        ("两家吵架，有人拿刀", "neighbour_dispute", 1),
        ("两家吵架，没有人受伤", "neighbour_dispute", 3),
        ("两家打起来了，一个受伤", "neighbour_dispute", 2),
        ("两车剐蹭，没伤人", "traffic_crash", 2),
        ("两车剐蹭，没伤人，但是一个卡在驾驶室里", "traffic_crash", 1),
        ("停水了", "power_water", 3),
        ("停水了，家里有八十岁的老人", "power_water", 2),
        ("窑里有人被困", "landslide", 1),
        ("停水了，怕出人命", "power_water", 3),
    ],
)
def test_a_priority_is_raised_and_lowered_by_what_is_said(text: str, category: str, wanted: int) -> None:
    assert priority(text, category) == wanted


def test_a_proposal_names_the_words_that_counted() -> None:
    best = categories_of(readable("王老汉家的麦草垛着火了", TABLE), TABLE)[0]
    assert "着火" in best.words
    raised = priority_of(readable("有人持刀", TABLE), "public_order", TABLE)
    assert raised.words[0] == "持刀"
    assert raised.why
    assert raised.why_en


def test_hidden_names_say_nothing() -> None:
    text = "牛家咀停水"
    assert said(text) == "power_water"
    assert "牛" not in readable(text, TABLE, [(0, 3)])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer_and_every_word_stands_in_it(text: str) -> None:
    read = readable(text, TABLE)
    assert len(read) == len(text)
    for one in categories_of(read, TABLE):
        assert all(word in read for word in one.words)
        assert 1 <= priority_of(read, "fire", TABLE).priority <= 4


@pytest.mark.parametrize(
    "document, sentence",
    [
        ({}, "there is no [[rule]]"),
        ({"rules": []}, "unknown part 'rules'"),
        ({"rule": [{"category": "fires", "weight": 1, "words": ["火"]}]}, "no category 'fires'"),
        ({"rule": [{"category": "fire", "weight": "1", "words": ["火"]}]}, "'weight' must be a number"),
        ({"rule": [{"category": "fire", "weight": 1, "words": [""]}]}, "must be a list of words"),
        ({"rule": [{"category": "fire", "weight": 1, "patterns": ["("]}]}, "the pattern '(' is wrong"),
        ({"rule": [{"category": "fire", "weight": 1, "patterns": ["a*"]}]}, "matches nothing at all"),
        ({"rule": [{"category": "fire", "weight": 1}]}, "neither words nor patterns"),
        ({"rule": [{"category": "fire", "weight": 1, "word": ["火"]}]}, "unknown key 'word'"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_row_and_the_reason(
    document: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadTable, match=re.escape(sentence)):
        table_of(document)


def test_a_priority_rule_that_is_wrong_is_refused() -> None:
    rule = {"category": "fire", "weight": 1, "words": ["火"]}
    for wrong, sentence in (
        ({"why": "a", "why_en": "a", "words": ["x"]}, "say either 'to'"),
        ({"why": "a", "why_en": "a", "words": ["x"], "to": 5}, "'to' must be 1, 2, 3 or 4"),
        ({"words": ["x"], "to": 1}, "'why' and 'why_en'"),
        ({"why": "a", "why_en": "a", "words": ["x"], "to": 1, "groups": ["x"]}, "no group 'x'"),
    ):
        with pytest.raises(BadTable, match=re.escape(sentence)):
            table_of({"rule": [rule], "priority": [wrong]})


def test_a_table_of_ones_own_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\ncategory = "noise"\nweight = 3\nwords = ["狗叫"]\n', encoding="utf-8")
    table = wording_table(own)
    assert categories_of(readable("狗叫", table), table)[0].category == "noise"
    with pytest.raises(BadTable, match="cannot be read"):
        wording_table(tmp_path / "gone.toml")
    own.with_name("bad.toml").write_text("[[rule", encoding="utf-8")
    with pytest.raises(BadTable, match="is not TOML"):
        wording_table(own.with_name("bad.toml"))
