"""Names and codes, laid out so that one pass over arrays finds a query in all of them.

All names stand one after another. A query is eaten piece by piece: a piece is a character, a whole reading or an
initial, and each must be typed for the next character of the name. So `yd`, `yudu`, `yudz`, `玉d` and `玉都` find
玉都镇 by one rule, and a character with several readings needs no list of all combinations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.search.readings import plain, typed_for, words_of

# Between names: nobody can type it, so nothing matches across two names.
GAP = "\0"
# From so many digits on, a query is looked for inside codes too, not only at their beginning.
INNER_DIGITS = 4
# zhuang, chuang and shuang.
LONGEST_READING = 6
# From so many letters on, a query is looked for in English names too.
ENGLISH_LETTERS = 3
CODED = ("area", "camera")

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found; `rank` puts the wider before the narrower, `box` is west, south, east, north."""

    kind: str
    id: str
    name: str
    lon: float
    lat: float
    detail: str = ""
    area_code: str = ""
    rank: int = 0
    box: tuple[float, float, float, float] | None = None
    english: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """How well an entry fits (the smaller the better) and which one it is."""

    fit: tuple[int, int, int, str, str]
    number: int


class SearchIndex:
    """What one kind of reader may find."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        names = [plain(entry.name) for entry in self.entries]
        text = GAP + "".join(name + GAP for name in names)
        lengths = np.array([len(name) + 1 for name in names], dtype=np.int32)
        self._starts = np.concatenate(([1], 1 + np.cumsum(lengths)))[: len(names)].astype(np.int32)
        self._size = len(text)
        self._where = _positions(text)
        self._english = [words_of(entry.english) for entry in self.entries]
        self._codes = [entry.id if entry.kind in CODED else "" for entry in self.entries]

    def find(self, query: str) -> list[Found]:
        """Return every entry that the query fits, the best first."""
        wanted = plain(query)
        if not wanted or GAP in wanted:
            return []
        found = {one.number: one for one in self._by_name(wanted)}
        if wanted.isascii() and len(wanted) >= ENGLISH_LETTERS:
            for one in self._by_english(words_of(query)):
                found[one.number] = min(one, found.get(one.number, one))
        if wanted.isascii() and wanted.isdigit():
            for one in self._by_code(wanted):
                found[one.number] = min(one, found.get(one.number, one))
        return sorted(found.values())

    def _by_name(self, wanted: str) -> Iterable[Found]:
        places = np.flatnonzero(self._matches(wanted))
        if not len(places):
            return
        numbers = np.searchsorted(self._starts, places, side="right") - 1
        # A name may fit at several places: the first counts.
        numbers, first = np.unique(numbers, return_index=True)
        for number, place in zip(numbers.tolist(), places[first].tolist(), strict=True):
            entry = self.entries[number]
            name = plain(entry.name)
            at = place - int(self._starts[number])
            literal = name.startswith(wanted, at)
            whole = 0 if name == wanted else 1
            order = (whole, 0 if at == 0 else 1, 0 if literal else 1)
            fit = (order[0] * 4 + order[1] * 2 + order[2], entry.rank, len(name), entry.name, entry.id)
            yield Found(fit, number)

    def _by_english(self, wanted: str) -> Iterable[Found]:
        """Every word of the query must begin a word of the name: `yudu police` finds Yudu Township Police Station."""
        begins = wanted.split(" ")[1:]
        for number, name in enumerate(self._english):
            if name and all(f" {word}" in name for word in begins):
                entry = self.entries[number]
                order = 0 if name == wanted else 4 if name.startswith(wanted) else 6
                yield Found((order, entry.rank, len(entry.name), entry.name, entry.id), number)

    def _by_code(self, wanted: str) -> Iterable[Found]:
        inner = len(wanted) >= INNER_DIGITS
        for number, code in enumerate(self._codes):
            if code.startswith(wanted) or (inner and wanted in code):
                entry = self.entries[number]
                order = 0 if code == wanted else 5 if code.startswith(wanted) else 6
                yield Found((order, entry.rank, len(code), code, entry.id), number)

    def _matches(self, wanted: str) -> Marks:
        """Return where in the text of all names a match begins."""
        # Backwards: `fits[at]` says at which characters the rest of the query, from `at` on, may begin.
        fits: list[Marks] = [np.ones(self._size + 1, dtype=np.bool_)] * (len(wanted) + 1)
        for at in range(len(wanted) - 1, -1, -1):
            rest = wanted[at:]
            marks = np.zeros(self._size + 1, dtype=np.bool_)
            for length in range(1, min(len(rest), LONGEST_READING) + 1):
                places = self._where.get(rest[:length])
                if places is not None:
                    marks[places[fits[at + length][places + 1]]] = True
            if len(rest) < LONGEST_READING:
                for typed, places in self._where.items():
                    if typed.startswith(rest):
                        marks[places] = True  # the last reading need not be typed to its end
            fits[at] = marks
        return fits[0][: self._size]


def _positions(text: str) -> dict[str, NDArray[np.int32]]:
    """Return for everything that can be typed the places in `text` of the characters that it stands for."""
    codes = np.array(list(text)).view(np.uint32).reshape(len(text))
    order = np.argsort(codes, kind="stable").astype(np.int32)
    distinct, begins = np.unique(codes[order], return_index=True)
    parts: dict[str, list[NDArray[np.int32]]] = {}
    for code, places in zip(distinct.tolist(), np.split(order, begins[1:]), strict=True):
        if chr(code) == GAP:
            continue
        for typed in typed_for(chr(code)):
            parts.setdefault(typed, []).append(places)
    return {typed: np.concatenate(arrays) for typed, arrays in parts.items()}


def merged(indexes: Sequence[SearchIndex], query: str) -> list[tuple[Found, Entry]]:
    """Return what any of the indexes finds, the best first."""
    found = [(one, index.entries[one.number]) for index in indexes for one in index.find(query)]
    return sorted(found, key=lambda pair: pair[0].fit)
