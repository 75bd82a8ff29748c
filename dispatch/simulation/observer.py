"""One socket that sees the whole county, so that 600 robots need not ask every second what is new.

It only tells who should wake; what a robot then does, it does with its own credential.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dispatch.simulation.credentials import Robot
from dispatch.simulation.picture import Picture

log = logging.getLogger(__name__)

BEAT_S = 10.0
SILENCE_S = 30.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0


class GapError(Exception):
    """A message is missing: what follows it would be told of a picture that we do not have."""


class Observer:
    """Keeps a picture up to date and says which cases changed."""

    def __init__(
        self, base_url: str, robot: Robot, picture: Picture, on_change: Callable[[set[str]], None]
    ) -> None:
        self.url = stream_url(base_url)
        self.robot = robot
        self.picture = picture
        self.on_change = on_change
        self.ready = asyncio.Event()
        self.located = asyncio.Event()
        self._seq: int | None = None

    async def run(self) -> None:
        """Follow the stream for ever; after a break, go on from the last message that was taken in."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with connect(
                    self.url,
                    additional_headers=self.robot.headers,
                    compression=None,
                    max_size=None,
                    proxy=None,
                ) as socket:
                    await self._follow(socket)
                pause_s = FIRST_PAUSE_S
            except GapError:
                log.info("a message was missed; asking for a fresh start")
                self._seq = None
            except (OSError, TimeoutError, WebSocketException) as error:
                log.info("the stream broke off (%s); trying again", error)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _follow(self, socket: ClientConnection) -> None:
        topics = ["cases", "units"] if self.located.is_set() else ["cases", "units", "positions"]
        await socket.send(json.dumps({"type": "hello", "since": self._seq, "topics": topics}))
        beats = asyncio.create_task(self._beat(socket))
        try:
            async for message in messages(socket):
                if isinstance(message, bytes):
                    if self.picture.locate(message):
                        self.located.set()
                else:
                    self._take(json.loads(message))
        finally:
            beats.cancel()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "event" and self._seq is not None and message["prev"] != self._seq:
            raise GapError
        if message["type"] in ("snapshot", "event"):
            changed = self.picture.apply(message)
            self._seq = message["seq"]
            self.ready.set()
            if changed:
                self.on_change(changed)

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await socket.send('{"type":"beat"}')


async def messages(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    """Yield what comes; raise TimeoutError when the other side has been silent for too long."""
    while True:
        yield await asyncio.wait_for(socket.recv(), SILENCE_S)


def stream_url(base_url: str) -> str:
    """Return the address of the stream that belongs to the address of a server."""
    parts = urlsplit(base_url)
    return urlunsplit(("wss" if parts.scheme == "https" else "ws", parts.netloc, "/api/stream", "", ""))
