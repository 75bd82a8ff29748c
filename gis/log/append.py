"""Append an event to the log, in the transaction of the action that it tells of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.actor import Actor
from gis.clock import now
from gis.database import ring_after_commit
from gis.log.events import actor_record, digest_of, event_texts
from gis.log.tables import COMMITTED

# One round trip. The id is drawn first and not RETURNED: a reporter may append what the policy hides from
# him.
APPEND = text(
    """
    with drawn as (select nextval('log_events_id_seq') as id),
    event as (
        insert into log_events (id, at, kind, actor, case_id, version, scope_before, scope_after, data,
        digest,
                                area_code, area_code_before, access)
        select id, cast(:at as timestamptz), cast(:kind as text), cast(:actor as jsonb), cast(:case_id as
        uuid),
               cast(:version as int), cast(:scope_before as jsonb), cast(:scope_after as jsonb),
               cast(:data as jsonb), cast(:digest as bytea), cast(:area_code as text),
               cast(:area_code_before as text), cast(:access as text[])
        from drawn
    ),
    pending as (insert into log_pending (event_id) select id from drawn)
    select id from drawn
    """
)


async def append(
    tx: AsyncConnection,
    *,
    kind: str,
    actor: Actor,
    case_id: UUID | str | None = None,
    version: int | None = None,
    scope_before: Mapping[str, Any] | None = None,
    scope_after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any],
    at: datetime | None = None,
) -> int:
    """Append one event and return its id; its place in the order (`seq`) is given after the commit.

    `data` must be plain JSON (strings, numbers, lists, mappings). Lock the case's row before calling: ids
    within a case are then in version order. Raises TypeError or ValueError for data that JSON cannot carry.
    """
    at = at or now()
    texts = event_texts(
        at=at,
        kind=kind,
        actor=actor_record(actor),
        case_id=case_id,
        version=version,
        scope_before=scope_before,
        scope_after=scope_after,
        data=data,
    )
    row = {
        "at": at,
        "kind": kind,
        "actor": texts["actor"],
        "case_id": None if case_id is None else str(case_id),
        "version": version,
        "scope_before": None if scope_before is None else texts["scope_before"],
        "scope_after": None if scope_after is None else texts["scope_after"],
        "data": texts["data"],
        "digest": digest_of(texts),
        **_policy_columns(scope_before, scope_after),
    }
    event_id: int = (await tx.execute(APPEND, row)).scalar_one()
    ring_after_commit(tx, COMMITTED)
    return event_id


def _policy_columns(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return where the event lies (after, or before), where it lay if that differs, and every desk given
    access.
    """
    code_after = (after or before or {}).get("code")
    code_before = (before or {}).get("code")
    access = {desk for scope in (before, after) if scope for desk in scope["access"]}
    return {
        "area_code": code_after,
        "area_code_before": code_before if code_before != code_after else None,
        "access": sorted(access),
    }
