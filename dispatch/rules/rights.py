"""Who may make which move on which case now, and why another is not allowed."""

from dataclasses import dataclass

from dispatch.rules.case import Assignment, Case
from dispatch.rules.desks import area_of, is_superior, superior_of
from dispatch.rules.moves import MOVES, MOVES_OF_ROLE, UNIT_RULES, OfferIs, Relation
from dispatch.rules.vocabulary import AssignmentState, CaseClass, Move, RequestKind, Status
from gis.actor import Actor, Role
from gis.errors import MoveNotAllowed, NotYourMove, WallError

COUNTY_DIGITS, GRID_DIGITS = 6, 15
ASKS = frozenset({Move.ASK_SUSPEND, Move.ASK_EXTEND, Move.OBJECT})
GRANTS = frozenset({Move.APPROVE, Move.DENY})
PUSHES_ON = frozenset({Move.ESCALATE, Move.TRANSFER})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one move is open to one actor now; `why` is the code of the reason if it is not."""

    move: Move
    allowed: bool
    why: str | None = None


def speaks_for(actor: Actor, assignment: Assignment) -> bool:
    """Say whether the actor is the unit, or sits at its desk or at an area desk above (radio log)."""
    if actor.unit_id is not None:
        return actor.unit_id == assignment.unit
    return actor.desk == assignment.unit_desk or is_superior(actor.desk, of=assignment.unit_desk)


def relations(actor: Actor, case: Case) -> frozenset[Relation]:
    """Return how the actor stands to the case; every actor given one is taken to see it."""
    if actor.role is Role.SYSTEM:
        return frozenset({Relation.CLOCK})
    found = {Relation.SEER}
    if actor.desk == case.holder:
        found.add(Relation.HOLDER)
    if is_superior(actor.desk, of=case.holder):
        found.add(Relation.SUPERIOR)
    if case.offer is not None and actor.desk == case.offer.to:
        found.add(Relation.RECEIVER)
    if actor.account_id in (case.reporter_id, reporter_account(case)):
        found.add(Relation.REPORTER)
    if actor.role is Role.LEADER:
        found.add(Relation.LEADER)
    if actor.role is Role.AUDITOR:
        found.add(Relation.AUDITOR)
    if any(one.desk == actor.desk for one in case.open_helps):
        found.add(Relation.HELPER)
    if _is_its_grid_officer(actor, case):
        found.add(Relation.IN_OWN_GRID)
    if _is_arbiter(actor, case):
        found.add(Relation.ARBITER)
    if is_superior(actor.desk, of=case.holder) or _leads(actor, case.holder):
        found.add(Relation.APPROVER)
    if _may_verify(actor, case):
        found.add(Relation.VERIFIER)
    mine = [one for one in case.open_assignments if speaks_for(actor, one)]
    if mine:
        found.add(Relation.UNIT)
    if any(one.state is AssignmentState.ON_SCENE and actor.unit_id == one.unit for one in mine):
        found.add(Relation.ON_SCENE)
    return frozenset(found)


def reporter_account(case: Case) -> str:
    """The account of whoever shows a query code of the case: a reporter has no other."""
    return f"case.{case.id}"


def _is_its_grid_officer(actor: Actor, case: Case) -> bool:
    own = actor.role is Role.GRID_OFFICER and len(actor.area) == GRID_DIGITS
    return own and actor.desk == case.holder and case.area_code == actor.area


def _leads(actor: Actor, desk: str) -> bool:
    """A leader stands above the county's own desk, where no desk does."""
    return actor.role is Role.LEADER and actor.desk == desk and superior_of(desk) is None


def _is_arbiter(actor: Actor, case: Case) -> bool:
    arbiter = case.arbiter
    if arbiter is not None:
        return actor.desk == arbiter and actor.role is not Role.LEADER
    return _leads(actor, area_of(case.holder)[:COUNTY_DIGITS])


def _may_verify(actor: Actor, case: Case) -> bool:
    if actor.account_id == case.resolver_id:
        return False
    if case.handed_down_by is None and is_superior(actor.desk, of=case.holder):
        return True
    return actor.desk == case.verifier


def check(actor: Actor, case: Case, move: Move) -> None:
    """Pass if the move is open to the actor now.

    Raises NotYourMove where the person is the obstacle, MoveNotAllowed where the state of the case is.
    """
    rule = MOVES[move]
    if move not in MOVES_OF_ROLE[actor.role]:
        raise NotYourMove(f"the role {actor.role} never makes the move {move}", code="not_of_your_role")
    if not rule.by & relations(actor, case):
        if move is Move.VERIFY and actor.account_id == case.resolver_id:
            raise NotYourMove("a result is checked by someone other than who reached it", code="own_result")
        raise NotYourMove(
            f"{move} is for {' or '.join(sorted(rule.by))}; the case is with {case.holder}",
            code="not_your_move",
        )
    if case.status not in rule.sources:
        raise MoveNotAllowed(f"{move} does not start from {case.status}", code="wrong_status")
    if rule.offer is OfferIs.ABSENT and case.offer is not None:
        raise MoveNotAllowed(
            f"custody is already offered to {case.offer.to}; withdraw that offer first", code="offer_open"
        )
    if rule.offer is OfferIs.OPEN and case.offer is None:
        raise MoveNotAllowed("no offer of custody is open", code="no_offer")
    _check_state(actor, case, move)


def _check_state(actor: Actor, case: Case, move: Move) -> None:
    if move is Move.RECALL and not case.open_assignments:
        raise MoveNotAllowed("no unit is on this case", code="no_unit")
    if move is Move.ESCALATE and len(case.holder) == 6:
        raise MoveNotAllowed(
            "no desk stands above the county's; ask a leader to supervise", code="no_superior"
        )
    if move is Move.TRANSFER and superior_of(case.holder) is None:
        raise MoveNotAllowed("no desk stands beside the county's", code="no_sister")
    if move in PUSHES_ON and case.decided and actor.role is not Role.SYSTEM:
        raise MoveNotAllowed("an arbiter decided who handles this case; it stays here", code="decided")
    if move is Move.DECIDE and not case.disputed:
        raise MoveNotAllowed("a case is decided after two returns, and not before", code="no_dispute")
    _check_request(case, move)
    if move is Move.CALL_TO_ACCOUNT and all(hop.to_at is None for hop in case.custody):
        raise MoveNotAllowed("no desk has finished its part yet", code="no_finished_hop")
    if move is Move.SETTLE_ACCOUNT and all(one.settled_at for one in case.accounts):
        raise MoveNotAllowed("no desk is called to account", code="no_account")
    if (
        move is Move.CANCEL
        and case.status is Status.HANDLING
        and Relation.HOLDER not in relations(actor, case)
    ):
        raise MoveNotAllowed("work has begun; ask the desk that handles it", code="work_began")
    if move is Move.SELF_CLOSE and case.case_class is not CaseClass.SIMPLE:
        raise MoveNotAllowed("only a simple case is closed by who met it", code="not_simple")
    if move is Move.RATE and case.rating is not None:
        raise MoveNotAllowed("this result is rated already", code="rated")
    if move is Move.MERGE and case.joined:
        raise MoveNotAllowed("other cases were merged into this one; take them out first", code="has_joined")
    if move is Move.ANSWER and case.open_order is None:
        raise MoveNotAllowed("no supervision waits for an answer", code="no_supervision")
    if move is Move.SUPERVISE and case.open_order is not None:
        raise MoveNotAllowed("a supervision is open already and waits for its answer", code="supervised")
    if move is Move.PRESERVE and case.preservation is not None:
        raise MoveNotAllowed("the case is preserved already", code="preserved_already")
    if move is Move.RELEASE and case.preservation is None:
        raise MoveNotAllowed("the case is not preserved", code="not_preserved")
    if move in UNIT_RULES:
        mine = [one for one in case.open_assignments if speaks_for(actor, one)]
        if not any(one.state in UNIT_RULES[move].sources for one in mine):
            raise MoveNotAllowed(f"no unit of yours is where {move} starts from", code="wrong_unit_state")


def _check_request(case: Case, move: Move) -> None:
    if move in ASKS and case.request is not None:
        raise MoveNotAllowed("a request waits for its answer already", code="request_open")
    if move in GRANTS and case.request is None:
        raise MoveNotAllowed("nothing is asked for", code="no_request")
    suspends = case.request is not None and case.request.kind is RequestKind.SUSPEND
    if move is Move.APPROVE and suspends and case.offer is not None:
        raise MoveNotAllowed(
            f"custody is offered to {case.offer.to}; it is settled before the case can wait",
            code="offer_open",
        )


def verdict(actor: Actor, case: Case, move: Move) -> Verdict:
    """Return whether the move is open to the actor now, as the buttons on screen show it."""
    try:
        check(actor, case, move)
    except WallError as error:
        return Verdict(move, allowed=False, why=error.code)
    return Verdict(move, allowed=True)


def verdicts(actor: Actor, case: Case) -> list[Verdict]:
    """Return the verdict on every move that the actor's role may ever make on a case that exists."""
    mine = MOVES_OF_ROLE[actor.role]
    return [verdict(actor, case, move) for move in MOVES if move in mine]
