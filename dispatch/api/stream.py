"""The live stream's socket, and who is at which desk."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.websockets import WebSocket, WebSocketDisconnect

from dispatch.api.caller import Caller
from dispatch.api.gate import same_origin
from dispatch.stream import Hub
from gis.actor import Actor

router = APIRouter(tags=["stream"])

NOT_AUTHENTICATED = 4401
FOREIGN_PAGE = 4403


class SocketWire:
    """A Starlette socket as the hub's wire."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def send_text(self, text: str) -> None:
        """Send a text frame. Waits while the socket's buffer is full; raises OSError when it is gone."""
        with lost_socket():
            await self.websocket.send_text(text)

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame. Waits while the socket's buffer is full; raises OSError when it is gone."""
        with lost_socket():
            await self.websocket.send_bytes(data)

    async def receive(self) -> str | None:
        """Return the next text frame, None once the socket is closed. Binary frames say nothing here."""
        message = await self.websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        said: str | None = message.get("text")
        return '{"type":"binary"}' if said is None else said

    async def close(self, code: int, reason: str) -> None:
        """Close the socket unless the other side did."""
        with lost_socket():
            await self.websocket.close(code, reason)


@contextmanager
def lost_socket() -> Iterator[None]:
    """Turn what the server says of a socket that is gone, or that the gate has closed, into an OSError."""
    try:
        yield
    except (WebSocketDisconnect, RuntimeError) as error:
        raise ConnectionResetError("the socket is gone") from error


@router.websocket("/api/stream")
async def stream(websocket: WebSocket) -> None:
    """Follow what the caller may see: hello, snapshot or replay, then every event in order, and positions."""
    state = websocket.scope.get("state", {})
    actor: Actor | None = state.get("actor")
    # Accepted first: a browser sees a close code only of a socket that was open.
    await websocket.accept()
    if actor is None:
        await websocket.close(NOT_AUTHENTICATED, "log in first")
    elif state.get("by_cookie") and not same_origin(websocket.headers):
        await websocket.close(FOREIGN_PAGE, "this page is not ours")
    else:
        hub: Hub = websocket.app.state.hub
        await hub.serve(actor, SocketWire(websocket))


class Attended(BaseModel):
    """Where people sit."""

    attended: list[str] = Field(
        description="Where a person sits just now: ids of desks, `unit:<id>` of officers, `leader:<area>`."
    )


@router.get("/api/presence/desks")
async def attended_desks(actor: Caller, request: Request) -> Attended:
    """Return the seats that people have taken, so that their robots stand aside."""
    hub: Hub = request.app.state.hub
    return Attended(attended=hub.attended_desks())
