"""Steps that several moves share: units set free, work begun, an offer ended, custody passed on."""

from dataclasses import replace
from datetime import datetime

from dispatch.rules.case import Case, Custody
from dispatch.rules.clocks import Fact, after_fact
from dispatch.rules.command import Context, UnitChange
from dispatch.rules.desks import superior_of
from dispatch.rules.vocabulary import BEFORE_RESULT, UNDER_WAY, AssignmentState, Status, UnitState


def clear_units(
    case: Case, at: datetime, state: AssignmentState, only: frozenset[str] | None = None
) -> tuple[Case, tuple[UnitChange, ...]]:
    """Return the case with its open assignments ended as `state`, and the units set free by it."""
    ended = {one.id for one in case.open_assignments if only is None or one.unit in only}
    assignments = tuple(
        replace(one, state=state, cleared_at=at) if one.id in ended else one for one in case.assignments
    )
    freed = tuple(
        UnitChange(one.unit, UnitState.AVAILABLE, None) for one in case.assignments if one.id in ended
    )
    return replace(case, assignments=assignments), freed


def without_units(case: Case) -> Case:
    """Return a dispatched case that lost its last unit back as accepted; any other as it is."""
    lost = case.status is Status.DISPATCHED and not case.open_assignments
    return replace(case, status=Status.ACCEPTED) if lost else case


def begin_work(case: Case, context: Context) -> Case:
    """Return the case in handling: a unit arrived, or a desk started."""
    begun = replace(case, status=Status.HANDLING, arrived_at=case.arrived_at or context.at)
    for fact in (Fact.SENT_OR_STARTED, Fact.ARRIVED_OR_STARTED):
        begun = after_fact(begun, fact, context.at, context.calendar_of)
    return begun


def close_offer(case: Case, context: Context) -> Case:
    """Return the case with no offer open, its take clock stopped."""
    if case.offer is None:
        return case
    stopped = after_fact(case, Fact.OFFER_ENDED, context.at, context.calendar_of)
    return replace(stopped, offer=None)


def pass_custody(case: Case, to: str, how: str, giver: str, context: Context) -> Case:
    """Return the case in the hands of `to`; the hop that ends and the hop that begins share their moment."""
    ended = tuple(replace(hop, to_at=context.at) if hop.to_at is None else hop for hop in case.custody)
    begun = Custody(to, context.at, how, giver)
    access = tuple(dict.fromkeys((*case.access, to)))
    return replace(case, holder=to, custody=(*ended, begun), access=access)


def in_sight_of_superior(after: Case) -> Case:
    """Return the case with the desk above its holder in its sight, wherever it lies.

    That desk grants what the holder asks, checks the result and takes over. A case that lies in another township
    (its place was put right, or the county gave it there) would be out of the sight of the desk that answers for it.
    """
    above = superior_of(after.holder)
    if above is None or after.area_code.startswith(above) or above in after.access:
        return after
    return replace(after, access=(*after.access, above))


def without_stale_help(after: Case, at: datetime) -> Case:
    """Return the case with the tasks of helping desks ended, where it is not worked on any more."""
    if not after.open_helps or after.status in BEFORE_RESULT | {Status.SUSPENDED}:
        return after
    helps = tuple(replace(one, finished_at=at) if one.open else one for one in after.helps)
    return replace(after, helps=helps)


def without_stale_request(before: Case, after: Case) -> Case:
    """Return the case without a request that has lost its sense: the desk changed, or the work is over."""
    if after.request is None or (after.holder == before.holder and after.status in UNDER_WAY):
        return after
    return replace(after, request=None)
