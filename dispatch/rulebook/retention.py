"""Rows of `retention.toml`: how long what people said is kept."""

from collections.abc import Mapping

from dispatch.rulebook.rows import Row, keyed, known, refuse
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.retention import LEAST, MOST_MONTHS, OF_CASE, Kept, Period, RetentionRule
from dispatch.rules.vocabulary import CaseClass
from gis.errors import InvalidInput

UNITS = ("years", "months", "days")
# The shortest month has 28 days, the longest 31: a period in days is only surely longer than one in months so.
DAYS_OF_A_MONTH = 31


def retention_of(table: Row) -> tuple[RetentionRule, ...]:
    """Return the rows in their order; each kind ends with one for every case. Raises InvalidInput."""
    rules = tuple(keyed("retention.toml", table, "retention", _rule).values())
    for what in Kept:
        rows = [one for one in rules if one.what is what]
        if not rows or rows[-1].categories or rows[-1].classes != frozenset(CaseClass):
            raise InvalidInput(
                f"retention.toml: the last row of '{what}' is for every class and category, so that none is forgotten",
                code="bad_book",
            )
    return rules


def _rule(row: Row) -> RetentionRule:
    known(row, *(name for name in RetentionRule.__dataclass_fields__ if name != "period"), *UNITS)
    what = Kept(row["what"])
    period = _period(row)
    asked = _period(row["on_request"]) if "on_request" in row else None
    classes = frozenset(CaseClass(one) for one in row.get("classes", CaseClass))
    categories = frozenset[str](row.get("categories", ()))
    texts = {name: str(row[name]).strip() for name in ("name", "name_en", "reason", "reason_en")}
    refuse(
        {
            f"'{what}' is kept {_told(LEAST[what])} at least": _days(period) < _days(LEAST[what]),
            "'on_request' is for what belongs to a case": asked is not None and what not in OF_CASE,
            f"'on_request' is {_told(LEAST[what])} at least": asked is not None
            and _days(asked) < _days(LEAST[what]),
            "'on_request' is no longer than without asking": asked is not None
            and _days(asked) > _days(period),
            "classes and categories are of cases": what not in OF_CASE
            and ("classes" in row or "categories" in row),
            "'classes' names at least one": not classes,
            f"there is no category '{min(categories - set(CATEGORIES), default='')}'": bool(
                categories - set(CATEGORIES)
            ),
            "name and reason are not empty": not all(texts.values()),
        }
    )
    return RetentionRule(
        row["key"],
        what=what,
        period=period,
        on_request=asked,
        classes=classes,
        categories=categories,
        **texts,
    )


def _period(row: Mapping[str, object]) -> Period:
    named = [name for name in UNITS if name in row]
    if len(named) != 1:
        raise ValueError("say one of 'years', 'months' and 'days'")
    amount = row[named[0]]
    if type(amount) is not int or not 1 <= amount <= MOST_MONTHS * DAYS_OF_A_MONTH:
        raise ValueError(f"'{named[0]}' is a whole number above 0")
    if named[0] == "days":
        return Period(days=amount)
    period = Period(months=amount * (12 if named[0] == "years" else 1))
    if period.months > MOST_MONTHS:
        raise ValueError("nothing is kept longer than a hundred years")
    return period


def _days(period: Period) -> int:
    return period.months * DAYS_OF_A_MONTH + period.days


def _told(period: Period) -> str:
    return f"{period.months} months" if period.months else f"{period.days} days"
