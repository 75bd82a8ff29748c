"""The stream over a real server and real sockets, behind the gate."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dispatch.actions.accounts import create_token
from dispatch.actions.cases import report_case
from dispatch.api import stream
from dispatch.avl import PositionLane
from dispatch.avl.fleet import unpack
from dispatch.stream import Hub
from dispatch.tables_accounts import sessions
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.database import Database
from gis.log import Sequencer, Tail
from tests.dispatch.county import COUNTY, OTHER_TOWN, TOWN, a_report, settle, stranger
from tests.dispatch.entrances import account, cookie_of, guarded_app
from tests.dispatch.test_avl import fix


@pytest.fixture
async def address(db: Database) -> AsyncIterator[str]:
    """A server on a port of its own, with everything that the stream needs at work; its `host:port`."""
    await settle(db)
    app = guarded_app(db)
    app.router.routes[:0] = stream.router.routes
    tail = Tail(db)
    app.state.positions = PositionLane(db, lambda: None)
    app.state.hub = Hub(db, tail, app.state.positions)
    await app.state.positions.load()
    jobs = (Sequencer(db).run(), tail.run(), app.state.hub.run(), app.state.positions.run())
    tasks = [asyncio.create_task(job) for job in jobs]
    await tail.ready.wait()
    server, listener = serving(app)
    tasks.append(asyncio.create_task(server.serve(sockets=[listener])))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    await app.state.positions.accept(SYSTEM, [(0, fix("grid-1")), (1, fix("grid-9"))])
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await tasks.pop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def serving(app: FastAPI) -> tuple[uvicorn.Server, socket.socket]:
    """Return a server as the product configures it, on any free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, ws="websockets-sansio", ws_per_message_deflate=False, log_config=None, lifespan="off"
    )
    return uvicorn.Server(config), listener


def joining(address: str, **headers: str) -> Any:
    return connect(f"ws://{address}/api/stream", additional_headers=headers, proxy=None, compression=None)


async def bearer(db: Database, role: Role = Role.DISPATCHER, area: str = COUNTY) -> dict[str, str]:
    return {"Authorization": f"Bearer {await create_token(db, role, area, 'a program', now())}"}


async def next_of(page: ClientConnection, kind: str) -> Any:
    """Return the next message of a type; `frame` is a binary one, unpacked."""
    async with asyncio.timeout(10):
        while True:
            said = await page.recv()
            if isinstance(said, bytes):
                if kind == "frame":
                    return unpack(said)
            elif json.loads(said)["type"] == kind:
                return json.loads(said)


async def test_a_page_gets_its_snapshot_its_positions_and_then_events(address: str, db: Database) -> None:
    async with joining(address, **await bearer(db)) as page:
        await page.send('{"type":"hello","since":null,"topics":["cases","units","positions"]}')
        snapshot = await next_of(page, "snapshot")
        assert {unit["no"] for unit in snapshot["units"]} == {1, 2, 3, 4, 5}
        kind, _, rows = await next_of(page, "frame")
        assert (kind, sorted(int(no) for no in rows["no"])) == (1, [1, 4])
        case = (await report_case(db, stranger(), a_report(), now())).case
        event = await next_of(page, "event")
        assert (event["case"], event["prev"]) == (case, snapshot["seq"])


async def test_resuming_over_a_real_socket_repeats_nothing(address: str, db: Database) -> None:
    credential = await bearer(db, Role.DUTY_OFFICER, TOWN)
    async with joining(address, **credential) as page:
        await page.send('{"type":"hello"}')
        await next_of(page, "snapshot")
        await report_case(db, stranger(), a_report(), now())
        seq = (await next_of(page, "event"))["seq"]
    missed = (await report_case(db, stranger(), a_report(), now())).case
    async with joining(address, **credential) as page:
        await page.send(json.dumps({"type": "hello", "since": seq, "topics": ["cases"]}))
        said = json.loads(await page.recv())
        while said["type"] == "beat":
            said = json.loads(await page.recv())
        assert (said["type"], said["prev"], said["case"]) == ("event", seq, missed)


async def test_another_township_hears_nothing(address: str, db: Database) -> None:
    async with joining(address, **await bearer(db, Role.DUTY_OFFICER, OTHER_TOWN)) as page:
        await page.send('{"type":"hello"}')
        assert (await next_of(page, "snapshot"))["cases"] == []
        _, _, rows = await next_of(page, "frame")
        assert [int(no) for no in rows["no"]] == [4]
        await report_case(db, stranger(), a_report(), now())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await next_of(page, "event")


async def test_nobody_enters_without_a_credential(address: str) -> None:
    async with joining(address) as page:
        with pytest.raises(ConnectionClosed, match="4401"):
            await page.recv()


async def test_a_foreign_page_cannot_use_a_browsers_cookie(address: str, db: Database) -> None:
    cookie, _ = await cookie_of(db, await account(db))
    async with joining(address, Origin="http://evil.test", **cookie) as page:
        with pytest.raises(ConnectionClosed, match="4403"):
            await page.recv()
    async with joining(address, Origin=f"http://{address}", **cookie) as page:
        await page.send('{"type":"hello"}')
        await next_of(page, "snapshot")


async def test_ending_the_session_ends_its_sockets(address: str, db: Database) -> None:
    cookie, _ = await cookie_of(db, await account(db))
    async with joining(address, Origin=f"http://{address}", **cookie) as page:
        await page.send('{"type":"hello"}')
        await next_of(page, "snapshot")
        async with db.transaction(SYSTEM) as tx:
            await tx.execute(sessions.delete())
        with pytest.raises(ConnectionClosed, match="4401"):
            await next_of(page, "the end")


async def test_nonsense_closes_the_socket_and_says_why(address: str, db: Database) -> None:
    async with joining(address, **await bearer(db)) as page:
        await page.send(b"\x00\x01")
        with pytest.raises(ConnectionClosed, match="hello"):
            await page.recv()


async def test_who_attends_which_desk_is_known_to_programs(address: str, db: Database) -> None:
    credential = await bearer(db)
    async with joining(address, **credential) as page, httpx.AsyncClient(headers=credential) as client:
        await page.send('{"type":"hello","desk":true}')
        await next_of(page, "snapshot")
        answer = await client.get(f"http://{address}/api/presence/desks")
        assert answer.json() == {"attended": [COUNTY]}
