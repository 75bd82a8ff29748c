"""The same request sent twice is done once: the key returns the first answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.actor import Actor
from gis.batch import Batch
from gis.database import driver
from gis.errors import Conflict

CLAIM = """insert into idempotency (account, key, request_hash, at) values ($1, $2, $3, $4)
    on conflict do nothing returning true"""
KNOWN = "select request_hash, answer from idempotency where account = $1 and key = $2"
REMEMBER = "update idempotency set answer = $1::jsonb where account = $2 and key = $3"


@dataclass(frozen=True, slots=True)
class Key:
    """An `Idempotency-Key` with the digest of the request that it came with."""

    value: str
    digest: bytes

    @classmethod
    def of(cls, value: str, request: Mapping[str, Any]) -> "Key":
        """Return the key for a request; `request` must be plain JSON."""
        body = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
        return cls(value, sha256(body.encode()).digest())


async def first_answer(
    tx: AsyncConnection, actor: Actor, key: Key | None, at: datetime
) -> dict[str, Any] | None:
    """Claim the key in this transaction, or return what the first request with it was answered.

    A twin still under way is waited for. Raises Conflict if the key came before with another request.
    """
    if key is None:
        return None
    connection, who = driver(tx), actor.account_id
    if await connection.fetchval(CLAIM, who, key.value, key.digest, at):
        return None
    row = await connection.fetchrow(KNOWN, who, key.value)
    if row is None or bytes(row["request_hash"]) != key.digest:
        raise Conflict(
            "this Idempotency-Key was used for another request; use a new key for a new request",
            code="key_reused",
        )
    answer: dict[str, Any] = row["answer"]
    return answer


async def answer_given(tx: AsyncConnection, actor: Actor, key: Key | None) -> dict[str, Any] | None:
    """Return what the same request was answered before, without claiming the key. Raises Conflict as above."""
    if key is None:
        return None
    sql = text("select request_hash, answer from idempotency where account = :account and key = :key")
    row = (await tx.execute(sql, {"account": actor.account_id, "key": key.value})).first()
    if row is not None and bytes(row.request_hash) != key.digest:
        raise Conflict(
            "this Idempotency-Key was used for another request; use a new key for a new request",
            code="key_reused",
        )
    answer: dict[str, Any] | None = row.answer if row else None
    return answer


def remember(batch: Batch, actor: Actor, key: Key | None, answer: Mapping[str, Any]) -> None:
    """Keep the answer with the key that `first_answer` claimed."""
    if key is not None:
        batch.add(REMEMBER, json.dumps(answer), actor.account_id, key.value)
