"""The robots at work: what changes is thought about, what is due is done, each by its own robot."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any

import httpx

from dispatch.records import CaseRecord
from dispatch.rules.vocabulary import AssignmentState, Move
from dispatch.simulation import sentences
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.client import Answer, Api
from dispatch.simulation.credentials import Robot, Roster
from dispatch.simulation.decisions import Minds, Step, delay_s, open_assignments
from dispatch.simulation.fleet import Fleet
from dispatch.simulation.picture import Picture
from gis.actor import Role
from gis.clock import now

log = logging.getLogger(__name__)

STANDS_ASIDE_S = 3.0
TRIES_AGAIN_S = 15.0
TRIES_TOLD = 6
LONGEST_PAUSE_S = 120.0
# Units sent at once: to an emergency two, where so many are free and near.
SENT_TO_EMERGENCY = 2
SECOND_WITHIN_S = 900.0
WARM_UP_HASTE = (0.1, 0.7)


@dataclass(slots=True)
class County:
    """Ties picture, minds and agenda together. `attended` holds the seats that humans have taken."""

    api: Api
    roster: Roster
    picture: Picture
    fleet: Fleet
    minds: Minds
    rng: Random
    speed: float
    agenda: Agenda = field(default_factory=Agenda)
    attended: set[str] = field(default_factory=set)
    hasty: set[str] = field(default_factory=set)
    warm_until_s: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _tries: dict[str, Counter[str]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _told_again_at_s: dict[str, dict[str, float]] = field(default_factory=dict)

    def think(self, cases: set[str]) -> None:
        """Plan anew for cases that changed."""
        at = now()
        for case_id in cases:
            case = self.picture.cases.get(case_id)
            if case is None:
                self._forget(case_id)
                continue
            if monotonic() < self.warm_until_s and case_id not in self.agenda.cases:
                self.hasty.add(case_id)
            self.agenda.replan(case_id, self.minds.next_steps(case, at), self._due_at)

    def _forget(self, case_id: str) -> None:
        self.agenda.replan(case_id, (), lambda _: 0.0)
        self.hasty.discard(case_id)
        for kept in (self.minds.finders, self._tries, self._told_again_at_s):
            kept.pop(case_id, None)

    def _due_at(self, step: Step) -> float:
        haste = (
            self.rng.uniform(*WARM_UP_HASTE) if step.case_id in self.hasty and step.fixed_s is None else 1.0
        )
        return monotonic() + delay_s(step, self.rng, self.speed) * haste

    def drive(self) -> None:
        """Send every unit on its way that has departed; one that is on its way already is not disturbed."""
        for case in self.picture.cases.values():
            for one in open_assignments(case):
                if one["state"] == AssignmentState.ENROUTE:
                    self.fleet.call(one["unit"], one["id"], (case["lon"], case["lat"]))

    def arrived(self, units: list[str]) -> None:
        """Let units that are at their place report it, and go on reporting until it is known."""
        at = monotonic()
        for unit in units:
            case = self.picture.cases.get(self.picture.units[unit]["case_id"] or "")
            one = next((a for a in open_assignments(case) if a["unit"] == unit), None) if case else None
            if case is None or one is None or one["state"] != AssignmentState.ENROUTE:
                continue
            step = self.minds.arrival(case, one)
            told = self._told_again_at_s.setdefault(case["id"], {})
            if not self.stands_aside(step) and at >= told.get(one["id"], 0.0):
                told[one["id"]] = at + TRIES_AGAIN_S
                self._begin(step)

    def wake(self) -> None:
        """Do what is due; put off what belongs to a human."""
        at = monotonic()
        for step in self.agenda.take_due(at):
            if self.stands_aside(step):
                self.agenda.put_back(step, at + STANDS_ASIDE_S)
            else:
                self._begin(step)

    def stands_aside(self, step: Step) -> bool:
        """Say whether a human sits where this step would be made."""
        if step.who == "leader":
            return any(f"leader:{robot.area}" in self.attended for robot in self.who(step))
        return step.who in self.attended

    def _begin(self, step: Step) -> None:
        task = asyncio.create_task(self._attempt(step))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attempt(self, step: Step) -> None:
        try:
            answer = await self._make(step)
        except httpx.TransportError as error:
            log.info("the server did not answer: %s", error)
            answer = Answer(503, {})
        if answer.ok:
            self.done[str(step.move)] += 1
            self._take_in(answer.body.get("case"))
            return
        self.refused[f"{step.move} {answer.status} {answer.code}"] += 1
        log.debug("%s by %s: %s %s", step.move, step.who, answer.status, answer.body.get("detail"))
        self._take_in(answer.body.get("case"))
        if step.move is Move.ATTACH and answer.status == 409:
            # He who found it is busy with something else by now: somebody has to be sent after all.
            self.minds.finders.pop(step.case_id, None)
            self.think({step.case_id})
        if self.agenda.is_planned(step):
            self._try_again(step)

    def _try_again(self, step: Step) -> None:
        """Try again later, as long as the situation is the same, ever more patiently: no case is given up."""
        counted = self._tries.setdefault(step.case_id, Counter())
        counted[step.key] += 1
        tries = counted[step.key]
        if tries == TRIES_TOLD:
            log.warning("%s by %s on case %s was refused %s times", step.move, step.who, step.case_id, tries)
        pause_s = min(LONGEST_PAUSE_S, TRIES_AGAIN_S * tries)
        self.agenda.put_back(step, monotonic() + pause_s / max(1.0, self.speed))

    def _take_in(self, record: Any) -> None:
        """Learn from an answer what the stream may tell later."""
        if isinstance(record, dict):
            changed = self.picture.change(record)  # type: ignore[arg-type]
            if changed:
                self.think({changed})

    async def _make(self, step: Step) -> Answer:
        """Make the move with the first robot at the place that may; each has its own credential."""
        answer = Answer(403, {"code": "nobody", "detail": f"no robot sits at {step.who}"})
        for robot in self.who(step):
            case = self.picture.cases.get(step.case_id)
            if case is None:
                return Answer(404, {})
            answer = await self._move(robot, case, step)
            if answer.status not in (403, 404):
                return answer
        return answer

    def who(self, step: Step) -> list[Robot]:
        """Return the robots that could make a step, first choice first."""
        if step.who.startswith("unit:"):
            robot = self.roster.by_unit.get(step.who.removeprefix("unit:"))
            return [robot] if robot else []
        if step.who == "leader":
            return self.roster.of_role(Role.LEADER)[:1]
        staff = self.roster.at(step.who)
        seniors = [robot for robot in staff if robot.role is not Role.GRID_OFFICER]
        if len(seniors) > 1:
            self.rng.shuffle(seniors)
        return (seniors or staff)[:3]

    async def _move(self, robot: Robot, case: CaseRecord, step: Step) -> Answer:
        move, fields = step.move, dict(step.fields)
        if move is Move.DISPATCH:
            chosen = await self._whom_to_send(robot, case)
            if chosen:
                fields = chosen
            elif step.fallback is None:
                return Answer(409, {"code": "nobody_free", "detail": "nobody is free to go"})
            else:
                move, fields = step.fallback, fallback_fields(step.fallback, self.minds, case)
        body = {"move": str(move), "expected_version": case["version"], **fields}
        return await self.api.post(robot, f"/api/cases/{case['id']}/moves", body)

    async def _whom_to_send(self, robot: Robot, case: CaseRecord) -> dict[str, Any] | None:
        """Ask who should go, and take the first who is free; for emergencies two of them."""
        answer = await self.api.get(robot, f"/api/cases/{case['id']}/recommendation")
        declined = {one["unit"] for one in case["assignments"]}
        free = [
            one
            for one in answer.body.get("candidates", [])
            if not one["load"] and one["unit"]["id"] not in declined
        ]
        if not free:
            return None
        most = SENT_TO_EMERGENCY if case["priority"] == 1 else 1
        chosen = [one for one in free[:most] if one is free[0] or one["minutes"] * 60 <= SECOND_WITHIN_S]
        return {"units": [one["unit"]["id"] for one in chosen], "reason": chosen[0]["reason"]}


def fallback_fields(move: Move, minds: Minds, case: CaseRecord) -> dict[str, Any]:
    """Return what goes with the move that is made when nobody can be sent."""
    rng = minds.rng(case, "fallback", move)
    if move is Move.ESCALATE:
        return {"reason": sentences.reason(rng, "escalate")}
    if move is Move.RESOLVE:
        return {"result": sentences.result(rng, case["category"])}
    return {}
