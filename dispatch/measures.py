"""The question behind each measure: one row for each subject, with its value, how many it is of, and the cases.

Overdue clocks belong to the desk that they ran for, whoever has the case now. Only cases that are open or ended within
the window are looked at: a clock that ran out in it belongs to one of them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.desks import LENGTH_OF_LEVEL
from dispatch.rules.vocabulary import OPEN, CaseClass, Status, Target
from dispatch.rules.warnings import Measure, Reading, SubjectKind, WarningRule
from dispatch.tables import sql_list

MOST_EVIDENCE = 20
LOW, BEST = 2, 5
_OPEN = sql_list(OPEN)
_NO_COMPLAINT = sql_list((Status.CANCELLED, Status.REFUSED))
_EMERGENCIES = sql_list(row.key for row in CATEGORIES.values() if row.case_class is CaseClass.EMERGENCY)
_TAKES_UP = (Target.ACCEPT, Target.TAKE)

# Where a desk's matters count: {desk} is the column, :digits the length of the codes of the rule's level.
_SUBJECT = {
    SubjectKind.AREA: "left({desk}, :digits)",
    SubjectKind.DESK: "{desk}",
}
_COUNTS = {
    SubjectKind.AREA: "position('/' in {desk}) = 0 and length({desk}) >= :digits",
    SubjectKind.DESK: "position('/' in {desk}) > 0",
}
_LATE = "k.due_at > :since and k.due_at <= :at and (k.stopped_at is null or k.stopped_at > k.due_at)"
_IN_WINDOW = f"(c.closed_at >= :since or c.status in ({_OPEN}))"


def _evidence(what: str, at: str, where: str = "true") -> str:
    """Return the newest cases of a group, as JSON."""
    row = f"jsonb_build_object('case_id', id, 'number', number, 'what', {what}, 'at', {at})"
    listed = f"(array_agg({row} order by {at} desc, number) filter (where {where}))[1:{MOST_EVIDENCE}]"
    return f"coalesce(to_jsonb({listed}), '[]'::jsonb) as evidence"


def _clocks(kind: SubjectKind, value: str, about_late: str = "late") -> str:
    subject, counts = _SUBJECT[kind].format(desk="k.desk"), _COUNTS[kind].format(desk="k.desk")
    return f"""
        with seen as (
          select {subject} as subject, c.id, c.number, k.target, k.due_at, ({_LATE}) as late
          from cases c join clocks k on k.case_id = c.id
          where {_IN_WINDOW} and {counts} and k.target = any(:targets)
            and k.due_at > :since and (k.due_at <= :at or k.stopped_at >= :since)
        )
        select subject, '' as about, {value}, count(*) as n, {_evidence("target", "due_at", about_late)}
        from seen group by subject having count(*) filter (where late) > 0
    """


def _cases(kind: SubjectKind, row: str, where: str, group: str) -> str:
    subject, counts = _SUBJECT[kind].format(desk="c.holder"), _COUNTS[kind].format(desk="c.holder")
    return f"""
        with seen as (select {subject} as subject, c.id, c.number, {row} from cases c where {counts} and {where})
        {group}
    """


def _repeated(_: SubjectKind) -> str:
    """Who rings again complains again, though his report was joined; but of an emergency all neighbours ring."""
    return f"""
        with seen as (
          select left(c.area_code, :digits) as subject, c.category, c.id, c.number, c.reported_at from cases c
          where c.reported_at > :since and c.reported_at <= :at and length(c.area_code) >= :digits
            and c.status not in ({_NO_COMPLAINT})
            and (c.status <> '{Status.MERGED}' or c.category not in ({_EMERGENCIES}))
        )
        select subject, category as about, count(*)::float8 as value, count(*) as n,
          {_evidence("category", "reported_at")}
        from seen group by subject, category having count(*) > 1
    """


def _unanswered(kind: SubjectKind) -> str:
    return _cases(
        kind,
        "c.supervision_due_at",
        f"c.status in ({_OPEN}) and c.supervision_due_at > :since and c.supervision_due_at <= :at"
        " and c.supervision_answered_at is null",
        f"""select subject, '' as about, count(*)::float8 as value, count(*) as n,
              {_evidence("'supervise'", "supervision_due_at")} from seen group by subject""",
    )


def _ratings(kind: SubjectKind, value: str, shown: str) -> str:
    subject, counts = _SUBJECT[kind].format(desk="c.holder"), _COUNTS[kind].format(desk="c.holder")
    return f"""
        with seen as (
          select {subject} as subject, c.id, c.number, r.score, r.at from ratings r join cases c on c.id = r.case_id
          where {counts} and r.at > :since and r.at <= :at
        )
        select subject, '' as about, {value} as value, count(*) as n,
          {_evidence("'rating_' || score", "at", shown)}
        from seen group by subject
    """


def _reopened(kind: SubjectKind) -> str:
    return _cases(
        kind,
        "c.reopened, coalesce(c.closed_at, c.changed_at) as at",
        f"{_IN_WINDOW} and (c.reopened > 0 or c.status = 'closed')",
        f"""select subject, '' as about, avg((reopened > 0)::int)::float8 as value, count(*) as n,
              {_evidence("'reopen'", "at", "reopened > 0")} from seen group by subject""",
    )


def _all_on_time(kind: SubjectKind) -> str:
    """One late clock of the subject's own desks, and there is nothing to praise."""
    clock_subject, counts = _SUBJECT[kind].format(desk="k.desk"), _COUNTS[kind].format(desk="k.desk")
    return _cases(
        kind,
        "c.closed_at",
        "c.status = 'closed' and c.closed_at > :since and c.closed_at <= :at",
        f"""
        , late as (
          select distinct {clock_subject} as subject from cases c join clocks k on k.case_id = c.id
          where {_IN_WINDOW} and {counts} and {_LATE}
        )
        select subject, '' as about,
          case when subject in (select subject from late) then 0 else count(*)::float8 end as value, count(*) as n,
          {_evidence("'closed'", "closed_at")}
        from seen group by subject
        """,
    )


_UNIT_WINDOW = "a.dispatched_at > :since and a.dispatched_at <= :at"


def _declined(_: SubjectKind) -> str:
    return f"""
        with seen as (
          select a.unit as subject, c.id, c.number, a.cleared_at as at
          from assignments a join cases c on c.id = a.case_id
          where {_UNIT_WINDOW} and a.state = 'declined'
        )
        select subject, '' as about, count(*)::float8 as value, count(*) as n, {_evidence("'decline'", "at")}
        from seen group by subject
    """


def _prompt(_: SubjectKind) -> str:
    return f"""
        with seen as (
          select a.unit as subject, c.id, c.number, a.arrived_at as at,
            a.state = 'declined' or exists (
              select 1 from clocks k where k.case_id = c.id and k.target in ('turnout', 'response') and {_LATE}
            ) as slow
          from assignments a join cases c on c.id = a.case_id
          where {_UNIT_WINDOW} and (a.arrived_at is not null or a.state = 'declined')
        )
        select subject, '' as about, case when bool_or(slow) then 0 else count(*)::float8 end as value,
          count(*) as n, {_evidence("'arrive'", "at")}
        from seen group by subject
    """


_COUNT_LATE = "count(distinct id) filter (where late)::float8 as value"
QUESTIONS = {
    Measure.OVERDUE_COUNT: lambda kind: _clocks(kind, _COUNT_LATE),
    Measure.OVERDUE_SHARE: lambda kind: _clocks(kind, "avg(late::int)::float8 as value"),
    Measure.LATE_INFORMATION: lambda kind: _clocks(kind, _COUNT_LATE),
    Measure.REPEATED: _repeated,
    Measure.UNANSWERED_SUPERVISION: _unanswered,
    Measure.LOW_RATINGS: lambda kind: _ratings(
        kind, f"avg((score <= {LOW})::int)::float8", f"score <= {LOW}"
    ),
    Measure.HIGH_RATINGS: lambda kind: _ratings(kind, "avg(score)::float8", f"score = {BEST}"),
    Measure.REOPENED: _reopened,
    Measure.ALL_ON_TIME: _all_on_time,
    Measure.DECLINED: _declined,
    Measure.PROMPT: _prompt,
}


async def read_measure(tx: AsyncConnection, rule: WarningRule, at: datetime) -> list[Reading]:
    """Return what a rule measures now, a reading for each subject that there is anything of."""
    targets = _TAKES_UP if rule.measure is Measure.LATE_INFORMATION else (rule.targets or tuple(Target))
    values: Mapping[str, Any] = {
        "since": at - timedelta(hours=rule.window_h),
        "at": at,
        "digits": LENGTH_OF_LEVEL[rule.level],
        "targets": [str(one) for one in targets],
    }
    question = text(QUESTIONS[rule.measure](rule.subject))
    named = {name: value for name, value in values.items() if f":{name}" in question.text}
    rows = (await tx.execute(question, named)).mappings()
    return [
        Reading(row["subject"], row["about"], float(row["value"]), int(row["n"]), tuple(row["evidence"]))
        for row in rows
    ]
