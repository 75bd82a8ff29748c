"""The protocol that the wall is served by: uvicorn's own, which hands plain requests for tiles to the short way."""

import asyncio
from typing import Any

from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dispatch.api import express
from dispatch.api.express import Asked

MOST_HEAD_BYTES = 64 << 10
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class ExpressProtocol(HttpToolsProtocol):
    """One connection. `application` is set by `protocol_of`."""

    application: FastAPI

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._drawing: asyncio.Task[None] | None = None
        self._reading = self._reading_head = False
        self._head_bytes = 0
        self._behind = b""
        self._closes = False

    def data_received(self, data: bytes) -> None:
        """Answer a plain request for a tile; leave everything else to uvicorn."""
        if self._drawing is not None:
            self._behind += data  # reading is paused; what was on its way waits its turn
            return
        if data.startswith(express.BEGINS) and self._between_requests():
            one = express.asked(data)
            if one is not None:
                self._unset_keepalive_if_required()
                ready = express.at_once(self.application.state, one)
                if ready is None:
                    self._draw(one, data)
                else:
                    self._answer(ready)
                return
        super().data_received(data)
        # The parser itself would take in a head without end.
        self._head_bytes = self._head_bytes + len(data) if self._reading_head else 0
        if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        self._reading = self._reading_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head of a request is whole."""
        self._reading_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._reading = False
        super().on_message_complete()

    def _between_requests(self) -> bool:
        """Say whether nothing of a request before this one is left to do."""
        # Before the first request there is no cycle, whatever uvicorn's types say.
        answered: bool = getattr(self.cycle, "response_complete", True)
        return answered and not self._reading and not self.flow.write_paused

    def _answer(self, ready: bytes) -> None:
        """Write an answer, with the headers that uvicorn puts on each after the first line."""
        first, _, rest = ready.partition(b"\r\n")
        lines = [first, *(name + b": " + value for name, value in self.server_state.default_headers), rest]
        self.transport.write(b"\r\n".join(lines))
        self.on_response_complete()

    def _draw(self, one: Asked, data: bytes) -> None:
        self.flow.pause_reading()
        task = self._drawing = self.loop.create_task(self._drawn(one, data))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _drawn(self, one: Asked, data: bytes) -> None:
        try:
            ready = await express.soon(self.application.state, one)
        except Exception:
            ready = None  # the ordinary way says what is wrong, and writes down what is a fault of ours
        finally:
            self._drawing = None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if ready is None:
            super().data_received(data)
        else:
            self._answer(ready)
        if self._closes:
            self.shutdown()
        elif self._behind:
            behind, self._behind = self._behind, b""
            self.data_received(behind)

    def shutdown(self) -> None:
        """Close gracefully: after the tile that is being drawn."""
        if self._drawing is None:
            super().shutdown()
        else:
            self._closes = True


def protocol_of(application: FastAPI) -> type[ExpressProtocol]:
    """Return the protocol of one application's server."""
    return type("ApplicationProtocol", (ExpressProtocol,), {"application": application})
