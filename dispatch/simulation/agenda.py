"""What is going to be done and when: per case the steps of its present situation, and nothing of a past one."""

import heapq
import itertools
from collections.abc import Callable, Iterable

from dispatch.simulation.decisions import Step


class Agenda:
    """A queue of steps by due moment (seconds of any one clock). A step is planned once, whatever replans it."""

    def __init__(self) -> None:
        self._planned: dict[str, dict[str, Step]] = {}
        self._queue: list[tuple[float, int, Step]] = []
        self._numbers = itertools.count()

    def replan(self, case_id: str, steps: Iterable[Step], due_at: Callable[[Step], float]) -> None:
        """Make `steps` everything that is planned for a case; those planned already keep their moment."""
        before = self._planned.get(case_id, {})
        after: dict[str, Step] = {}
        for step in steps:
            known = before.get(step.key)
            after[step.key] = known or step
            if known is None:
                heapq.heappush(self._queue, (due_at(step), next(self._numbers), step))
        self._planned.pop(case_id, None)
        if after:
            self._planned[case_id] = after

    def is_planned(self, step: Step) -> bool:
        """Say whether the step still belongs to the present situation of its case."""
        return self._planned.get(step.case_id, {}).get(step.key) is step

    def take_due(self, at: float) -> list[Step]:
        """Remove and return the steps that are due and still planned; they stay known until their case is replanned."""
        due: list[Step] = []
        while self._queue and self._queue[0][0] <= at:
            _, _, step = heapq.heappop(self._queue)
            if self.is_planned(step):
                due.append(step)
        return due

    def put_back(self, step: Step, due_at: float) -> None:
        """Try a step again later, as long as its situation lasts."""
        heapq.heappush(self._queue, (due_at, next(self._numbers), step))

    @property
    def cases(self) -> set[str]:
        """The cases for which something is planned."""
        return set(self._planned)
