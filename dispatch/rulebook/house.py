"""Rows of `procedures.toml`, `duties.toml` and `regulations.toml`, and the form `notice.html`: what people read."""

from collections.abc import Mapping, Sequence
from string import Template

from dispatch.rulebook.rows import Row, keyed, known
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.procedures import DUTIES_OF_A_TIER, TIERS, HouseText, Procedure, Step
from gis.errors import InvalidInput

PLACES_OF_NOTICE = frozenset({"number", "subject", "demands", "due", "evidence", "issuer", "issued"})


def regulations_of(table: Row) -> tuple[HouseText, ...]:
    """Return the regulations. Raises InvalidInput."""
    return tuple(keyed("regulations.toml", table, "regulation", _house_text).values())


def duties_of(table: Row) -> dict[str, tuple[HouseText, ...]]:
    """Return the core duties of each tier. Raises InvalidInput."""
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


def procedures_of(
    table: Row, duties: Mapping[str, tuple[HouseText, ...]], regulations: Sequence[HouseText]
) -> tuple[Procedure, ...]:
    """Return the procedures, one for each category; their steps point to texts that are there. Raises InvalidInput."""
    texts = {one.key for tier in duties.values() for one in tier} | {one.key for one in regulations}
    rows = keyed("procedures.toml", table, "procedure", lambda row: _procedure(row, texts))
    procedures = tuple(rows.values())
    _every_category_once(procedures)
    return procedures


def notice_of(text: str) -> Template:
    """Return the form of a notice. Raises InvalidInput."""
    template = Template(text)
    if missing := sorted(PLACES_OF_NOTICE - set(template.get_identifiers())):
        raise InvalidInput(f"notice.html has no place for ${missing[0]}", code="bad_book")
    if not template.is_valid():
        raise InvalidInput("notice.html: write a dollar sign that is no place as $$", code="bad_book")
    return template


def _house_text(row: Row) -> HouseText:
    known(row, "key", "name", "name_en", "text", "text_en")
    return HouseText(f"r.{row['key']}", row["name"], row["name_en"], row["text"], row["text_en"])


def _procedure(row: Row, texts: set[str]) -> Procedure:
    known(row, "key", "name", "name_en", "categories", "step")
    if strange := sorted(set(row["categories"]) - set(CATEGORIES)):
        raise ValueError(f"there is no category '{strange[0]}'")
    steps = tuple(Step(**one) for one in row["step"])
    keys = [step.key for step in steps]
    if len(set(keys)) != len(keys) or not keys:
        raise ValueError("a procedure has steps, each with a key of its own")
    for step in steps:
        if step.see is not None and step.see not in texts:
            raise ValueError(f"step '{step.key}' points to '{step.see}', which is no duty and no regulation")
    return Procedure(row["key"], row["name"], row["name_en"], tuple(row["categories"]), steps)


def _every_category_once(procedures: Sequence[Procedure]) -> None:
    named = [category for one in procedures for category in one.categories]
    if twice := sorted({one for one in named if named.count(one) > 1}):
        raise InvalidInput(f"procedures.toml: '{twice[0]}' has two procedures", code="bad_book")
    if without := sorted(set(CATEGORIES) - set(named)):
        raise InvalidInput(f"procedures.toml: '{without[0]}' has no procedure", code="bad_book")
