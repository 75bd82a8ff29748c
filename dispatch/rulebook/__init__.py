"""The house's own book: everything that a county may write itself, one module for each kind of file.

Package files under `dispatch/book/`; a file of the same name in the folder `WALL_BOOK` takes the place of ours. A book
that is wrong stops the start and says which file, which row and what is wrong: half a rule would be worse than none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Template

from dispatch.rulebook.house import duties_of, notice_of, procedures_of, regulations_of
from dispatch.rulebook.response import alarms_of, plans_of
from dispatch.rulebook.retention import retention_of
from dispatch.rulebook.rows import OURS, text_of, toml_of
from dispatch.rulebook.warnings import orders_of, warnings_of
from dispatch.rules.alarms import AlarmType
from dispatch.rules.by_clock import OrderRule
from dispatch.rules.plans import Plan, Want
from dispatch.rules.procedures import HouseText, Procedure, by_category
from dispatch.rules.retention import RetentionRule
from dispatch.rules.warnings import ColourRow, WarningRule
from gis.errors import InvalidInput

__all__ = ["FILES", "OURS", "Rulebook", "load_rulebook"]

FILES = (
    "warnings.toml",
    "supervision.toml",
    "retention.toml",
    "plans.toml",
    "alarms.toml",
    "procedures.toml",
    "duties.toml",
    "regulations.toml",
    "notice.html",
)


@dataclass(frozen=True)
class Rulebook:
    """Everything that a county may write itself, read once at the start."""

    colours: Mapping[str, ColourRow]
    rules: tuple[WarningRule, ...]
    orders: tuple[OrderRule, ...]
    retention: tuple[RetentionRule, ...]
    plans: Mapping[str, Plan]
    alarms: Mapping[str, AlarmType]
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
    def ladders(self) -> Mapping[str, tuple[WarningRule, ...]]:
        """The rules that measure the same of the same, together, the gravest first, by the key of that one."""
        graver_first = sorted(self.rules, key=lambda rule: -self.colours[rule.colour].grade)
        found: dict[tuple[object, ...], list[WarningRule]] = {}
        for rule in graver_first:
            found.setdefault(rule.ladder, []).append(rule)
        return {rules[0].key: tuple(rules) for rules in found.values()}

    @cached_property
    def rule_of(self) -> Mapping[str, WarningRule]:
        """The rules by key."""
        return {rule.key: rule for rule in self.rules}

    def wants(self, category: str, level: int) -> tuple[Want, ...]:
        """Return what a category wants at an alarm level, wanted first standing first."""
        return self.plans[category][level] if category in self.plans else ()


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """Read the book, files in `folder` first. Raises InvalidInput naming the file, the row and the fault."""
    if folder is not None and not folder.is_dir():
        raise InvalidInput(f"WALL_BOOK names {folder}, which is no folder", code="bad_book")
    tables = {name: toml_of(folder, name) for name in FILES if name.endswith(".toml")}
    colours, rules = warnings_of(tables["warnings.toml"])
    duties, regulations = duties_of(tables["duties.toml"]), regulations_of(tables["regulations.toml"])
    return Rulebook(
        colours,
        tuple(rules.values()),
        orders_of(tables["supervision.toml"]),
        retention_of(tables["retention.toml"]),
        plans_of(tables["plans.toml"]),
        alarms_of(tables["alarms.toml"]),
        procedures_of(tables["procedures.toml"], duties, regulations),
        duties,
        regulations,
        notice_of(text_of(folder, "notice.html")),
    )
