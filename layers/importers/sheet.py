"""One layer of a file as it was read: columns of plain values, geometries, and what its file says of itself."""

from dataclasses import dataclass, field
from typing import Any

from gis.geometry import Geometries
from layers.importers.said import Said


@dataclass(slots=True)
class Sheet:
    """`columns` hold one value a row, None where there is none; `geometry` is None where columns must make it.

    `rows` are the numbers by which the file's own programs call them; `crs` is None where the file has none.
    """

    name: str
    columns: dict[str, list[Any]]
    geometry: Geometries | None
    rows: list[int]
    crs: str | None = None
    encoding: str | None = None
    notes: list[Said] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)
