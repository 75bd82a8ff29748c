"""A user name is the same however it is written, and no two people's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.passwords import why_not
from dispatch.rules.usernames import folded


@pytest.mark.parametrize(
    "written",
    ["ZhangSan", "ZHANGSAN", "ｚｈａｎｇｓａｎ", "ＺｈａｎｇＳａｎ", "zhang\u200bsan", "zhang\u017fan"],
)
def test_capitals_full_width_and_what_nobody_sees_make_no_other_name(written: str) -> None:
    assert folded(written) == "zhangsan"


@pytest.mark.parametrize("one, other", [("zhang1", "zhangl"), ("张三", "张叁"), ("zhang.san", "zhangsan")])
def test_what_reads_otherwise_is_another_name(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=12))
def test_a_folded_name_folds_to_itself_and_so_do_its_capitals(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert folded(name.casefold()) == folded(name)


def test_a_password_that_is_the_name_in_capitals_or_full_width_is_refused() -> None:
    assert why_not("ＺＨＡＮＧＳＡＮ５５", "zhangsan55") == "The password is the user name; take another."
