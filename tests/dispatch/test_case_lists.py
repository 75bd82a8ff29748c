"""Lists of cases: every filter, search by words in sight only, whole pages, and what the audit log keeps."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from dispatch.actions.accounts import create_token
from dispatch.actions.cases import NewReport, make_move, report_case
from dispatch.case_lists import CaseFilter, search_words
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move, Source
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, centre_of, load_small_county
from wall_ui.application import create_app


@pytest.fixture
async def app(urls: ClusterUrls) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner)
    built = create_app(Settings(), urls.app)
    async with built.router.lifespan_context(built):
        yield built


async def told(app: FastAPI, words: str, township: str = WEST, **other: object) -> str:
    """Report something; return the case's id."""
    grid = f"{township}201001"
    lon, lat = centre_of(grid)
    values = {"category": "neighbour_dispute", "source": Source.HOTLINE, "at": now()} | other
    at = values.pop("at")
    report = NewReport(text=words, lon=lon, lat=lat, area_code=grid, **values)  # type: ignore[arg-type]
    return (await report_case(app.state.db, SYSTEM, report, at)).case["id"]  # type: ignore[arg-type]


async def client_of(app: FastAPI, role: Role, area: str, desk: str | None = None) -> httpx.AsyncClient:
    token = await create_token(app.state.db, role, area, "reader", now(), desk=desk)
    async with browser(app, Authorization=f"Bearer {token}") as client:
        pass
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=str(client.base_url), headers=client.headers
    )


async def ids(client: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await client.get("/api/cases", params=asked)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [case["id"] for case in answer.json()["cases"]]


async def test_two_characters_find_a_case_and_what_stands_around_them(app: FastAPI) -> None:
    wanted = await told(app, "王家沟的羊跑进了邻居的麦田，把麦苗啃了，两家吵了起来")
    await told(app, "路灯不亮")
    async with await client_of(app, Role.DISPATCHER, COUNTY) as client:
        answer = (await client.get("/api/cases", params={"text": "麦苗"})).json()
        assert await ids(client, text="ＷＡＬＬ") == []
        assert await ids(client, text="麦田 吵了") == [wanted]
        assert await ids(client, text="麦田 路灯") == []
    assert [case["id"] for case in answer["cases"]] == [wanted]
    assert "麦苗" in answer["excerpts"][wanted]["text"]


async def test_words_are_found_in_other_letters_and_between_invisible_ones(app: FastAPI) -> None:
    wanted = await told(app, "门口停着一辆ＧＡ\u200b12 的车\U0001f697 \u202eabc")
    async with await client_of(app, Role.DISPATCHER, COUNTY) as client:
        assert await ids(client, text="ga12") == [wanted]
        assert await ids(client, text="车\u200b\U0001f697 abc") == [wanted]


async def test_nobody_finds_words_out_of_his_sight_until_the_case_comes_to_him(app: FastAPI) -> None:
    case_id = await told(app, "柳树倒在路上", WEST)
    east, police = (Role.DUTY_OFFICER, EAST, None), (Role.DEPARTMENT, COUNTY, f"{COUNTY}/police")
    async with await client_of(app, *east) as neighbour, await client_of(app, *police) as department:
        assert await ids(neighbour, text="柳树") == await ids(department, text="柳树") == []
        village = Actor("v", "v", Role.VILLAGE_OFFICER, f"{WEST}201", f"{WEST}201")
        db, at = app.state.db, now()
        await make_move(db, village, case_id, Command(Move.ACCEPT), None, at)  # type: ignore[arg-type]
        up = Command(Move.ESCALATE, reason="超出本村能力")
        await make_move(db, village, case_id, up, None, at)  # type: ignore[arg-type]
        town = Actor("t", "t", Role.DUTY_OFFICER, WEST, WEST)
        await make_move(db, town, case_id, Command(Move.TAKE), None, at)  # type: ignore[arg-type]
        away = Command(Move.TRANSFER, to=EAST, reason="由东镇处置")
        await make_move(db, town, case_id, away, None, at)  # type: ignore[arg-type]
        assert await ids(neighbour, text="柳树") == [case_id]
        assert await ids(department, text="柳树") == []


async def test_who_reads_no_personal_data_finds_by_number_and_not_by_words(app: FastAPI) -> None:
    case_id = await told(app, "柳树倒在路上")
    for role in (Role.LEADER, Role.AUDITOR, Role.KIOSK):
        async with await client_of(app, role, COUNTY) as client:
            refused = await client.get("/api/cases", params={"text": "柳树"})
            assert (refused.status_code, refused.json()["code"]) == (403, "not_of_your_role")
            number = (await client.get("/api/cases")).json()["cases"][0]["number"]
            assert await ids(client, text=number) == await ids(client, text=number[:8]) == [case_id]
    # And should a route forget it, the database does not.
    async with app.state.db.read(Actor("l", "l", Role.LEADER, COUNTY, COUNTY)) as tx:
        assert await search_words(tx, ["柳树"]) == []


async def test_a_search_for_words_is_on_the_audit_log_and_one_letter_is_refused(app: FastAPI) -> None:
    async with await client_of(app, Role.DISPATCHER, COUNTY) as client:
        await ids(client, text="柳树 倒了")
        short = await client.get("/api/cases", params={"text": "柳 树倒"})
    assert (short.status_code, short.json()["code"]) == (422, "word_too_short")
    async with app.state.db.read(SYSTEM) as tx:
        looks = (await tx.execute(text("select what, detail, case_id from looks"))).all()
    assert looks == [("search", "柳树 倒了", None)]


async def test_pages_of_a_search_miss_nothing_and_repeat_nothing(app: FastAPI) -> None:
    start = now() - timedelta(days=70)
    all_of_them = [
        await told(app, f"水管漏水第{n}次", category="road_damage" if n % 3 else "neighbour_dispute",
                   at=start + timedelta(days=7 * n))
        for n in range(10)
    ]  # fmt: skip
    async with await client_of(app, Role.DUTY_OFFICER, WEST) as client:
        for asked, wanted in (
            ({}, all_of_them[::-1]),
            ({"category": "road_damage"}, [one for n, one in enumerate(all_of_them) if n % 3][::-1]),
        ):
            seen: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                more = {"cursor": cursor} if cursor else {}
                params = {"text": "漏水", "limit": "2", **asked, **more}
                page = (await client.get("/api/cases", params=params)).json()
                seen += [case["id"] for case in page["cases"]]
                cursor = page["next"]
            assert seen == wanted


async def test_every_filter_keeps_what_it_names_and_nothing_else(app: FastAPI) -> None:
    at = now()
    old = await told(app, "旧事", WEST, at=at - timedelta(days=40), priority=3)
    new = await told(app, "新事", EAST, at=at - timedelta(minutes=1), category="road_damage",
                     source=Source.CITIZEN, priority=2)  # fmt: skip
    yesterday = (at - timedelta(days=1)).isoformat()
    async with await client_of(app, Role.DISPATCHER, COUNTY) as client:
        record = (await client.get("/api/cases", params={"area": WEST})).json()["cases"][0]
        for mine, asked in (
            (new, {"category": "road_damage"}),
            (new, {"priority": 2}),
            (new, {"from": yesterday}),
            (old, {"to": yesterday}),
            (old, {"area": WEST}),
            (old, {"holder": record["holder"]}),
            (old, {"class": record["case_class"], "area": WEST}),
            (new, {"source": "citizen"}),
            (new, {"status": "pending", "area": EAST, "open": True}),
        ):
            assert await ids(client, **asked) == [mine], asked
        assert await ids(client, text="9913") == await ids(client, text="20") == []
        assert await ids(client, unit="grid.nobody") == await ids(client, status="closed") == []
        assert set(await ids(client, colour="green")) | set(await ids(client, overdue=True)) == {old, new}
        strange = await client.get("/api/cases", params={"category": "no such"})
        assert (strange.status_code, strange.json()["code"]) == (422, "no_such_category")
        misspelt = await client.get("/api/cases", params={"stauts": "closed"})
        assert misspelt.status_code == 422, "a condition that is not known must not answer with everything"
        assert [one["field"] for one in misspelt.json()["errors"]] == ["stauts"]


async def test_a_list_of_somebody_elses_area_has_what_was_given_to_the_own_desk_and_no_more(
    app: FastAPI,
) -> None:
    given, other = await told(app, "给东镇的", WEST), await told(app, "西镇的", WEST)
    mine = await told(app, "东镇的", EAST)
    async with app.state.db.transaction(SYSTEM) as tx:
        grant = "update cases set access = access || cast(array[:desk] as text[]) where id = :id"
        await tx.execute(text(grant), {"desk": EAST, "id": given})
    for area, wanted in ((None, [mine, given]), (WEST, [given]), (f"{WEST}201", [given]), (EAST, [mine])):
        asked = {"area": area} if area else {}
        async with await client_of(app, Role.DUTY_OFFICER, EAST) as client:
            assert await ids(client, **asked) == wanted
        async with await client_of(app, Role.MEDIATOR, EAST, EAST) as client:
            assert await ids(client, **asked) == [one for one in wanted if one == given]
        async with await client_of(app, Role.DISPATCHER, COUNTY) as client:
            everything = [mine, other, given]
            seen = [one for one in everything if area is None or (one == mine) == (area == EAST)]
            assert await ids(client, **asked) == seen


# A list by each of these is read from the index of what is unusual, or by a longer one, however rare it is.
@pytest.mark.parametrize(
    "asked, index",
    [
        (CaseFilter(status="refused"), "ix_cases_unusual"),
        (CaseFilter(case_class="complex", source="grid_officer"), "ix_cases_unusual"),
        (CaseFilter(priority=1, category="help"), "ix_cases_unusual"),
        (CaseFilter(source="device", area=WEST), "ix_cases_unusual"),
        (CaseFilter(holder=WEST, open_only=True), "ix_cases_holder_reported_at"),
        (CaseFilter(category="help", priority=4), "ix_cases_category_reported_at"),
    ],
)
async def test_what_is_rare_is_found_by_an_index_however_long_the_past(
    db: Database, asked: CaseFilter, index: str
) -> None:
    where, values = asked.conditions()
    sql = f"explain select c.id from cases c where {' and '.join(where)} order by c.reported_at desc limit 50"
    async with db.read(SYSTEM) as tx:
        await tx.execute(text("set local enable_seqscan = off"))
        plan = "\n".join((await tx.execute(text(sql), values)).scalars())
    assert index in plan
