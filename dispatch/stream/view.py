"""One way of seeing the county, shared by all pages that see the same."""

import asyncio
import hashlib
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import text

from dispatch.queries import RECORDS_AT_ONCE, snapshot_cases, snapshot_units
from dispatch.records import stamp
from dispatch.rules.masking import SeatOf, masked, sees_masked, unbound
from dispatch.stream.projection import RecordTexts, body_text, dumps, event_text, project, unplaced
from gis.actor import Actor
from gis.clock import now
from gis.database import Database
from gis.log import LogEvent, Tail

KEPT = 2_000
"""Events that a view remembers: how far a page may fall behind, or come back from, before it starts
afresh.
"""
LOOKED_BACK = 5_000
PAGE_OF_ENTRIES = 64
FACTS = 40
SNAPSHOT_GOOD_S = 0.5

LAST_SEQ = text("select coalesce(max(seq), 0) from log_chain")

Key = tuple[str, str, str, str, frozenset[str]]


def key_of(actor: Actor, topics: frozenset[str]) -> Key:
    """Return what decides what a page sees: two actors with the same key see exactly the same."""
    lo, hi = actor.range
    return lo, hi, actor.desk, actor.role.value, topics


class Entry:
    """One visible event; its text is written when the first page needs it."""

    __slots__ = ("_text", "body", "seq")

    def __init__(self, seq: int, body: dict[str, Any]) -> None:
        self.seq = seq
        self.body = body
        self._text: str | None = None

    def text(self, prev: int, records: RecordTexts) -> str:
        """Return the message for a page whose last one was `prev`."""
        if self._text is None:
            self._text = body_text(self.body, records.of(self.seq, self.body["case"]))
        return event_text(self.seq, prev, self._text)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the view sees at one moment: the state after exactly the events up to `seq`, or a
    little later.

    What had committed but had no number yet is in it already; its events follow and change nothing.
    """

    seq: int
    text: str
    taken_s: float


async def dumps_in_turn(records: Sequence[Mapping[str, Any]]) -> str:
    """Return a list as JSON, letting others run after every few records."""
    texts = []
    for start in range(0, len(records), RECORDS_AT_ONCE):
        texts.append(dumps(records[start : start + RECORDS_AT_ONCE])[1:-1])
        await asyncio.sleep(0)
    return f"[{','.join(texts)}]"


class View:
    """The newest events that one kind of actor sees, in order, and the snapshot they follow.

    `base` is the running number of the first entry kept; pages hold such numbers as their places. Every
    visible event after `floor` is among the entries.
    """

    def __init__(
        self,
        actor: Actor,
        topics: frozenset[str],
        db: Database,
        tail: Tail,
        records: RecordTexts,
        seat_of: SeatOf = unplaced,
    ) -> None:
        self.actor = actor
        self.topics = topics
        sight = (*key_of(actor, topics)[:-1], *sorted(topics))  # a set's own order differs between processes
        self.name = hashlib.sha256(repr(sight).encode()).hexdigest()[:12]
        self.db = db
        self.seat_of = seat_of
        self.masks = sees_masked(actor)
        # Texts are shared by event, and what is masked is another text.
        self.records = RecordTexts() if self.masks else records
        self.entries: deque[Entry] = deque()
        self.base = 0
        self.pages = 0
        self.empty_since_s = time.monotonic()
        recent = list(islice(reversed(tail.ring), LOOKED_BACK))[::-1]
        self.floor = recent[0].seq - 1 if recent else tail.last_seq
        self.last_seq = tail.last_seq
        self._snapshot: Snapshot | None = None
        self._taking: asyncio.Task[Snapshot] | None = None
        self.take(recent)

    @property
    def end(self) -> int:
        """The place after the newest entry."""
        return self.base + len(self.entries)

    def take(self, events: Iterable[LogEvent]) -> bool:
        """Add what is visible of new events; say whether anything was."""
        before = self.end
        for event in events:
            self.last_seq = max(self.last_seq, event.seq)
            body = project(self.actor, self.topics, event, self.seat_of)
            if body is not None:
                self.entries.append(Entry(event.seq, body))
        while len(self.entries) > KEPT:
            self.floor = self.entries.popleft().seq
            self.base += 1
        return self.end > before

    def reaches(self, since: int) -> bool:
        """Say whether a page that has everything up to `since` can go on from there without a snapshot."""
        return self.floor <= since <= self.last_seq

    def place_after(self, seq: int) -> int:
        """Return the place of the first entry after `seq`."""
        return self.base + bisect_right(self.entries, seq, key=lambda entry: entry.seq)

    def from_place(self, place: int) -> list[Entry] | None:
        """Return the next entries from a place on, a few at a time; None when they are no longer kept."""
        if place < self.base:
            return None
        start = place - self.base
        return list(islice(self.entries, start, start + PAGE_OF_ENTRIES))

    async def snapshot(self, limit: asyncio.Semaphore) -> Snapshot:
        """Return a snapshot from which this view's entries lead on; pages that ask together share one.

        Raises Unavailable.
        """
        while True:
            kept = self._snapshot
            if kept and time.monotonic() - kept.taken_s < SNAPSHOT_GOOD_S and kept.seq >= self.floor:
                return kept
            if self._taking is None or self._taking.done():
                self._taking = asyncio.create_task(self._take_snapshot(limit))
            # Shielded: a page that leaves must not take the snapshot from those who wait with it.
            self._snapshot = await asyncio.shield(self._taking)

    async def _take_snapshot(self, limit: asyncio.Semaphore) -> Snapshot:
        async with limit, self.db.read(self.actor, frozen=True) as tx:
            # All in one frozen transaction: the number and the rows are of the same moment.
            seq: int = (await tx.execute(LAST_SEQ)).scalar_one()
            cases: Sequence[Mapping[str, Any]] = await snapshot_cases(tx) if "cases" in self.topics else []
            units: Sequence[Mapping[str, Any]] = await snapshot_units(tx) if "units" in self.topics else []
        if self.masks:
            cases = [masked(case, self.seat_of) for case in cases]
            units = [unbound(unit) for unit in units]
        taken_s = time.monotonic()
        head = dumps({"type": "snapshot", "seq": seq, "at": stamp(now()), "view": self.name})
        listed = await dumps_in_turn(cases)
        parts = dumps({"units": units, "facts": self.facts(seq)})
        return Snapshot(seq, f'{head[:-1]},"cases":{listed},{parts[1:]}', taken_s)

    def facts(self, seq: int) -> list[dict[str, Any]]:
        """Return the newest events up to `seq`, newest first, for lists of what happened lately."""
        newest = islice((one for one in reversed(self.entries) if one.seq <= seq), FACTS)
        return [{"type": "event", "seq": one.seq, **one.body} for one in newest]
