"""Every route, walked with actors of two townships: nobody finds anything foreign, and no hint that it exists.

A new route is walked by itself. One with a parameter that this test does not know fails until `PARAMETERS` has it.
"""

import re

import httpx
import pytest

from gis.actor import Role
from tests.dispatch.entrances import browser
from tests.dispatch.house import NOBODYS, PARAMETERS, Ground, House, behind_the_door, filled, nobodys
from tests.dispatch.small_county import COUNTY, EAST, centre_of

# What the start page of the demonstration shows before anybody sat down: counts, and pins rounded to 100 m.
OPEN = frozenset({"/api/demo/glance"})
BY_CODE = frozenset({"/api/reports/{query_code}"})
# The way to another house's log-in, which is not set up here.
NOT_SET_UP = frozenset({"/api/session/oidc", "/api/session/oidc/back"})


def questions(ground: Ground) -> list[str]:
    """Return query strings that ask for exactly what belongs to `ground`."""
    lon, lat = centre_of(f"{ground.township}201001")
    return [
        "",
        f"?area={ground.township}&open=1&limit=200",
        f"?holder={ground.township}201",
        f"?text={ground.words[0]}",
        f"?text={ground.number}",
        f"?by=township&hours=24&lon={lon}&lat={lat}&crs=wgs84",
        f"?q={ground.words[0]}&bbox={lon - 0.1},{lat - 0.1},{lon + 0.1},{lat + 0.1}",
    ]


async def walk(house: House, client: httpx.AsyncClient, ground: Ground) -> dict[str, str]:
    """Ask every path every question about `ground`; return what was answered."""
    answers = {}
    for path in house.paths():
        for question in questions(ground):
            asked = filled(path, ground) + question
            answer = await client.get(asked)
            assert answer.status_code < 500, f"{asked}: {answer.text}"
            answers[asked] = answer.text
    return answers


def found_in(answers: dict[str, str], marks: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the paths that answered with one of the marks that they were not asked with."""
    return [
        (asked, mark)
        for asked, text in answers.items()
        for mark in marks
        if mark in text.replace(asked, "") and mark not in asked
    ]


@pytest.mark.parametrize(
    "role, suffix", [(Role.DUTY_OFFICER, ""), (Role.VILLAGE_OFFICER, "202"), (Role.GRID_OFFICER, "201001")]
)
async def test_a_township_finds_its_own_and_nothing_of_its_neighbour(
    house: House, role: Role, suffix: str
) -> None:
    for mine, foreign in ((house.west, house.east), (house.east, house.west)):
        way_in = await house.way_in(role, mine.township + suffix, (mine.township + suffix)[:12])
        async with browser(house.app, **way_in) as client:
            assert found_in(await walk(house, client, foreign), foreign.marks) == []
            own = found_in(await walk(house, client, mine), mine.marks)
        if not suffix:
            seen = {mine.case_id, mine.number, mine.words[0], mine.card_id, mine.card_words}
            assert {mark for _, mark in own} >= seen


async def test_what_is_foreign_answers_like_what_does_not_exist(house: House) -> None:
    async with browser(house.app, **await house.way_in(Role.DUTY_OFFICER, EAST)) as client:
        for path in house.paths():
            names = [name for name in re.findall(r"{(\w+)(?::\w+)?}", path) if name in NOBODYS]
            if not names:
                continue
            foreign = await client.get(filled(path, house.west))
            nothing = await client.get(filled(nobodys(path), house.west))
            assert foreign.status_code == nothing.status_code == 404, path
            told, untold = foreign.json(), nothing.json()
            for name in names:
                told["detail"] = told["detail"].replace(PARAMETERS[name](house.west), "…")
                untold["detail"] = untold["detail"].replace(NOBODYS[name], "…")
            assert told == untold, path


async def test_nobody_moves_what_he_cannot_see_nor_learns_that_it_is_there(house: House) -> None:
    body = {"move": "accept", "expected_version": 1}
    async with browser(house.app, **await house.way_in(Role.DUTY_OFFICER, EAST)) as client:
        foreign = await client.post(f"/api/cases/{house.west.case_id}/moves", json=body)
        nothing = await client.post(f"/api/cases/{NOBODYS['case_id']}/moves", json=body)
        duty = await client.post(f"/api/units/{house.west.unit_id}/duty", json={"on_duty": False})
        no_duty = await client.post("/api/units/grid.nobody/duty", json={"on_duty": False})
    assert (foreign.status_code, foreign.json()["code"]) == (404, nothing.json()["code"])
    assert (duty.status_code, duty.json()["code"]) == (404, no_duty.json()["code"])


@pytest.mark.parametrize("role", [Role.DEPARTMENT, Role.MEDIATOR])
async def test_who_sees_only_what_was_given_to_him_finds_nothing_before_that(
    house: House, role: Role
) -> None:
    async with browser(house.app, **await house.way_in(role, COUNTY, f"{COUNTY}/police")) as client:
        for ground in (house.west, house.east):
            assert found_in(await walk(house, client, ground), ground.marks) == []


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.KIOSK, Role.DEVICE])
async def test_who_only_looks_on_reads_neither_who_rang_nor_what_he_said(house: House, role: Role) -> None:
    unit = house.west.unit_id
    async with browser(
        house.app, **await house.way_in(Role.VILLAGE_OFFICER, f"{house.west.township}201")
    ) as village:
        for move in ({"move": "accept"}, {"move": "dispatch", "units": [unit]}):
            moved = await village.post(f"/api/cases/{house.west.case_id}/moves", json=move)
            assert moved.status_code == 200, moved.text
    async with browser(house.app, **await house.way_in(role, COUNTY, unit=unit)) as client:
        assert len((await client.get("/api/tasks")).json()["tasks"]) == 1, "a tracker is told where to go"
        for ground in (house.west, house.east):
            assert found_in(await walk(house, client, ground), ground.words) == []


async def test_a_stranger_gets_401_and_from_what_is_open_nothing_of_anybody(house: House) -> None:
    async with browser(house.app) as client:
        for path in house.paths():
            answer = await client.get(filled(path, house.west))
            assert answer.status_code == (
                404 if path in BY_CODE | NOT_SET_UP else 200 if path in OPEN else 401
            ), path
            assert not any(mark in answer.text for mark in (*house.west.marks, *house.east.marks)), path


async def test_a_county_dispatcher_finds_both_so_that_the_walk_can_find_anything_at_all(house: House) -> None:
    async with browser(house.app, **await house.way_in(Role.DISPATCHER, COUNTY)) as client:
        for ground in (house.west, house.east):
            own = found_in(await walk(house, client, ground), ground.marks)
            assert {mark for _, mark in own} >= {*ground.marks[:5], ground.card_id, ground.card_words}


async def test_a_wall_screen_is_told_neither_where_a_dispute_lies_nor_what_it_is(house: House) -> None:
    for role, told in ((Role.KIOSK, False), (Role.LEADER, True)):
        async with browser(house.app, **await house.way_in(role, COUNTY)) as client:
            for ground in (house.west, house.east):
                lon, lat = behind_the_door(ground.township)
                answers = await walk(house, client, ground)
                marks = (str(lon), str(lat), "neighbour_dispute", f"{ground.township}201001")
                cases = {
                    asked: text
                    for asked, text in answers.items()
                    if asked.startswith(("/api/cases", "/api/warnings"))
                }
                assert bool(found_in(cases, marks)) is told
        async with browser(house.app, **await house.way_in(role, COUNTY)) as client:
            narrow = await client.get("/api/cases", params={"category": "neighbour_dispute"})
            assert narrow.status_code == (200 if told else 403)
