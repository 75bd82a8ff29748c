"""Prove that the log was not altered: recompute every digest and every link."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.log.events import GENESIS, canonical, event_parts, link_hash
from gis.pages import pages

PAGE = 2_000
FAULTS_KEPT = 100

LINKS = f"""
    select c.seq, c.event_id, c.prev_hash, c.hash, e.id, e.at, e.kind, cast(e.actor as text) as actor, e.case_id,
           e.version, cast(e.scope_before as text) as scope_before, cast(e.scope_after as text) as scope_after,
           cast(e.data as text) as data, e.digest
    from log_chain c left join log_events e on e.id = c.event_id
    where c.seq > $1 order by c.seq limit {PAGE}
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
# A case's row is locked while its event is written: by ids its versions go up one by one, and the numbers follow them.
DISORDER = text(
    """
    select seq, id, version, version_before from (
        select c.seq, e.id, e.version, lag(e.version, 1, 0) over by_case as version_before,
               lag(c.seq) over by_case as seq_before
        from log_events e left join log_chain c on c.event_id = e.id
        where e.case_id is not null and e.version is not null
        window by_case as (partition by e.case_id order by e.id)
    ) as told
    where version not in (version_before, version_before + 1) or seq < seq_before
    order by id limit :kept
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


async def verify_chain(
    tx: AsyncConnection,
    *,
    anchor: tuple[int, str] | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> ChainReport:
    """Recompute the whole chain as the transaction sees it and report every fault; nothing is raised.

    `anchor` is an earlier report's `(last_seq, head)`: with it, a log whose end was cut off or rewritten as
    a whole is found too. Run it as an actor who sees everything, in a frozen transaction. `progress` hears how much
    is done, from 0 to 1.
    """
    report = ChainReport()
    prev_hash = GENESIS
    last: int = (await tx.execute(text("select coalesce(max(seq), 0) from log_chain"))).scalar_one()
    async with pages(tx, LINKS, (0,), lambda row: (row["seq"],)) as linked:
        async for page in linked:
            for row in page:
                _check_link(report, row, prev_hash)
                prev_hash = row["hash"]
                report.events += 1
                report.last_seq = row["seq"]
                if anchor and row["seq"] == anchor[0] and prev_hash.hex() != anchor[1]:
                    what = "the hash differs from the one that was kept elsewhere"
                    report.blame(row["seq"], row["event_id"], what)
            progress(report.last_seq / last)
    report.head = prev_hash.hex()
    if anchor and report.last_seq < anchor[0]:
        report.blame(None, None, f"the log ends before number {anchor[0]}, which was kept elsewhere")
    report.waiting = (await tx.execute(text("select count(*) from log_pending"))).scalar_one()
    for event_id in (await tx.execute(ORPHANS, {"kept": FAULTS_KEPT})).scalars():
        report.blame(None, event_id, "the event has no number and is not waiting for one")
    for row in await tx.execute(DISORDER, {"kept": FAULTS_KEPT}):
        report.blame(row.seq, row.id, _disorder(row.version, row.version_before))
    return report


def _disorder(version: int, before: int) -> str:
    if version < before:
        return "the case's versions run backwards"
    if version > before + 1:
        return "a version of the case is missing before it"
    return "the case's events are not numbered in their order"


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
