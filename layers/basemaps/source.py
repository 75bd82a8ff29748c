"""What every source of tiles offers, and what it says of itself."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Extent:
    """Which zooms a source has, and where: west, south, east, north in degrees of its own datum."""

    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float] | None = None


class Source(Protocol):
    """Tiles as they are, in the datum and grid of their maker."""

    extent: Extent

    async def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile counted from the north, None where there is none. Raises Unavailable."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...
