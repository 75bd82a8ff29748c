"""Taking in over HTTP: what a text proposes, and where places are. Proposes only; the dispatcher decides."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from dispatch.actions.cases import NewReport
from dispatch.actions.repeats import join_report
from dispatch.api.caller import Areas, Caller, Db
from dispatch.api.cases import (
    AreaCode,
    Clean,
    Crs,
    IdempotencyKey,
    Phone,
    ReporterBody,
    Strict,
    Words,
    key_of,
    known_category,
    place_of,
    source_of,
)
from dispatch.intake.names import Names, cameras_named
from dispatch.intake.places import PlaceProposal, PlacesRead, read_places
from dispatch.intake.retold import LIVE, find_duplicates
from dispatch.intake.table import wording_table
from dispatch.queries import case_reports, load_case
from dispatch.records import CaseRecord, case_record
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.duplicates import Duplicate, Told
from dispatch.rules.moves import MOVES_OF_ROLE
from dispatch.rules.reading import reads_personal_data
from dispatch.rules.vocabulary import Move
from dispatch.rules.wording import (
    NOTHING,
    CategoryProposal,
    WordingTable,
    categories_of,
    priority_of,
    readable,
)
from gis.clock import now
from gis.errors import InvalidInput, NotYourMove
from layers.areas import AreaIndex

router = APIRouter(tags=["intake"])

MOST_PLACES = 10
Said = Annotated[str, Clean, StringConstraints(max_length=4000)]


class ProposalBody(Strict):
    """What has been typed so far, and what was set by hand: that is believed and not proposed again."""

    text: Said
    category: str | None = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    crs: Crs = "wgs84"
    area_code: AreaCode | None = None
    phone: Phone | None = None


class CategoryView(BaseModel):
    """One category that the words speak for; `share` of all that they say."""

    category: str
    score: float
    share: float
    words: list[str]


class PriorityView(BaseModel):
    """A priority; `words` moved it from the category's own, `reason` says what they mean."""

    priority: int
    case_class: str
    words: list[str]
    reason: str | None
    reason_en: str | None


class PlaceView(BaseModel):
    """One place that the words may mean; it lies within `radius_m` of (lon, lat), WGS 84."""

    kind: str
    name: str
    lon: float
    lat: float
    area_code: str
    area_name: str
    radius_m: float
    score: float
    words: str
    reason: str
    reason_en: str


class DuplicateView(BaseModel):
    """One live case in the caller's sight that this may tell again."""

    case: CaseRecord
    score: float
    away_m: float
    age_s: float
    same_category: bool
    alike: float
    shared: list[str]
    reason: str
    reason_en: str


class ProposalAnswer(BaseModel):
    """What a text proposes, the likeliest of each first. `nothing`: the words say that there is no matter."""

    categories: list[CategoryView]
    nothing: bool
    priority: PriorityView | None
    places: list[PlaceView]
    duplicates: list[DuplicateView]


class PlacesAnswer(BaseModel):
    """Places with a name, the likeliest first."""

    places: list[PlaceView]


@router.post("/api/intake/proposal")
async def propose(
    body: ProposalBody, actor: Caller, db: Db, areas: Areas, request: Request
) -> ProposalAnswer:
    """Propose category, priority, place and live cases that this may be, each with its reasons. Changes nothing."""
    if Move.REPORT not in MOVES_OF_ROLE[actor.role]:
        raise NotYourMove(f"the role {actor.role} takes in no reports", code="not_of_your_role")
    table = wording_table(request.app.state.settings.wall_intake_table)
    gazetteer = await names_of(request).current()
    async with db.read(actor) as tx:
        read = read_places(body.text, gazetteer, actor.area, await cameras_named(tx, body.text))
        words = readable(body.text, table, read.names)
        found = categories_of(words, table)
        nothing = bool(found) and found[0].category == NOTHING
        real = [] if nothing else [one for one in found if one.category != NOTHING]
        category = known_category(body.category) if body.category else real[0].category if real else None
        places = [place_view(one, areas) for one in read.proposals]
        new = _told(body, category, read, areas)
        same = await find_duplicates(tx, new) if new and reads_personal_data(actor) else ()
        duplicates = [duplicate_view(one, case_record(await load_case(tx, one.case))) for one in same]
    return ProposalAnswer(
        categories=[category_view(one) for one in real],
        nothing=nothing,
        priority=priority_view(words, category, table) if category else None,
        places=places,
        duplicates=duplicates,
    )


def names_of(request: Request) -> Names:
    """Return the process's gazetteer."""
    names: Names = request.app.state.names
    return names


def _told(body: ProposalBody, category: str | None, read: PlacesRead, areas: AreaIndex) -> Told | None:
    """Return the report as duplicates are looked for; None while its category or its place is not known."""
    if category is None:
        return None
    phones = frozenset({body.phone} if body.phone else ())
    radius_m = 0.0
    if body.lon is not None or body.lat is not None or body.area_code is not None:
        lon, lat, code = place_of(areas, body.lon, body.lat, body.crs, body.area_code)
        if body.lon is None:
            radius_m = 1_500.0 if len(code) < VILLAGE_DIGITS else 700.0
    elif read.proposals:
        best = read.proposals[0].place
        lon, lat, radius_m = best.lon, best.lat, best.radius_m
    else:
        return None
    return Told(category, lon, lat, now(), (body.text,), radius_m, phones)


VILLAGE_DIGITS = 12


class DuplicatesAnswer(BaseModel):
    """Live cases in the caller's sight that tell what this one tells, the likeliest first."""

    duplicates: list[DuplicateView]


@router.get("/api/cases/{case_id}/duplicates")
async def duplicates(case_id: UUID, actor: Caller, db: Db) -> DuplicatesAnswer:
    """Say which other live cases this one may be the same as; the move `merge` joins it to one of them.

    Empty for who may not read what was said: the words decide with.
    """
    async with db.read(actor) as tx:
        case = await load_case(tx, case_id)
        if case.status not in LIVE or not reads_personal_data(actor):
            return DuplicatesAnswer(duplicates=[])
        reports = await case_reports(tx, case_id)
        told = Told(
            case.category,
            case.lon,
            case.lat,
            case.reported_at,
            tuple(one["text"] for one in reports),
            phones=frozenset(one["reporter_phone"] for one in reports if one["reporter_phone"]),
        )
        found = await find_duplicates(tx, told, other_than=case_id)
        views = [duplicate_view(one, case_record(await load_case(tx, one.case))) for one in found]
    return DuplicatesAnswer(duplicates=views)


class RepeatBody(Strict):
    """What a repeat caller says. Its place and category are the case's own unless he says another."""

    text: Words
    category: str | None = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    crs: Crs = "wgs84"
    area_code: AreaCode | None = None
    source: Literal["hotline", "console"] | None = None
    reporter: ReporterBody | None = None


class JoinedAnswer(BaseModel):
    """The live case as it is now, the report as a case of its own that was merged into it, and its query code."""

    case: CaseRecord
    report: CaseRecord
    query_code: str


@router.post("/api/cases/{case_id}/reports", status_code=201)
async def join(
    case_id: UUID, body: RepeatBody, actor: Caller, db: Db, areas: Areas, key: IdempotencyKey = None
) -> JoinedAnswer:
    """Join a repeat call to a live case. Undone by the move `unmerge` on the report's own case.

    404 for a case out of sight, 409 for one that is finished.
    """
    async with db.read(actor) as tx:
        target = await load_case(tx, case_id)
    place = target.lon, target.lat, target.area_code
    if body.lon is not None or body.lat is not None or body.area_code is not None:
        place = place_of(areas, body.lon, body.lat, body.crs, body.area_code)
    who = body.reporter or ReporterBody()
    report = NewReport(
        known_category(body.category or target.category),
        body.text,
        *place,
        source=source_of(actor, body.source),
        priority=target.priority,
        reporter_name=who.name,
        reporter_phone=who.phone,
    )
    joined = await join_report(db, actor, case_id, report, now(), key_of(key, body, case_id))
    return JoinedAnswer(case=joined.case, report=joined.report, query_code=joined.query_code)


@router.get("/api/places")
async def places(
    actor: Caller,
    db: Db,
    areas: Areas,
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
) -> PlacesAnswer:
    """Find places by what they are called, or written in numbers: areas, facilities, roads, cameras, coordinates.

    422 when nothing is asked for. Cameras are those in the caller's sight; the rest is public to every actor.
    """
    if not q.strip():
        raise InvalidInput(
            "Say what to look for in 'q': a name, a camera's code or coordinates.", code="no_query"
        )
    gazetteer = await names_of(request).current()
    async with db.read(actor) as tx:
        cameras = await cameras_named(tx, q if any(char.isdigit() for char in q) else "")
    read = read_places(q, gazetteer, actor.area, cameras)
    views = [place_view(one, areas) for one in read.proposals]
    known = {(one.kind, one.name, one.area_code) for one in views}
    views += [
        place_view(PlaceProposal(place, 0.0, q, 0, ()), areas)
        for place in gazetteer.beginning(q, MOST_PLACES)
        if (place.kind, place.name, place.area_code) not in known
    ]
    return PlacesAnswer(places=views[:MOST_PLACES])


def category_view(one: CategoryProposal) -> CategoryView:
    """Return a category as the wire carries it."""
    return CategoryView(category=one.category, score=one.score, share=one.share, words=list(one.words))


def priority_view(words: str, category: str, table: WordingTable) -> PriorityView:
    """Return the priority that the words give a report of a category."""
    found = priority_of(words, category, table)
    own = CATEGORIES[category]
    return PriorityView(
        priority=found.priority,
        case_class=str(own.case_class),
        words=list(found.words),
        reason="，".join(found.why) or None,
        reason_en=", ".join(found.why_en) or None,
    )


def place_view(one: PlaceProposal, areas: AreaIndex) -> PlaceView:
    """Return a place as the wire carries it."""
    place = one.place
    return PlaceView(
        kind=place.kind,
        name=place.name,
        lon=round(place.lon, 6),
        lat=round(place.lat, 6),
        area_code=place.area_code,
        area_name=areas.path_name(place.area_code),
        radius_m=place.radius_m,
        score=one.score,
        words=one.words,
        reason=one.reason("zh"),
        reason_en=one.reason("en"),
    )


def duplicate_view(one: Duplicate, record: CaseRecord) -> DuplicateView:
    """Return a live case that may be the same as the wire carries it."""
    return DuplicateView(
        case=record,
        score=one.score,
        away_m=round(one.away_m, 1),
        age_s=round(one.age_s, 1),
        same_category=one.same_category,
        alike=one.alike,
        shared=list(one.shared),
        reason=one.reason("zh"),
        reason_en=one.reason("en"),
    )
