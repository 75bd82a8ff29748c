"""Give committed events their numbers, in one process at a time."""

import asyncio
import random
from typing import Any

from gis.clock import now
from gis.database import LOST, Database, rung_within
from gis.log.events import GENESIS, link_hash
from gis.log.tables import COMMITTED, NUMBERED

ELECTION_KEY = 0x57414C4C  # "WALL": the advisory lock that whoever holds it numbers events
BATCH = 2_000
POLL_S = 0.25  # the doorbell may be lost with the process that should have rung it
CANDIDATE_S = 0.5
COMMAND_TIMEOUT_S = 30.0

ELECT = "select pg_try_advisory_lock($1)"
# One statement sees one moment: had a case's later event committed, so had the earlier one, because both
# took the case's row lock before drawing their ids.
WAITING = """
    select p.event_id, e.digest from log_pending p join log_events e on e.id = p.event_id
    order by p.event_id limit $1
"""
HEAD = "select seq, hash from log_chain order by seq desc limit 1"
# One statement, and so one transaction, one round trip and one flush.
NUMBER = f"""
    with link as (
        insert into log_chain (seq, event_id, prev_hash, hash, sequenced_at)
        select seq, event_id, prev_hash, hash, $5
        from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])
            as link (seq, event_id, prev_hash, hash)
    ), done as (delete from log_pending where event_id = any($2::bigint[]))
    select pg_notify('{NUMBERED}', $6)
"""


class Sequencer:
    """One candidate for numbering events; run one in every process and the database elects."""

    def __init__(self, database: Database, *, poll_s: float = POLL_S) -> None:
        self.database = database
        self.poll_s = poll_s
        self.leading = False
        self.numbered = 0

    async def run(self) -> None:
        """Stand for election and number events until cancelled; a lost database is waited for."""
        while True:
            try:
                await self._serve()
            except LOST:
                await asyncio.sleep(random.uniform(0.1, 0.6))
            finally:
                self.leading = False

    async def _serve(self) -> None:
        connection = await self.database.connect(plans_once=True)
        try:
            await self._win(connection)
            self.leading = True
            await self._lead(connection)
        finally:
            # Not closed politely: the lock must be free at once, also when the server no longer answers.
            connection.terminate()

    async def _win(self, connection: Any) -> None:
        """Return once elected. Asking again and again: who waits inside the server holds back its vacuum."""
        while True:
            if await connection.fetchval(ELECT, ELECTION_KEY, timeout=COMMAND_TIMEOUT_S):
                return
            await asyncio.sleep(random.uniform(CANDIDATE_S / 2, CANDIDATE_S))

    async def _lead(self, connection: Any) -> None:
        rung = asyncio.Event()
        await connection.add_listener(COMMITTED, lambda *_: rung.set())
        connection.add_termination_listener(lambda *_: rung.set())
        head = await connection.fetchrow(HEAD, timeout=COMMAND_TIMEOUT_S)
        seq, prev_hash = (head["seq"], head["hash"]) if head else (0, GENESIS)
        # Nobody else listens: what this very process commits needs no doorbell that rings through the database.
        with self.database.answering(COMMITTED, rung.set):
            while True:
                rung.clear()
                count, seq, prev_hash = await number_batch(connection, seq, prev_hash)
                self.numbered += count
                if count < BATCH:
                    await rung_within(rung, self.poll_s)


async def number_batch(connection: Any, seq: int, prev_hash: bytes) -> tuple[int, int, bytes]:
    """Number what waits, at most a batch, after the link (`seq`, `prev_hash`); return the count and the new
    head.

    On the connection that holds the election lock: whoever lost the lock lost the
    connection and can no longer write, and the primary key on `seq` would refuse a fork besides.
    """
    waiting = await connection.fetch(WAITING, BATCH, timeout=COMMAND_TIMEOUT_S)
    if not waiting:
        return 0, seq, prev_hash
    seqs, prev_hashes, hashes = [], [], []
    for row in waiting:
        seq += 1
        seqs.append(seq)
        prev_hashes.append(prev_hash)
        prev_hash = link_hash(prev_hash, seq, row["digest"])
        hashes.append(prev_hash)
    event_ids = [row["event_id"] for row in waiting]
    await connection.execute(
        NUMBER, seqs, event_ids, prev_hashes, hashes, now(), str(seq), timeout=COMMAND_TIMEOUT_S
    )
    return len(waiting), seq, prev_hash
