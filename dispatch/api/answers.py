"""Answers to look at, for the description of the API: one case, taken a few moves far by the rules themselves.

What the rules made cannot differ from what the server answers, as something written down by hand would in time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from dispatch.actions.cases import NewReport, new_case
from dispatch.api.cases import CaseSheet, ReportView, TextView, move_view
from dispatch.api.examples import ANOTHER_CASE, AT, CALLER, GRID, LAT, LON, OFFICER, REPORT, TOWNSHIP, VILLAGE
from dispatch.api.reports import status_of
from dispatch.records import UnitRecord, case_record, clock_record, stamp
from dispatch.rules.calendar import WorkingCalendar
from dispatch.rules.case import Case
from dispatch.rules.clocks import calendars
from dispatch.rules.command import Command, Context, UnitView
from dispatch.rules.decide import decide
from dispatch.rules.explanation import explanation
from dispatch.rules.rights import verdicts
from dispatch.rules.vocabulary import Move, Source, UnitKind, UnitState
from gis.actor import Actor, Role

BEGAN = datetime.fromisoformat(AT)
MINUTE = timedelta(minutes=1)
CALENDARS = calendars(WorkingCalendar(), frozenset())
QUERY_CODE = "7KQ2M9XW4A"
CITIZEN = Actor("citizen", "citizen", Role.REPORTER, "", "")
AT_THE_DESK = Actor("5f0c2c0e-7d43-4a55-9a43-0d6a4e7f2b90", "王值班员", Role.DUTY_OFFICER, TOWNSHIP, TOWNSHIP)
GRID_OFFICER = UnitView(
    OFFICER, "张网格员", UnitKind.GRID_OFFICER, VILLAGE, GRID, True, UnitState.AVAILABLE, None
)
# Of the moves that are not open the sheet's example shows a few: they are all built alike.
NOT_OPEN = 3


def _reported() -> Case:
    report = NewReport(
        category=REPORT["category"],
        text=REPORT["text"],
        lon=LON,
        lat=LAT,
        area_code=GRID,
        source=Source.CITIZEN,
    )
    return replace(new_case(report, CITIZEN, BEGAN, "261124-00017", CALENDARS), id=UUID(ANOTHER_CASE))


def _sent(reported: Case) -> Case:
    def moved(case: Case, command: Command, at: datetime) -> Case:
        context = Context(AT_THE_DESK, at, CALENDARS, lambda: UUID(int=1), {OFFICER: GRID_OFFICER})
        return decide(case, command, context).case

    accepted = moved(reported, Command(Move.ACCEPT), BEGAN + MINUTE)
    return moved(accepted, Command(Move.DISPATCH, units=(OFFICER,)), BEGAN + 2 * MINUTE)


def _sheet(case: Case) -> dict[str, Any]:
    found = verdicts(AT_THE_DESK, case)
    told = [one for one in found if one.allowed] + [one for one in found if not one.allowed][:NOT_OPEN]
    said = TextView(kind="report", text=REPORT["text"], at=stamp(BEGAN), actor_name="citizen", actor_desk="")
    heard = ReportView(
        at=stamp(BEGAN),
        source=str(case.source),
        text=REPORT["text"],
        reporter_name=CALLER["name"],
        reporter_phone=CALLER["phone"],
    )
    return CaseSheet(
        case=case_record(case),
        texts=[said],
        reports=[heard],
        history=[],
        moves=[move_view(one, case, steps_left=False) for one in told],
        clocks=[
            {**clock_record(one), "explanation": explanation(one, case, CALENDARS)} for one in case.clocks
        ],
        viewers=[],
        attachments=[],
        erased=[],
    ).model_dump(mode="json")


def _unit(case: Case) -> UnitRecord:
    return {
        "id": OFFICER,
        "no": 32,
        "version": 2,
        "name": GRID_OFFICER.name,
        "kind": str(GRID_OFFICER.kind),
        "desk": GRID_OFFICER.desk,
        "area_code": GRID_OFFICER.area_code,
        "on_duty": True,
        "state": str(UnitState.DISPATCHED),
        "case_id": str(case.id),
        "state_at": stamp(BEGAN + 2 * MINUTE),
    }


@cache
def answers() -> Mapping[str, Any]:
    """Return an answer for each of the commonest kinds, by the name of its schema."""
    reported = _reported()
    sent = _sent(reported)
    unit, record = _unit(sent), case_record(sent)
    standing = status_of(sent, sent, ("玉都镇综治中心", "0933-0030012"), [], [])
    return {
        "ReportedAnswer": {"case": case_record(reported), "query_code": QUERY_CODE},
        "CaseAnswer": {"case": record},
        "CaseListAnswer": {"cases": [record], "next": None, "excerpts": {}},
        "CaseSheet": _sheet(sent),
        "ReportStatus": standing.model_dump(mode="json"),
        "DuplicatesAnswer": {"duplicates": []},
        "UnitsAnswer": {"units": [unit]},
        "UnitAnswer": {"unit": unit, "phone": "13900000000", "position": None},
        "DutyAnswer": {"unit": unit},
    }
