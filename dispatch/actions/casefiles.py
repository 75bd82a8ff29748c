"""Take a case's record out of the house as one file. Who does so is on the audit log."""

import asyncio
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.looks import note_look
from dispatch.attachments.folder import Folder
from dispatch.casefile.form import CaseFile, packed
from dispatch.queries import load_case
from dispatch.records import stamp
from gis.actor import Actor
from gis.database import Database
from gis.errors import NotFound, Unavailable

# A path of so many links is 6 MB; a case that took longer is checked event by event.
LONGEST_PATH = 200_000
TRIES, RESTS_S = 40, 0.05

EVENTS = text(
    """
    select c.seq, encode(c.prev_hash, 'hex') as prev_hash, encode(c.hash, 'hex') as hash,
           encode(e.digest, 'hex') as digest, e.at, e.kind, e.actor, e.case_id, e.version, e.scope_before,
           e.scope_after, e.data
    from log_events e join log_chain c on c.event_id = e.id where e.case_id = :id order by c.seq
    """
)
WAITING = text(
    "select count(*) from log_events e join log_pending p on p.event_id = e.id where e.case_id = :id"
)
DIGESTS = text(
    "select e.digest from log_chain c join log_events e on e.id = c.event_id where c.seq between :first and :last"
    " order by c.seq"
)
TEXTS = text(
    "select kind, text, encode(salt, 'hex') as salt, at, actor_name, actor_desk from case_texts"
    " where case_id = :id order by at, id"
)
FILES = text(
    "select name, kind, media_type, size, encode(digest, 'hex') as sha256, at, actor_name, actor_desk"
    " from attachments where case_id = :id order by at"
)


async def case_named(tx: AsyncConnection, named: str) -> UUID:
    """Return the id of the case with this number or id. Raises NotFound."""
    if re.fullmatch(r"[0-9a-fA-F-]{36}", named):
        return UUID(named)
    found: UUID | None = await tx.scalar(text("select id from cases where number = :named"), {"named": named})
    if found is None:
        raise NotFound(f"there is no case {named} in your sight", code="no_such_case")
    return found


async def export_case(
    db: Database, folder: Folder, actor: Actor, named: str, at: datetime, *, with_texts: bool
) -> tuple[str, bytes]:
    """Return the number of a case and its file. Raises NotFound, or Unavailable while its events wait for a number.

    Without texts it holds how the case went, and neither what anybody said nor any file.
    """
    for _ in range(TRIES):
        async with db.transaction(actor) as tx:
            case_id = await case_named(tx, named)
            case = await load_case(tx, case_id)
            if not await tx.scalar(WAITING, {"id": case_id}):
                await note_look(tx, actor, case_id, "record", at, detail="texts" if with_texts else None)
                case_file = await _gathered(tx, folder, case_id, case.number, at, with_texts)
                return case.number, await asyncio.to_thread(packed, case_file)
        await asyncio.sleep(RESTS_S)
    raise Unavailable("What happened last has no number yet; try again in a moment.")


async def _gathered(
    tx: AsyncConnection, folder: Folder, case_id: UUID, number: str, at: datetime, with_texts: bool
) -> CaseFile:
    events = [_plain(row) for row in (await tx.execute(EVENTS, {"id": case_id})).mappings()]
    texts = (
        [_plain(row) for row in (await tx.execute(TEXTS, {"id": case_id})).mappings()] if with_texts else []
    )
    listed = (
        [_plain(row) for row in (await tx.execute(FILES, {"id": case_id})).mappings()] if with_texts else []
    )
    told = sum(len(event["data"]["detail"].get("texts", ())) for event in events)
    sent = sum("sha256" in event["data"]["detail"] for event in events)
    head = {
        "format": 1,
        "id": str(case_id),
        "number": number,
        "exported_at": stamp(at),
        "texts": with_texts,
        "erased": told - len(texts) if with_texts else 0,
        "erased_files": sent - len(listed) if with_texts else 0,
    }
    lines = [{"case": head}, *({"event": one} for one in events), *({"text": one} for one in texts)]
    lines += [{"attachment": one} for one in listed]
    return CaseFile(
        lines, await _path(tx, events), {one["sha256"]: _bytes(folder, one["sha256"]) for one in listed}
    )


async def _path(tx: AsyncConnection, events: list[dict[str, Any]]) -> bytes:
    first, last = events[0]["seq"], events[-1]["seq"]
    if last - first >= LONGEST_PATH:
        return b""
    # Digests alone: whoever holds the file learns that other things happened, and nothing of them.
    rows = await tx.execute(DIGESTS, {"first": first, "last": last})
    return b"".join(bytes(digest) for digest in rows.scalars())


def _bytes(folder: Folder, digest: str) -> bytes:
    try:
        return folder.path(digest).read_bytes()
    except OSError as error:
        raise Unavailable(
            "A file of the case is not on this server's disk; restore it.", code="storage"
        ) from error


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: _json(value) for name, value in row.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return str(value) if isinstance(value, UUID) else value
