"""How the command line speaks: plain sentences on standard error, and something that moves when it takes time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

# Standard output stays free for what a program may want to read: a token, a report.
console = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(sentence: str) -> None:
    """Say one sentence."""
    console.print(sentence, markup=False)


@contextmanager
def shown(what: str) -> Iterator[None]:
    """Show that something is going on and for how long; in a log file, one line when it is done."""
    started = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(what, total=None)
        yield
    tell(f"{what}: {time.monotonic() - started:.1f} s")
