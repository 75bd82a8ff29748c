"""What may be typed for one character: itself, each of its readings in full, and their initials."""

import re
import unicodedata
from functools import lru_cache

# Some people type the two-letter initials of zhong, chong and shan as they are.
TWO_LETTERS = ("zh", "ch", "sh")


_WORDS = re.compile(r"[a-z0-9]+")


def plain(text: str) -> str:
    """Return `text` as it is compared: one form of width and case, without blanks, lü as lv."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(folded.split()).replace("ü", "v").replace("'", "")


def words_of(name: str) -> str:
    """Return the words of an English name as they are compared, each behind a blank; Lü as lv, Xi'an as xian."""
    folded = unicodedata.normalize("NFKC", name).lower().replace("ü", "v").replace("'", "")
    return "".join(f" {word}" for word in _WORDS.findall(folded))


@lru_cache(maxsize=16_384)
def typed_for(character: str) -> frozenset[str]:
    """Return everything that may be typed for one character of `plain` text. All readings of 重 and 乐 count."""
    from pypinyin import Style, pinyin  # its dictionary is a third of a second of every start

    typed = {character}
    if "\u3400" <= character <= "\u9fff":
        # `pinyin` gives the character itself back where it knows no reading.
        readings = {one for one in pinyin(character, style=Style.NORMAL, heteronym=True)[0] if one.isascii()}
        typed |= readings | {reading[0] for reading in readings}
        typed |= {reading[:2] for reading in readings if reading.startswith(TWO_LETTERS)}
    return frozenset(typed)
