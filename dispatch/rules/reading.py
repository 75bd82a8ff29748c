"""Who may read what people said: personal data and free text (pure)."""

from dispatch.rules.vocabulary import Move
from gis.actor import Actor, Role

# Leaders, auditors and kiosks see how a case goes, and not who rang and what he said.
READS_PERSONAL_DATA = frozenset(
    {
        Role.DISPATCHER,
        Role.DUTY_OFFICER,
        Role.VILLAGE_OFFICER,
        Role.GRID_OFFICER,
        Role.DEPARTMENT,
        Role.MEDIATOR,
    }
)

# Who orders attention reads his order, and what was answered.
ORDERS = frozenset({str(Move.SUPERVISE), str(Move.ANSWER)})


# Why a case is preserved, and why no longer: who may order and end it reads that.
PRESERVES = frozenset({f"{Move.PRESERVE}_reason", f"{Move.RELEASE}_reason"})


def reads_personal_data(actor: Actor) -> bool:
    """Say whether the actor may read the words and reports of the cases that he sees."""
    return actor.role in READS_PERSONAL_DATA


def may_read(actor: Actor, kind: str) -> bool:
    """Say whether the actor may read words of this kind of a case that he sees."""
    if actor.role in (Role.LEADER, Role.AUDITOR) and kind in PRESERVES:
        return True
    return reads_personal_data(actor) or (actor.role is Role.LEADER and kind in ORDERS)
