"""The floor under intake's proposals, on reports that its rules were not written from."""

import pytest

from dispatch.rules.categories import CATEGORIES
from layers.areas import AreaIndex
from layers.demo.build import DemoCounty
from tests.intake import retold
from tests.intake.labelled import Score, gazetteer_of, labelled, score

CATEGORY_FLOOR, PLACE_FLOOR = 0.85, 0.80
LEAST_REPORTS = 400


@pytest.fixture(scope="module")
def held_out(jingchuan: DemoCounty, jingchuan_index: AreaIndex) -> tuple[Score, Score]:
    return score(labelled("held_out"), gazetteer_of(jingchuan, jingchuan_index), jingchuan)


def test_the_held_out_half_is_large_and_knows_every_category() -> None:
    rows = labelled("held_out")
    assert len({row.text for row in rows}) >= LEAST_REPORTS
    assert {category for row in rows for category in row.category} == set(CATEGORIES)
    assert not {row.text for row in rows} & {row.text for row in labelled("development")}


def test_the_category_is_right_often_enough(held_out: tuple[Score, Score]) -> None:
    categories, _ = held_out
    assert categories.share >= CATEGORY_FLOOR, categories.confusion()


def test_the_place_is_right_often_enough(held_out: tuple[Score, Score]) -> None:
    _, places = held_out
    assert places.share >= PLACE_FLOOR, places.wrong


def test_repeat_calls_are_found_and_other_incidents_are_left_alone() -> None:
    found = retold.measure("held_out", range(1))
    assert found.precision >= 0.85, found.examples[:20]
    assert found.recall >= 0.75, found.examples[:20]
    assert found.repeats > 100
