"""The text catalogue: every word a screen shows, in Chinese and in English, and nothing else.

One table per screen, `key -> (zh, en)`; a key is `topic.name`. A word may hold `{places}` to be filled. The
browser gets the same table as JSON (`/assets/words.json`), so that a word is written once.
"""

import hashlib
import json
from typing import Final, Literal

from dispatch.recommendation import reasons_in_words
from dispatch.rules.categories import CATEGORIES
from wall_ui.words import (
    admin,
    audit,
    console,
    doors,
    errors,
    facts,
    field,
    law,
    leader,
    maps,
    report,
    shared,
    township,
    wall,
    warnings,
)

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
DEFAULT_LANGUAGE: Final[Language] = "zh"
HTML_LANG: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}

TABLES: Final = (
    shared,
    errors,
    facts,
    maps,
    wall,
    console,
    township,
    leader,
    field,
    doors,
    law,
    warnings,
    report,
    audit,
    admin,
)
CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    **{key: pair for table in TABLES for key, pair in table.WORDS.items()},
    **{f"category.{row.key}": (row.name, row.name_en) for row in CATEGORIES.values()},
    **{f"reason.{key}": pair for key, pair in reasons_in_words().items()},
    # Of a sensitive case a wall screen is told the group alone.
    **{f"category.{row.group}": shared.WORDS[f"group.{row.group}"] for row in CATEGORIES.values()},
}


def language(value: str | None) -> Language:
    """Return `value` as a language of ours, or the default: a cookie can hold anything."""
    return "en" if value == "en" else DEFAULT_LANGUAGE


def t(key: str, lang: Language = DEFAULT_LANGUAGE, **places: object) -> str:
    """Return the word for `key` in `lang`. Raises KeyError: a missing word is a fault of ours."""
    word = CATALOGUE[key][LANGUAGES.index(lang)]
    return word.format(**places) if places else word


def as_json() -> bytes:
    """Return the catalogue for the browser.

    `words` are `{key: [zh, en]}`, `groups` `{category: group}`, and `usual` `{category: [class, priority]}`.
    """
    groups = {row.key: row.group for row in CATEGORIES.values()}
    groups |= {group: group for group in groups.values()}
    usual = {row.key: (row.case_class, row.priority) for row in CATEGORIES.values()}
    told = {"words": CATALOGUE, "groups": groups, "usual": usual}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


VERSION: Final = hashlib.sha256(as_json()).hexdigest()[:12]
