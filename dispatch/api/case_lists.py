"""Lists of cases: narrowed, found by words, and turned page by page."""

import base64
import binascii
import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.actions.looks import note_look
from dispatch.api.caller import Areas, Caller, Db
from dispatch.api.cases import AreaCode, DeskId, UnitId, known_category
from dispatch.api.moments import Moment, in_utc
from dispatch.api.shown import shown_case
from dispatch.case_lists import CaseFilter, Found, Place, cases_in_sight, list_cases, search_words
from dispatch.records import CaseRecord
from dispatch.rules.case import Case
from dispatch.rules.masking import VILLAGE_DIGITS, sees_masked
from dispatch.rules.reading import reads_personal_data
from dispatch.rules.vocabulary import CaseClass, Colour, Source, Status
from gis.actor import Actor
from gis.clock import now
from gis.database import Database
from gis.errors import InvalidInput, NotYourMove
from layers.areas import AreaIndex

router = APIRouter(tags=["cases"])

NUMBER = re.compile(r"[0-9]{2,6}(-[0-9]{0,8})?")
SHORTEST_WORD = 2
# Of what the words find, so many are looked at for the other conditions, and so often, before a page is handed over
# as far as it came: its cursor leads on.
FOUND_AT_ONCE, LOOKS_ON = 200, 10


class Listing(BaseModel):
    """What a list is narrowed to. All that is asked for must hold."""

    # A condition that is spelled wrong must not answer with everything.
    model_config = ConfigDict(extra="forbid")

    open: bool = Field(default=False, description="Only what is not finished.")
    overdue: bool = Field(default=False, description="Only with a running clock past its due time.")
    status: Status | None = None
    category: str | None = Field(default=None, max_length=60)
    case_class: CaseClass | None = Field(default=None, alias="class")
    priority: int | None = Field(default=None, ge=1, le=4)
    holder: DeskId | None = Field(default=None, description="The desk in whose hands it is.")
    area: AreaCode | None = Field(default=None, description="Everything in this area.")
    reported_from: Moment | None = Field(default=None, alias="from", description="Reported then or later.")
    reported_to: Moment | None = Field(default=None, alias="to", description="Reported before.")
    colour: Colour | None = Field(default=None, description="Of a clock that runs: green, amber or red.")
    source: Source | None = None
    unit: UnitId | None = Field(default=None, description="A unit that is, or was, on the case.")
    text: str | None = Field(
        default=None,
        max_length=100,
        description="A case number or its beginning; or words of two letters or more, all of which stand in one text "
        "of the case (what was reported, a note, a result). A search for words is on the audit log.",
    )
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200, description="`next` of the page before.")

    def narrowed(self) -> CaseFilter:
        """Return the filter. Raises InvalidInput for a category that there is none of."""
        return CaseFilter(
            open_only=self.open,
            status=self.status and str(self.status),
            category=known_category(self.category) if self.category else None,
            case_class=self.case_class and str(self.case_class),
            priority=self.priority,
            holder=self.holder,
            area=self.area,
            reported_from=self.reported_from,
            reported_to=self.reported_to,
            colour=str(Colour.RED) if self.overdue else self.colour and str(self.colour),
            source=self.source and str(self.source),
            unit=self.unit,
            number=self.text.strip() if self.text and is_number(self.text) else None,
        )


class Excerpt(BaseModel):
    """Where the words were found: in which kind of text, and what stands around."""

    kind: str
    text: str


class CaseListAnswer(BaseModel):
    """A page of cases; `next` is the cursor of the page after it, null on the last.

    After a search a page may hold fewer than `limit` and still have a `next`. `excerpts` goes by the cases' ids.
    """

    cases: list[CaseRecord]
    next: str | None
    excerpts: dict[str, Excerpt] = {}


def is_number(said: str) -> bool:
    """Say whether this is a case number, or the beginning of one."""
    return NUMBER.fullmatch(said.strip()) is not None


@router.get("/api/cases")
async def cases(wanted: Annotated[Listing, Query()], actor: Caller, db: Db, areas: Areas) -> CaseListAnswer:
    """List the cases in the caller's sight, newest report first."""
    narrowed = wanted.narrowed()
    if sees_masked(actor) and tells_what_is_masked(narrowed):
        raise NotYourMove("A wall screen does not narrow a list to what it is not shown.", code="masked")
    before = decode_cursor(wanted.cursor) if wanted.cursor else None
    if wanted.text and not is_number(wanted.text):
        return await searched(db, actor, areas, words_of(wanted.text), narrowed, before, wanted.limit)
    found = await cases_in_sight(db, actor, narrowed, before=before, limit=wanted.limit + 1)
    page = found[: wanted.limit]
    records = [shown_case(actor, case, areas) for case in page]
    return CaseListAnswer(cases=records, next=cursor_after(page) if len(found) > wanted.limit else None)


def tells_what_is_masked(narrowed: CaseFilter) -> bool:
    """Say whether the answer to such a list would tell what a masked record does not."""
    finely = narrowed.area is not None and len(narrowed.area) > VILLAGE_DIGITS
    return finely or any((narrowed.category, narrowed.case_class, narrowed.unit, narrowed.source))


def words_of(said: str) -> list[str]:
    """Return the words to look for. Raises InvalidInput where one is too short to be looked up."""
    words = said.split()
    if not words or min(map(len, words)) < SHORTEST_WORD:
        raise InvalidInput(
            "Each word of `text` needs two letters or more. Write words apart by blanks.",
            code="word_too_short",
        )
    return words


async def searched(
    db: Database,
    actor: Actor,
    areas: AreaIndex,
    words: list[str],
    narrowed: CaseFilter,
    before: Place | None,
    limit: int,
) -> CaseListAnswer:
    """Return the cases in whose texts the words stand. Raises NotYourMove for who reads no personal data."""
    if not reads_personal_data(actor):
        raise NotYourMove(
            "Your role does not read what people said, so it cannot search in it. Search by case number.",
            code="not_of_your_role",
        )
    page: list[Case] = []
    told: dict[UUID, Excerpt] = {}
    async with db.transaction(actor) as tx:
        await note_look(tx, actor, None, "search", now(), detail=" ".join(words))
        for _ in range(LOOKS_ON):
            at_once = limit if narrowed == CaseFilter() else FOUND_AT_ONCE
            found = await search_words(tx, words, before=before, limit=at_once)
            page += await list_cases(
                tx, narrowed, ids=[one.case_id for one in found], limit=limit - len(page)
            )
            told |= {one.case_id: Excerpt(kind=one.kind, text=one.excerpt) for one in found}
            before = goes_on(page, found, at_once, limit)
            if before is None or len(page) == limit:
                break
    return CaseListAnswer(
        cases=[shown_case(actor, case, areas) for case in page],
        next=encode_cursor(*before) if before else None,
        excerpts={str(case.id): told[case.id] for case in page},
    )


def goes_on(page: list[Case], found: list[Found], at_once: int, limit: int) -> Place | None:
    """Return from where a search goes on; None where everything was seen."""
    if len(page) == limit and found and page[-1].id != found[-1].case_id:
        return page[-1].reported_at, page[-1].id
    return (found[-1].reported_at, found[-1].case_id) if len(found) == at_once else None


def cursor_after(page: list[Case]) -> str:
    """Return the cursor that leads on after a page."""
    return encode_cursor(page[-1].reported_at, page[-1].id)


def encode_cursor(at: datetime, case_id: UUID | str) -> str:
    """Return an opaque mark of the last row of a page."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {case_id}".encode()).decode()


def decode_cursor(cursor: str) -> Place:
    """Return what a cursor marks. Raises InvalidInput for one that we did not make."""
    try:
        at, _, case_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a cursor's moment has a zone")
        return in_utc(moment), UUID(case_id)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(
            "This cursor is not one of ours; start again without it.", code="bad_cursor"
        ) from error
