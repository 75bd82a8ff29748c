"""What a wall screen is told of a case behind whose door nobody should look."""

from typing import Any

import pytest

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.masking import is_sensitive, masked
from dispatch.stream.projection import project
from gis.actor import Actor, Role
from tests.dispatch.test_stream_projection import EVERYTHING, UNIT_HERE, event

KIOSK = Actor("k", "hall", Role.KIOSK, "620821", "620821")
LEADER = Actor("l", "leader", Role.LEADER, "620821", "620821")
SEAT = (107.5, 35.5)
CASE: dict[str, Any] = {
    "id": "c1",
    "number": "261124-00001",
    "version": 3,
    "category": "family_dispute",
    "lon": 107.123,
    "lat": 35.321,
    "area_code": "620821101201001",
    "holder": "620821101201",
    "supervision": {"at": "2026", "by_name": "王书记"},
    "assignments": [{"unit": "u1", "unit_name": "李建国", "state": "enroute"}],
}


def test_a_sensitive_case_stands_at_the_seat_of_its_village_by_its_group_alone() -> None:
    shown = masked(CASE, {"620821101201": SEAT}.__getitem__)
    assert (shown["lon"], shown["lat"], shown["area_code"]) == (*SEAT, "620821101201")
    assert (shown["category"], shown["number"]) == ("dispute", CASE["number"])
    assert not {"李建国", "王书记", "family_dispute", "u1"} & set(repr(shown).replace("'", " ").split())


def test_a_fire_is_shown_where_it_burns() -> None:
    fire = {**CASE, "category": "fire"}
    assert masked(fire, lambda _: SEAT) == fire


@pytest.mark.parametrize("category", CATEGORIES)
def test_masking_twice_is_masking_once(category: str) -> None:
    once = masked({**CASE, "category": category}, lambda _: SEAT)
    if once["category"] in CATEGORIES:
        assert not is_sensitive(once["category"])
    assert once["number"] == CASE["number"]


def test_events_are_masked_for_the_hall_and_not_for_the_leader() -> None:
    told = event(units=[{**UNIT_HERE, "case_id": "c1"}])
    told.data["case"] = CASE  # type: ignore[index]
    hall, leader = (project(one, EVERYTHING, told, lambda _: SEAT) for one in (KIOSK, LEADER))
    assert hall is not None
    assert leader is not None
    assert leader["case"] == CASE
    assert hall["case"] == masked(CASE, lambda _: SEAT)
    assert (hall["detail"], hall["actor"]["name"], hall["units"][0]["case_id"]) == ({}, "", None)
