"""Serve the wall: one process, one port, and the simulation as its child."""

import asyncio
import logging
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvicorn

from gis.cluster import ClusterUrls
from gis.errors import Unavailable
from gis.settings import Settings
from wall_ui.console import tell
from wall_ui.memory import settle
from wall_ui.processes import own_url

log = logging.getLogger(__name__)

CHILD_RESTS_S = 5.0
CHILD_LEAVES_S = 3.0
READY_WITHIN_S = 60.0


class Child:
    """The simulation as a process of its own, started again when it fails."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Keep the child running from now on."""
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        command = [sys.executable, "-m", "wall_ui.command_line", *self.arguments, f"--parent={os.getpid()}"]
        while True:
            # A session of its own: Ctrl-C in the terminal is for us, and we end it in order.
            self._process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
            code = await self._process.wait()
            log.warning("the simulation ended with code %s; starting it again in %s s", code, CHILD_RESTS_S)
            await asyncio.sleep(CHILD_RESTS_S)

    async def stop(self) -> None:
        """End the child, gently first."""
        if self._keeper is None:
            return
        self._keeper.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeper
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), CHILD_LEAVES_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def first_page(url: str) -> int | str:
    """Return the status of the start page, a real county's log-in included, or why there is none."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url + "/", timeout=READY_WITHIN_S) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        return str(error) or type(error).__name__


class WallServer(uvicorn.Server):
    """uvicorn, which says when the page is really served and only then lets the robots in."""

    def __init__(
        self, config: uvicorn.Config, url: str, child: Child | None, warm: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self.url = url
        self.child = child
        self.warm = warm
        self._herald: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and announce it once a page has come back."""
        await super().startup(sockets)
        self._herald = asyncio.create_task(self._announce())

    async def _announce(self) -> None:
        status = await asyncio.to_thread(first_page, self.url)
        if status != 200:
            tell(
                f"The wall started, but its page does not answer as it should ({status}): see the messages above."
            )
            return
        tell(f"The wall is at {self.url}  (Ctrl-C stops it)")
        try:
            await self.warm()
        except Unavailable as error:
            log.warning("the layers wait for the first screen: %s", error.detail)
        settle()
        if self.child is not None:
            self.child.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the robots first: they would only meet a closing door."""
        if self._herald is not None:
            self._herald.cancel()
        if self.child is not None:
            await self.child.stop()
        await super().shutdown(sockets)


def serve(
    settings: Settings, urls: ClusterUrls, listener: socket.socket, simulation: list[str] | None
) -> None:
    """Serve until told to stop. `simulation` is the child's command line, None for no robots."""
    from wall_ui.application import create_app, warm
    from wall_ui.express import protocol_of

    application = create_app(settings, urls.app)
    config = uvicorn.Config(
        application,
        http=protocol_of(application),
        loop="uvloop",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # measured: 97 % of a core and 1.7 s late at 500 screens
        log_config=None,
        access_log=False,
        forwarded_allow_ips=settings.wall_proxies,
        lifespan="on",
        timeout_graceful_shutdown=3,
    )
    child = Child(simulation) if simulation else None
    WallServer(config, own_url(listener), child, lambda: warm(application)).run(sockets=[listener])
