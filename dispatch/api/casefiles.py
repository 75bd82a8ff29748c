"""A case's record as one file that `wall verify-log --file` checks without a database."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.actions.casefiles import export_case
from dispatch.api.caller import Caller, Db
from dispatch.queries import load_case
from dispatch.rules.reading import reads_personal_data
from dispatch.rules.visibility import covers_county
from gis.actor import Role
from gis.clock import now
from gis.errors import NotYourMove

router = APIRouter(tags=["cases"])

TAKES_RECORDS_OUT = frozenset({Role.DISPATCHER, Role.LEADER, Role.AUDITOR})
ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The record.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/api/cases/{case_id}/record", response_class=Response, responses=ZIP)
async def record(case_id: UUID, actor: Caller, db: Db, request: Request) -> Response:
    """Return the record of a case: for dispatchers with all words and files, for leaders and auditors without."""
    async with db.read(actor) as tx:
        await load_case(tx, case_id)  # what is out of sight is not there, whatever one's role
    if actor.role not in TAKES_RECORDS_OUT or not covers_county(actor):
        raise NotYourMove(
            "A case's record is taken out by the county's desk, leaders and auditors.",
            code="not_of_your_role",
        )
    texts = reads_personal_data(actor)
    folder = request.app.state.attachments
    number, data = await export_case(db, folder, actor, str(case_id), now(), with_texts=texts)
    headers = {
        "content-disposition": f'attachment; filename="case-{number}.zip"',
        "cache-control": "private, no-store",
    }
    return Response(data, media_type="application/zip", headers=headers)
