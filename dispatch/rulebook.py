"""The house's own book: warnings, orders by a clock, procedures, duties, regulations, the notice's form.

Package files under `dispatch/book/`; a file of the same name in the folder `WALL_BOOK` takes the place of ours. A book
that is wrong stops the start and says which file, which row and what is wrong: half a rule would be worse than none.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any, TypeVar

from dispatch.rules.by_clock import ORDERABLE, OrderRule
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.desks import LENGTH_OF_LEVEL
from dispatch.rules.procedures import DUTIES_OF_A_TIER, TIERS, HouseText, Procedure, Step, by_category
from dispatch.rules.vocabulary import CaseClass, Target
from dispatch.rules.warnings import (
    MOST_DAYS,
    OF_PLACES,
    OF_UNITS,
    SHARES,
    ColourRow,
    Measure,
    SubjectKind,
    WarningRule,
)
from gis.errors import InvalidInput

OURS = Path(__file__).parent / "book"
FILES = (
    "warnings.toml",
    "supervision.toml",
    "procedures.toml",
    "duties.toml",
    "regulations.toml",
    "notice.html",
)
LEAST_GRAVE = 4
PAINTS = ("red", "orange", "yellow", "blue", "green")
MOST_WINDOW_H = 24 * 90
PLACES_OF_NOTICE = frozenset({"number", "subject", "demands", "due", "evidence", "issuer", "issued"})

Row = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Rulebook:
    """Everything that a county may write itself, read once at the start."""

    colours: Mapping[str, ColourRow]
    rules: tuple[WarningRule, ...]
    orders: tuple[OrderRule, ...]
    procedures: tuple[Procedure, ...]
    duties: Mapping[str, tuple[HouseText, ...]]
    regulations: tuple[HouseText, ...]
    notice: Template

    @cached_property
    def procedure_of(self) -> Mapping[str, Procedure]:
        """The procedure of each category."""
        return by_category(self.procedures)

    @cached_property
    def texts(self) -> tuple[HouseText, ...]:
        """Every duty and regulation."""
        return (*(one for tier in self.duties.values() for one in tier), *self.regulations)

    @cached_property
    def rule_of(self) -> Mapping[str, WarningRule]:
        """The rules by key."""
        return {rule.key: rule for rule in self.rules}


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """Read the book, files in `folder` first. Raises InvalidInput naming the file, the row and the fault."""
    if folder is not None and not folder.is_dir():
        raise InvalidInput(f"WALL_BOOK names {folder}, which is no folder", code="bad_book")
    found = {name: _text(folder, name) for name in FILES}
    tables = {name: _toml(name, text) for name, text in found.items() if name.endswith(".toml")}
    colours = _keyed("warnings.toml", tables["warnings.toml"], "colour", _colour)
    rules = _keyed("warnings.toml", tables["warnings.toml"], "rule", lambda row: _rule(row, colours))
    orders = _keyed("supervision.toml", tables["supervision.toml"], "supervision", _order, may_be_none=True)
    texts = _keyed("regulations.toml", tables["regulations.toml"], "regulation", _house_text)
    duties = _duties(tables["duties.toml"])
    known = {one.key for tier in duties.values() for one in tier} | {f"r.{key}" for key in texts}
    procedures = _keyed(
        "procedures.toml", tables["procedures.toml"], "procedure", lambda row: _procedure(row, known)
    )
    _every_category_once(tuple(procedures.values()))
    return Rulebook(
        colours,
        tuple(rules.values()),
        tuple(orders.values()),
        tuple(procedures.values()),
        duties,
        tuple(texts.values()),
        _notice(found["notice.html"]),
    )


def _text(folder: Path | None, name: str) -> str:
    theirs = folder / name if folder is not None else None
    path = theirs if theirs is not None and theirs.is_file() else OURS / name
    return path.read_text(encoding="utf-8")


def _toml(name: str, text: str) -> Row:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{name} is no TOML: {error}", code="bad_book") from error


def _keyed(
    name: str, table: Row, kind: str, parse: Callable[[Row], T], *, may_be_none: bool = False
) -> dict[str, T]:
    """Return the rows of one kind by key."""
    rows: dict[str, T] = {}
    for place, row in enumerate(table.get(kind, ()), start=1):
        where = f"{name}, {kind} {place} ({row.get('key', 'without key')})"
        try:
            parsed = parse(row)
        except (KeyError, TypeError, ValueError) as error:
            missing = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
            raise InvalidInput(f"{where}: {missing}", code="bad_book") from error
        if row["key"] in rows:
            raise InvalidInput(f"{where}: there is one with this key already", code="bad_book")
        rows[row["key"]] = parsed
    if not rows and not may_be_none:
        raise InvalidInput(f"{name} has no [[{kind}]]", code="bad_book")
    return rows


def _known(row: Row, *names: str) -> None:
    if strange := sorted(set(row) - set(names)):
        raise ValueError(f"'{strange[0]}' is not known here")


def _colour(row: Row) -> ColourRow:
    _known(row, "key", "name", "name_en", "meaning", "meaning_en", "grade", "answer_days")
    made = ColourRow(**row)
    if made.key not in PAINTS:
        raise ValueError(f"a colour is one of {', '.join(PAINTS)}")
    if not 0 <= made.grade <= 9 or not 1 <= made.answer_days <= MOST_DAYS:
        raise ValueError(f"grade is 0 to 9 and answer_days 1 to {MOST_DAYS}")
    return made


def _rule(row: Row, colours: Mapping[str, ColourRow]) -> WarningRule:
    _known(row, *WarningRule.__dataclass_fields__)
    made = WarningRule(
        **{
            **row,
            "measure": Measure(row["measure"]),
            "subject": SubjectKind(row["subject"]),
            "targets": tuple(Target(one) for one in row.get("targets", ())),
        }
    )
    faults = {
        f"there is no colour '{made.colour}'": made.colour not in colours,
        "'off' must be above 0 and at most 'on'": not 0 < made.off <= made.on,
        "a share is at most 1": made.measure in SHARES and made.on > 1,
        f"'window_h' is 1 to {MOST_WINDOW_H}": not 1 <= made.window_h <= MOST_WINDOW_H,
        "'least' and 'rest_h' are not below 0": made.least < 0 or made.rest_h < 0,
        f"'level' is one of {', '.join(LENGTH_OF_LEVEL)}": made.level not in LENGTH_OF_LEVEL,
        f"{made.measure} is measured of units": (made.measure in OF_UNITS)
        is not (made.subject is SubjectKind.UNIT),
        f"{made.measure} is measured of areas": made.measure in OF_PLACES
        and made.subject is not SubjectKind.AREA,
    }
    for fault, holds in faults.items():
        if holds:
            raise ValueError(fault)
    return made


def _order(row: Row) -> OrderRule:
    _known(row, *OrderRule.__dataclass_fields__)
    targets = frozenset(Target(one) for one in row["targets"])
    classes = frozenset(CaseClass(one) for one in row.get("classes", CaseClass))
    priority, text = row.get("priority", LEAST_GRAVE), row["text"].strip()
    if not targets or targets - ORDERABLE:
        raise ValueError(f"targets are some of {', '.join(sorted(ORDERABLE))}")
    if not classes or priority not in range(1, LEAST_GRAVE + 1):
        raise ValueError(f"'classes' names at least one, and 'priority' is 1 to {LEAST_GRAVE}")
    if not text:
        raise ValueError("'text' is what the holder answers, and not empty")
    return OrderRule(row["key"], row["name"], row["name_en"], targets, classes, priority, text)


def _house_text(row: Row) -> HouseText:
    _known(row, "key", "name", "name_en", "text", "text_en")
    return HouseText(f"r.{row['key']}", row["name"], row["name_en"], row["text"], row["text_en"])


def _duties(table: Row) -> dict[str, tuple[HouseText, ...]]:
    duties = {}
    for tier in TIERS:
        rows: Sequence[Row] = table.get(tier, ())
        if len(rows) != DUTIES_OF_A_TIER:
            raise InvalidInput(
                f"duties.toml: {tier} has {len(rows)} duties and not {DUTIES_OF_A_TIER}", code="bad_book"
            )
        try:
            duties[tier] = tuple(
                HouseText(f"{tier}.{n}", row["name"], row["name_en"], row["text"], row["text_en"])
                for n, row in enumerate(rows, start=1)
            )
        except KeyError as error:
            raise InvalidInput(f"duties.toml, {tier}: {error} is missing", code="bad_book") from error
    return duties


def _procedure(row: Row, known: set[str]) -> Procedure:
    _known(row, "key", "name", "name_en", "categories", "step")
    if strange := sorted(set(row["categories"]) - set(CATEGORIES)):
        raise ValueError(f"there is no category '{strange[0]}'")
    steps = tuple(Step(**one) for one in row["step"])
    keys = [step.key for step in steps]
    if len(set(keys)) != len(keys) or not keys:
        raise ValueError("a procedure has steps, each with a key of its own")
    for step in steps:
        if step.see is not None and step.see not in known:
            raise ValueError(f"step '{step.key}' points to '{step.see}', which is no duty and no regulation")
    return Procedure(row["key"], row["name"], row["name_en"], tuple(row["categories"]), steps)


def _every_category_once(procedures: Sequence[Procedure]) -> None:
    named = [category for one in procedures for category in one.categories]
    if twice := sorted({one for one in named if named.count(one) > 1}):
        raise InvalidInput(f"procedures.toml: '{twice[0]}' has two procedures", code="bad_book")
    if without := sorted(set(CATEGORIES) - set(named)):
        raise InvalidInput(f"procedures.toml: '{without[0]}' has no procedure", code="bad_book")


def _notice(text: str) -> Template:
    template = Template(text)
    if missing := sorted(PLACES_OF_NOTICE - set(template.get_identifiers())):
        raise InvalidInput(f"notice.html has no place for ${missing[0]}", code="bad_book")
    if not template.is_valid():
        raise InvalidInput("notice.html: write a dollar sign that is no place as $$", code="bad_book")
    return template
