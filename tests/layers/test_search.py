"""Search: every way in which a name is typed finds it, the best stands first, and nobody finds a foreign camera."""

from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.database import Database
from layers.search import api
from layers.search.index import Entry, SearchIndex
from layers.search.readings import plain, typed_for
from tests.layers.door import asking_the_county

NAMES = (
    "玉都镇",
    "王母宫",
    "重庆路",
    "音乐广场",
    "长庆桥镇",
    "玉都镇西王村",
    "绿园小区",
    "ＡＢ座 3号",
    "行政中心",
)


def index_of(*names: str) -> SearchIndex:
    return SearchIndex(Entry("poi", str(number), name, 107.0, 35.0) for number, name in enumerate(names))


@pytest.mark.parametrize(
    "typed", ["police", "yudu police", "Yudu Township Pol", "yudutownship", "paichusuo", "ydz"]
)
def test_a_name_is_found_as_a_page_in_english_shows_it(typed: str) -> None:
    station = Entry("facility", "1", "玉都镇派出所", 107.0, 35.0, english="Yudu Township Police Station")
    school = Entry("facility", "2", "高平镇小学", 107.0, 35.0, english="Gaoping Township Primary School")
    assert names_found(SearchIndex([school, station]), typed) == (
        ["玉都镇派出所"] if typed != "yudutownship" else []
    )


def names_found(index: SearchIndex, query: str) -> list[str]:
    return [index.entries[one.number].name for one in index.find(query)]


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("yd", "玉都镇"),
        ("ydz", "玉都镇"),
        ("yudu", "玉都镇"),
        ("yudouzhen", "玉都镇"),
        ("YuDuZh", "玉都镇"),
        ("yudz", "玉都镇"),
        ("玉d", "玉都镇"),
        ("都镇", "玉都镇"),
        ("wmg", "王母宫"),
        ("cql", "重庆路"),
        ("zql", "重庆路"),
        ("chongqinglu", "重庆路"),
        ("yygc", "音乐广场"),
        ("ylgc", "音乐广场"),
        ("zhangqing", "长庆桥镇"),
        ("changqing", "长庆桥镇"),
        ("lvyuan", "绿园小区"),
        ("lüyuan", "绿园小区"),
        ("ab座3", "ＡＢ座 3号"),
        ("hangzheng", "行政中心"),
        ("xzzx", "行政中心"),
        ("xi'wang", "玉都镇西王村"),
    ],
)
def test_a_name_is_found_however_it_is_typed(typed: str, expected: str) -> None:
    assert expected in names_found(index_of(*NAMES), typed)


def test_a_match_never_runs_from_one_name_into_the_next() -> None:
    assert names_found(index_of("玉都", "镇原"), "ydz") == []
    assert names_found(index_of("玉都", "镇原"), "都镇") == []


@pytest.mark.parametrize("typed", ["", "   ", "\0", "%", "_", ".*", "'", "zzzz", "'; drop table areas"])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert names_found(index_of(*NAMES), typed) == []


def test_the_whole_name_comes_before_a_beginning_and_a_beginning_before_the_middle() -> None:
    index = index_of("东玉都", "玉都镇西王村", "玉都镇", "玉都", "豫东路")
    assert names_found(index, "玉都") == ["玉都", "玉都镇", "玉都镇西王村", "东玉都"]
    assert names_found(index, "yd")[:2] == ["玉都", "玉都镇"]
    assert names_found(index, "yd")[-1] == "东玉都"


def test_codes_are_found_from_their_beginning_and_by_their_end() -> None:
    camera = Entry("camera", "62082101001323000174", "派出所01号", 107.0, 35.0)
    index = SearchIndex([camera, Entry("facility", "6208", "无码", 107.0, 35.0)])
    for typed in ("62082101001323000174", "620821", "000174"):
        assert names_found(index, typed) == ["派出所01号"]
    assert names_found(index, "0174") == ["派出所01号"]
    assert names_found(index, "74") == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_any_mixture_of_characters_readings_and_initials_finds_the_name(
    name: str, data: st.DataObject
) -> None:
    typed = "".join(data.draw(st.sampled_from(sorted(typed_for(one)))) for one in plain(name))
    assert name in names_found(index_of(*NAMES), typed)


@pytest.fixture
async def client(county_db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The route behind a door that lets in whom the header names."""
    async with asking_the_county(api.router, county_db) as opened:
        yield opened


async def groups(
    client: httpx.AsyncClient, q: str, actor: str = "dispatcher", limit: int = 6
) -> dict[str, list[str]]:
    answer = await client.get("/api/search", params={"q": q, "limit": limit}, headers={"x-actor": actor})
    assert answer.status_code == 200, answer.text
    return {group["kind"]: [item["name"] for item in group["items"]] for group in answer.json()["groups"]}


async def a_camera_elsewhere(client: httpx.AsyncClient) -> str:
    """The code of a camera outside the duty officer's township."""
    answer = await client.get("/api/search", params={"q": "620821", "limit": 50})
    found = next(group for group in answer.json()["groups"] if group["kind"] == "camera")["items"]
    return next(str(camera["id"]) for camera in found if camera["within"] != "高平镇")


async def test_everything_of_the_county_is_found_and_grouped(client: httpx.AsyncClient) -> None:
    found = await groups(client, "yd")
    assert found["area"][0] == "玉都镇"
    assert {"camera", "facility", "road"} <= set(found)
    assert next(iter(await groups(client, "泾河干线"))) == "road"
    assert "泾川县人民医院" in (await groups(client, "xrmyy"))["facility"]
    assert next(iter(await groups(client, await a_camera_elsewhere(client)))) == "camera"
    assert (await groups(client, "620821102"))["area"][0]
    assert await groups(client, "") == {}


async def test_a_camera_is_found_by_those_who_may_see_it_and_by_nobody_else(
    client: httpx.AsyncClient,
) -> None:
    code = await a_camera_elsewhere(client)
    assert "camera" in await groups(client, code)
    assert "camera" not in await groups(client, code, "duty")
    assert "camera" not in await groups(client, code, "police")
    own = await client.get("/api/search", params={"q": "620821", "limit": 50}, headers={"x-actor": "duty"})
    cameras = next(group for group in own.json()["groups"] if group["kind"] == "camera")
    assert 0 < cameras["count"] < 1000
    assert {camera["within"] for camera in cameras["items"]} == {"高平镇"}


@pytest.mark.parametrize(
    "params", [{"q": "x" * 65}, {"q": "yd", "limit": 0}, {"q": "yd", "limit": -1}, {"q": "yd", "limit": "a"}]
)
async def test_a_question_out_of_bounds_is_refused(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await client.get("/api/search", params=params)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"
