"""How the command line speaks: plain sentences on standard error, and something that moves when it takes time."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from wall_ui.words import LANGUAGES, Language, commands, language

AT_ONCE_S = 2.0
# Standard output stays free for what a program may want to read: a token, a report.
console = Console(stderr=True, highlight=False, soft_wrap=True)


def spoken() -> Language:
    """In which language commands speak that can speak both, as WALL_LANGUAGE says."""
    return language(os.environ.get("WALL_LANGUAGE"))


def word(key: str, **places: object) -> str:
    """Return what a command says under `key`."""
    return commands.WORDS[key][LANGUAGES.index(spoken())].format(**places)


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


@contextmanager
def measured(what: str) -> Iterator[Callable[[float], None]]:
    """Show how much is done (the function yielded takes it, from 0 to 1); in a log file, a line at every tenth.

    What is done at once needs no line but the last.
    """
    started, told = time.monotonic(), 0
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=1.0)

        def done(share: float) -> None:
            nonlocal told
            progress.update(task, completed=share)
            took_s = time.monotonic() - started
            if not console.is_terminal and int(share * 10) > told and took_s > AT_ONCE_S:
                told = int(share * 10)
                tell(f"{what}: {told}0 %, {took_s:.0f} s")

        yield done
    tell(f"{what}: {time.monotonic() - started:.1f} s")
