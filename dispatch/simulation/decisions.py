"""What a robot would do next about a case: pure, and the same answer for the same situation.

Every draw depends on the seed, the case and the situation alone, so that planning again changes no mind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from dispatch.records import AssignmentRecord, CaseRecord
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.desks import area_of, is_department, superior_of, tier_of
from dispatch.rules.vocabulary import (
    OPEN_ASSIGNMENT,
    AssignmentState,
    CaseClass,
    Move,
    Source,
    Status,
    Target,
)
from dispatch.simulation import sentences
from dispatch.simulation import temperament as like
from dispatch.simulation.credentials import Roster


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody will do after a while.

    `who` is a desk, `unit:<id>` or `leader`; `key` names the situation, so that the same step is planned once.
    `median_s` is natural time, to be scaled by the speed; a step with `fixed_s` waits exactly so long.
    """

    case_id: str
    key: str
    who: str
    move: Move
    median_s: float = 0.0
    fixed_s: float | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    fallback: Move | None = None


@dataclass(frozen=True, slots=True)
class Minds:
    """Everything that decides: the seed, who has a robot, and which officer came upon which case himself."""

    seed: int
    roster: Roster
    finders: dict[str, str] = field(default_factory=dict)

    def rng(self, case: CaseRecord, *situation: object) -> Random:
        """Return the generator for one question about one case."""
        return Random(f"{self.seed}|{case['id']}|{'|'.join(map(str, situation))}")

    def next_steps(self, case: CaseRecord, at: datetime) -> list[Step]:
        """Return what robots would do about the case as it is now; nothing for a case that is over."""
        steps = [*self._desk_steps(case, at), *self._unit_steps(case), *self._patience(case, at)]
        steps += [*self._supervision(case), *self._verification(case), *self._on_the_side(case)]
        return [self._maybe_late(case, step, at) for step in steps]

    # ── desks ──────────────────────────────────────────────────────────────────────────────────────────────

    def _desk_steps(self, case: CaseRecord, at: datetime) -> Iterator[Step]:
        offer = case["offer"]
        if case["request"] is not None:
            yield self._answer_to_request(case, at)
        if case["status"] == Status.SUSPENDED:
            yield self._step(case, case["holder"], Move.RESUME, case["suspended_at"])
        elif case["arbiter"] is not None:
            yield self._decision(case, case["arbiter"])
        elif offer is not None:
            yield self._answer_to_offer(case, offer["to"], offer["hop"])
        elif case["request"] is not None:
            return
        elif case["status"] == Status.PENDING:
            yield self._intake(case)
        elif case["status"] == Status.ACCEPTED:
            yield self._course(case)
        elif case["status"] == Status.HANDLING and not open_assignments(case):
            yield self._plea(case, at) or self._desk_work(case)

    def _answer_to_offer(self, case: CaseRecord, to: str, hop: int) -> Step:
        rng = self.rng(case, "offer", hop)
        share = (
            like.RETURNED_AGAIN_SHARE if case["returns"] == 1 else like.RETURNED_SHARE * (not case["returns"])
        )
        if rng.random() < share and not is_emergency(case) and not is_department(to):
            return self._step(case, to, Move.RETURN, hop, reason=sentences.reason(rng, "return"))
        return self._step(case, to, Move.TAKE, hop)

    def _intake(self, case: CaseRecord) -> Step:
        rng = self.rng(case, "intake")
        fate = rng.random()
        first_hands = len(case["custody"]) <= 1 and not is_emergency(case)
        if first_hands and fate < like.REFUSED_SHARE:
            where = sentences.reason(rng, "where_to_turn")
            words = sentences.reason(rng, "refuse")
            return self._step(case, case["holder"], Move.REFUSE, "intake", reason=words, where_to_turn=where)
        return self._step(case, case["holder"], Move.ACCEPT, "intake")

    def _course(self, case: CaseRecord) -> Step:
        """What the holder does with an accepted case: pass it on, send someone, or deal with it at the desk."""
        holder = case["holder"]
        rng = self.rng(case, "course", holder, case["hops"], len(case["assignments"]))
        if rng.random() < like.CANCELLED_SHARE and not case["assignments"]:
            return self._step(case, holder, Move.CANCEL, "hoax", reason=sentences.reason(rng, "cancel"))
        passed_on = self._passed_on(case, rng)
        if passed_on is not None:
            return passed_on
        finder = self.finders.get(case["id"])
        if finder in self.roster.by_unit and not case["assignments"] and rng.random() < 0.5:
            return self._step(case, f"unit:{finder}", Move.ATTACH, "found", unit=finder)
        situation = (holder, len(case["assignments"]))
        if rng.random() < like.AT_THE_DESK_SHARE.get(case["category"], 0.0):
            return self._step(case, holder, Move.START, situation)
        stays = case["custody"][-1]["how"] == "decide" if case["custody"] else False
        at_the_end = (
            stays or superior_of(holder) is None or is_department(holder) or case["hops"] >= like.MOST_HOPS
        )
        fallback = Move.START if at_the_end else Move.ESCALATE
        return self._step(case, holder, Move.DISPATCH, situation, fallback=fallback)

    def _passed_on(self, case: CaseRecord, rng: Random) -> Step | None:
        holder, draw = case["holder"], rng.random()
        came_back = case["returns"] and (case["returns"] > 1 or rng.random() >= like.OFFERED_AGAIN_SHARE)
        if case["hops"] >= like.MOST_HOPS or came_back or case["assignments"]:
            return None
        tier, came_by = tier_of(holder), case["custody"][-1]["how"] if case["custody"] else ""
        if draw < like.ESCALATED_SHARE.get(tier, 0.0) and came_by != "hand_down":
            return self._pass(case, Move.ESCALATE, superior_of(holder) or "", rng)
        if is_emergency(case) or came_by == "escalate":
            below = None if is_emergency(case) else self._department_of(case)
            return self._pass(case, Move.HAND_DOWN, below, rng) if below and tier == "county" else None
        if tier == "county" and draw < like.TO_DEPARTMENT_SHARE:
            department = self._department_of(case)
            return self._pass(case, Move.HAND_DOWN, department, rng) if department else None
        if tier == "county" and draw < like.TO_DEPARTMENT_SHARE + like.TO_TOWNSHIP_SHARE:
            return self._pass(case, Move.HAND_DOWN, case["area_code"][:9], rng)
        if tier == "township" and draw > 1 - like.TO_VILLAGE_SHARE:
            return self._pass(case, Move.HAND_DOWN, case["area_code"][:12], rng)
        return None

    def _department_of(self, case: CaseRecord) -> str | None:
        """The department that the table names for the category, if a robot sits there."""
        department = CATEGORIES[case["category"]].department
        desk = f"{area_of(case['holder'])[:6]}/{department}"
        return desk if department and self.roster.has(desk) else None

    def _pass(self, case: CaseRecord, move: Move, to: str, rng: Random) -> Step | None:
        if not self.roster.has(to):
            return None
        reason = sentences.reason(rng, str(move))
        return self._step(case, case["holder"], move, (case["holder"], case["hops"]), to=to, reason=reason)

    def _answer_to_request(self, case: CaseRecord, at: datetime) -> Step:
        """What the superior says to what the holder asks for; a wait that is over already cannot be granted."""
        request = case["request"]
        assert request is not None
        rng = self.rng(case, "request", request["at"])
        who = superior_of(case["holder"]) or "leader"
        too_late = request["until"] is not None and moment(request["until"]) <= at
        if too_late or rng.random() < like.DENIED_SHARE:
            return self._step(case, who, Move.DENY, request["at"], reason=sentences.reason(rng, "deny"))
        return self._step(case, who, Move.APPROVE, request["at"])

    def _decision(self, case: CaseRecord, arbiter: str) -> Step:
        """The arbiter ends the to and fro: it stays where it is, or he takes it himself."""
        rng = self.rng(case, "decision", case["returns"])
        stays = rng.random() < like.DECIDED_AS_IT_IS_SHARE or not self.roster.has(arbiter)
        to = case["holder"] if stays else arbiter
        reason = sentences.reason(rng, "decide")
        return self._step(case, arbiter, Move.DECIDE, case["returns"], to=to, reason=reason)

    def _plea(self, case: CaseRecord, at: datetime) -> Step | None:
        """Work at the desk that drags on: some ask for more time, some that the clocks wait for a third party."""
        resolve = [clock for clock in case["clocks"] if clock["target"] == Target.RESOLVE]
        granted = any(clock["extra_s"] or clock["paused_s"] for clock in resolve)
        if is_emergency(case) or granted or any(one["arrived_at"] for one in case["assignments"]):
            return None
        rng = self.rng(case, "plea", case["holder"])
        draw, reason = rng.random(), sentences.reason(rng, "plea")
        if draw < like.ASKS_TO_WAIT_SHARE:
            until = (at + like.WAITS_FOR).isoformat()
            fields = {"cause": rng.choice(["material", "third_party", "reporter"]), "until": until}
            return self._step(case, case["holder"], Move.ASK_SUSPEND, "plea", None, reason=reason, **fields)
        if draw < like.ASKS_TO_WAIT_SHARE + like.ASKS_FOR_TIME_SHARE:
            more = {"hours": like.MORE_HOURS, "reason": reason}
            return self._step(case, case["holder"], Move.ASK_EXTEND, "plea", None, **more)
        return None

    def _desk_work(self, case: CaseRecord) -> Step:
        """Nobody is on scene and work has begun: finish it at the desk, or send someone after a failed check."""
        rng = self.rng(case, "desk work", case["holder"], len(case["assignments"]))
        situation = (case["holder"], len(case["assignments"]), case["arrived_at"])
        was_on_scene = any(one["arrived_at"] for one in case["assignments"])
        if was_on_scene and len(case["assignments"]) < 3 and rng.random() < like.SENT_AGAIN_SHARE:
            return self._step(case, case["holder"], Move.DISPATCH, situation, fallback=Move.RESOLVE)
        return self._step(case, case["holder"], Move.RESOLVE, situation, **_outcome(rng, case))

    # ── units ──────────────────────────────────────────────────────────────────────────────────────────────

    def _unit_steps(self, case: CaseRecord) -> Iterator[Step]:
        on_scene = [one for one in open_assignments(case) if one["state"] == AssignmentState.ON_SCENE]
        first = min(on_scene, key=lambda one: one["arrived_at"] or "", default=None)
        for one in open_assignments(case):
            if one["state"] == AssignmentState.ON_SCENE:
                if case["status"] in (Status.HANDLING, Status.DISPATCHED):
                    yield self._on_scene(case, one, leads=one is first)
            else:
                step = self._on_the_way(case, one)
                if step is not None:
                    yield step

    def _on_the_way(self, case: CaseRecord, one: AssignmentRecord) -> Step | None:
        who, situation = self.speaker(case, one), one["id"]
        if one["state"] == AssignmentState.DISPATCHED:
            rng = self.rng(case, "unit", one["id"])
            declined_before = any(other["state"] == AssignmentState.DECLINED for other in case["assignments"])
            if rng.random() < like.DECLINED_SHARE and not declined_before:
                reason = sentences.reason(rng, "decline")
                return self._step(case, who, Move.DECLINE, situation, unit=one["unit"], reason=reason)
            return self._step(case, who, Move.ACKNOWLEDGE, situation, unit=one["unit"])
        if one["state"] == AssignmentState.ACKNOWLEDGED:
            return self._step(case, who, Move.DEPART, situation, unit=one["unit"])
        return None  # on the way: it arrives when it is there, not when a time is up

    def _on_scene(self, case: CaseRecord, one: AssignmentRecord, *, leads: bool) -> Step:
        who = self.speaker(case, one)
        if not leads:
            return self._step(case, who, Move.CLEAR, one["id"], unit=one["unit"])
        rng = self.rng(case, "result", one["id"])
        # Only the unit itself may report its result; where it has no robot, the holder writes it down.
        resolver = who if who.startswith("unit:") else case["holder"]
        return self._step(case, resolver, Move.RESOLVE, one["id"], **_outcome(rng, case))

    def arrival(self, case: CaseRecord, one: AssignmentRecord) -> Step:
        """What a unit does that has reached the place."""
        return self._step(case, self.speaker(case, one), Move.ARRIVE, one["id"], unit=one["unit"])

    def speaker(self, case: CaseRecord, one: AssignmentRecord) -> str:
        """Who moves a unit: itself, else its own desk by radio, else the holder."""
        if one["unit"] in self.roster.by_unit:
            return f"unit:{one['unit']}"
        return one["unit_desk"] if self.roster.has(one["unit_desk"]) else case["holder"]

    def _patience(self, case: CaseRecord, at: datetime) -> Iterator[Step]:
        """Call back a unit that does not come, so that no case waits for ever on somebody who sat down elsewhere."""
        if case["status"] not in (Status.DISPATCHED, Status.HANDLING):
            return
        for one in open_assignments(case):
            state = AssignmentState(one["state"])
            if state is AssignmentState.ON_SCENE:
                continue
            since = moment(one["departed_at"] or one["acknowledged_at"] or one["dispatched_at"])
            left_s = like.PATIENCE_S.get(state, like.PATIENCE_ENROUTE_S) - (at - since).total_seconds()
            reason = sentences.reason(self.rng(case, "recall", one["id"]), "recall")
            yield Step(
                case["id"],
                f"recall {one['id']} {state}",
                case["holder"],
                Move.RECALL,
                fixed_s=max(20.0, left_s),
                fields={"units": [one["unit"]], "reason": reason},
            )

    # ── checking and ordering ──────────────────────────────────────────────────────────────────────────────

    def _verification(self, case: CaseRecord) -> Iterator[Step]:
        if case["status"] != Status.RESOLVED:
            return
        rng = self.rng(case, "verify", case["resolved_at"])
        failed_before = len(case["assignments"]) > 1 or case["supervision"] is not None
        passed = failed_before or rng.random() >= like.FAILED_SHARE
        words = sentences.reason(rng, "verify_passed" if passed else "verify_failed")
        who = case["verifier"]
        yield self._step(case, who, Move.VERIFY, case["resolved_at"], passed=passed, text=words)

    def _supervision(self, case: CaseRecord) -> Iterator[Step]:
        order = case["supervision"]
        rng = self.rng(case, "supervision")
        if case["status"] in (Status.RESOLVED, Status.SUSPENDED) or case["status"] not in OPEN_WORDS:
            return
        if order is not None and order["answered_at"] is None:
            answer = sentences.reason(rng, "answer")
            yield self._step(case, case["holder"], Move.ANSWER, order["at"], text=answer)
        elif order is None:
            share = (
                like.SUPERVISED_RED_SHARE
                if any_red(case)
                else like.SUPERVISED_SHARE * (case["status"] == "handling")
            )
            if rng.random() < share:
                words = sentences.reason(rng, "supervise")
                yield self._step(case, "leader", Move.SUPERVISE, "order", text=words)

    def _on_the_side(self, case: CaseRecord) -> Iterator[Step]:
        """What changes little: a word about a telephone call, and now and then a superior who loses patience."""
        rng = self.rng(case, "aside")
        noted, taken_over = rng.random() < like.NOTED_SHARE, rng.random() < like.TAKEN_OVER_SHARE
        holder = case["holder"]
        if noted and case["status"] == Status.DISPATCHED and len(case["assignments"]) == 1:
            yield self._step(case, holder, Move.NOTE, "called", text=sentences.reason(rng, "note"))
        superior = superior_of(holder)
        waits = case["status"] in (Status.PENDING, Status.ACCEPTED) and case["offer"] is None
        if taken_over and waits and superior is not None and not is_department(holder) and any_red(case):
            reason = sentences.reason(rng, "take_over")
            yield self._step(case, superior, Move.TAKE_OVER, holder, reason=reason)

    # ── time ───────────────────────────────────────────────────────────────────────────────────────────────

    def _step(
        self,
        case: CaseRecord,
        who: str,
        move: Move,
        situation: object,
        fallback: Move | None = None,
        **fields: Any,
    ) -> Step:
        median_s = like.MEDIAN_S[move][0 if is_emergency(case) else 1]
        key = f"{move} {who} {situation}"
        return Step(case["id"], key, who, move, median_s, fields=fields, fallback=fallback)

    def _maybe_late(self, case: CaseRecord, step: Step, at: datetime) -> Step:
        """Let some steps wait until the limit that they are held to has passed; clocks know no speed, nor does this."""
        target = like.LATE_PHASES.get(step.move)
        rng = self.rng(case, "late")
        late_phase = rng.choice(list(like.LATE_PHASES.values()))
        if target is not late_phase or rng.random() >= like.LATE_SHARE[CaseClass(case["case_class"])] * 2:
            return step
        due = next(
            (c["due_at"] for c in case["clocks"] if c["target"] == target and not c["stopped_at"]), None
        )
        if due is None:
            return step
        # Half of them are only nearly late: amber, and done before it turns red.
        beyond = timedelta(seconds=rng.uniform(20, 240) if rng.random() < 0.5 else -rng.uniform(3, 9))
        wait_s = (moment(due) + beyond - at).total_seconds()
        if not 0 < wait_s < like.MOST_WAIT_S:
            return step
        return Step(step.case_id, step.key, step.who, step.move, 0.0, wait_s, step.fields, step.fallback)


RANG = frozenset({Source.CITIZEN, Source.HOTLINE})


def _outcome(rng: Random, case: CaseRecord) -> dict[str, Any]:
    """Return what an officer writes of a result, and what whoever rang is told of it."""
    result = sentences.result(rng, case["category"])
    return {"result": result} | ({"reply": sentences.reply(result)} if case["source"] in RANG else {})


OPEN_WORDS = frozenset({Status.PENDING, Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING})


def delay_s(step: Step, rng: Random, speed: float) -> float:
    """Return after how many real seconds the step is taken."""
    if step.fixed_s is not None:
        return step.fixed_s
    return step.median_s * rng.lognormvariate(0.0, like.SPREAD) / speed


def moment(stamp: str) -> datetime:
    """Return the moment that a record tells."""
    return datetime.fromisoformat(stamp)


def is_emergency(case: CaseRecord) -> bool:
    """Say whether seconds count."""
    return case["case_class"] == CaseClass.EMERGENCY


def any_red(case: CaseRecord) -> bool:
    """Say whether a running clock is past its limit."""
    return any(clock["colour"] == "red" for clock in case["clocks"])


def open_assignments(case: CaseRecord) -> list[AssignmentRecord]:
    """Return the units still bound to the case."""
    return [one for one in case["assignments"] if one["state"] in OPEN_ASSIGNMENT]
