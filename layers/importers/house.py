"""What stands on the ground and must fit it: floors above lend an import their hands here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from layers.importers.county import Connection


@dataclass(frozen=True, slots=True)
class Uses:
    """What belongs to one area, so that it cannot simply vanish."""

    open_cases: int = 0
    closed_cases: int = 0
    units: int = 0
    accounts: int = 0


class House(Protocol):
    """All but the first may refuse (Conflict)."""

    def uses(self, connection: Connection, codes: Collection[str]) -> Mapping[str, Uses]:
        """Return what belongs to each of these areas; one that nothing belongs to is left out."""

    def may_begin_anew(self, connection: Connection) -> None:
        """Say whether another county may take the place of this one."""

    def settle(self, connection: Connection) -> None:
        """Fit desks to the areas as they are now, within the same transaction."""

    def puts_back(self, connection: Connection, number: int, layers: Collection[str]) -> bool:
        """Undo an import of what is the house's own; False where it was one of layers."""


class NobodyHome:
    """A house without anything in it."""

    def uses(self, connection: Connection, codes: Collection[str]) -> Mapping[str, Uses]:
        """Nothing belongs to any area."""
        return {}

    def may_begin_anew(self, connection: Connection) -> None:
        """Anything may."""

    def settle(self, connection: Connection) -> None:
        """Nothing is to be fitted."""

    def puts_back(self, connection: Connection, number: int, layers: Collection[str]) -> bool:
        """Nothing is the house's own."""
        return False
