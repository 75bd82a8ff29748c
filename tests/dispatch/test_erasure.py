"""Words go when their time is over, and not before; what is gone is told, once, and the chain stays whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from dispatch.actions import attachments, erasure
from dispatch.actions.attachments import Arrived, add_attachment, sweep_attachments
from dispatch.actions.casefiles import export_case
from dispatch.actions.cases import Reported, make_move, report_case
from dispatch.actions.erasure import erase_case, would_erase
from dispatch.agreement import compare_with_log
from dispatch.api.reports import status
from dispatch.attachments.folder import Folder
from dispatch.attachments.kinds import sort_of
from dispatch.casefile.check import check_case_file
from dispatch.erasure import due_cases, due_now, left_of
from dispatch.erasure_watch import ErasureWatch
from dispatch.rulebook import load_rulebook
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict, NotYourMove
from gis.log import Sequencer, verify_chain
from tests.dispatch.county import COUNTY, VILLAGE, a_report, actor, leader, stranger, village_officer

BOOK = load_rulebook()
RULES = BOOK.retention
TWO, FOUR, ELEVEN = (timedelta(days=366 * years) for years in (2, 4, 11))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


def auditor() -> Actor:
    return actor(Role.AUDITOR, COUNTY)


async def ended(db: Database, ago: timedelta, name: str = "柳先生") -> Reported:
    """Return a case that was reported and refused so long ago."""
    at = now() - ago
    report = a_report(reporter_name=name, reporter_phone="13900000000", category="noise")
    reported = await report_case(db, stranger(), report, at)
    refuse = Command(Move.REFUSE, reason="不属于受理范围", where_to_turn="县人民法院")
    await make_move(db, village_officer(), id_of(reported), refuse, None, at + timedelta(minutes=5))
    return reported


def id_of(reported: Reported) -> UUID:
    return UUID(reported.case["id"])


async def photographed(db: Database, folder: Folder, reported: Reported, data: bytes, ago: timedelta) -> str:
    """Give a case a document; return the hash that it lies under."""
    folder.root.mkdir(parents=True, exist_ok=True)
    path = folder.root / f"arriving-{reported.case['number']}"
    path.write_bytes(data)
    arrived = Arrived(path, "现场.pdf", sort_of(path), None)
    await add_attachment(db, folder, village_officer(), id_of(reported), arrived, now() - ago)
    path.unlink()
    return sha256(data).hexdigest()


async def look(db: Database, folder: Folder) -> int:
    return await ErasureWatch(db, folder, RULES, rests_s=0).look_once(now())


async def left(db: Database, reported: Reported) -> dict[str, int]:
    async with db.read(SYSTEM) as tx:
        return {str(what): n for what, n in (await left_of(tx, id_of(reported))).items()}


async def database_refuses(db: Database, reported: Reported, kind: str) -> None:
    """The database holds to the law by itself, whatever the program asks of it."""
    connection = await db.connect(SYSTEM)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.fetch(erasure.ERASE, id_of(reported), kind, "x", now(), True)
    await connection.close()


async def told(db: Database, reported: Reported) -> list[dict[str, Any]]:
    """Return what the log was told of erasures of a case."""
    sql = "select data->'detail' from log_events where case_id = :id and kind = 'case.erase' order by id"
    async with db.read(SYSTEM) as tx:
        return list((await tx.execute(text(sql), {"id": id_of(reported)})).scalars())


@pytest.fixture
async def numbered(county: Database) -> AsyncIterator[Database]:
    """The small county with its log being numbered."""
    sequencer = asyncio.create_task(Sequencer(county, poll_s=0.02).run())
    yield county
    sequencer.cancel()
    with suppress(asyncio.CancelledError):
        await sequencer


async def test_what_is_over_goes_once_and_the_file_of_the_case_says_so(
    numbered: Database, urls: ClusterUrls, folder: Folder
) -> None:
    db = numbered
    young, old, oldest = await ended(db, TWO), await ended(db, FOUR), await ended(db, ELEVEN)
    shared, own = b"%PDF-1.7\n1 0 obj shared", b"%PDF-1.7\n1 0 obj own"
    kept = await photographed(db, folder, young, shared, TWO)
    assert await photographed(db, folder, old, shared, FOUR) == kept
    gone = await photographed(db, folder, old, own, FOUR)
    due = {one.rule.key: (one.rows, one.cases) for one in await due_now(db, RULES, now()) if one.rows}
    assert due == {"reporter": (2, 2), "words": (3, 1), "files": (2, 1)}
    # Two processes at once, and again when all is done.
    other = Database(urls.app)
    assert sum(await asyncio.gather(look(db, folder), look(other, folder))) == 2
    assert await look(other, folder) == 0
    await other.close()
    assert await due_cases(db, RULES, now(), 10) == []
    assert [await left(db, one) for one in (young, old, oldest)] == [
        {"reporter": 1, "words": 3, "files": 1},
        {"reporter": 0, "words": 3, "files": 0},
        {"reporter": 0, "words": 0, "files": 0},
    ]
    assert (await told(db, young), len(await told(db, old)), len(await told(db, oldest))) == ([], 1, 1)
    assert (await told(db, old))[0] == {
        "erased": [
            {"what": "reporter", "count": 1, "rule": "reporter"},
            {"what": "files", "count": 2, "rule": "files"},
        ],
        "asked": False,
    }
    # A file goes with the last case that has it.
    assert (folder.has(kept), folder.has(gone)) == (True, False)
    for one, texts, erased in ((young, 3, (0, 0)), (old, 3, (0, 2)), (oldest, 0, (3, 0))):
        _, data = await export_case(db, folder, SYSTEM, one.case["number"], now(), with_texts=True)
        report = check_case_file(data)
        assert (report.faults, report.texts, (report.erased, report.erased_files)) == ([], texts, erased)
    async with db.read(SYSTEM, frozen=True) as tx:
        assert (await verify_chain(tx)).faults == []
        agreement = await compare_with_log(tx)
        assert agreement.differences == []
        assert agreement.erased == {"reporter": (2, 2), "words": (3, 1), "files": (2, 1)}
        said = "select count(*) from case_texts where bigrams(text) @> array['不属'] and case_id = :id"
        assert await tx.scalar(text(said), {"id": id_of(oldest)}) == 0
        reports = await tx.execute(text("select text, reporter_name from reports where text = ''"))
        assert [tuple(row) for row in reports] == [("", None)]
    # Who reported it is told what is gone, and what his code still opens.
    answer = await status(oldest.query_code, db, BOOK)
    assert [(one.what, one.rule, one.count) for one in answer.erased] == [
        ("reporter", "reporter", 1),
        ("words", "words", 3),
    ]
    assert (answer.answers, answer.erased[1].name) == ([], "案件文字保存十年")


async def test_words_that_go_by_no_rule_are_missed_by_the_file_of_the_case(
    numbered: Database, urls: ClusterUrls, folder: Folder
) -> None:
    case = await ended(numbered, TWO)
    owner = await asyncpg.connect(urls.owner)
    await owner.execute("delete from case_texts where kind = 'refuse_reason'")
    await owner.close()
    _, data = await export_case(numbered, folder, SYSTEM, case.case["number"], now(), with_texts=True)
    assert check_case_file(data).faults == [
        "1 words are gone, and the log tells of 0 that were erased by a rule"
    ]
    async with numbered.read(SYSTEM, frozen=True) as tx:
        (difference,) = (await compare_with_log(tx)).differences
    assert (difference.field, difference.how) == (
        "words",
        "the log tells of 3 texts; 2 are there and 0 were erased by rule",
    )


async def test_what_is_held_stays_whatever_its_age(county: Database, folder: Folder) -> None:
    preserved, reopened, accounted = [await ended(county, ELEVEN) for _ in range(3)]
    merged, target = await ended(county, ELEVEN), await ended(county, ELEVEN)
    preserve, reopen, release = (
        Command(move, reason="复议、诉讼中") for move in (Move.PRESERVE, Move.REOPEN, Move.RELEASE)
    )
    await make_move(county, auditor(), id_of(preserved), preserve, None, now())
    await make_move(county, leader(), id_of(reopened), reopen, None, now())
    # Merged into one that is open now, as reopening and merging would leave it.
    await make_move(county, leader(), id_of(target), reopen, None, now())
    async with county.transaction(SYSTEM) as tx:
        await tx.execute(
            text(
                "update cases set status = 'merged', merged_into = :target, status_before = 'pending' where id = :id"
            ),
            {"id": id_of(merged), "target": id_of(target)},
        )
        await tx.execute(
            text(
                "insert into accountability (case_id, position, hop, desk, opened_at) values (:id, 0, 0, :desk, now())"
            ),
            {"id": id_of(accounted), "desk": VILLAGE},
        )
    held = (preserved, reopened, accounted, merged)
    assert await look(county, folder) == 0
    why = ("preserved", "case_open", "account_unsettled", "merged_into_open")
    for case, code in zip(held, why, strict=True):
        assert (await left(county, case))["words"] >= 3
        with pytest.raises(Conflict) as refused:
            await erase_case(county, folder, RULES, id_of(case), now(), asked="本人申请")
        assert refused.value.code == code
        await database_refuses(county, case, "words")
    # A leader preserves, and only an auditor lets go; then its time is over at once.
    with pytest.raises(NotYourMove):
        await make_move(county, leader(), id_of(preserved), release, None, now())
    await make_move(county, auditor(), id_of(preserved), release, None, now())
    assert await look(county, folder) == 1
    # What was said since is young, and stays.
    assert await left(county, preserved) == {"reporter": 0, "words": 2, "files": 0}


async def test_the_application_can_neither_rewrite_nor_delete_a_word(
    county: Database, urls: ClusterUrls
) -> None:
    old, young = await ended(county, FOUR), await ended(county, timedelta(days=100))
    for statement in (
        "delete from case_texts",
        "update case_texts set text = ''",
        "update case_texts set salt = ''",
        "update reports set text = ''",
        "update reports set reporter_phone = null",
        "delete from reports",
        "delete from attachments",
        "update looks set detail = null",
        "insert into erasures (rule) values ('x')",
    ):
        connection = await county.connect(SYSTEM)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        await connection.close()
    people = await county.connect(village_officer())
    for call in (
        f"select * from erase_of_case('{id_of(old)}', 'reporter', 'x', now(), false)",
        "select erase_searches(now(), 10)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await people.execute(call)
    await people.close()
    await database_refuses(county, young, "reporter")
    assert (await left(county, old))["reporter"] == 1


async def test_who_asks_for_his_data_to_go_is_answered_by_the_law(county: Database, folder: Folder) -> None:
    fresh, case = await ended(county, timedelta(days=100)), await ended(county, timedelta(days=200))
    for number in range(2):
        with pytest.raises(Conflict) as refused:
            await erase_case(county, folder, RULES, id_of(fresh), now(), asked=f"本人第{number}次申请")
        assert refused.value.code == "kept_by_law"
        assert "reporter until" in refused.value.detail
    would = await would_erase(county, RULES, id_of(case), now(), "本人申请")
    assert (await left(county, case))["reporter"] == 1
    done = await erase_case(county, folder, RULES, id_of(case), now(), asked="本人申请")
    assert [(str(one.what), one.count) for one in done.erased] == [("reporter", 1)]
    assert done.erased == would.erased
    assert [str(due.rule.what) for due, _ in done.stays] == ["words"]
    (fact,) = await told(county, case)
    assert (fact["asked"], [one["kind"] for one in fact["texts"]]) == (True, ["erase_reason"])
    assert await left(county, case) == {"reporter": 0, "words": 4, "files": 0}
    with pytest.raises(Conflict) as nothing:
        await erase_case(county, folder, RULES, id_of(case), now(), asked="本人申请")
    assert nothing.value.code == "kept_by_law"


async def test_whatever_breaks_off_in_between_nothing_is_half_erased(
    county: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await ended(county, ELEVEN)
    digest = await photographed(county, folder, case, b"%PDF-1.7\n1 0 obj", ELEVEN)

    async def broken(*_: object) -> None:
        raise RuntimeError("broke off")

    # Before the commit: nothing happened.
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_tell", broken)
        with pytest.raises(RuntimeError):
            await erase_case(county, folder, RULES, id_of(case), now())
    assert await left(county, case) == {"reporter": 1, "words": 3, "files": 1}
    assert folder.has(digest)
    # After it: the file is nobody's, and the sweep takes it.
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "drop_files", broken)
        with pytest.raises(RuntimeError):
            await erase_case(county, folder, RULES, id_of(case), now())
    assert len(await told(county, case)) == 1
    assert folder.has(digest)
    assert await sweep_attachments(county, folder, now() + timedelta(days=2)) == 1
    assert not folder.has(digest)
    assert await look(county, folder) == 0
    assert len(await told(county, case)) == 1


async def test_a_file_that_comes_again_while_it_is_dropped_is_there_in_the_end(
    county: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = await ended(county, FOUR), await ended(county, TWO)
    data = b"%PDF-1.7\n1 0 obj"
    digest = await photographed(county, folder, old, data, FOUR)
    hold = attachments._hold_file

    async def late(tx: Any, held: str) -> None:
        """Let the other one erase between the writing of our file and our turn at its name."""
        monkeypatch.setattr(attachments, "_hold_file", hold)
        await look(county, folder)
        assert not folder.has(digest)
        await hold(tx, held)

    monkeypatch.setattr(attachments, "_hold_file", late)
    assert await photographed(county, folder, young, data, TWO) == digest
    assert folder.has(digest)
    assert (await left(county, young))["files"] == 1


async def test_what_gathers_beside_the_cases_goes_too(county: Database, folder: Folder) -> None:
    kept, preserved = await ended(county, TWO), await ended(county, TWO)
    await make_move(county, leader(), id_of(preserved), Command(Move.PRESERVE, reason="诉讼中"), None, now())

    async def looked(case: Reported | None, detail: str, at: datetime) -> None:
        async with county.transaction(SYSTEM) as tx:
            await tx.execute(
                text(
                    "insert into looks (at, account, name, desk, case_id, what, detail)"
                    " values (:at, 'system', 'a', '', :id, 'search', :detail)"
                ),
                {"at": at, "id": None if case is None else id_of(case), "detail": detail},
            )
            await tx.execute(
                text("insert into idempotency values ('a', :key, '', '{}', :at)"), {"key": detail, "at": at}
            )

    await looked(None, "老李", now() - FOUR)
    await looked(preserved, "保全", now() - FOUR)
    await looked(kept, "老王", now() - timedelta(days=6))
    await look(county, folder)
    async with county.read(SYSTEM) as tx:
        details = (await tx.execute(text("select detail from looks order by id"))).scalars().all()
        answers = (await tx.execute(text("select key from idempotency"))).scalars().all()
        facts = await tx.execute(text("select data from log_events where kind = 'erasure.searches'"))
        assert [*facts.scalars()] == [{"what": "searches", "count": 1, "rule": "searches"}]
    assert (details, answers) == ([None, "保全", "老王"], ["老王"])
    # What is held is not overdue.
    assert [one.rule.key for one in await due_now(county, RULES, now()) if one.rows] == []
