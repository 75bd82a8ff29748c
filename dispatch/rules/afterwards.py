"""The ends of a case beside the usual one: closed by who met it, opened again, rated by who reported it."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.rules.case import Case
from dispatch.rules.clocks import Fact, after_fact
from dispatch.rules.command import Command, Context, Handler, Outcome
from dispatch.rules.steps import close_offer
from dispatch.rules.vocabulary import Move, Status
from gis.errors import InvalidInput

BEST_SCORE = 5


def _self_close(case: Case, _: Command, context: Context) -> Outcome:
    """自办自结: done on the spot. One in ten, by the case's id, is checked by the superior all the same."""
    at = context.at
    done = replace(
        close_offer(case, context),
        accepted_at=case.accepted_at or at,
        arrived_at=case.arrived_at or at,
        resolved_at=at,
        resolver_id=context.actor.account_id,
        status=Status.RESOLVED,
    )
    facts = (Fact.ACCEPTED, Fact.SENT_OR_STARTED, Fact.ARRIVED_OR_STARTED, Fact.RESOLVED)
    for fact in facts:
        done = after_fact(done, fact, at, context.calendar_of)
    if not case.sampled:
        closed = replace(done, status=Status.CLOSED, closed_at=at)
        done = after_fact(closed, Fact.FINISHED, at, context.calendar_of)
    return Outcome(done, detail={"sampled": case.sampled})


def _reopen(case: Case, _: Command, context: Context) -> Outcome:
    """复开: back to its last holder, pending, with new clocks; when units first came stays true.

    An order that nobody answered before the end was late then; it is not due again.
    """
    answered = case.supervision is not None and case.supervision.answered_at is not None
    again = replace(
        case,
        status=Status.PENDING,
        reopened=case.reopened + 1,
        clocks_before=len(case.clocks),
        accepted_at=None,
        resolved_at=None,
        closed_at=None,
        resolver_id=None,
        returned_by=(),
        rating=None,
        supervision=case.supervision if answered else None,
    )
    started = after_fact(again, Fact.REPORTED, context.at, context.calendar_of)
    return Outcome(started, detail={"reopened": again.reopened})


def _rate(case: Case, command: Command, _: Context) -> Outcome:
    score = command.score or 0
    if not 1 <= score <= BEST_SCORE:
        raise InvalidInput(f"a rating is 1 to {BEST_SCORE}", code="bad_score")
    return Outcome(replace(case, rating=score), detail={"score": score})


AFTERWARDS_HANDLERS: Mapping[Move, Handler] = {
    Move.SELF_CLOSE: _self_close,
    Move.REOPEN: _reopen,
    Move.RATE: _rate,
}
