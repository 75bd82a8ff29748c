"""A case's file proves itself: whole as it was written, and broken wherever somebody touches it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dispatch.actions.accounts import create_token
from dispatch.casefile.check import check_case_file
from dispatch.casefile.form import CaseFile, packed, unpacked
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.log import verify_chain
from gis.log.events import digest_of, event_texts, link_hash
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, WEST, load_small_county
from tests.dispatch.test_attachments import a_photo
from wall_ui.application import create_app

MOVES: tuple[dict[str, Any], ...] = (
    {"move": "accept"},
    {"move": "note", "text": "已联系报警人\u200b，\u202eabc 😀"},
    {"move": "start"},
    {"move": "resolve", "result": "已更换灯泡"},
)


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner)
    built = create_app(Settings(wall_var=tmp_path), urls.app)
    async with built.router.lifespan_context(built):
        yield built


@dataclass(frozen=True, slots=True)
class Taken:
    """A case's file as two people took it, the log's own head, and every link of it."""

    whole: bytes
    wordless: bytes
    head: tuple[int, str]
    links: dict[int, str]


async def way_in(app: FastAPI, role: Role, area: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {await create_token(app.state.db, role, area, 'someone', now())}"}


async def lived(app: FastAPI) -> Taken:
    """Let a case live, with others going on beside it, and take it out."""
    body = {"text": "村口路灯不亮", "category": "power_water", "area_code": f"{WEST}201001"}
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, WEST)) as desk:
        case = (await desk.post("/api/cases", json=body)).json()["case"]
        at = f"/api/cases/{case['id']}"
        for move in MOVES:
            await desk.post("/api/cases", json=body)
            assert (await desk.post(f"{at}/moves", json=move)).status_code == 200
        await desk.post(f"{at}/attachments", params={"name": "灯.jpg"}, content=a_photo((60, 40)))
        assert (await desk.get(f"{at}/record")).status_code == 403
    async with browser(app, **await way_in(app, Role.DISPATCHER, COUNTY)) as county:
        whole = await county.get(f"{at}/record")
    async with browser(app, **await way_in(app, Role.AUDITOR, COUNTY)) as auditor:
        wordless = await auditor.get(f"{at}/record")
    assert whole.status_code == wordless.status_code == 200, whole.text
    async with app.state.db.read(SYSTEM, frozen=True) as tx:
        log = await verify_chain(tx)
        rows = await tx.execute(text("select seq, encode(hash, 'hex') as hash from log_chain"))
        links = {row.seq: row.hash for row in rows}
    return Taken(whole.content, wordless.content, (log.last_seq, log.head), links)


async def test_a_file_is_whole_and_any_byte_that_differs_is_found(app: FastAPI) -> None:
    taken = await lived(app)
    report = check_case_file(taken.whole, anchor=taken.head)
    assert report.faults == []
    assert (report.events, report.texts, report.files, report.linked) == (6, 3, 1, True)
    assert report.head == f"{taken.head[0]}:{taken.head[1]}"
    wordless = check_case_file(taken.wordless, anchor=taken.head)
    assert (wordless.faults, wordless.texts, wordless.files) == ([], 0, 0)
    for said in ("路灯", "灯泡", "已联系"):
        assert said.encode() in taken.whole
        assert said.encode() not in taken.wordless

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(taken.whole) - 1), st.integers(1, 255))
    def flip(at: int, by: int) -> None:
        broken = bytearray(taken.whole)
        broken[at] ^= by
        assert not check_case_file(bytes(broken)).whole

    await asyncio.to_thread(flip)
    for cut in (0, 1, 100, len(taken.whole) - 1):
        assert not check_case_file(taken.whole[:cut]).whole
    assert not check_case_file(taken.whole + b"\n").whole
    for what in forgeries(taken):
        assert not check_case_file(what, anchor=taken.head).whole

    # Words that are taken out and counted as erased are no words that a rule erased: the log tells of no such thing.
    erased = check_case_file(forged(taken, without_a_text), anchor=taken.head)
    assert (erased.texts, erased.erased) == (2, 1)
    assert erased.faults == ["1 words are gone, and the log tells of 0 that were erased by a rule"]

    # A link that was kept elsewhere is compared whichever case it belongs to, and proves nothing outside of the file.
    of_another = 2
    assert check_case_file(taken.whole, anchor=(of_another, taken.links[of_another])).whole
    assert not check_case_file(taken.whole, anchor=(of_another, taken.links[3])).whole
    (fault,) = check_case_file(taken.whole, anchor=(taken.head[0] + 1, "00" * 32)).faults
    assert "not in this file, which goes from 1 to 10" in fault


def forgeries(taken: Taken) -> Iterator[bytes]:
    """Yield files that somebody wrote anew with care: each is of the right form, and tells something else."""
    yield forged(taken, lambda lines: lines[1]["event"]["data"]["case"].update(category="fire"))
    yield forged(taken, lambda lines: lines[1]["event"].update(at="2020-01-01T00:00:00.000000Z"))
    yield forged(taken, lambda lines: lines.pop(2))
    yield forged(taken, lambda lines: lines[0]["case"].update(number="000000-00000"))
    said = next(n for n, line in enumerate(unpacked(taken.whole).lines) if "text" in line)
    yield forged(taken, lambda lines: lines[said]["text"].update(text="路灯亮了"))
    yield forged(taken, lambda lines: lines.pop(said))
    # Words and files stay as they were; who said them, when and as what does not.
    listed = next(n for n, line in enumerate(unpacked(taken.whole).lines) if "attachment" in line)
    for name, other in (
        ("kind", "note"),
        ("at", "2020-01-01T00:00:00.000000Z"),
        ("actor_name", "b"),
        ("actor_desk", ""),
    ):
        yield forged(taken, lambda lines, name=name, other=other: lines[said]["text"].update({name: other}))
        yield forged(
            taken, lambda lines, name=name, other=other: lines[listed]["attachment"].update({name: other})
        )
    whole = unpacked(taken.whole)
    (digest,) = whole.files
    yield packed(replace(whole, files={digest: b"another picture"}))
    yield packed(replace(whole, files={}))
    yield packed(replace(whole, path=whole.path[:-32] + bytes(32)))
    # Even with every digest and hash of an event reckoned anew, what follows in the chain does not fit any more.
    for place in (1, 6):
        yield forged(taken, lambda lines, n=place: rewritten(lines[n]["event"]))


def without_a_text(lines: list[dict[str, Any]]) -> None:
    lines.pop(next(n for n, line in enumerate(lines) if "text" in line))
    lines[0]["case"]["erased"] = 1


def rewritten(event: dict[str, Any]) -> None:
    event["data"]["case"]["priority"] = 4 if event["data"]["case"]["priority"] != 4 else 1
    parts = ("kind", "actor", "case_id", "version", "scope_before", "scope_after", "data")
    at = datetime.fromisoformat(event["at"])
    digest = digest_of(event_texts(at=at, **{name: event[name] for name in parts}))
    event["digest"] = digest.hex()
    event["hash"] = link_hash(bytes.fromhex(event["prev_hash"]), event["seq"], digest).hex()


def forged(taken: Taken, change: Any) -> bytes:
    """Return the file with its lines changed, written anew so that its form is right."""
    whole = unpacked(taken.whole)
    lines = json.loads(json.dumps(whole.lines))
    change(lines)
    return packed(CaseFile(lines, whole.path, whole.files))
