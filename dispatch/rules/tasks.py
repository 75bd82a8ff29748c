"""What somebody waits for on a case beside its own way: help, the word on a request, the answer to a supervision.

Each has its clock while it is open. It is due when its clock is, so that whatever moves the clock moves both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dispatch.rules.case import Case, Clock
from dispatch.rules.clocks import TARGETS, CalendarOf, calendar_for, counted, reckoned, stop
from dispatch.rules.desks import superior_of
from dispatch.rules.vocabulary import Target

TASKS = frozenset({Target.HELP, Target.GRANT, Target.ANSWER})


@dataclass(frozen=True, slots=True)
class Task:
    """One thing waited for: by which clock, from which desk, since when. `seconds` where no table says how long."""

    target: Target
    hop: int
    desk: str
    since: datetime
    seconds: int = 0


Running = Mapping[tuple[Target, int], Clock]


def open_tasks(case: Case) -> Iterator[Task]:
    """Yield what is waited for on a case."""
    for hop, one in enumerate(case.helps):
        if one.open:
            seconds = int((one.due_at - one.asked_at).total_seconds())
            yield Task(Target.HELP, hop, one.desk, one.asked_at, seconds)
    if case.request is not None:
        yield Task(Target.GRANT, 0, superior_of(case.holder) or case.holder, case.request.at)
    if case.open_order is not None:
        yield Task(Target.ANSWER, 0, case.holder, case.open_order.at)


def with_tasks(case: Case, at: datetime, calendar_of: CalendarOf) -> Case:
    """Return the case with a clock for each task that is open, due when it is, and for no other."""
    tasks = {(one.target, one.hop): one for one in open_tasks(case)}
    clocks = tuple(_kept(clock, tasks, case, at, calendar_of) for clock in case.clocks)
    runs = {(clock.target, clock.hop) for clock in clocks if clock.running}
    clocks += tuple(_started(one, case, calendar_of) for place, one in tasks.items() if place not in runs)
    return _due_with(replace(case, clocks=clocks))


def _kept(
    clock: Clock, tasks: Mapping[tuple[Target, int], Task], case: Case, at: datetime, calendar_of: CalendarOf
) -> Clock:
    """Return a clock stopped if its task is over, and at the desk that has the task now."""
    if not clock.running or clock.target not in TASKS:
        return clock
    task = tasks.get((clock.target, clock.hop))
    if task is None:
        return stop(clock, at)
    if task.desk == clock.desk:
        return clock
    # An order goes with the case. The new desk's calendar may make it due at once: the watcher turns it, and tells.
    moved = replace(clock, desk=task.desk)
    calendar = calendar_for(moved, case.case_class, calendar_of)
    return reckoned(replace(moved, calendar=calendar.name), case.case_class, calendar)


def _started(task: Task, case: Case, calendar_of: CalendarOf) -> Clock:
    fresh = Clock(task.target, task.hop, task.desk, task.since, task.since, task.since)
    calendar = calendar_for(fresh, case.case_class, calendar_of)
    limit = TARGETS[task.target].limits[case.case_class]
    seconds = int(counted(calendar, limit).total_seconds()) if limit else task.seconds
    return reckoned(replace(fresh, limit_s=seconds, calendar=calendar.name), case.case_class, calendar)


def _due_with(case: Case) -> Case:
    """Return the case with every open task due when its clock is."""
    clocks: Running = {(clock.target, clock.hop): clock for clock in case.clocks if clock.running}
    helps = tuple(
        replace(one, due_at=clocks[Target.HELP, hop].due_at) if one.open else one
        for hop, one in enumerate(case.helps)
    )
    request, order = case.request, case.supervision
    if request is not None:
        request = replace(request, due_at=clocks[Target.GRANT, 0].due_at)
    if case.open_order is not None:
        order = replace(case.open_order, due_at=clocks[Target.ANSWER, 0].due_at)
    return replace(case, helps=helps, request=request, supervision=order)
