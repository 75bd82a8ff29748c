"""Who should go to a case, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from dispatch.api.caller import Book, Caller, Db
from dispatch.queries import load_case
from dispatch.recommendation import (
    Candidate,
    Need,
    Shortfall,
    lack_in_words,
    load_responders,
    recommend,
    standings,
)
from dispatch.records import UnitRecord
from dispatch.rules.masking import sees_masked
from dispatch.rules.plans import Filled, Standing, fill
from gis.clock import now
from gis.errors import NotYourMove

router = APIRouter(tags=["recommendation"])


class CandidateView(BaseModel):
    """One unit that could go, the reason in both languages, and its way there as [[lon, lat], …]."""

    unit: UnitRecord
    minutes: float
    distance_m: float
    foot_m: float
    fix_age_s: float
    load: int
    reason: str
    reason_en: str
    route: list[list[float]]


class ShortfallView(BaseModel):
    """Why nobody is free to go."""

    code: str
    text: str
    text_en: str


class NeedView(BaseModel):
    """One need of the response plan: how many of a kind, who is here, who should be sent, how many lack and why."""

    kind: str
    wanted: int
    here: list[str]
    picks: list[str]
    lacking: int
    reason: str | None
    reason_en: str | None


class PlanView(BaseModel):
    """The response plan at the case's alarm level (3 usual, 1 highest), as far as it is filled."""

    level: int
    needs: list[NeedView]


class RecommendationAnswer(BaseModel):
    """At most five candidates, best first; `shortfall` when none is free; the response plan with what it lacks."""

    candidates: list[CandidateView]
    shortfall: ShortfallView | None
    plan: PlanView


@router.get("/api/cases/{case_id}/recommendation")
async def recommendation(
    case_id: UUID, actor: Caller, db: Db, book: Book, request: Request
) -> RecommendationAnswer:
    """Recommend units in the caller's sight for a case that he sees."""
    if sees_masked(actor):
        raise NotYourMove("A wall screen sends nobody. Log in at a desk.", code="not_of_your_role")
    async with db.read(actor) as tx:
        case = await load_case(tx, case_id)
        responders, records = await load_responders(tx, now())
    # A unit that is on this very case already is no answer to the question who else should go.
    bound = {one.unit for one in case.open_assignments}
    wants = book.wants(case.category, case.alarm_level)
    need = Need(case.lon, case.lat, case.area_code, tuple(want.kind for want in wants))
    roads = request.app.state.roads
    found = recommend(need, [one for one in responders if one.unit not in bound], roads)
    # Units at work here that the caller does not see count all the same: they are named on the case's own record.
    seen = {one.unit for one in responders}
    at_work = [
        Standing(one.unit, one.unit_kind, True, True, True, here=True)
        for one in case.open_assignments
        if one.unit not in seen
    ]
    stand = [*standings(need, responders, frozenset(bound), roads), *at_work]
    return RecommendationAnswer(
        candidates=[candidate_view(one, records[one.unit]) for one in found.candidates],
        shortfall=shortfall_view(found.shortfall),
        plan=PlanView(level=case.alarm_level, needs=[need_view(one) for one in fill(wants, stand)]),
    )


def need_view(one: Filled) -> NeedView:
    """Return a need of the plan as the wire carries it."""
    return NeedView(
        kind=str(one.want.kind),
        wanted=one.want.count,
        here=list(one.here),
        picks=list(one.picks),
        lacking=one.lacking,
        reason=lack_in_words(one, "zh") if one.lacking else None,
        reason_en=lack_in_words(one, "en") if one.lacking else None,
    )


def candidate_view(one: Candidate, unit: UnitRecord) -> CandidateView:
    """Return a candidate with the record of its unit."""
    return CandidateView(
        unit=unit,
        minutes=one.minutes,
        distance_m=one.distance_m,
        foot_m=one.foot_m,
        fix_age_s=round(one.fix_age_s, 1),
        load=one.load,
        reason=one.reason,
        reason_en=one.reason_en,
        route=one.route,
    )


def shortfall_view(lacking: Shortfall | None) -> ShortfallView | None:
    """Return what is lacking, if anything is."""
    return (
        None
        if lacking is None
        else ShortfallView(code=lacking.code, text=lacking.text, text_en=lacking.text_en)
    )
