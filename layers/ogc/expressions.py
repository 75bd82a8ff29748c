"""What a CQL2 filter says, as a tree. Chains of AND and OR are one node, so that the tree stays shallow."""

from dataclasses import dataclass
from typing import Any, Literal

Compared = Literal["=", "<>", "<", ">", "<=", ">="]


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its name, which nobody has checked yet."""

    name: str


Scalar = Property | str | float | bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two scalars compared."""

    operator: Compared
    left: Scalar
    right: Scalar


@dataclass(frozen=True, slots=True)
class Like:
    """A property that matches a pattern of `%`, `_` and `\\` before what is meant literally."""

    property: Property
    pattern: str


@dataclass(frozen=True, slots=True)
class Between:
    """A property between two numbers, both included."""

    property: Property
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class In:
    """A property that is one of some values."""

    property: Property
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """A property that has no value."""

    property: Property


@dataclass(frozen=True, slots=True)
class Intersects:
    """A geometry property that meets a shape in CRS 84."""

    property: Property
    shape: Any


@dataclass(frozen=True, slots=True)
class Always:
    """TRUE or FALSE by itself."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Every:
    """Every part holds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple["Expression", ...]


Expression = Comparison | Like | Between | In | IsNull | Intersects | Always | Not | Every | Some
