"""What an area is called in English: its name in pinyin as one word, and what kind of area it is."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# The ends of names, longest first, and what stands for them. 镇 and 乡 are one level here, and so one word.
KINDS: Final = (
    (r"村?村民委员会|村委会|村", "Village"),
    (r"(?:社区)?居民委员会|(?:社区)?居委会|社区", "Community"),
    (r"(?:社区)?街道(?:办事处)?", "Subdistrict"),
    (r"镇|乡", "Township"),
    (r"县", "County"),
    (r"区", "District"),
    (r"市", "City"),
    (r"省", "Province"),
)
_KINDS: Final = tuple((re.compile(rf"(.+?)(?:{end})"), kind) for end, kind in KINDS)
_GRID: Final = re.compile(r"(.+?)第?([0-9]+)网格")
# Names of places read these otherwise than a lone character is read.
IN_PLACES: Final = {"都": "du", "长": "chang", "会": "hui", "盖": "gai", "什": "shi", "车": "che"}
_HANZI: Final = re.compile(r"[\u3400-\u9fff]+")


def in_english(name: str) -> str:
    """Return 窑店镇 as Yaodian Township, 东坡村民委员会第2网格 as Dongpo Village Grid 2."""
    if grid := _GRID.fullmatch(name):
        return f"{in_english(grid[1])} Grid {grid[2]}"
    for end, kind in _KINDS:
        if found := end.fullmatch(name):
            return f"{in_pinyin(found[1])} {kind}"
    return in_pinyin(name)


def in_pinyin(name: str) -> str:
    """Return the Hanzi of a name as one capitalised word of pinyin, and everything else as it is."""
    return _HANZI.sub(lambda found: _word(found[0]), name)


@lru_cache(maxsize=4096)
def _word(hanzi: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary is a third of a second of every start

    read = lazy_pinyin(hanzi, v_to_u=True)
    said = [
        IN_PLACES.get(character, syllable)
        for character, syllable in zip(hanzi, _syllables(read), strict=True)
    ]
    # The apostrophe keeps xi'an from being read as xian.
    return "".join(f"'{one}" if i and one[0] in "aoe" else one for i, one in enumerate(said)).capitalize()


def _syllables(read: Iterable[str]) -> Iterable[str]:
    """Characters that no dictionary reads come as one run; each stands for itself."""
    for one in read:
        yield from (one,) if one.isascii() or "ü" in one else one
