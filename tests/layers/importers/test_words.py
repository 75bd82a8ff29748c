"""What an import says stands in both languages: every code has words, and every word is said somewhere."""

import re
import string
from pathlib import Path

import pytest

from gis.errors import InvalidInput
from gis.systems import named_system
from layers.importers.faults import BadFile
from layers.importers.said import LANGUAGES, Said, told_error
from layers.importers.targets import PLACE_FIELDS, TARGETS
from layers.importers.words import FAULTS, WORDS
from wall_ui.words import commands

ROOT = Path(__file__).resolve().parents[3]
HANZI = re.compile(r"[\u4e00-\u9fff]")
SAID = re.compile(
    r"""(?:Said|BadFile|BadValue|_fault_of_all)\(\s*"([^"{]+)"|refusal\(\s*\w+,\s*"([^"{]+)\""""
)
# Keys that are put together: what a layer, a column, a reason … is called, and the two ways of saying one thing.
PUT_TOGETHER = (
    *(
        "layer",
        "field",
        "mode",
        "what",
        "status",
        "report",
        "by",
        "step",
        "passwords",
        "reason",
        "shape",
        "why",
        "use",
    ),
    *("area", "bad_camera_code", "mixed_datum_suspected"),
)


def sources() -> str:
    """Everything that speaks."""
    files = [*(ROOT / "layers").glob("*porters/*.py"), *(ROOT / "dispatch/actions").glob("*.py")]
    files += (ROOT / "dispatch/staff").glob("*.py")
    files.append(ROOT / "wall_ui/import_commands.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def places(sentence: str) -> set[str]:
    """What is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("table", [WORDS, commands.WORDS], ids=["import", "command"])
def test_each_sentence_stands_in_both_languages_with_the_same_places(
    table: dict[str, tuple[str, str]],
) -> None:
    for key, (chinese, english) in table.items():
        assert places(chinese) == places(english), key
        assert HANZI.search(chinese) or places(chinese), key
        assert not HANZI.search(english.replace("是", "").replace("否", "")), key
        assert chinese != english or not HANZI.search(chinese), key


def test_every_code_that_is_said_has_words_and_every_word_is_said() -> None:
    said = {key for pair in SAID.findall(sources()) for key in pair if key}
    assert len(said) > 90
    assert said <= set(WORDS), said - set(WORDS)
    # What lower floors refuse is told by its code alone.
    literal = set(re.findall(r'"([\w.]+)"', sources())) | {"unknown_crs"}
    silent = {key for key in WORDS if key not in literal and key.partition(".")[0] not in PUT_TOGETHER}
    assert not silent


def test_every_code_is_told_in_the_documentation() -> None:
    told = set(re.findall(r"`([a-z_0-9]+)`", (ROOT / "docs/importing.md").read_text(encoding="utf-8")))
    codes = {key.partition(".")[0] for key in FAULTS}
    assert len(codes) > 60
    assert codes <= told, codes - told


def test_layers_and_columns_have_names() -> None:
    for target in TARGETS.values():
        assert WORDS[f"layer.{target.name}"] == (target.title, target.name)
        for one in (*target.fields, *PLACE_FIELDS):
            assert WORDS[f"field.{one.name}"][1] == one.name


def test_a_sentence_within_a_sentence_is_told_in_the_same_language() -> None:
    said = Said(
        "bad_code.digits", field=Said("field.code"), value="62", length=2, level=Said("layer.grid"), digits=15
    )
    assert [said.told(language) for language in LANGUAGES] == [
        "编码 code：“62”有 2 位，网格是 15 位",
        "code: '62' has 2 digits: a grid has 15",
    ]


def test_errors_of_lower_floors_are_told_in_chinese_too() -> None:
    with pytest.raises(InvalidInput) as refused:
        named_system("mars")
    assert "mars" in told_error(refused.value, "zh")
    assert HANZI.search(told_error(refused.value, "zh"))
    assert told_error(BadFile("empty_file", file="a.csv"), "en") == "a.csv is empty"
    assert told_error(InvalidInput("As it is."), "zh") == "As it is."
