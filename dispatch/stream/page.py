"""One open page: where it stands in its view's events, and what it still has to be sent."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from dispatch.records import stamp
from dispatch.stream.projection import RecordTexts, dumps
from dispatch.stream.view import View
from gis.actor import Actor, Role
from gis.clock import now

NOTES_MOST = 64


class Wire(Protocol):
    """A socket, as the hub needs it. Sending waits while the other side reads slowly."""

    async def send_text(self, text: str) -> None:
        """Send a text frame; raise OSError when the socket is gone."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame; raise OSError when the socket is gone."""

    async def receive(self) -> str | None:
        """Return the next text frame, None once the socket is closed."""

    async def close(self, code: int, reason: str) -> None:
        """Close the socket."""


def seat_of(actor: Actor) -> str | None:
    """Return the seat that an actor takes at a page that asks for it; robots and wall screens take none.

    An officer on his phone sits at his unit and a leader at his own desk: neither does the work of the desk that
    he belongs to, whose robot must not stand aside for him.
    """
    if actor.robot or actor.role is Role.KIOSK:
        return None
    if actor.unit_id is not None:
        return f"unit:{actor.unit_id}"
    return f"leader:{actor.area}" if actor.role is Role.LEADER else actor.desk


class Page:
    """A page that said hello. Whoever has something for it leaves it here and never waits."""

    def __init__(
        self,
        actor: Actor,
        view: View,
        wire: Wire,
        *,
        attends: bool,
        ground: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.ground = ground
        self.actor = actor
        self.view = view
        self.wire = wire
        self.attends = seat_of(actor) if attends else None
        self.viewing: str | None = None
        self.seq = 0
        self.place = 0
        self.snapshots = 0
        self.wants_full = False
        self.heard_s = self.beat_s = time.monotonic()
        self.wake = asyncio.Event()
        self.over = asyncio.Event()
        self.over_because = (1001, "the server is going")
        self._frame: bytes | None = None
        self._notes: deque[str] = deque(maxlen=NOTES_MOST)

    def note(self, text: str) -> None:
        """Leave a short message; only the newest few are kept for a page that does not read."""
        self._notes.append(text)
        self.wake.set()

    def beat(self) -> None:
        """Leave a beat: when it is, up to which event this page has everything, and how the layers of the map are."""
        self.beat_s = time.monotonic()
        self.note(dumps({"type": "beat", "at": stamp(now()), "seq": self.seq, "ground": self.ground()}))

    def frame_waits(self) -> bool:
        """Say whether the last frame of positions has not gone out yet."""
        return self._frame is not None

    def put_frame(self, frame: bytes) -> None:
        """Leave a frame of positions in the place of one that has not gone out: the newest wins."""
        self._frame = frame
        self.wake.set()

    def end(self, code: int, reason: str) -> None:
        """Have the page closed."""
        self.over_because = (code, reason)
        self.over.set()

    async def follow(self, since: int | None, records: RecordTexts, limit: asyncio.Semaphore) -> None:
        """Send everything that is left for this page, from `since` on or from a snapshot, until the socket
        ends.

        Raises Unavailable when a snapshot cannot be had.
        """
        if since is not None and self.view.reaches(since):
            self.seq, self.place = since, self.view.place_after(since)
        else:
            await self._start_afresh(limit)
        self.beat()
        while True:
            self.wake.clear()
            await self._send_events(records, limit)
            while self._notes:
                await self.wire.send_text(self._notes.popleft())
            if self._frame is not None:
                frame, self._frame = self._frame, None
                await self.wire.send_bytes(frame)
            await self.wake.wait()

    async def _start_afresh(self, limit: asyncio.Semaphore) -> None:
        snapshot = await self.view.snapshot(limit)
        self.snapshots += 1
        self.seq, self.place = snapshot.seq, self.view.place_after(snapshot.seq)
        await self.wire.send_text(snapshot.text)

    async def _send_events(self, records: RecordTexts, limit: asyncio.Semaphore) -> None:
        while self.place < self.view.end:
            entries = self.view.from_place(self.place)
            if entries is None:
                await self._start_afresh(limit)
                continue
            for entry in entries:
                # A snapshot may be ahead of this process's tail: what it holds already is not sent again.
                if entry.seq > self.seq:
                    await self.wire.send_text(entry.text(self.seq, records))
                    self.seq = entry.seq
                self.place += 1
