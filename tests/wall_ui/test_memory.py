"""What lasts is not looked through for garbage again, and what is done with is still thrown away."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from wall_ui.memory import settle


class Ring:
    """Something that only the collector can throw away."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def thawed() -> Iterator[None]:
    """Give the collector back what the test took from it."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_is_there_is_left_alone_until_it_is_settled_anew() -> None:
    ring = Ring()
    settle()
    assert gc.get_freeze_count() > 10_000
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None
