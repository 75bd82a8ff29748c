"""`python -m bench [NAME …]`: measure, print, write. A figure that misses its target is said, not hidden."""

import sys
from collections.abc import Callable, Iterable

from bench import (
    bare,
    frames,
    history,
    intake,
    locate,
    log,
    moves,
    paint,
    pin,
    rls,
    search,
    start,
    tiles,
    watcher,
)
from bench.figure import Figure

MEASURES: dict[str, Callable[[], Iterable[Figure]]] = {
    "intake": intake.measure,
    "start": start.measure,
    "bare": bare.measure,
    "moves": moves.measure,
    "pin": pin.measure,
    "frames": frames.measure,
    "paint": paint.measure,
    "tiles": tiles.measure,
    "locate": locate.measure,
    "search": search.measure,
    "history": history.measure,
    "rls": rls.measure,
    "watcher": watcher.measure,
    "log": log.measure,
}


def main() -> None:
    """Measure what was named, or everything."""
    names = sys.argv[1:] or list(MEASURES)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        sys.exit(f"there is no bench {', '.join(unknown)}; there are: {', '.join(MEASURES)}")
    missed = 0
    for name in names:
        for figure in MEASURES[name]():
            path = figure.write(name)
            missed += not figure.met
            mark = "ok    " if figure.met else "MISSED"
            print(
                f"{mark} {figure.figure}: {figure.value} {figure.unit} (target {figure.target}) {path.name}"
            )
    if missed:
        sys.exit(f"{missed} figures miss their target")


main()
