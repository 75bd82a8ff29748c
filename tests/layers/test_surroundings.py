"""What a phone is told of its surroundings: little, all of it near, nothing twice."""

from itertools import pairwise

import pytest

from gis.actor import SYSTEM
from gis.database import Database
from layers.areas import load_area_index
from layers.surroundings import Line, Surroundings, box_around, surroundings

PLACE = (107.35, 35.33)
RADIUS_M = 1500.0


@pytest.fixture
async def around(county_db: Database) -> Surroundings:
    """What lies around the county seat."""
    async with county_db.read(SYSTEM) as tx:
        return await surroundings(tx, await load_area_index(tx), PLACE, RADIUS_M)


def steps(lines: list[Line]) -> list[frozenset[tuple[float, ...]]]:
    return [frozenset((tuple(a), tuple(b))) for line in lines for a, b in pairwise(line)]


async def test_all_of_it_lies_within_the_box(around: Surroundings) -> None:
    west, south, east, north = box_around(*PLACE, RADIUS_M)
    places = [place for lines in around.values() for line in lines for place in line]  # type: ignore[attr-defined]
    assert places
    for lon, lat in places:
        assert west - 1e-5 <= lon <= east + 1e-5
        assert south - 1e-5 <= lat <= north + 1e-5


async def test_a_border_between_two_areas_is_told_once(around: Surroundings) -> None:
    borders = steps(around["grid"]) + steps(around["village"])
    assert len(borders) == len(set(borders)) > 50


async def test_a_box_is_as_high_as_asked_and_wider_by_the_drawings_shape() -> None:
    west, south, east, north = box_around(107.35, 35.33, 1113.2)
    assert north - south == pytest.approx(0.02)
    assert (east - west) / (north - south) == pytest.approx(1.9 / 0.8158, rel=0.01)
