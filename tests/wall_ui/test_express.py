"""The short way of tiles says what the ordinary way says, and lets nobody in whom the gate keeps out."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import update

from dispatch.actions.accounts import create_token
from dispatch.api import express
from dispatch.tables_accounts import tokens
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.database import Database
from gis.errors import Unavailable
from layers.ogc.vector_tiles import vector_tiles
from tests.layers.entrance import guarded
from wall_ui.express import MOST_HEAD_BYTES, ExpressProtocol, protocol_of

ROADS = "/ogc/collections/road/tiles/WebMercatorQuad/9/201/408"
CAMERAS = "/ogc/collections/camera/tiles/WebMercatorQuad/6/25/51"
# A grid's code in a tile, after its length.
AREA = re.compile(rb"\x0f(620821\d{9})")
EMPTY = "/ogc/collections/road/tiles/WebMercatorQuad/14/0/0"
EVERYTHING = "/ogc/tiles/WebMercatorQuad/12/1615/3269"
# Says nothing new, and a request with a query is not plain: so it is answered by the routes.
ORDINARY = "?f=mvt"

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def app(county_db: Database) -> FastAPI:
    return await guarded(county_db)


@pytest.fixture
async def port(app: FastAPI) -> AsyncIterator[int]:
    async with serving(app) as number:
        yield number


class Server(uvicorn.Server):
    """uvicorn, which says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[int]:
    """Serve an application as `wall serve` does, within the test."""
    config = uvicorn.Config(app, http=protocol_of(app), lifespan="off", log_config=None, access_log=False)
    server, listener = Server(config), socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve([listener]))
    await server.up.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


async def bearer(app: FastAPI, area: str = "620821") -> str:
    token = await create_token(app.state.db, Role.DUTY_OFFICER, area, "QGIS", now(), desk=area)
    return f"Authorization: Bearer {token}"


def said(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: wall.test", *lines, "", ""]).encode()


async def answered(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    headers.pop("date")
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0")))


async def asked(port: int, *requests: bytes, pieces: int = 1) -> list[Answer]:
    """Send requests over one connection in so many pieces, and read as many answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b"".join(requests)
    size = -(-len(data) // pieces)
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(0.002)
    answers = [await asyncio.wait_for(answered(reader), 20) for _ in requests]
    writer.close()
    return answers


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The answers that went the short way."""
    found: list[bytes] = []
    write = ExpressProtocol._answer

    def noted(self: ExpressProtocol, ready: bytes) -> None:
        found.append(ready)
        write(self, ready)

    monkeypatch.setattr(ExpressProtocol, "_answer", noted)
    return found


async def test_both_ways_say_the_same(app: FastAPI, port: int, taken: list[bytes]) -> None:
    me = await bearer(app)
    for path in (ROADS, CAMERAS, EMPTY, EVERYTHING):
        for encoding in ("gzip", "br, gzip", "identity", "gzip;q=0"):
            lines = (me, f"Accept-Encoding: {encoding}")
            await asked(port, said(path + ORDINARY, *lines))
            count = len(taken)
            (first,) = await asked(port, said(path, *lines))
            (again,) = await asked(port, said(path, *lines))
            (ordinary,) = await asked(port, said(path + ORDINARY, *lines))
            assert first == again == ordinary, (path, encoding)
            assert len(taken) == count + 2
            tag = f"If-None-Match: {first[1]['etag']}"
            (known,) = await asked(port, said(path, *lines, tag))
            (ordinarily,) = await asked(port, said(path + ORDINARY, *lines, tag))
            assert known == ordinarily
            assert known[0] == 304


async def test_a_head_without_end_is_not_taken_in(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: wall.test\r\n")
    line = b"x-more: " + b"a" * 4_000 + b"\r\n"
    for _ in range(MOST_HEAD_BYTES // len(line) + 1):
        writer.write(line)
        await writer.drain()
        await asyncio.sleep(0.002)
    assert (await asyncio.wait_for(reader.read(12), 20)) == b"HTTP/1.1 431"
    writer.close()


async def test_who_is_not_known_is_refused_as_everywhere(app: FastAPI, port: int, taken: list[bytes]) -> None:
    me = await bearer(app)
    assert (await asked(port, said(ROADS, me)))[0][0] == 200
    for line in ("Accept: */*", "Authorization: Bearer nobody", "Cookie: wall_session=nobody", "X-A: b"):
        ((status, headers, body),) = await asked(port, said(ROADS, line))
        assert (status, headers["content-type"]) == (401, "application/problem+json")
        assert b"not_authenticated" in body
    async with app.state.db.transaction(SYSTEM) as tx:
        await tx.execute(update(tokens).values(revoked_at=now()))
    app.state.identities.forget()
    assert (await asked(port, said(ROADS, me)))[0][0] == 401
    assert len(taken) == 1


async def test_each_sees_the_cameras_of_his_own_area(app: FastAPI, port: int) -> None:
    county, town = await bearer(app), await bearer(app, "620821102")
    for _ in range(2):  # drawn, and from memory
        ((_, _, everything),) = await asked(port, said(CAMERAS, county))
        ((_, _, some),) = await asked(port, said(CAMERAS, town))
        known, found = set(AREA.findall(everything)), set(AREA.findall(some))
        assert found == {code for code in known if code.startswith(b"620821102")}
        assert 0 < len(found) < len(known)


async def test_requests_that_come_together_or_in_pieces_are_answered_in_order(
    app: FastAPI, port: int
) -> None:
    me = await bearer(app)
    requests = [said(path, me) for path in (ROADS, EMPTY, ROADS + ORDINARY, "/ogc/conformance", CAMERAS)]
    alone = [(await asked(port, request))[0] for request in requests]
    app.state.served_layers.forget()
    assert await asked(port, *requests) == alone
    app.state.served_layers.forget()
    for pieces in (2, 7, 40):
        assert await asked(port, *requests, pieces=pieces) == alone


async def test_a_tile_that_cannot_be_drawn_is_told_by_the_ordinary_way(
    app: FastAPI, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await bearer(app)

    async def lost(*_: object) -> bytes:
        raise Unavailable("The tile took too long; try again in a moment.")

    monkeypatch.setattr(vector_tiles(app.state).drawers, "fetch", lost)
    (answer, after) = await asked(port, said(ROADS, me), said("/ogc/conformance", me))
    assert (answer[0], answer[1]["content-type"], after[0]) == (503, "application/problem+json", 200)


async def test_a_server_that_ends_finishes_the_tile_it_draws(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, began, goes_on = await bearer(app), asyncio.Event(), asyncio.Event()
    drawers = vector_tiles(app.state).drawers
    fetch = drawers.fetch

    async def slow(statement: str, values: tuple[float, ...], actor: Actor | None) -> bytes:
        began.set()
        await goes_on.wait()
        return await fetch(statement, values, actor)

    monkeypatch.setattr(drawers, "fetch", slow)
    async with serving(app) as port:
        asking = asyncio.create_task(asked(port, said(ROADS, me)))
        await began.wait()
        asyncio.get_running_loop().call_later(0.2, goes_on.set)
    assert (await asking)[0][0] == 200


PLAIN = said(ROADS, "Authorization: Bearer x", "Accept-Encoding: gzip")


def test_a_plain_request_is_read() -> None:
    one = express.asked(PLAIN)
    assert one is not None
    assert ([each.id for each in one.collections], one.place.matrix, one.encoding) == (["road"], 9, "gzip")
    assert (one.credential.secret, one.credential.is_token) == ("x", True)


@pytest.mark.parametrize(
    "request_",
    [
        PLAIN[:-1],
        PLAIN + b"x",
        PLAIN + PLAIN,
        PLAIN.replace(b"GET", b"POST"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"/408 ", b"/408?f=mvt "),
        PLAIN.replace(b"/408 ", b"/512 "),
        PLAIN.replace(b"/9/", b"/25/"),
        PLAIN.replace(b"/201/", b"/0201/"),
        PLAIN.replace(b"/201/", b"/-1/"),
        PLAIN.replace(b"road", b"people"),
        PLAIN.replace(b"road", b"%72oad"),
        PLAIN.replace(b"Host: wall.test\r\n", b""),
        PLAIN.replace(b"Host:", b"Host :"),
        PLAIN.replace(b"Host:", b" Host:"),
        PLAIN.replace(b"\r\nAcc", b"\nAcc"),
        PLAIN.replace(b"gzip", b"gz\x00ip"),
        PLAIN.replace(b"gzip", b"gz\xc3\xa9ip"),
        PLAIN.replace(b"Authorization: Bearer x\r\n", b""),
        said(ROADS, "Authorization: Bearer x", "Authorization: Bearer y"),
        said(ROADS, "Authorization: Bearer x", "Content-Length: 0"),
        said(ROADS, "Authorization: Bearer x", "Transfer-Encoding: chunked"),
        said(ROADS, "Authorization: Bearer x", "Connection: close"),
        said(ROADS, "Authorization: Bearer x", "Connection: Upgrade", "Upgrade: websocket"),
        said(ROADS, "Authorization: Bearer x", "Expect: 100-continue"),
    ],
)
def test_a_request_that_is_not_plain_is_left_to_the_ordinary_way(request_: bytes) -> None:
    assert express.asked(request_) is None
