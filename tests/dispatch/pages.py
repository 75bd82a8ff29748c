"""Pages for tests of the stream: a wire in memory, and what it takes to have a hub at work."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from dispatch.avl.fleet import unpack
from dispatch.stream import ClientStore, Hub
from dispatch.stream.hub import Positions
from gis.actor import Actor
from gis.database import Database
from gis.log import Sequencer, Tail

PATIENCE_S = 10.0


class MemoryWire:
    """A socket without a network. While `flows` is clear it takes nothing more, like a full buffer."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self.flows = asyncio.Event()
        self.flows.set()
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        self._heard = asyncio.Event()

    async def send_text(self, text: str) -> None:
        await self.flows.wait()
        self.texts.append(json.loads(text))
        self._heard.set()

    async def send_bytes(self, data: bytes) -> None:
        await self.flows.wait()
        self.frames.append(data)
        self._heard.set()

    async def receive(self) -> str | None:
        return await self._said.get()

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._heard.set()

    def say(self, message: object) -> None:
        """Send a message to the hub, as JSON unless it is text."""
        self._said.put_nowait(message if isinstance(message, str) else json.dumps(message))

    def hang_up(self) -> None:
        """End the socket from the page's side."""
        self._said.put_nowait(None)

    async def until(self, met: Any) -> None:
        """Wait until `met()` is true; looked at after everything that comes."""
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                self._heard.clear()
                await self._heard.wait()

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one type that came so far."""
        return [message for message in self.texts if message["type"] == kind]


@dataclass
class OpenPage:
    """A page in a test: what it got, and the store that it keeps of it."""

    wire: MemoryWire
    task: "asyncio.Task[None]"
    store: ClientStore = field(default_factory=ClientStore)
    taken: int = 0

    def take(self) -> ClientStore:
        """Apply what came since the last call."""
        for message in self.wire.texts[self.taken :]:
            self.store.apply(message)
        self.taken = len(self.wire.texts)
        return self.store

    async def snapshot(self) -> ClientStore:
        """Wait for the first snapshot."""
        await self.wire.until(lambda: self.wire.of_type("snapshot"))
        return self.take()

    async def close(self) -> None:
        self.wire.hang_up()
        await self.task

    def units_in_frames(self) -> set[int]:
        """Return the numbers of the units in all frames that came."""
        return {int(no) for frame in self.wire.frames for no in unpack(frame)[2]["no"]}


def open_page(hub: Hub, actor: Actor, since: int | None = None, **hello: Any) -> OpenPage:
    """Open a page that says hello."""
    wire = MemoryWire()
    wire.say({"type": "hello", "since": since, **hello})
    return OpenPage(wire, asyncio.create_task(hub.serve(actor, wire)))


@asynccontextmanager
async def hub_at_work(db: Database, positions: Positions | None = None) -> AsyncIterator[Hub]:
    """Run a sequencer, a tail and a hub meanwhile."""
    tail = Tail(db)
    hub = Hub(db, tail, positions)
    tasks = [asyncio.create_task(job) for job in (Sequencer(db).run(), tail.run(), hub.run())]
    await asyncio.wait_for(tail.ready.wait(), PATIENCE_S)
    try:
        yield hub
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_told(hub: Hub, db: Database) -> None:
    """Wait until the hub was told of everything that has committed."""
    from sqlalchemy import text

    from gis.actor import SYSTEM

    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with db.read(SYSTEM, frozen=True) as tx:
                waiting = (await tx.execute(text("select count(*) from log_pending"))).scalar_one()
                last = (await tx.execute(text("select coalesce(max(seq), 0) from log_chain"))).scalar_one()
            if not waiting and hub.tail.last_seq >= last:
                # What was left for the pages has been sent then, on a busy machine too.
                await asyncio.sleep(0.2)
                return
            await asyncio.sleep(0.01)
