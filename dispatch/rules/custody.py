"""Custody moves: offered up, down and sideways, taken or returned, pulled up, and decided by an arbiter."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.rules.case import Case, Offer
from dispatch.rules.clocks import Fact, after_fact
from dispatch.rules.command import Command, Context, Handler, Outcome
from dispatch.rules.desks import is_superior, may_hand_down, may_transfer, superior_of
from dispatch.rules.steps import close_offer, pass_custody
from dispatch.rules.vocabulary import Move, OfferKind
from gis.actor import Role
from gis.errors import InvalidInput, MoveNotAllowed


def offering(kind: OfferKind) -> Handler:
    def handler(case: Case, command: Command, context: Context) -> Outcome:
        to = offered_desk(kind, case, command, by_clock=context.actor.role is Role.SYSTEM)
        hop = case.hops + 1
        offer = Offer(kind, case.holder, to, context.at, hop)
        access = tuple(dict.fromkeys((*case.access, to)))
        offered = replace(case, offer=offer, hops=hop, access=access)
        return Outcome(
            after_fact(offered, Fact.OFFERED, context.at, context.calendar_of), detail={"to": to, "hop": hop}
        )

    return handler


def offered_desk(kind: OfferKind, case: Case, command: Command, *, by_clock: bool) -> str:
    """Return the desk to offer custody to. Raises InvalidInput where it is not above, or not below.

    A person offers to the desk next above; a clock may pass over a desk that stayed silent.
    """
    if kind is OfferKind.ESCALATE:
        superior = superior_of(case.holder)
        to = command.to or superior
        if to is None or not (to == superior or (by_clock and is_superior(to, of=case.holder))):
            raise InvalidInput(f"a case goes up from {case.holder} to {superior}", code="not_your_superior")
        return to
    to = command.to or ""
    if kind is OfferKind.TRANSFER:
        if not may_transfer(case.holder, to):
            raise InvalidInput(
                f"{to} does not stand beside {case.holder}: name an area of the same parent, or a department",
                code="not_a_sister",
            )
        return to
    if not may_hand_down(case.holder, to):
        raise InvalidInput(
            f"{to} is no desk below {case.holder}: name an area inside it or one of its departments",
            code="not_below",
        )
    return to


def _withdraw(case: Case, _: Command, context: Context) -> Outcome:
    return Outcome(close_offer(case, context), detail={"to": case.offer.to if case.offer else None})


def _return(case: Case, _: Command, context: Context) -> Outcome:
    returned = close_offer(case, context)
    by = (*case.returned_by, context.actor.desk)
    counted = replace(returned, returns=case.returns + 1, returned_by=by)
    return Outcome(
        counted,
        detail={"giver": case.holder, "arbiter": counted.arbiter or "leader"}
        if counted.disputed
        else {"giver": case.holder},
    )


def _take(case: Case, _: Command, context: Context) -> Outcome:
    offer = case.offer
    if offer is None:  # `check` has made sure of it; the types have not
        raise MoveNotAllowed("no offer of custody is open", code="no_offer")
    taken = pass_custody(close_offer(case, context), offer.to, str(offer.kind), offer.giver, context)
    return Outcome(taken, detail={"giver": offer.giver, "hop": offer.hop})


def _take_over(case: Case, _: Command, context: Context) -> Outcome:
    hop = replace(close_offer(case, context), hops=case.hops + 1)
    taken = pass_custody(hop, context.actor.desk, "take_over", case.holder, context)
    return Outcome(taken, detail={"giver": case.holder, "hop": taken.hops})


def _decide(case: Case, command: Command, context: Context) -> Outcome:
    """裁定: the arbiter says who handles it; there is no offer, and so nothing to return."""
    to, arbiter = command.to or "", context.actor.desk
    if to != arbiter and not is_superior(arbiter, of=to):
        raise InvalidInput(f"{to} does not lie below {arbiter}, who decides", code="not_below")
    hop = replace(close_offer(case, context), hops=case.hops + 1, returned_by=())
    decided = pass_custody(hop, to, "decide", case.holder, context)
    return Outcome(decided, detail={"giver": case.holder, "to": to, "hop": decided.hops})


CUSTODY_HANDLERS: Mapping[Move, Handler] = {
    Move.ESCALATE: offering(OfferKind.ESCALATE),
    Move.HAND_DOWN: offering(OfferKind.HAND_DOWN),
    Move.TRANSFER: offering(OfferKind.TRANSFER),
    Move.WITHDRAW: _withdraw,
    Move.TAKE: _take,
    Move.RETURN: _return,
    Move.DECIDE: _decide,
    Move.TAKE_OVER: _take_over,
}
