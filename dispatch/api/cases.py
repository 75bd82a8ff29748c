"""Cases and their moves over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from dispatch.actions.cases import NewReport, make_move, report_case
from dispatch.actions.looks import note_look
from dispatch.actions.once import Key
from dispatch.api.attachments import AttachmentView, attachments_of
from dispatch.api.caller import Areas, Book, Caller, Db
from dispatch.api.erased import ErasedView
from dispatch.api.moments import Moment
from dispatch.api.repeats import join_where_sure
from dispatch.api.shown import shown_case
from dispatch.erasure import erased_of
from dispatch.procedures import ticks_of
from dispatch.queries import (
    case_history,
    case_reports,
    case_texts,
    load_calendars,
    load_case,
)
from dispatch.records import CaseRecord, clock_record
from dispatch.rules.case import Case
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.cleaning import clean
from dispatch.rules.command import Command, Edit
from dispatch.rules.explanation import explanation
from dispatch.rules.masking import sees_masked
from dispatch.rules.moves import MOVES, Relation
from dispatch.rules.plans import LEVELS
from dispatch.rules.procedures import open_required
from dispatch.rules.reading import may_read, reads_personal_data
from dispatch.rules.rights import Verdict, verdicts
from dispatch.rules.vocabulary import Callback, CaseClass, Cause, Finding, Move, Source, Status, Target
from gis.actor import Actor, Role
from gis.clock import now
from gis.crs import to_wgs84
from gis.errors import InvalidInput
from layers.areas import AreaIndex

router = APIRouter(tags=["cases"])

Crs = Literal["wgs84", "gcj02", "bd09"]
# Stripped here: pydantic counts letters before it strips, and blanks alone would pass for words.
Clean = BeforeValidator(lambda value: clean(value).strip() if isinstance(value, str) else value)
Words = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Name = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=60)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9+() -]{3,24}$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]
DeskId = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}(/[a-z_]{1,40})?$")]
UnitId = Annotated[str, StringConstraints(min_length=1, max_length=80)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=120)]
# Strangers are one account, so that a key of theirs has to be nobody else's: half of a UUID's letters at least.
UNGUESSABLE = 20
SOURCE_OF_ROLE = {
    Role.DEVICE: Source.DEVICE,
    Role.GRID_OFFICER: Source.GRID_OFFICER,
    Role.REPORTER: Source.CITIZEN,
}
TAKES_CALLS = frozenset({Role.DISPATCHER, Role.DUTY_OFFICER, Role.VILLAGE_OFFICER, Role.DEVICE})


class Strict(BaseModel):
    """A body in which an unknown field is an error and not silently dropped."""

    model_config = ConfigDict(extra="forbid")


class ReporterBody(Strict):
    """Who reports, as far as he says."""

    name: Name | None = None
    phone: Phone | None = None


class ReportBody(Strict):
    """A report. The place is longitude and latitude, or the code of an area."""

    text: Words
    category: str = "help"
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    crs: Crs = "wgs84"
    area_code: AreaCode | None = None
    priority: Annotated[int | None, Field(ge=1, le=4)] = None
    case_class: CaseClass | None = None
    source: Literal["hotline", "console"] | None = None
    reporter: ReporterBody | None = None


class MoveBody(Strict):
    """A move and what comes with it; which parts a move needs is listed with the case."""

    move: Move
    expected_version: Annotated[int | None, Field(ge=1)] = None
    reason: Words | None = None
    text: Words | None = None
    result: Words | None = None
    reply: Words | None = None
    where_to_turn: Words | None = None
    to: DeskId | None = None
    units: Annotated[list[UnitId], Field(max_length=50)] = []
    unit: UnitId | None = None
    passed: bool | None = None
    cause: Cause | None = None
    until: Moment | None = None
    hours: Annotated[int | None, Field(ge=1, le=2160)] = None
    target: Target | None = None
    score: Annotated[int | None, Field(ge=1, le=5)] = None
    into: UUID | None = None
    without_help: Words | None = None
    without_steps: Words | None = None
    callback: Callback | None = None
    hop: Annotated[int | None, Field(ge=0, le=10_000)] = None
    finding: Finding | None = None
    level: Annotated[int | None, Field(ge=1, le=3)] = None
    done_at: Annotated[
        Moment | None,
        Field(
            description="When a unit did it, where it is told later; by the server's clock. Kept beside its own."
        ),
    ] = None
    category: str | None = None
    case_class: CaseClass | None = None
    priority: Annotated[int | None, Field(ge=1, le=4)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    area_code: AreaCode | None = None


class ReportedAnswer(BaseModel):
    """The new case, as far as the reporter may see it, and the code to ask after it."""

    case: CaseRecord
    query_code: str


class CaseAnswer(BaseModel):
    """One case."""

    case: CaseRecord


class FieldView(BaseModel):
    """What may come with a move, by the name that the body has for it."""

    name: str
    type: str
    required: bool = Field(description="Without it the move is refused.")
    asked: bool = Field(description="A screen insists on it; the move is made without it all the same.")
    required_unless: str | None = Field(
        description="The flag beside it: where that is false, it is required."
    )
    choices: list[str | int] | None = None


class MoveView(BaseModel):
    """One move: whether it is open to the caller now, why not if not, and what may come with it."""

    move: str
    allowed: bool
    why: str | None
    by: list[str] = Field(description="Who makes this move: how one must stand to the case.")
    starts_from: list[str] = Field(description="In which statuses it can be made.")
    fields: list[FieldView]


class TextView(BaseModel):
    """Words that belong to a case."""

    kind: str
    text: str
    at: str
    actor_name: str
    actor_desk: str


class ReportView(BaseModel):
    """One report as it came in."""

    at: str
    source: str
    text: str
    reporter_name: str | None
    reporter_phone: str | None


class CaseSheet(BaseModel):
    """Everything about one case that its handlers may see."""

    case: CaseRecord
    texts: list[TextView]
    reports: list[ReportView]
    history: list[dict[str, Any]]
    moves: list[MoveView]
    clocks: list[dict[str, Any]]
    viewers: list[dict[str, str]]
    attachments: list[AttachmentView]
    erased: list[ErasedView] = Field(
        description="What is gone by rule, oldest first; empty for a wall screen."
    )


@router.post("/api/cases", status_code=201)
async def report(
    body: ReportBody, actor: Caller, db: Db, areas: Areas, request: Request, key: IdempotencyKey = None
) -> ReportedAnswer:
    """Report a case. The same `Idempotency-Key` with the same body returns the first answer."""
    require_unguessable(actor, key)
    lon, lat, code = place_of(areas, body.lon, body.lat, body.crs, body.area_code)
    who = body.reporter or ReporterBody()
    new = NewReport(
        category=known_category(body.category),
        text=body.text,
        lon=lon,
        lat=lat,
        area_code=code,
        source=source_of(actor, body.source),
        priority=body.priority if actor.role is not Role.REPORTER else None,
        case_class=body.case_class if actor.role is not Role.REPORTER else None,
        reporter_name=who.name,
        reporter_phone=who.phone,
    )
    at, same = now(), key_of(key, body)
    if actor.role is Role.REPORTER and request.app.state.settings.wall_join_repeats:
        joined = await join_where_sure(db, actor, new, at, same)
        if joined is not None:
            return ReportedAnswer(case=joined.case, query_code=joined.query_code)
    reported = await report_case(db, actor, new, at, same)
    return ReportedAnswer(case=reported.case, query_code=reported.query_code)


def source_of(actor: Actor, named: str | None) -> Source:
    """Return by which door the report came: what the caller is, or what a desk that takes calls says."""
    if named is not None and actor.role in TAKES_CALLS:
        return Source(named)
    return SOURCE_OF_ROLE.get(actor.role, Source.CONSOLE)


def known_category(category: str) -> str:
    """Return the category. Raises InvalidInput naming those there are."""
    if category not in CATEGORIES:
        raise InvalidInput(
            f"There is no category '{category}'. Use one of: {', '.join(CATEGORIES)}.",
            code="no_such_category",
        )
    return category


def place_of(
    areas: AreaIndex, lon: float | None, lat: float | None, crs: str, area_code: str | None
) -> tuple[float, float, str]:
    """Return longitude, latitude (WGS 84) and the code of the smallest area there.

    Raises InvalidInput where neither a place nor an area was given, OutsideCounty, or NotFound for a strange area.
    """
    if (lon is None) != (lat is None):
        raise InvalidInput("A place needs both 'lon' and 'lat'.", code="half_a_place")
    if lon is not None and lat is not None:
        moved = to_wgs84([[lon, lat]], crs)[0]
        here = float(moved[0]), float(moved[1])
        return *here, areas.locate(*here).code
    if area_code is None:
        raise InvalidInput("Say where: give 'lon' and 'lat', or an 'area_code'.", code="no_place")
    return *areas.point_of(areas.get(area_code).code), area_code


def key_of(key: str | None, body: BaseModel, of: UUID | None = None) -> Key | None:
    """Return the idempotency key with the digest of what it came with: the same move of another case is another."""
    return Key.of(key, {"of": of, "body": body.model_dump(mode="json")}) if key else None


def require_unguessable(actor: Actor, key: str | None) -> None:
    """Raise InvalidInput for a stranger's key that others might use too: they would be told his query code."""
    if actor.role is Role.REPORTER and key is not None and len(key) < UNGUESSABLE:
        raise InvalidInput(
            f"Without a log-in an Idempotency-Key has {UNGUESSABLE} characters or more, made by chance (such as a "
            "UUID): whoever sends it again is told the query code.",
            code="key_guessable",
        )


@router.get("/api/cases/{case_id}")
async def sheet(
    case_id: UUID, actor: Caller, db: Db, areas: Areas, book: Book, request: Request
) -> CaseSheet:
    """Show one case whole, with the moves that are open to the caller now. The look is on the audit log."""
    personal = reads_personal_data(actor)
    async with db.transaction(actor) as tx:
        case = await load_case(tx, case_id)
        texts = [row for row in await case_texts(tx, case_id) if may_read(actor, row["kind"])]
        reports = await case_reports(tx, case_id) if personal else []
        history = [] if sees_masked(actor) else await case_history(tx, case_id)
        calendar_of = await load_calendars(tx)
        files = await attachments_of(tx, case_id) if personal else []
        erased = [] if sees_masked(actor) else await erased_of(tx, case_id, book.retention)
        ticked = await ticks_of(tx, case_id)
        if personal:
            await note_look(tx, actor, case_id, "sheet", now())
    steps_left = bool(open_required(book.procedure_of[case.category], ticked))
    return CaseSheet(
        case=shown_case(actor, case, areas),
        texts=[TextView(**row) for row in texts],
        reports=[ReportView(**row) for row in reports],
        history=history,
        moves=[move_view(verdict, case, steps_left) for verdict in verdicts(actor, case)],
        clocks=[
            {**clock_record(clock), "explanation": explanation(clock, case, calendar_of)}
            for clock in case.clocks
        ],
        viewers=[] if sees_masked(actor) else request.app.state.hub.viewers(str(case_id)),
        attachments=files,
        erased=[ErasedView(**row) for row in erased],
    )


CHOICES: dict[str, list[str | int]] = {
    "category": list(CATEGORIES),
    "case_class": [str(one) for one in CaseClass],
    "priority": [1, 2, 3, 4],
    "level": [*LEVELS],
    "cause": [str(one) for one in Cause],
    "finding": [str(one) for one in Finding],
    "callback": [str(one) for one in Callback],
    "target": [str(one) for one in Target],
}


def move_view(verdict: Verdict, case: Case, steps_left: bool) -> MoveView:
    """Return a verdict with the fields of its move, as this case needs them.

    Where another desk helps still, the rules want to know why it ends without; where required steps are open, a screen
    asks why, and a program, or a phone without a network, may leave it out.
    """
    rule = MOVES[verdict.move]
    asked_why = {"without_help": bool(case.open_helps), "without_steps": steps_left}
    fields = [
        FieldView(
            name=field.name,
            type=field.kind,
            required=field.required or field.name == "without_help",
            asked=field.name == "without_steps",
            required_unless=field.unless,
            choices=CHOICES.get(field.kind),
        )
        for field in rule.fields
        if asked_why.get(field.name, True)
    ]
    return MoveView(
        move=str(verdict.move),
        allowed=verdict.allowed,
        why=verdict.why,
        by=[str(one) for one in Relation if one in rule.by],
        starts_from=[str(one) for one in Status if one in rule.sources],
        fields=fields,
    )


@router.post("/api/cases/{case_id}/moves")
async def move(
    case_id: UUID, body: MoveBody, actor: Caller, db: Db, areas: Areas, key: IdempotencyKey = None
) -> CaseAnswer:
    """Make a move. 412 when the case changed since `expected_version`; the answer then holds it as it is."""
    if body.move is Move.REPORT:
        raise InvalidInput("Report with POST /api/cases.", code="not_a_move_of_a_case")
    record = await make_move(
        db, actor, case_id, command_of(body, areas), body.expected_version, now(), key_of(key, body, case_id)
    )
    return CaseAnswer(case=record)


def command_of(body: MoveBody, areas: AreaIndex) -> Command:
    """Return the command that a body asks for, its place resolved."""
    edit = Edit(
        category=known_category(body.category) if body.category else None,
        case_class=body.case_class,
        priority=body.priority,
    )
    if body.lon is not None or body.lat is not None or body.area_code is not None:
        lon, lat, code = place_of(areas, body.lon, body.lat, "wgs84", body.area_code)
        edit = Edit(edit.category, edit.case_class, edit.priority, lon, lat, code)
    return Command(
        move=body.move,
        reason=body.reason,
        text=body.text,
        result=body.result,
        reply=body.reply,
        where_to_turn=body.where_to_turn,
        to=body.to,
        units=tuple(body.units),
        unit=body.unit,
        passed=body.passed,
        cause=body.cause,
        until=body.until,
        hours=body.hours,
        target=body.target,
        score=body.score,
        into=body.into,
        without_help=body.without_help,
        without_steps=body.without_steps,
        callback=body.callback,
        hop=body.hop,
        finding=body.finding,
        level=body.level,
        done_at=body.done_at,
        edit=edit,
    )
