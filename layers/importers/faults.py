"""What is wrong with rows and files, collected and bounded: each with a stable code, a reason, and where it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gis.errors import InvalidInput
from layers.importers.said import Language, Said

MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or, where `note`, that was mended or is worth knowing.

    `row` counts from 1 as the file does, and is None where it is about the layer and no row of it; `key` is the row's
    code, or what else of the layer it is about; `where` is a WGS 84 geometry for the map.
    """

    said: Said
    layer: str
    row: int | None = None
    key: str | None = None
    where: Any = None
    note: bool = False

    @property
    def code(self) -> str:
        """Its stable code."""
        return self.said.code

    @property
    def detail(self) -> str:
        """What it says, in English."""
        return self.told("en")

    def told(self, language: Language) -> str:
        """What it says."""
        return self.said.told(language)


@dataclass(slots=True)
class Faults:
    """All faults of one import: every one is counted, the first so many of them are kept."""

    kept: list[Fault] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    layers: Counter[str] = field(default_factory=Counter)

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it while there is room."""
        count = self.notes if fault.note else self.errors
        count[fault.code] += 1
        if not fault.note:
            self.layers[fault.layer] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(fault)

    @property
    def total(self) -> int:
        """How many errors there are; notes are none."""
        return self.errors.total()

    def of_layer(self, layer: str) -> list[Fault]:
        """What was kept of one layer."""
        return ordered(fault for fault in self.kept if fault.layer == layer)


def ordered(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order in which somebody reads them: of layers as a whole, of rows, and then the notes."""
    return sorted(faults, key=lambda fault: (fault.note, fault.row is not None))


@dataclass(slots=True)
class Reporter:
    """Where one layer's checks put what they find; `codes` are the file's own codes by row, where it has some."""

    faults: Faults
    layer: str
    codes: dict[int, str] = field(default_factory=dict)

    def error(self, said: Said, *, row: int | None = None, key: str | None = None, where: Any = None) -> None:
        """Add what keeps the import from happening."""
        self.faults.add(Fault(said, self.layer, row, key or self._code_of(row), where))

    def note(self, said: Said, *, row: int | None = None, key: str | None = None, where: Any = None) -> None:
        """Add what was mended, or what the operator should know."""
        self.faults.add(Fault(said, self.layer, row, key or self._code_of(row), where, note=True))

    def _code_of(self, row: int | None) -> str | None:
        return None if row is None else self.codes.get(row)


class BadFile(InvalidInput):
    """A file that cannot be read as what it says it is; `code` says why, `said` tells it in both languages."""

    def __init__(self, key: str, /, **places: Any) -> None:
        self.said = Said(key, **places)
        super().__init__(self.said.told("en"), code=self.said.code, said=self.said)
