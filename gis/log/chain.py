"""Prove that the log was not altered: recompute every digest and every link."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.database import driver
from gis.log.events import GENESIS, canonical, event_parts, link_hash

PAGE = 2_000
FAULTS_KEPT = 100

LINKS = """
    select c.seq, c.event_id, c.prev_hash, c.hash, e.id, e.at, e.kind, cast(e.actor as text) as actor,
    e.case_id,
           e.version, cast(e.scope_before as text) as scope_before, cast(e.scope_after as text) as
           scope_after, cast(e.data as text) as data, e.digest
    from log_chain c left join log_events e on e.id = c.event_id
    where c.seq > $1 order by c.seq limit $2
"""

# An event is numbered, or waits for its number; a third state means that somebody took a row away.
ORPHANS = text(
    """
    select e.id from log_events e
    where not exists (select from log_chain c where c.event_id = e.id)
      and not exists (select from log_pending p where p.event_id = e.id)
    order by e.id limit :kept
    """
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: at which number, of which event, and what."""

    seq: int | None
    event_id: int | None
    what: str


@dataclass(slots=True)
class ChainReport:
    """What a verification found. `head` is the last hash in hexadecimal: keep it elsewhere to prove the
    length.
    """

    events: int = 0
    last_seq: int = 0
    head: str = GENESIS.hex()
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults

    def blame(self, seq: int | None, event_id: int | None, what: str) -> None:
        """Note a fault; the first hundred tell enough."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(seq, event_id, what))


async def verify_chain(tx: AsyncConnection, *, anchor: tuple[int, str] | None = None) -> ChainReport:
    """Recompute the whole chain as the transaction sees it and report every fault; nothing is raised.

    `anchor` is an earlier report's `(last_seq, head)`: with it, a log whose end was cut off or rewritten as
    a whole is found too. Run it as an actor who sees everything, in a frozen transaction.
    """
    report = ChainReport()
    prev_hash = GENESIS
    versions: dict[str, int] = {}
    async for row in _links(tx):
        _check_link(report, row, prev_hash)
        _check_order(report, row, versions)
        prev_hash = row["hash"]
        report.events += 1
        report.last_seq = row["seq"]
        if anchor and row["seq"] == anchor[0] and prev_hash.hex() != anchor[1]:
            report.blame(row["seq"], row["event_id"], "the hash differs from the one that was kept elsewhere")
    report.head = prev_hash.hex()
    if anchor and report.last_seq < anchor[0]:
        report.blame(None, None, f"the log ends before number {anchor[0]}, which was kept elsewhere")
    report.waiting = (await tx.execute(text("select count(*) from log_pending"))).scalar_one()
    for event_id in (await tx.execute(ORPHANS, {"kept": FAULTS_KEPT})).scalars():
        report.blame(None, event_id, "the event has no number and is not waiting for one")
    return report


async def _links(tx: AsyncConnection) -> AsyncIterator[Any]:
    after = 0
    while rows := await driver(tx).fetch(LINKS, after, PAGE):
        for row in rows:
            yield row
        after = rows[-1]["seq"]


def _check_link(report: ChainReport, row: Any, prev_hash: bytes) -> None:
    seq, event_id = row["seq"], row["event_id"]
    if seq != report.last_seq + 1:
        report.blame(seq, event_id, f"the number before is {report.last_seq}: something is missing")
    if row["id"] is None:
        report.blame(seq, event_id, "the event is gone")
        return
    if _digest(row) != row["digest"]:
        report.blame(seq, event_id, "the event differs from its digest")
    if row["prev_hash"] != prev_hash:
        report.blame(seq, event_id, "the link does not name the hash before it")
    if row["hash"] != link_hash(row["prev_hash"], seq, row["digest"]):
        report.blame(seq, event_id, "the link's hash is not that of its event")


def _digest(row: Any) -> bytes:
    parsed = {
        name: None if row[name] is None else json.loads(row[name])
        for name in ("actor", "scope_before", "scope_after", "data")
    }
    # Canonical text has its parts in the order of their names: the whole at once is what `digest_of` puts together.
    whole = event_parts(row["at"], row["kind"], case_id=row["case_id"], version=row["version"], **parsed)
    return hashlib.sha256(canonical(whole).encode()).digest()


def _check_order(report: ChainReport, row: Any, versions: dict[str, int]) -> None:
    if row["case_id"] is None or row["version"] is None:
        return
    case_id = str(row["case_id"])
    if row["version"] < versions.get(case_id, 0):
        report.blame(row["seq"], row["event_id"], "the case's versions run backwards")
    versions[case_id] = row["version"]
