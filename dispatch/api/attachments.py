"""Files of a case: sent as they are, looked at by those who handle it, each look written down."""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from dispatch.actions.attachments import Arrived, add_attachment, may_add
from dispatch.actions.looks import note_look
from dispatch.api.caller import Caller, Db
from dispatch.attachments.folder import Folder
from dispatch.attachments.kinds import Kind, sort_of
from dispatch.attachments.photos import clean_photo
from dispatch.queries import load_case
from dispatch.records import stamp
from dispatch.rules.reading import reads_personal_data
from dispatch.tables_attachments import attachments
from gis.actor import Actor
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput, NotFound, NotYourMove, TooLarge, Unavailable
from gis.settings import Settings

router = APIRouter(tags=["attachments"])

# Two at a time: a photo takes a second of a core and, unfolded, a hundred megabytes.
DRAWN_AT_ONCE = asyncio.Semaphore(2)
FILE_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox"


class AttachmentView(BaseModel):
    """One file of a case. `place` is where the camera says that it was taken, a proposal and no more."""

    id: UUID
    kind: Kind
    name: str
    media_type: str
    size: int
    sha256: str = Field(description="Of the file as it is served.")
    width: int | None
    height: int | None
    place: list[float] | None = Field(description="Longitude and latitude, WGS 84.")
    at: str
    actor_name: str
    actor_desk: str


class AttachmentAnswer(BaseModel):
    """The file that was added, or that was there already."""

    attachment: AttachmentView


class AttachmentsAnswer(BaseModel):
    """The files of a case, oldest first."""

    attachments: list[AttachmentView]


FileName = Annotated[
    str,
    Query(min_length=1, max_length=120, description="What the sender calls it; says nothing about its kind."),
]


def view_of(row: RowMapping) -> AttachmentView:
    """Return a row as the API tells it."""
    place = None if row["taken_lon"] is None else [row["taken_lon"], row["taken_lat"]]
    same = {name: row[name] for name in AttachmentView.model_fields if name in row}
    return AttachmentView(**{**same, "at": stamp(row["at"]), "sha256": row["digest"].hex(), "place": place})


async def attachments_of(tx: AsyncConnection, case_id: UUID) -> list[AttachmentView]:
    """Return the files of a case in sight, oldest first."""
    wanted = select(attachments).where(attachments.c.case_id == case_id).order_by(attachments.c.at)
    return [view_of(row) for row in (await tx.execute(wanted)).mappings()]


def most_of(settings: Settings) -> dict[Kind, int]:
    """Return how many bytes a file of each kind may have."""
    return {
        Kind.PHOTO: settings.wall_photo_mb << 20,
        Kind.AUDIO: settings.wall_audio_mb << 20,
        Kind.DOCUMENT: settings.wall_document_mb << 20,
    }


@router.post(
    "/api/cases/{case_id}/attachments",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def add(case_id: UUID, name: FileName, actor: Caller, db: Db, request: Request) -> AttachmentAnswer:
    """Add a file: its bytes are the body. What it is, is found by what is in it. The same file twice is kept once."""
    folder: Folder = request.app.state.attachments
    settings: Settings = request.app.state.settings
    await may_add(db, actor, case_id)
    most = most_of(settings)
    try:
        path = await folder.receive(request.stream(), max(most.values()))
    except ClientDisconnect as error:
        raise InvalidInput("The file broke off on its way. Send it again.", code="file_broke_off") from error
    try:
        async with DRAWN_AT_ONCE:
            arrived = await asyncio.to_thread(looked_at, path, plain_name(name), most)
        attachment_id = await add_attachment(db, folder, actor, case_id, arrived, now())
    finally:
        path.unlink(missing_ok=True)
    async with db.read(actor) as tx:
        return AttachmentAnswer(attachment=view_of(await row_of(tx, case_id, attachment_id)))


def looked_at(path: Path, name: str, most: dict[Kind, int]) -> Arrived:
    """Return what arrived. Raises InvalidInput, Unsupported or TooLarge."""
    size = path.stat().st_size
    if size == 0:
        raise InvalidInput("The file is empty. Send its bytes as the body.", code="file_empty")
    sort = sort_of(path)
    if size > most[sort.kind]:
        raise TooLarge(
            f"A {sort.kind} may have {most[sort.kind] >> 20} MB. Send it smaller.", code="file_too_large"
        )
    return Arrived(path, name, sort, clean_photo(path) if sort.kind is Kind.PHOTO else None)


def plain_name(name: str) -> str:
    """Return a name that is only that: no folders, nothing invisible."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip(". ") or "file"


@router.get("/api/cases/{case_id}/attachments")
async def of_case(case_id: UUID, actor: Caller, db: Db) -> AttachmentsAnswer:
    """List the files of a case."""
    async with db.read(actor) as tx:
        await load_case(tx, case_id)
        require_reader(actor)
        return AttachmentsAnswer(attachments=await attachments_of(tx, case_id))


FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/api/cases/{case_id}/attachments/{attachment_id}", response_class=FileResponse, responses=FILE)
async def file(case_id: UUID, attachment_id: UUID, actor: Caller, db: Db, request: Request) -> Response:
    """Return a file. The look is on the audit log."""
    return await served(db, request.app.state.attachments, actor, case_id, attachment_id, small=False)


@router.get(
    "/api/cases/{case_id}/attachments/{attachment_id}/small", response_class=FileResponse, responses=FILE
)
async def thumbnail(case_id: UUID, attachment_id: UUID, actor: Caller, db: Db, request: Request) -> Response:
    """Return a photo in small."""
    return await served(db, request.app.state.attachments, actor, case_id, attachment_id, small=True)


async def served(
    db: Database, folder: Folder, actor: Actor, case_id: UUID, attachment_id: UUID, *, small: bool
) -> Response:
    """Return a file, or its thumbnail, with headers that let nothing in it act or stay."""
    async with db.transaction(actor) as tx:
        await load_case(tx, case_id)
        require_reader(actor)
        row = await row_of(tx, case_id, attachment_id)
        if small and row["kind"] != Kind.PHOTO:
            raise NotFound("Only photos have a small picture.", code="no_such_attachment")
        await note_look(tx, actor, case_id, "thumbnail" if small else "attachment", now(), detail=row["name"])
    path = folder.path(row["digest"].hex(), small=small)
    if not path.exists():
        raise Unavailable("The file is not on this server's disk just now; restore it from the backup.")
    shown = "attachment" if row["kind"] == Kind.DOCUMENT else "inline"
    return FileResponse(
        path,
        media_type=row["media_type"],
        headers={
            "content-disposition": f"{shown}; filename*=UTF-8''{quote(row['name'], safe='')}",
            "content-security-policy": FILE_POLICY,
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )


async def row_of(tx: AsyncConnection, case_id: UUID, attachment_id: UUID) -> RowMapping:
    """Return an attachment's row. Raises NotFound."""
    wanted = select(attachments).where(attachments.c.id == attachment_id, attachments.c.case_id == case_id)
    row = (await tx.execute(wanted)).mappings().first()
    if row is None:
        raise NotFound(f"there is no attachment {attachment_id} in your sight", code="no_such_attachment")
    return row


def require_reader(actor: Actor) -> None:
    """Raise NotYourMove for who sees how a case goes and not what people showed."""
    if not reads_personal_data(actor):
        raise NotYourMove("Your role does not read what people said and showed.", code="not_of_your_role")
