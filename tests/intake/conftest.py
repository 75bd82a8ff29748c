"""The demonstration county as the tests of its layers build it."""

from tests.layers.conftest import jingchuan, jingchuan_index

__all__ = ["jingchuan", "jingchuan_index"]
