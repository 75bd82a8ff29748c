"""The catalogue: whole in both languages, and holding every word that a screen asks for."""

import re
from collections import Counter
from pathlib import Path

import pytest

from dispatch.api.openapi import CODES
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.clocks import Fact
from dispatch.rules.moves import Relation
from dispatch.rules.vocabulary import (
    AssignmentState,
    Callback,
    CaseClass,
    Finding,
    Move,
    RequestKind,
    Source,
    Status,
    Target,
    UnitKind,
    UnitState,
)
from gis.actor import Role
from layers.importers.vocabulary import CAMERA_HEALTH, CAMERA_KINDS, FACILITY_KINDS, POI_KINDS
from wall_ui import words

UI = Path(words.__file__).parent.parent
PLACES = re.compile(r"\{(\w+)\}")
HANZI = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("key", sorted(words.CATALOGUE))
def test_a_word_stands_in_both_languages_with_the_same_places(key: str) -> None:
    chinese, english = words.CATALOGUE[key]
    assert chinese
    assert english
    assert set(PLACES.findall(chinese)) >= set(PLACES.findall(english)) or "{" not in chinese


def test_everything_that_has_a_name_in_the_rules_has_a_word() -> None:
    topics: dict[str, object] = {
        "status": Status,
        "class": CaseClass,
        "move": Move,
        "role": Role,
        "clock": Target,
        "unit": UnitKind,
        "unit_state": UnitState,
        "assignment": AssignmentState,
        "source": Source,
        "category": CATEGORIES,
    }
    wanted = {f"{topic}.{value}" for topic, values in topics.items() for value in values}  # type: ignore[attr-defined]
    wanted |= {f"group.{row.group}" for row in CATEGORIES.values()}
    wanted |= {f"fact.case.{move}" for move in Move} | {"fact.clock.amber", "fact.clock.red"}
    wanted |= {f"priority.{n}" for n in (1, 2, 3, 4)}
    wanted |= {f"move.{fact}" for fact in ("add_file", "join", "part", "tick", "untick")}
    wanted |= {f"why.fact.{fact}" for fact in Fact}
    wanted |= {f"why.pause.{kind}" for kind in (RequestKind.SUSPEND, RequestKind.OBJECT)}
    wanted |= {f"story.request.{kind}" for kind in RequestKind} | {f"callback.{one}" for one in Callback}
    wanted |= {f"finding.{one}" for one in Finding} | {
        f"by.{one}" for one in Relation if one is not Relation.CLOCK
    }
    assert sorted(wanted - set(words.CATALOGUE)) == []


def test_a_word_stands_in_one_table_so_that_no_screen_speaks_for_another() -> None:
    keys = Counter(key for table in words.TABLES for key in table.WORDS)
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_error_that_a_person_can_meet_has_a_word() -> None:
    # What only programs, their makers and administrators at the command line are told stays in English.
    for_programs = {
        *(
            "bad_code",
            "bad_id_token",
            "bad_state",
            "key_guessable",
            "no_such_alarm",
        ),
        *(
            "no_such_device",
            "not_a_move_of_a_case",
            "outside_crs",
            "outside_zones",
            "stale_alarm",
        ),
        *("too_many_alarms", "too_many_positions", "unknown_crs"),
    }
    codes = {code for by_status in CODES.values() for found in by_status.values() for code in found}
    told = {
        code for code in codes if not code.startswith(("basemap_", "broken_", "tile_", "unknown_basemap"))
    }
    assert sorted(told - for_programs - {key.removeprefix("error.") for key in words.CATALOGUE}) == []
    assert for_programs <= codes


def test_every_kind_of_thing_that_an_import_knows_has_a_word_on_the_map() -> None:
    kinds = {"facility": FACILITY_KINDS, "poi": POI_KINDS, "camera": CAMERA_KINDS, "health": CAMERA_HEALTH}
    wanted = {f"map.{topic}.{kind}" for topic, known in kinds.items() for kind in known}
    assert sorted(wanted - set(words.CATALOGUE)) == []


def test_every_key_that_a_layout_or_a_script_names_is_in_the_catalogue() -> None:
    named = set()
    for path in (*UI.glob("pages/*.py"), *UI.glob("components/*.py"), *UI.glob("assets/**/*.js")):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bword\(\s*["']([\w.]+)["']""", text))
        named |= set(re.findall(r"""(?:\bt|\.t)\(\s*["']([\w.]+)["']""", text))
    assert named
    assert sorted(key for key in named if key not in words.CATALOGUE) == []


def test_chinese_stands_in_the_catalogue_and_nowhere_else_on_the_screens() -> None:
    screens = (
        *UI.glob("pages/*.py"),
        *UI.glob("components/*.py"),
        UI / "shell.py",
        *UI.glob("assets/wall/*.js"),
    )
    maps = (*UI.glob("assets/map/*.js"), *UI.glob("assets/core/*.js"))
    # Suffixes of official names are data, and the fonts are asked for with two characters of theirs.
    allowed = {"areas.js", "map.js", "queue.js", "facts.js", "clock.js"}
    found = [path.name for path in (*screens, *maps) if HANZI.search(path.read_text(encoding="utf-8"))]
    assert sorted(set(found) - allowed) == []


def test_an_unknown_language_is_chinese_and_an_unknown_word_is_a_fault() -> None:
    assert words.language("fr") == words.language(None) == "zh"
    assert words.language("en") == "en"
    with pytest.raises(KeyError):
        words.t("no.such.word")


def test_places_are_filled() -> None:
    assert words.t("fact.case.take", "en", who="A", place="B") == "A took a case in B"
