"""Append an event to the log, in the transaction of the action that it tells of."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from psycopg import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.actor import Actor
from gis.batch import Batch
from gis.clock import now
from gis.database import driver, ring_after_commit
from gis.log.events import actor_record, digest_of, event_texts
from gis.log.tables import COMMITTED

COLUMNS = (
    ("at", "timestamptz"),
    ("kind", "text"),
    ("actor", "jsonb"),
    ("case_id", "uuid"),
    ("version", "int"),
    ("scope_before", "jsonb"),
    ("scope_after", "jsonb"),
    ("data", "jsonb"),
    ("digest", "bytea"),
    ("area_code", "text"),
    ("area_code_before", "text"),
    ("access", "text[]"),
)
NAMES = ", ".join(name for name, _ in COLUMNS)
VALUES = ", ".join(f"${place}::{kind}" for place, (_, kind) in enumerate(COLUMNS, start=1))
DRAWN = "select nextval('log_events_id_seq') as id"
EVENT = f"insert into log_events (id, {NAMES}) select id, {VALUES} from %s"
PENDING = "insert into log_pending (event_id) select id from %s"
# One round trip. The id is drawn first and not RETURNED: a reporter may append what the policy hides from him.
APPEND = f"""
    with drawn as ({DRAWN}), event as ({EVENT % "drawn"}), pending as ({PENDING % "drawn"})
    select id from drawn
"""


# The same for a driver that knows no numbered places; each is used once, in order.
PLAIN = re.sub(r"\$\d+", "%s", APPEND)


class NewEvent(TypedDict, total=False):
    """What is told: `data` must be plain JSON (strings, numbers, lists, mappings)."""

    kind: Required[str]
    actor: Required[Actor]
    case_id: UUID | str | None
    version: int | None
    scope_before: Mapping[str, Any] | None
    scope_after: Mapping[str, Any] | None
    data: Required[Mapping[str, Any]]
    at: datetime | None


async def append(tx: AsyncConnection, **event: Unpack[NewEvent]) -> int:
    """Append one event and return its id; its place in the order (`seq`) is given after the commit.

    Lock the case's row before calling: ids within a case are then in version order. Raises TypeError or ValueError
    for data that JSON cannot carry.
    """
    event_id: int = await driver(tx).fetchval(APPEND, *event_row(**event))
    ring_after_commit(tx, COMMITTED)
    return event_id


def append_now(connection: Connection[Any], **event: Unpack[NewEvent]) -> None:
    """Append one event over a plain connection, in its transaction: for imports, which run beside the application."""
    connection.execute(PLAIN, event_row(**event))


def append_with(batch: Batch, tx: AsyncConnection, **event: Unpack[NewEvent]) -> None:
    """Append one event with what else a batch writes. One to a batch: two would not know which is first."""
    drawn = batch.add(DRAWN)
    batch.add(EVENT % drawn, *event_row(**event))
    batch.add(PENDING % drawn)
    ring_after_commit(tx, COMMITTED)


def event_row(**event: Unpack[NewEvent]) -> tuple[Any, ...]:
    """Return an event as `COLUMNS` has it, with its digest."""
    at, case_id, version = event.get("at") or now(), event.get("case_id"), event.get("version")
    before, after = event.get("scope_before"), event.get("scope_after")
    texts = event_texts(
        at=at,
        kind=event["kind"],
        actor=actor_record(event["actor"]),
        case_id=case_id,
        version=version,
        scope_before=before,
        scope_after=after,
        data=event["data"],
    )
    return (
        at,
        event["kind"],
        texts["actor"],
        None if case_id is None else str(case_id),
        version,
        None if before is None else texts["scope_before"],
        None if after is None else texts["scope_after"],
        texts["data"],
        digest_of(texts),
        *_policy_columns(before, after),
    )


def _policy_columns(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[str | None, str | None, list[str]]:
    """Return where the event lies (after, or before), where it lay if that differs, and every desk given access."""
    code_after = (after or before or {}).get("code")
    code_before = (before or {}).get("code")
    access = {desk for scope in (before, after) if scope for desk in scope["access"]}
    return code_after, code_before if code_before != code_after else None, sorted(access)
