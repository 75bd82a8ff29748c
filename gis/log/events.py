"""One event of the log, its canonical form and its digest."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gis.actor import Actor

Json = Mapping[str, Any]

GENESIS = bytes(32)
"""What the first link names as the hash before it."""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """A fact with its number. Scopes are `{"code": area code or None, "access": [desk, …]}` or None."""

    seq: int
    event_id: int
    at: datetime
    kind: str
    actor: Json
    case_id: str | None
    version: int | None
    scope_before: Json | None
    scope_after: Json | None
    data: Json


# How JSON writes a whole number that is a float: at the end of a value, or with an exponent.
WHOLE_FLOAT = re.compile(r"\.0(?:[,}\]]|$)|e\+")


def canonical(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, whole numbers without a fraction.

    A `jsonb` column forgets key order and how a number was written; this text is the same before and after.
    Raises ValueError for NaN and infinities, TypeError for what JSON does not know.
    """
    try:
        text = _dumps(value)
    except TypeError:  # a mapping that is no dict, say
        return _dumps(_plain(value))
    return _dumps(_plain(value)) if WHOLE_FLOAT.search(text) else text


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def actor_record(actor: Actor) -> dict[str, str | bool]:
    """Return what the log keeps of an actor; a robot says that it is one, whosever seat it fills."""
    return {
        "account": actor.account_id,
        "name": actor.name,
        "desk": actor.desk,
        "role": actor.role.value,
        **({"robot": True} if actor.robot else {}),
    }


def event_texts(
    *,
    at: datetime,
    kind: str,
    actor: Any,
    case_id: UUID | str | None,
    version: int | None,
    scope_before: Any,
    scope_after: Any,
    data: Any,
) -> dict[str, str]:
    """Return the canonical JSON text of each part of an event, by name."""
    parts = event_parts(at, kind, actor, case_id, version, scope_before, scope_after, data)
    return {name: canonical(part) for name, part in parts.items()}


def event_parts(
    at: datetime,
    kind: str,
    actor: Any,
    case_id: UUID | str | None,
    version: int | None,
    scope_before: Any,
    scope_after: Any,
    data: Any,
) -> dict[str, Any]:
    """Return what is digested of an event, by name; the digest is that of its canonical text."""
    return {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": kind,
        "actor": actor,
        "case_id": None if case_id is None else str(case_id),
        "version": version,
        "scope_before": scope_before,
        "scope_after": scope_after,
        "data": data,
    }


def digest_of(texts: Mapping[str, str]) -> bytes:
    """Return the SHA-256 of the canonical JSON object that `texts` (name → canonical JSON) makes up."""
    whole = ",".join(f'"{name}":{texts[name]}' for name in sorted(texts))
    return hashlib.sha256(f"{{{whole}}}".encode()).digest()


def link_hash(prev_hash: bytes, seq: int, digest: bytes) -> bytes:
    """Return the hash of one link: SHA-256 of the hash before, the number as 8 bytes big-endian,
    the digest.
    """
    return hashlib.sha256(prev_hash + seq.to_bytes(8, "big") + digest).digest()
