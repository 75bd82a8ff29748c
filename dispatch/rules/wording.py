"""What the words of a report say: which category, which priority, and which words counted. Pure; the table is data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.rules.categories import CATEGORIES

NOTHING = "none"  # the category of a call that reports nothing
READ_CHARACTERS = 1000  # what matters is said early; a long text must not cost more than a short one
ENDS = re.compile(r"[。！？!?；;\n\r]+")
BLANK = "〇"
DENIAL_REACH = 6
QUESTIONS = ("是不是", "有没有", "会不会")
DECAY = 0.7  # each further word of a category counts so much of the one before it
LEAST_SCORE = 2.0
MOST_CATEGORIES = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """One row of the table: words and patterns that speak for a category with so much weight."""

    category: str
    weight: float
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...] = ()
    deniable: bool = True


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """One row: words that set a priority (`to`), or move it (`by`) no further than `least`, for some categories."""

    why: str
    why_en: str
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...] = ()
    to: int | None = None
    by: int = 0
    least: int = 1
    lowers: bool = False
    deniable: bool = True
    categories: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def applies_to(self, category: str) -> bool:
        """Say whether the rule speaks of this category."""
        if not self.categories and not self.groups:
            return True
        return category in self.categories or CATEGORIES[category].group in self.groups


@dataclass(frozen=True, slots=True)
class WordingTable:
    """All rows, in the order of the file."""

    wordings: tuple[Wording, ...]
    priorities: tuple[PriorityRule, ...]
    masks: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    fears: tuple[str, ...] = ()
    mask: re.Pattern[str] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        longest_first = sorted(self.masks, key=len, reverse=True)
        if longest_first:
            object.__setattr__(self, "mask", re.compile("|".join(map(re.escape, longest_first))))


@dataclass(frozen=True, slots=True)
class CategoryProposal:
    """One category with its score, its share of all scores, and the words that counted, heaviest first."""

    category: str
    score: float
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorityProposal:
    """A priority, and why it is not simply the category's own: the words, and what they mean."""

    priority: int
    words: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    why_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    weight: float
    is_word: bool


def readable(text: str, table: WordingTable, hidden: Iterable[tuple[int, int]] = ()) -> str:
    """Return the text as rules read it, character by character in place: without names, masks and sentence ends."""
    head = text[:READ_CHARACTERS]
    for start, end in hidden:
        head = (
            head[:start] + BLANK * (min(end, len(head)) - start) + head[end:] if start < len(head) else head
        )
    head = ENDS.sub(lambda found: "\n" * len(found.group()), head)
    if table.mask is not None:
        head = table.mask.sub(lambda found: BLANK * len(found.group()), head)
    return head


def categories_of(read: str, table: WordingTable) -> tuple[CategoryProposal, ...]:
    """Return the likeliest categories of a readable text, best first; none where no word says anything."""
    hits: dict[str, list[_Hit]] = {}
    for row in table.wordings:
        denials = table.denials if row.deniable else ()
        for start, end, is_word in _found(read, row.words, row.patterns):
            if not _denied(read, start, denials, table.fears):
                hits.setdefault(row.category, []).append(_Hit(start, end, row.weight, is_word))
    scored = {category: _apart(found, read) for category, found in hits.items()}
    totals = {category: _total(found) for category, found in scored.items()}
    whole = sum(totals.values())
    ranked = sorted(totals, key=lambda one: (-totals[one], _urgency(one), one))
    return tuple(
        CategoryProposal(
            one,
            round(totals[one], 2),
            round(totals[one] / whole, 3),
            tuple(dict.fromkeys(read[hit.start : hit.end] for hit in scored[one])),
        )
        for one in ranked[:MOST_CATEGORIES]
        if totals[one] >= LEAST_SCORE
    )


def _urgency(category: str) -> int:
    return CATEGORIES[category].priority if category in CATEGORIES else 0


def _found(
    read: str, words: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> Iterable[tuple[int, int, bool]]:
    for word in words:
        start = read.find(word)
        while start >= 0:
            yield start, start + len(word), True
            start = read.find(word, start + len(word))
    for pattern in patterns:
        for found in pattern.finditer(read):
            if found.end() > found.start():
                yield *found.span(), False


def _denied(read: str, start: int, denials: Sequence[str], ignored: Sequence[str] = ()) -> bool:
    before = read[max(0, start - DENIAL_REACH) : start]
    # "Is it not on fire?" asks, and denies nothing.
    if before.endswith(QUESTIONS):
        return False
    return any(before.endswith(word) for word in denials if word not in ignored)


def _apart(hits: list[_Hit], read: str) -> list[_Hit]:
    """Keep the heaviest hits, each word once, no word within another word and no pattern within another pattern."""
    kept: list[_Hit] = []
    seen: set[str] = set()
    for hit in sorted(hits, key=lambda one: (-one.weight, one.start, one.start - one.end)):
        word = read[hit.start : hit.end]
        alike = (one for one in kept if one.is_word == hit.is_word)
        if word not in seen and all(hit.end <= one.start or hit.start >= one.end for one in alike):
            kept.append(hit)
            seen.add(word)
    return kept


def _total(hits: list[_Hit]) -> float:
    return sum(hit.weight * DECAY**place for place, hit in enumerate(hits))


def priority_of(read: str, category: str, table: WordingTable) -> PriorityProposal:
    """Return the priority of a readable text in a category: the category's own, raised or lowered by the words."""
    own = CATEGORIES[category].priority
    proposal, lower = PriorityProposal(own), PriorityProposal(own)
    for row in table.priorities:
        words = _words_of(read, row, table) if row.applies_to(category) else ()
        if not words:
            continue
        if row.lowers:
            lower = _said(PriorityProposal(max(own, row.to or own)), lower, row, words)
            continue
        goal = row.to if row.to is not None else max(row.least, own + row.by)
        if goal < own:
            proposal = _said(PriorityProposal(min(goal, proposal.priority)), proposal, row, words)
    # What raises outweighs what lowers: "nobody else is hurt" beside "one is trapped" is still an emergency.
    return proposal if proposal.words or not lower.words or _hurt(read, table) else lower


def _said(
    to: PriorityProposal, before: PriorityProposal, row: PriorityRule, words: tuple[str, ...]
) -> PriorityProposal:
    return PriorityProposal(
        to.priority, before.words + words, (*before.why, row.why), (*before.why_en, row.why_en)
    )


def _hurt(read: str, table: WordingTable) -> bool:
    """Whether any word that would raise a priority to the highest stands undenied, even where it is high already."""
    return any(row.to == 1 and _words_of(read, row, table) for row in table.priorities)


def _words_of(read: str, row: PriorityRule, table: WordingTable) -> tuple[str, ...]:
    denials = table.denials if row.deniable else ()
    return tuple(
        dict.fromkeys(
            read[start:end]
            for start, end, _ in _found(read, row.words, row.patterns)
            if not _denied(read, start, denials)
        )
    )


def known_categories() -> Mapping[str, str]:
    """Return what a row of the table may name, with the Chinese name."""
    return {**{key: row.name for key, row in CATEGORIES.items()}, NOTHING: "无事项"}
