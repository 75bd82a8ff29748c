"""The house's book: ours is whole, a county's takes its place, and a wrong one is refused with a reason."""

from pathlib import Path

import pytest

from dispatch.rulebook import FILES, OURS, load_rulebook
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.procedures import open_required
from gis.errors import InvalidInput


def test_our_own_book_is_whole() -> None:
    book = load_rulebook()
    assert set(book.procedure_of) == set(CATEGORIES)
    assert {len(tier) for tier in book.duties.values()} == {12}
    assert any(colour.praises for colour in book.colours.values())
    assert {rule.colour for rule in book.rules} == set(book.colours)
    assert book.alarms["gb28181:2/1"].key == "help_button"


def test_a_county_puts_its_own_file_in_place_of_ours_and_keeps_the_others(tmp_path: Path) -> None:
    ours = (OURS / "warnings.toml").read_text(encoding="utf-8")
    (tmp_path / "warnings.toml").write_text(ours.replace('"green"', '"blue"'), encoding="utf-8")
    book = load_rulebook(tmp_path)
    assert set(book.colours) == {"red", "yellow", "blue"}
    assert book.procedures == load_rulebook().procedures


def test_a_county_may_let_no_clock_give_orders(tmp_path: Path) -> None:
    (tmp_path / "supervision.toml").write_text("# 不自动督办\n", encoding="utf-8")
    assert load_rulebook(tmp_path).orders == ()


@pytest.mark.parametrize(
    "name, old, new, said",
    [
        ("warnings.toml", "off = 0.20", "off = 0.40", r"rule 1 \(township_overdue_red\): 'off' must be"),
        ("warnings.toml", 'measure = "repeated"', 'measure = "moon"', "moon"),
        ("warnings.toml", 'colour = "yellow"', 'colour = "pink"', "no colour 'pink'"),
        ("warnings.toml", "window_h = 168", "window = 168", "'window' is not known"),
        ("warnings.toml", "on = 0.30", "on = 30", "a share is at most 1"),
        ("warnings.toml", 'subject = "unit"', 'subject = "area"', "is measured of units"),
        ("warnings.toml", 'key = "village_overdue_yellow"', 'key = "township_overdue_red"', "already"),
        ("procedures.toml", '"fire", ', "", "'fire' has no procedure"),
        ("procedures.toml", '"fire", ', '"fire", "noise", ', "'noise' has two procedures"),
        ("procedures.toml", "county.4", "county.13", "'county.13', which is no duty"),
        ("duties.toml", "[[county]]", "[[other]]", "county has 11 duties"),
        ("regulations.toml", "text = ", "words = ", "'words' is not known"),
        ("supervision.toml", '"resolve"]', '"verify"]', "targets are some of dispatch"),
        ("supervision.toml", "priority = 2", "priority = 5", "'priority' is 1 to 4"),
        ("supervision.toml", '"emergency"]', '"grave"]', "grave"),
        ("plans.toml", "patrol = [1, 2, 4]", "patrol = [1, 4, 2]", r"plan 1 \(fire\): .*sends no fewer"),
        ("plans.toml", "patrol = [1, 2, 4]", "patrol = [1, 2]", "'patrol' is three whole numbers"),
        ("plans.toml", "patrol = ", "helicopter = ", "'helicopter' is not known"),
        ("plans.toml", 'key = "fire"', 'key = "fires"', "no category 'fires'"),
        ("plans.toml", '[[plan]]\nkey = "fire"', '[[plans]]\nkey = "fire"', "'fire' has no plan"),
        (
            "plans.toml",
            "环境卫生\ngrid_officer = [1",
            "环境卫生\ngrid_officer = [0",
            "nobody goes at level 3",
        ),
        ("alarms.toml", "priority = 1", "priority = 0", r"alarm 1 \(fire\): 'priority' is 1, 2, 3 or 4"),
        ("alarms.toml", 'category = "fire"', 'category = "smoke"', "no category 'smoke'"),
        ("alarms.toml", '"2/1"]', '"5/5"]', "gb28181:5/5 is taken by 'help_button'"),
        ("alarms.toml", '"2/1"]', "21]", "'gb28181' is a list"),
        (
            "retention.toml",
            "years = 3",
            "months = 5",
            r"retention 1 \(reporter\): 'reporter' is kept 6 months",
        ),
        ("retention.toml", "months = 6 }", "days = 30 }", "'on_request' is 6 months at least"),
        ("retention.toml", "months = 6 }", "years = 4 }", "no longer than without asking"),
        ("retention.toml", "years = 3", "years = 3\ndays = 1", "one of 'years', 'months' and 'days'"),
        ("retention.toml", "days = 7", "days = 0", "'days' is a whole number above 0"),
        ("retention.toml", "days = 30\n", 'days = 30\nclasses = ["simple"]\n', "of cases"),
        ("retention.toml", 'what = "reporter"\nyears', 'what = "words"\nyears', "last row of 'reporter'"),
        (
            "retention.toml",
            "years = 10\nreason",
            'years = 10\ncategories = ["fire"]\nreason',
            "last row of 'words'",
        ),
        ("notice.html", "$demands", "", r"no place for \$demands"),
        ("notice.html", "A4;", "A4; $", "dollar sign"),
        ("warnings.toml", "[[colour]]", "[[colour]", "is no TOML"),
    ],
)
def test_a_wrong_book_is_refused_and_says_where(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    ours = (OURS / name).read_text(encoding="utf-8")
    assert old in ours
    (tmp_path / name).write_text(ours.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        load_rulebook(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        load_rulebook(tmp_path / "nowhere")
    assert set(FILES) <= {path.name for path in OURS.iterdir()}


def test_what_is_required_and_not_ticked_is_told() -> None:
    fire = load_rulebook().procedure_of["fire"]
    required = [step.key for step in fire.steps if step.required]
    assert [step.key for step in open_required(fire, required[1:])] == required[:1]
    assert open_required(fire, required) == ()
