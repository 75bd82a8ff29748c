"""Lived cases as the lines that COPY takes, table by table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from struct import pack
from typing import Any
from uuid import UUID

from dispatch.actions.saving import COLUMNS as CASE_COLUMNS
from dispatch.actions.saving import case_row, plain
from dispatch.history.life import Kept, Life
from dispatch.rules.case import Account, Assignment, Case, Clock, Custody, Help
from gis.actor import Actor
from gis.log.append import COLUMNS as EVENT_COLUMNS

DIGITS = (2, 4, 6, 9, 12, 15)  # of the codes of areas, from the province down
POINT_HEAD = "0101000020E6100000"  # little-endian EWKB of a point in EPSG:4326


def _parts(part: type[Any], *, placed: bool = True) -> tuple[str, ...]:
    return ("case_id", *(("position",) if placed else ()), *(field.name for field in fields(part)))


TABLES: Mapping[str, tuple[str, ...]] = {
    "cases": (*CASE_COLUMNS, "geom"),
    "clocks": _parts(Clock),
    "custody": _parts(Custody),
    "helps": _parts(Help),
    "accountability": _parts(Account),
    "assignments": _parts(Assignment, placed=False),
    "reports": (
        *("id", "case_id", "source", "at", "text", "reporter_name", "reporter_phone", "query_code_hash"),
    ),
    "case_texts": ("case_id", "kind", "text", "at", "actor_name", "actor_desk", "salt", "sight"),
    "ratings": ("case_id", "at", "score", "reopened"),
}
EVENTS = tuple(name for name, _ in EVENT_COLUMNS)
Lines = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Heard:
    """The report behind a case: in whose words, and who rang."""

    id: UUID
    text: str
    code_hash: bytes
    name: str | None = None
    phone: str | None = None


def line(values: Iterable[Any]) -> str:
    """Return one line of COPY's text format."""
    return "\t".join(map(cell, values))


def cell(value: Any) -> str:
    """Return one value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, list):
        value = "{" + ",".join(map(str, value)) + "}"
    text = str(value)
    return text.translate(ESCAPED) if "\\" in text or "\t" in text or "\n" in text else text


ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def point(lon: float, lat: float) -> str:
    """Return a place as PostGIS reads it fastest."""
    return POINT_HEAD + pack("<dd", lon, lat).hex().upper()


def lines_of(life: Life, heard: Heard) -> Lines:
    """Return the lines of a case and its parts, by table."""
    case, found = life.case, dict[str, list[str]]()
    row = case_row(case)
    found["cases"] = [line((*(row[name] for name in CASE_COLUMNS), point(case.lon, case.lat)))]
    parts = {
        "clocks": case.clocks,
        "custody": case.custody,
        "helps": case.helps,
        "accountability": case.accounts,
    }
    for table, ones in parts.items():
        found[table] = [line((case.id, place, *_values(one))) for place, one in enumerate(ones)]
    found["assignments"] = [line((case.id, *_values(one))) for one in case.assignments]
    report = (heard.id, case.id, case.source, case.reported_at, heard.text)
    found["reports"] = [line((*report, heard.name, heard.phone, heard.code_hash))]
    seen = sight(case)
    found["case_texts"] = [_text_line(case.id, one, seen) for one in life.kept]
    found["ratings"] = list(_ratings(life))
    return found


def _text_line(case_id: UUID, kept: Kept, seen: str) -> str:
    actor: Actor = kept.actor
    return line((case_id, kept.kind, kept.text, kept.at, actor.name, actor.desk, kept.salt, seen))


def sight(case: Case) -> str:
    """Return who sees the case's words, as the trigger `case_texts_seen` would write it (`case_sight`)."""
    return sight_of(f"{case.reported_at.astimezone(UTC):%y%m}", case.area_code, case.access)


def sight_of(month: str, area_code: str, access: Sequence[str]) -> str:
    """Return the same of a case reported in a month of a place, for the desks that it was given to."""
    by_place = [f"{month}@{area_code[:digits]}" for digits in DIGITS if digits <= len(area_code)]
    return "{" + ",".join((*by_place, *(f"{month}>{desk}" for desk in access))) + "}"


def _values(part: Any) -> Iterable[Any]:
    for value in plain(part).values():
        yield json.dumps(value) if isinstance(value, list) else value


def _ratings(life: Life) -> Iterable[str]:
    reopened = 0
    for told in life.told:
        kind = told.row[1]
        reopened += kind == "case.reopen"
        if kind == "case.rate":
            score = json.loads(told.row[EVENTS.index("data")])["detail"]["score"]
            yield line((life.case.id, told.at, score, reopened))


def event_line(row: Sequence[Any]) -> str:
    """Return a fact of the log, but for its number."""
    return line(row)
