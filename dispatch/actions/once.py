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
from gis.errors import Conflict


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
    claim = text(
        "insert into idempotency (account, key, request_hash, at) values (:account, :key, :digest, :at)"
        " on conflict do nothing"
    )
    values = {"account": actor.account_id, "key": key.value, "digest": key.digest, "at": at}
    if (await tx.execute(claim, values)).rowcount:
        return None
    known = text("select request_hash, answer from idempotency where account = :account and key = :key")
    row = (await tx.execute(known, {"account": actor.account_id, "key": key.value})).one()
    if bytes(row.request_hash) != key.digest:
        raise Conflict(
            "this Idempotency-Key was used for another request; use a new key for a new request",
            code="key_reused",
        )
    answer: dict[str, Any] = row.answer
    return answer


async def remember(tx: AsyncConnection, actor: Actor, key: Key | None, answer: Mapping[str, Any]) -> None:
    """Keep the answer with the key that `first_answer` claimed."""
    if key is not None:
        await tx.execute(
            text(
                "update idempotency set answer = cast(:answer as jsonb) where account = :account and key = :key"
            ),
            {"answer": json.dumps(answer), "account": actor.account_id, "key": key.value},
        )
