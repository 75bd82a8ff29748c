"""Names in Latin letters: areas as pinyin and their kind, persons surname first."""

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
# Surnames of two characters, and those that are read otherwise than the lone character.
DOUBLE_SURNAMES: Final = {
    "欧阳": "ouyang", "上官": "shangguan", "皇甫": "huangfu", "司马": "sima", "诸葛": "zhuge", "夏侯": "xiahou",
    "令狐": "linghu", "尉迟": "yuchi", "公孙": "gongsun", "长孙": "zhangsun", "慕容": "murong", "宇文": "yuwen",
    "司徒": "situ", "端木": "duanmu", "南宫": "nangong", "东方": "dongfang", "呼延": "huyan", "万俟": "moqi",
    "澹台": "tantai", "闻人": "wenren", "钟离": "zhongli", "轩辕": "xuanyuan", "独孤": "dugu", "拓跋": "tuoba",
}  # fmt: skip
SURNAMES: Final = {
    "单": "shan", "解": "xie", "曾": "zeng", "仇": "qiu", "区": "ou", "查": "zha", "翟": "zhai",
    "覃": "qin", "乐": "yue", "朴": "piao", "缪": "miao", "员": "yun", "召": "shao", "种": "chong",
    "折": "she", "盖": "ge", "都": "du", "秘": "bi", "繁": "po", "黑": "he", }  # fmt: skip
# How callers name themselves, and how one is addressed in English.
TITLES: Final = {
    "先生": "Mr", "大爷": "Mr", "大叔": "Mr", "大哥": "Mr", "师傅": "Mr",
    "女士": "Ms", "小姐": "Ms", "大妈": "Ms", "大娘": "Ms", "大姐": "Ms", "阿姨": "Ms",
}  # fmt: skip
_HANZI: Final = re.compile(r"[\u3400-\u9fff]+")


def in_english(name: str) -> str:
    """Return 窑店镇 as Yaodian Township, 东坡村民委员会第2网格 as Dongpo Village Grid 2."""
    if grid := _GRID.fullmatch(name):
        return f"{in_english(grid[1])} Grid {grid[2]}"
    for end, kind in _KINDS:
        if found := end.fullmatch(name):
            return f"{in_pinyin(found[1])} {kind}"
    return in_pinyin(name)


def short_in_english(name: str) -> str:
    """Return 窑店镇 as Yaodian, for where the kind of area goes without saying."""
    said = in_english(name)
    first, _, last = said.rpartition(" ")
    return first if first and last in {kind for _, kind in KINDS} else said


def in_pinyin(name: str) -> str:
    """Return the Hanzi of a name as one capitalised word of pinyin, and everything else as it is."""
    return _HANZI.sub(lambda found: _word(found[0]), name)


def in_person(name: str) -> str:
    """Return 高小琴 as Gao Xiaoqin and 郭女士 as Ms Guo; what is no name in two to four Hanzi as it is."""
    if not 2 <= len(name) <= 4 or not _HANZI.fullmatch(name):
        return name
    length = 2 if len(name) > 2 and name[:2] in DOUBLE_SURNAMES else 1
    surname, given = name[:length], name[length:]
    said = ((DOUBLE_SURNAMES | SURNAMES).get(surname) or _lone(surname)).capitalize()
    return (
        f"{TITLES[given]} {said}" if given in TITLES else f"{said} {_joined([_lone(one) for one in given])}"
    )


def readings() -> dict[str, str]:
    """Return for each syllable the characters of GB 2312 that are read so, for pages that write persons' names."""
    found: dict[str, list[str]] = {}
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            one = bytes((row, cell)).decode("gb2312", errors="ignore")
            if one:
                found.setdefault(_lone(one), []).append(one)
    return {syllable: "".join(characters) for syllable, characters in sorted(found.items())}


def spelling() -> dict[str, dict[str, str]]:
    """Return what a page needs to call persons as `in_person` does: `readings` of characters, `surnames`, `titles`."""
    return {"readings": readings(), "surnames": DOUBLE_SURNAMES | SURNAMES, "titles": TITLES}


def _lone(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character, v_to_u=True)[0])


@lru_cache(maxsize=4096)
def _word(hanzi: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary is a third of a second of every start

    read = lazy_pinyin(hanzi, v_to_u=True)
    said = [
        IN_PLACES.get(character, syllable)
        for character, syllable in zip(hanzi, _syllables(read), strict=True)
    ]
    return _joined(said)


def _joined(syllables: Iterable[str]) -> str:
    """The apostrophe keeps xi'an from being read as xian."""
    return "".join(
        f"'{one}" if i and one[0] in "aoe" else one for i, one in enumerate(syllables)
    ).capitalize()


def _syllables(read: Iterable[str]) -> Iterable[str]:
    """Characters that no dictionary reads come as one run; each stands for itself."""
    for one in read:
        yield from (one,) if one.isascii() or "ü" in one else one
