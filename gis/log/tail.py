"""Follow the log: a ring of the newest events in memory, and a call to whoever subscribed."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from gis.actor import SYSTEM, Actor
from gis.database import LOST, Database, rung_within
from gis.log.events import LogEvent
from gis.log.tables import NUMBERED

RING = 20_000
PRELOAD = 2_000
PAGE = 1_000
POLL_S = 1.0
COMMAND_TIMEOUT_S = 30.0

AFTER = """
    select c.seq, e.id, e.at, e.kind, e.actor, e.case_id, e.version, e.scope_before, e.scope_after, e.data
    from log_chain c join log_events e on e.id = c.event_id
    where c.seq > $1 order by c.seq limit $2
"""
LAST = "select coalesce(max(seq), 0) from log_chain"

Subscriber = Callable[[Sequence[LogEvent]], None]


class Tail:
    """Everything that the log gained, in order, each once; one per process, as an actor who sees
    everything.
    """

    def __init__(self, database: Database, *, actor: Actor = SYSTEM, ring: int = RING) -> None:
        self.database = database
        self.actor = actor
        self.ring: deque[LogEvent] = deque(maxlen=ring)
        self.last_seq = 0
        self.ready = asyncio.Event()
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have `subscriber` called, without waiting, with every new run of events; it must not block or
        raise.
        """
        self._subscribers.append(subscriber)

    def since(self, seq: int) -> list[LogEvent] | None:
        """Return the events after `seq`, or None where the ring no longer (or not yet) reaches back to it."""
        if seq > self.last_seq:
            return None
        missing = self.last_seq - seq
        if missing > len(self.ring):
            return None
        return list(islice(self.ring, len(self.ring) - missing, None))

    async def run(self) -> None:
        """Follow until cancelled; a lost connection is replaced and nothing is missed, because the log
        remembers.
        """
        while True:
            try:
                await self._follow()
            except LOST:
                await asyncio.sleep(random.uniform(0.1, 0.6))

    async def _follow(self) -> None:
        connection = await self.database.connect(self.actor, plans_once=True)
        try:
            rung = asyncio.Event()
            await connection.add_listener(NUMBERED, lambda *_: rung.set())
            connection.add_termination_listener(lambda *_: rung.set())
            if not self.ready.is_set():
                await self._preload(connection)
            while True:
                rung.clear()
                await self._catch_up(connection)
                await rung_within(rung, POLL_S)
        finally:
            connection.terminate()

    async def _preload(self, connection: Any) -> None:
        """Fill the ring with the newest events, so that pages resume across a restart of this process."""
        last = await connection.fetchval(LAST, timeout=COMMAND_TIMEOUT_S)
        rows = await connection.fetch(AFTER, max(0, last - PRELOAD), PRELOAD, timeout=COMMAND_TIMEOUT_S)
        self.ring.extend(map(_event, rows))
        self.last_seq = self.ring[-1].seq if self.ring else 0
        self.ready.set()

    async def _catch_up(self, connection: Any) -> None:
        while rows := await connection.fetch(AFTER, self.last_seq, PAGE, timeout=COMMAND_TIMEOUT_S):
            events = [_event(row) for row in rows]
            self.ring.extend(events)
            self.last_seq = events[-1].seq
            for subscriber in self._subscribers:
                subscriber(events)


def _event(row: Any) -> LogEvent:
    return LogEvent(
        seq=row["seq"],
        event_id=row["id"],
        at=row["at"],
        kind=row["kind"],
        actor=json.loads(row["actor"]),
        case_id=None if row["case_id"] is None else str(row["case_id"]),
        version=row["version"],
        scope_before=_loads(row["scope_before"]),
        scope_after=_loads(row["scope_after"]),
        data=json.loads(row["data"]),
    )


def _loads(value: str | None) -> Any:
    return None if value is None else json.loads(value)
