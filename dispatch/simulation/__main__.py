"""`python -m dispatch.simulation`: the robots as a program of their own."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from dispatch.simulation.credentials import Roster, read_roster
from dispatch.simulation.run import Options, run


def parse(arguments: list[str]) -> tuple[Options, Path]:
    """Return how to run, and the file of credentials."""
    parser = argparse.ArgumentParser(prog="dispatch.simulation", description=__doc__)
    parser.add_argument("--base-url", required=True, help="where the wall is served")
    parser.add_argument("--tokens", required=True, type=Path, help="the file of the robots' credentials")
    parser.add_argument("--speed", type=float, default=1.0, help="1 is natural, 10 ten times as fast")
    parser.add_argument("--seed", type=int, default=620821, help="which characters the robots have")
    parser.add_argument(
        "--parent", type=int, default=None, help="end when this process is no more our parent"
    )
    parser.add_argument("--verbose", action="store_true", help="say what is refused")
    read = parser.parse_args(arguments)
    logging.basicConfig(
        level="INFO" if read.verbose else "WARNING", format="%(levelname)s %(name)s: %(message)s"
    )
    return Options(read.base_url, read.speed, read.seed, read.parent), read.tokens


def simulate(options: Options, roster: Roster) -> None:
    """Run until SIGTERM, Ctrl-C or the end of the parent."""
    logging.getLogger("httpx").setLevel(
        logging.WARNING
    )  # it would tell of each of a hundred requests a second
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_until_told(options, roster))


async def _until_told(options: Options, roster: Roster) -> None:
    task = asyncio.ensure_future(run(options, roster))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    await task


def main() -> int:
    """Run from the command line; return the exit status."""
    options, tokens = parse(sys.argv[1:])
    try:
        roster = read_roster(tokens)
    except (OSError, ValueError, KeyError) as error:
        print(f"the file of credentials cannot be used: {error}", file=sys.stderr)
        return 2
    simulate(options, roster)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
