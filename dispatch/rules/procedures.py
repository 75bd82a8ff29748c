"""SOP: the steps of handling a case, by category, and the texts that they point to (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.rules.case import Case
from dispatch.rules.moves import Relation
from dispatch.rules.rights import relations
from dispatch.rules.vocabulary import OPEN
from gis.actor import Actor, Role
from gis.errors import MoveNotAllowed, NotYourMove

TIERS = ("county", "township", "village")
DUTIES_OF_A_TIER = 12
# Who may tick a step off: those who work on the case, and nobody who only looks on.
TICKS = frozenset(
    {Relation.HOLDER, Relation.SUPERIOR, Relation.UNIT, Relation.HELPER, Relation.ON_SCENE, Relation.RECEIVER}
)
LOOK_ON = frozenset({Role.LEADER, Role.AUDITOR, Role.ADMIN, Role.KIOSK, Role.DEVICE, Role.REPORTER})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. A required one that is left open must be accounted for when the result is written."""

    key: str
    text: str
    text_en: str
    required: bool = False
    see: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """The steps for some categories, in order."""

    key: str
    name: str
    name_en: str
    categories: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class HouseText:
    """A core duty of a tier (`county.3`), or a regulation (`r.first_receiver`), by its key."""

    key: str
    name: str
    name_en: str
    text: str
    text_en: str


def open_required(procedure: Procedure, ticked: Iterable[str]) -> tuple[Step, ...]:
    """Return the required steps that nobody has ticked off."""
    done = set(ticked)
    return tuple(step for step in procedure.steps if step.required and step.key not in done)


def check_tick(actor: Actor, case: Case) -> None:
    """Pass if the actor may tick a step of this case now. Raises NotYourMove or MoveNotAllowed."""
    if actor.role in LOOK_ON or not TICKS & relations(actor, case):
        raise NotYourMove("steps are ticked off by those who work on the case", code="not_your_move")
    if case.status not in OPEN:
        raise MoveNotAllowed(f"no step is ticked off on a case that is {case.status}", code="wrong_status")


def may_tick(actor: Actor, case: Case) -> bool:
    """Say whether the actor may tick a step of this case now."""
    try:
        check_tick(actor, case)
    except (NotYourMove, MoveNotAllowed):
        return False
    return True


def by_category(procedures: Iterable[Procedure]) -> Mapping[str, Procedure]:
    """Return the procedure of each category."""
    return {category: one for one in procedures for category in one.categories}
