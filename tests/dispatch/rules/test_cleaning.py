"""What is kept of a text, and what is taken out of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.cleaning import UNSEEN, clean


def test_what_hides_or_turns_text_is_gone_and_what_is_read_stays() -> None:
    assert clean("a\u202egpj.exe\u202c") == "agpj.exe"
    assert clean("着\u200b火\ufeff") == "着火"
    assert clean("一\r\n二\r三\u2028四\t五") == "一\n二\n三\n四\t五"
    assert clean("👨\u200d👩\u200d👧 ❤\ufe0f") == "👨\u200d👩\u200d👧 ❤\ufe0f"
    assert clean("a\u200db\ufe0f") == "ab"
    assert clean("مرحبا שלום") == "مرحبا שלום"
    assert clean("\x00\x1b[31m") == "[31m"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_unseen(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not UNSEEN.search(once)
