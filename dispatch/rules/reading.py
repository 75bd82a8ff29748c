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

# A leader reads his orders and what was answered, why the county's desk asks for his word or why a case came back to be
# decided, and what he said himself: nobody can grant or decide what he may not read the reason of.
OF_A_LEADER = frozenset(
    {
        *(str(move) for move in (Move.SUPERVISE, Move.ANSWER, Move.SETTLE_ACCOUNT)),
        *(f"{move}_reason" for move in (Move.ASK_SUSPEND, Move.ASK_EXTEND, Move.OBJECT, Move.RETURN)),
        *(f"{move}_reason" for move in (Move.APPROVE, Move.DENY, Move.DECIDE, Move.CALL_TO_ACCOUNT)),
    }
)


# Why a case is preserved, and why no longer: who may order and end it reads that.
PRESERVES = frozenset({f"{Move.PRESERVE}_reason", f"{Move.RELEASE}_reason"})


def reads_personal_data(actor: Actor) -> bool:
    """Say whether the actor may read the words and reports of the cases that he sees."""
    return actor.role in READS_PERSONAL_DATA


def may_read(actor: Actor, kind: str) -> bool:
    """Say whether the actor may read words of this kind of a case that he sees."""
    if actor.role in (Role.LEADER, Role.AUDITOR) and kind in PRESERVES:
        return True
    return reads_personal_data(actor) or (actor.role is Role.LEADER and kind in OF_A_LEADER)
