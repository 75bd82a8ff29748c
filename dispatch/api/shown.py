"""What a caller is shown of cases and units: the record, or what a screen for all to see gets of it."""

from typing import cast

from dispatch.records import CaseRecord, UnitRecord, case_record
from dispatch.rules.case import Case
from dispatch.rules.masking import masked, sees_masked, unbound
from gis.actor import Actor
from layers.areas import AreaIndex


def shown_case(actor: Actor, case: Case, areas: AreaIndex) -> CaseRecord:
    """Return a case as the caller may see it."""
    record = case_record(case)
    return cast(CaseRecord, masked(record, areas.point_of)) if sees_masked(actor) else record


def shown_units(actor: Actor, units: list[UnitRecord]) -> list[UnitRecord]:
    """Return units as the caller may see them."""
    return [cast(UnitRecord, unbound(unit)) for unit in units] if sees_masked(actor) else units
