"""Rows of `warnings.toml` and `supervision.toml`: what raises a card, and what orders attention by itself."""

from collections.abc import Mapping

from dispatch.rulebook.rows import Row, keyed, known, refuse
from dispatch.rules.by_clock import ORDERABLE, OrderRule
from dispatch.rules.desks import LENGTH_OF_LEVEL
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

PAINTS = ("red", "orange", "yellow", "blue", "green")
MOST_WINDOW_H = 24 * 90
LEAST_GRAVE = 4


def warnings_of(table: Row) -> tuple[dict[str, ColourRow], dict[str, WarningRule]]:
    """Return colours and rules by key. Raises InvalidInput."""
    colours = keyed("warnings.toml", table, "colour", _colour)
    return colours, keyed("warnings.toml", table, "rule", lambda row: _rule(row, colours))


def orders_of(table: Row) -> tuple[OrderRule, ...]:
    """Return the orders that clocks give, in their order; there may be none. Raises InvalidInput."""
    return tuple(keyed("supervision.toml", table, "supervision", _order, may_be_none=True).values())


def _colour(row: Row) -> ColourRow:
    known(row, "key", "name", "name_en", "meaning", "meaning_en", "grade", "answer_days")
    made = ColourRow(**row)
    refuse(
        {
            f"a colour is one of {', '.join(PAINTS)}": made.key not in PAINTS,
            f"grade is 0 to 9 and answer_days 1 to {MOST_DAYS}": not 0 <= made.grade <= 9
            or not 1 <= made.answer_days <= MOST_DAYS,
        }
    )
    return made


def _rule(row: Row, colours: Mapping[str, ColourRow]) -> WarningRule:
    known(row, *WarningRule.__dataclass_fields__)
    made = WarningRule(
        **{
            **row,
            "measure": Measure(row["measure"]),
            "subject": SubjectKind(row["subject"]),
            "targets": tuple(Target(one) for one in row.get("targets", ())),
        }
    )
    refuse(
        {
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
    )
    return made


def _order(row: Row) -> OrderRule:
    known(row, *OrderRule.__dataclass_fields__)
    targets = frozenset(Target(one) for one in row["targets"])
    classes = frozenset(CaseClass(one) for one in row.get("classes", CaseClass))
    priority, text = row.get("priority", LEAST_GRAVE), row["text"].strip()
    refuse(
        {
            f"targets are some of {', '.join(sorted(ORDERABLE))}": not targets or bool(targets - ORDERABLE),
            "'classes' names at least one": not classes,
            f"'priority' is 1 to {LEAST_GRAVE}": priority not in range(1, LEAST_GRAVE + 1),
            "'text' is what the holder answers, and not empty": not text,
        }
    )
    return OrderRule(row["key"], row["name"], row["name_en"], targets, classes, priority, text)
