"""Response plans: which kinds of unit a category calls for, how many at each alarm level, and how far it is filled.

Level 3 (三级响应) is what goes at once, 2 what goes when that is not enough, 1 everything that the county has for it.
The rows stand in the house's book (`plans.toml`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatch.rules.vocabulary import UnitKind

USUAL_LEVEL, HIGHEST_LEVEL = 3, 1
LEVELS = (3, 2, 1)
TOO_FAR_S = 45 * 60.0  # who needs longer is named, and does not fill a need


@dataclass(frozen=True, slots=True)
class Want:
    """So many units of one kind."""

    kind: UnitKind
    count: int


Plan = Mapping[int, tuple[Want, ...]]
"""What one category wants at each alarm level, wanted first standing first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit as a plan sees it. `seconds`: by road; None where its place is not known or no road leads."""

    unit: str
    kind: UnitKind
    on_duty: bool
    busy: bool
    fresh: bool
    seconds: float | None = None
    here: bool = False  # at work on this very case


@dataclass(frozen=True, slots=True)
class Filled:
    """One need of a plan: who is on the case already, who should be sent, how many lack, and why, by reason."""

    want: Want
    here: tuple[str, ...]
    picks: tuple[str, ...]
    lacking: int
    why: tuple[tuple[str, int], ...]


def fill(wants: Sequence[Want], standings: Iterable[Standing]) -> tuple[Filled, ...]:
    """Fill each need with who is here already and with the soonest who are free; name why the rest is lacking."""
    known = list(standings)
    return tuple(_filled(want, [one for one in known if one.kind is want.kind]) for want in wants)


def _filled(want: Want, alike: list[Standing]) -> Filled:
    here = tuple(one.unit for one in alike if one.here)
    free = [one for one in alike if not one.here and _obstacle(one) is None]
    free.sort(key=lambda one: (one.seconds or 0.0, one.unit))
    picks = tuple(one.unit for one in free[: max(0, want.count - len(here))])
    lacking = max(0, want.count - len(here) - len(picks))
    return Filled(want, here, picks, lacking, _why(alike) if lacking else ())


def _obstacle(one: Standing) -> str | None:
    """Why a unit does not fill a need; None where it does."""
    if not one.on_duty:
        return "off_duty"
    if one.busy:
        return "busy"
    if not one.fresh:
        return "stale_fix"
    if one.seconds is None:
        return "no_road"
    return "too_far" if one.seconds > TOO_FAR_S else None


def _why(alike: list[Standing]) -> tuple[tuple[str, int], ...]:
    others = [one for one in alike if not one.here]
    if not others:
        return (("none_of_kind", 0),)
    counts: dict[str, int] = {}
    for one in others:
        obstacle = _obstacle(one)
        if obstacle is not None:
            counts[obstacle] = counts.get(obstacle, 0) + 1
    return tuple(sorted(counts.items(), key=lambda row: (-row[1], row[0]))) or (("all_sent", len(others)),)
