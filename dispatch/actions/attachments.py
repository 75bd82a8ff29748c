"""Add a file to a case: the file first, flushed to the disk; then its row and the fact, in one transaction.

Where it goes again it is the other way round: its row first, and then the file that no row names any more.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.actions.saving import act_as_system
from dispatch.attachments.folder import Folder, digest_of_file
from dispatch.attachments.kinds import Sort
from dispatch.attachments.photos import Photo
from dispatch.events import event_data
from dispatch.queries import load_case
from dispatch.records import scope_of
from dispatch.rules.case import Case
from dispatch.rules.rights import verdicts
from dispatch.rules.vocabulary import Move
from dispatch.tables_attachments import attachments
from gis import log
from gis.actor import SYSTEM, Actor
from gis.database import Database, driver
from gis.errors import Conflict, NotYourMove

MOST_OF_A_CASE = 60
IS_NAMED = "select exists (select from attachments where digest = $1)"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file as it arrived, and the photo drawn from it where it is one."""

    path: Path
    name: str
    sort: Sort
    photo: Photo | None


async def may_add(db: Database, actor: Actor, case_id: UUID) -> None:
    """Raise NotFound or NotYourMove, before anything is read, where the actor may not add a file."""
    async with db.read(actor) as tx:
        _may_add(actor, await load_case(tx, case_id))


def _may_add(actor: Actor, case: Case) -> None:
    # Who may write a note to a case may show a picture of it.
    note = next((one for one in verdicts(actor, case) if one.move is Move.NOTE), None)
    if note is None or not note.allowed:
        raise NotYourMove(
            "You may not add to this case.", code=(note.why if note else None) or "not_of_your_role"
        )


async def add_attachment(
    db: Database, folder: Folder, actor: Actor, case_id: UUID, arrived: Arrived, at: datetime
) -> UUID:
    """Keep a file with a case. The same file sent twice is kept once. Raises NotFound, NotYourMove, Conflict."""
    source = digest_of_file(arrived.path)
    photo = arrived.photo
    data = photo.data if photo else arrived.path.read_bytes()
    digest = _keep(folder, data, photo)
    async with db.transaction(actor) as tx:
        case = await load_case(tx, case_id, lock=True)
        _may_add(actor, case)
        known = await _known(tx, case_id, bytes.fromhex(source))
        if known is not None:
            return known
        attachment_id = uuid4()
        row = insert(attachments).values(
            id=attachment_id,
            case_id=case_id,
            kind=str(arrived.sort.kind),
            name=arrived.name,
            media_type="image/jpeg" if photo else arrived.sort.media_type,
            size=len(data),
            digest=bytes.fromhex(digest),
            source_digest=bytes.fromhex(source),
            width=photo.width if photo else None,
            height=photo.height if photo else None,
            taken_lon=photo.place[0] if photo and photo.place else None,
            taken_lat=photo.place[1] if photo and photo.place else None,
            at=at,
            actor_name=actor.name,
            actor_desk=actor.desk,
        )
        await _hold_file(tx, digest)
        await tx.execute(row)
        if not folder.has(digest, small=photo is not None):
            # It lay there for another case too, whose time was over while ours was on its way.
            _keep(folder, data, photo)
        await act_as_system(tx)
        # The log keeps the hash alone: a file can be taken away by rule, and the chain stays whole.
        told = {"attachment": str(attachment_id), "kind": str(arrived.sort.kind), "sha256": digest}
        await log.append(
            tx,
            kind="case.add_file",
            actor=actor,
            case_id=case.id,
            version=case.version,
            scope_before=scope_of(case),
            scope_after=scope_of(case),
            data=event_data("add_file", case, case, [], told),
            at=at,
        )
    return attachment_id


def _keep(folder: Folder, data: bytes, photo: Photo | None) -> str:
    digest = folder.keep(data)
    if photo:
        folder.keep(photo.thumbnail, beside=digest)
    return digest


async def _hold_file(tx: AsyncConnection, digest: str) -> None:
    """Keep others from adding or dropping the file of a hash until the transaction ends."""
    await driver(tx).execute("select pg_advisory_xact_lock(hashtextextended('file ' || $1, 0))", digest)


async def drop_files(db: Database, folder: Folder, digests: Iterable[str]) -> int:
    """Delete the files of these hashes that no case has any more; return how many."""
    dropped = 0
    for digest in digests:
        async with db.transaction(SYSTEM) as tx:
            await _hold_file(tx, digest)
            if not await driver(tx).fetchval(IS_NAMED, bytes.fromhex(digest)):
                await asyncio.to_thread(folder.drop, digest)
                dropped += 1
    return dropped


async def _known(tx: AsyncConnection, case_id: UUID, source: bytes) -> UUID | None:
    """Return the attachment that this very file became before. Raises Conflict where the case is full."""
    mine = select(attachments.c.id).where(attachments.c.case_id == case_id)
    known: UUID | None = await tx.scalar(mine.where(attachments.c.source_digest == source))
    if known is None and len((await tx.execute(mine)).all()) >= MOST_OF_A_CASE:
        raise Conflict(f"A case takes {MOST_OF_A_CASE} files, and this one has them.", code="case_full")
    return known


async def sweep_attachments(db: Database, folder: Folder, at: datetime) -> int:
    """Delete files that belong to no row."""
    async with db.read(SYSTEM) as tx:
        rows = (await tx.execute(text("select encode(digest, 'hex') from attachments"))).scalars()
        known = set(rows)
    return folder.sweep(known, at)
