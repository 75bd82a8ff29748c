"""What a process owes its surroundings: a port of its own from the first moment, and an end that leaves nothing behind.

Light on purpose: `wall serve` says within a moment that a port is taken, before anything heavy is imported.
"""

import ctypes
import os
import signal
import socket
import sys
from contextlib import ExitStack

from gis.errors import Unavailable
from wall_ui.console import tell

PR_SET_PDEATHSIG = 1
BACKLOG = 2048


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at once, so that nobody takes the port while we make ready. Raises Unavailable."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as on_failure:
            listener = on_failure.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
            on_failure.pop_all()
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {host}, port {port} ({error.strerror or error}). "
            f"If another wall or program has the port, choose one that is free: WALL_PORT={port % 65535 + 1}"
        ) from error
    return listener


def own_url(listener: socket.socket) -> str:
    """Return the address at which a browser on this machine finds the page."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def die_with(parent: int) -> None:
    """Let the kernel kill this process when `parent`, which started it, dies in whatever way."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


class StopInOrder:
    """Treat SIGTERM and a closed terminal like Ctrl-C, so that every `with` is left and nothing keeps running.

    The program then ends with 1, because what it was asked for is not done; `ends_well` is for what runs until it is
    stopped: it goes on behind the block.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self, *, ends_well: bool = False) -> None:
        self.asked = False
        self.ends_well = ends_well

    def __enter__(self) -> "StopInOrder":
        handlers = (
            self._interrupt,
            self._interrupt,
            lambda _number, _frame: signal.raise_signal(signal.SIGTERM),
        )
        self._before = [
            signal.signal(number, handler) for number, handler in zip(self.NUMBERS, handlers, strict=True)
        ]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        for number, handler in zip(self.NUMBERS, self._before, strict=True):
            signal.signal(number, handler)
        if kind is not KeyboardInterrupt:
            return False
        tell("Stopped.")
        if not self.ends_well:
            raise SystemExit(1) from None
        return True

    def _interrupt(self, _number: int, _frame: object) -> None:
        self.asked = True
        raise KeyboardInterrupt

    def heed(self) -> None:
        """Stop if we were asked to: Python loses an interrupt that reaches it inside a destructor."""
        if self.asked:
            raise KeyboardInterrupt
