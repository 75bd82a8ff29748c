"""How long `make run` takes on a machine that has the packages: the first start, and the second."""

from collections.abc import Iterator

from bench.figure import Figure
from bench.wall import Wall, folder, free_port

FIRST_TARGET_S, SECOND_TARGET_S = 20.0, 6.0


def measure() -> Iterator[Figure]:
    """Measure from the command to a served page, with an empty folder and with a full one."""
    with folder() as path:
        wall = Wall(path, free_port())
        try:
            first = wall.start()
            wall.stop()
            second = wall.start()
        finally:
            wall.stop()
    yield Figure("first_start", round(first, 1), "s", "lower", FIRST_TARGET_S)
    yield Figure("second_start", round(second, 1), "s", "lower", SECOND_TARGET_S)
