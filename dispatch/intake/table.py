"""The editable table of words: read once, checked whole, and refused with the row and the reason if it is wrong."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.wording import PriorityRule, Wording, WordingTable, known_categories
from gis.errors import InvalidInput

PACKAGED = Path(__file__).with_name("wording.toml")
RULE_KEYS = frozenset({"category", "weight", "words", "patterns", "deniable"})
PRIORITY_KEYS = frozenset(
    {
        "to",
        "by",
        "least",
        "lowers",
        "why",
        "why_en",
        "words",
        "patterns",
        "deniable",
        "categories",
        "groups",
    }
)
LONGEST_WORD = 40


class BadTable(InvalidInput):
    """The table of words is wrong; the sentence names the row."""

    code = "bad_table"


@cache
def wording_table(path: Path | None = None) -> WordingTable:
    """Return the table at `path`, or the packaged one. Raises BadTable naming what is wrong, and where."""
    source = path or PACKAGED
    try:
        document = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTable(f"the table of words {source} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTable(f"the table of words {source} is not TOML: {error}") from error
    return table_of(document, str(source))


def table_of(document: Mapping[str, Any], source: str = "the table of words") -> WordingTable:
    """Return the table that a parsed document says. Raises BadTable."""
    unknown = set(document) - {"rule", "priority", "masks", "denials", "fears"}
    if unknown:
        raise BadTable(f"{source}: unknown part {sorted(unknown)[0]!r}")
    rules = [_wording(row, f"{source}, rule {n}") for n, row in enumerate(document.get("rule", []), 1)]
    if not rules:
        raise BadTable(f"{source}: there is no [[rule]] in it")
    return WordingTable(
        tuple(rules),
        tuple(
            _priority(row, f"{source}, priority {n}") for n, row in enumerate(document.get("priority", []), 1)
        ),
        _words(document, "masks", source),
        _words(document, "denials", source),
        _words(document, "fears", source),
    )


def _wording(row: Mapping[str, Any], where: str) -> Wording:
    _only(row, RULE_KEYS, where)
    category = row.get("category")
    if category not in known_categories():
        raise BadTable(f"{where}: there is no category {category!r}")
    weight = row.get("weight")
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight <= 100:
        raise BadTable(f"{where}: 'weight' must be a number above 0 and at most 100, not {weight!r}")
    return Wording(
        str(category), float(weight), *_what(row, where), deniable=_flag(row, "deniable", True, where)
    )


def _priority(row: Mapping[str, Any], where: str) -> PriorityRule:
    _only(row, PRIORITY_KEYS, where)
    to, by, least = row.get("to"), row.get("by", 0), row.get("least", 1)
    if (to is None) == (by == 0):
        raise BadTable(f"{where}: say either 'to' (a priority) or 'by' (steps)")
    for name, value in (("to", to if to is not None else 1), ("least", least)):
        if value not in (1, 2, 3, 4) or isinstance(value, bool):
            raise BadTable(f"{where}: '{name}' must be 1, 2, 3 or 4, not {value!r}")
    categories, groups = frozenset(row.get("categories", [])), frozenset(row.get("groups", []))
    for name, given, known in (
        ("category", categories, set(CATEGORIES)),
        ("group", groups, {one.group for one in CATEGORIES.values()}),
    ):
        if given - known:
            raise BadTable(f"{where}: there is no {name} {min(given - known)!r}")
    if not isinstance(row.get("why"), str) or not isinstance(row.get("why_en"), str):
        raise BadTable(f"{where}: 'why' and 'why_en' must say in words what the words mean")
    return PriorityRule(
        row["why"],
        row["why_en"],
        *_what(row, where),
        to=to,
        by=int(by),
        least=int(least),
        lowers=_flag(row, "lowers", False, where),
        deniable=_flag(row, "deniable", True, where),
        categories=categories,
        groups=groups,
    )


def _only(row: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = set(row) - known
    if unknown:
        raise BadTable(f"{where}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(known))}")


def _flag(row: Mapping[str, Any], name: str, otherwise: bool, where: str) -> bool:
    value = row.get(name, otherwise)
    if not isinstance(value, bool):
        raise BadTable(f"{where}: '{name}' must be true or false")
    return value


def _what(row: Mapping[str, Any], where: str) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    words = _words(row, "words", where)
    patterns = []
    for pattern in _words(row, "patterns", where, longest=400):
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise BadTable(f"{where}: the pattern {pattern!r} is wrong: {error}") from error
        if compiled.match(""):
            raise BadTable(f"{where}: the pattern {pattern!r} matches nothing at all, and so everywhere")
        patterns.append(compiled)
    if not words and not patterns:
        raise BadTable(f"{where}: it has neither words nor patterns")
    return words, tuple(patterns)


def _words(row: Mapping[str, Any], name: str, where: str, longest: int = LONGEST_WORD) -> tuple[str, ...]:
    found = row.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise BadTable(f"{where}: '{name}' must be a list of words, none of them empty")
    too_long = next((one for one in found if len(one) > longest), None)
    if too_long is not None:
        raise BadTable(f"{where}: {too_long[:20]!r}… has more than {longest} characters")
    return tuple(dict.fromkeys(found))
