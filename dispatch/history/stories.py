"""What becomes of hazards, disputes and complaints: who does what after how long, by the rules.

Times are log-normal: most things are quick and a few take long. Desks work in office hours, emergencies at any.
"""

import math
from contextlib import suppress
from datetime import datetime, timedelta

from dispatch.history import arrivals
from dispatch.history.county import County
from dispatch.history.life import Life, Over
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.command import Command, Edit
from dispatch.rules.desks import superior_of
from dispatch.rules.rights import reporter_account
from dispatch.rules.vocabulary import Callback, CaseClass, Cause, Move, Source, Status
from dispatch.simulation import sentences
from gis.actor import Actor, Role
from gis.errors import WallError

S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
STRANGER = Actor("stranger", "stranger", Role.REPORTER, "", "")
# Class → half of the resolve times are shorter; all are cut at the second.
HANDLING = {
    CaseClass.EMERGENCY: (50 * M, 225 * M),
    CaseClass.SIMPLE: (150 * M, 12 * H),
    CaseClass.GENERAL: (16 * H, 90 * H),
    CaseClass.COMPLEX: (42 * H, 98 * H),
}
FAILS, SUSPENDED, EXTENDED, SUPERVISED, HELPED, REOPENED = 0.04, 0.02, 0.03, 0.012, 0.10, 0.02
RATED = 0.35


class Chronicle:
    """Tells what becomes of the cases of one township."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.officer_of = dict(zip(county.grids, county.officers, strict=True))

    def tell(self, life: Life, kind: int, way: int, end: int) -> None:
        """Let a reported case run its course, as far as it has come by now."""
        try:
            # A clock may be quicker than the people of the story: then whoever has the case brings it to an end.
            with suppress(WallError):
                self._course(life, kind, way, end)
            self._settle(life, under_way=end == arrivals.UNDER_WAY)
            self._afterwards(life, kind)
        except Over:
            return

    def _course(self, life: Life, kind: int, way: int, end: int) -> None:
        if kind == arrivals.DISPUTE:
            self._dispute(life, way, end)
        elif life.case.case_class is CaseClass.EMERGENCY:
            self._emergency(life)
        else:
            self._accept(life)
            self._send(life)

    def _desk(self, life: Life, desk: str, *, but: str | None = None) -> Actor:
        """Return somebody who sits at a desk, and is not the one who must not do this."""
        sitting = [one for one in self.county.at_desk[desk] if one.account_id != but]
        return life.world.rng.choice(sitting or self.county.at_desk[self.county.code])

    def _later(
        self, life: Life, median: timedelta, sigma: float = 0.7, most: timedelta | None = None
    ) -> datetime:
        """Return a moment after the case's last, in office time, or on the wall for what cannot wait."""
        span = drawn(life, median, sigma, most)
        case = life.case
        calendar = life.world.calendar_of(case.case_class, case.holder)
        return calendar.add(max(case.changed_at, case.reported_at), span)

    def _accept(self, life: Life) -> None:
        urgent = life.case.case_class is CaseClass.EMERGENCY
        at = self._later(life, 17 * S if urgent else 7 * M, 0.6 if urgent else 0.75)
        holder = self._desk(life, life.case.holder)
        life.do(holder, Move.ACCEPT, at)
        if life.case.offer is not None:
            life.do(holder, Move.WITHDRAW, life.case.changed_at + 20 * S)

    def _send(self, life: Life) -> None:
        """Send the officer of the grid, if he is free; else the desk begins itself."""
        case, rng = life.case, life.world.rng
        officer = self.officer_of[case.area_code]
        holder = self._desk(life, case.holder)
        at = self._later(life, 9 * M, 0.7)
        if officer.unit_id is None or not self._is_free(life, officer.unit_id, at) or rng.random() < 0.25:
            life.do(holder, Move.START, at)
            return
        life.do(holder, Command(Move.DISPATCH, units=(officer.unit_id,)), at)
        self._drive(life, officer, officer.unit_id, 5 * M, 13 * M)
        result = sentences.result(rng, life.case.category)
        median, most = HANDLING[life.case.case_class]
        at = life.case.changed_at + drawn(life, min(median, 2 * H), 0.7, most=min(most, 9 * H))
        life.do(officer, Command(Move.RESOLVE, result=result), at)

    def _is_free(self, life: Life, unit: str, at: datetime) -> bool:
        held = life.world.units.get(unit)
        if held is None or held["case_id"] is not None:
            return False
        return life.world.free_from.get(unit, at) <= at

    def _drive(self, life: Life, speaker: Actor, unit: str, turnout: timedelta, travel: timedelta) -> None:
        for move, median, sigma in (
            (Move.ACKNOWLEDGE, turnout / 4, 0.6),
            (Move.DEPART, turnout, 0.6),
            (Move.ARRIVE, travel, 0.5),
        ):
            life.do(speaker, Command(move, unit=unit), life.case.changed_at + drawn(life, median, sigma))

    def _emergency(self, life: Life) -> None:
        self._accept(life)
        case, rng = life.case, life.world.rng
        town = case.area_code[:9]
        holder, at = self._desk(life, case.holder), case.changed_at + drawn(life, 34 * S, 0.5)
        officer = self.officer_of[case.area_code]
        units = [one for one in (f"patrol.{town}", officer.unit_id or "") if self._is_free(life, one, at)]
        if not units:
            life.do(holder, Move.START, at)
            return
        unit = units[0] if rng.random() < 0.8 else units[-1]
        speaker = officer if unit == officer.unit_id else self._desk(life, town)
        life.do(holder, Command(Move.DISPATCH, units=(unit,)), at)
        self._drive(life, speaker, unit, 95 * S, 10 * M)
        result = Command(Move.RESOLVE, result=sentences.result(rng, life.case.category))
        median, most = HANDLING[CaseClass.EMERGENCY]
        life.do(holder, result, self._later(life, median, 0.7, most))

    def _dispute(self, life: Life, way: int, end: int) -> None:
        case, rng = life.case, life.world.rng
        town, county = case.area_code[:9], self.county.code
        if end == arrivals.GIVEN_UP and case.holder == county and rng.random() < 0.5:
            reason, elsewhere = sentences.reason(rng, "refuse"), sentences.reason(rng, "where_to_turn")
            refusal = Command(Move.REFUSE, reason=reason, where_to_turn=elsewhere)
            life.do(self._desk(life, county), refusal, self._later(life, 10 * M))
            return
        self._accept(life)
        if end == arrivals.UNDER_WAY:
            harder = Command(
                Move.EDIT, edit=Edit(case_class=CaseClass.COMPLEX), reason="案情复杂，需多方核实。"
            )
            life.do(self._desk(life, life.case.holder), harder, self._later(life, 25 * M))
        while way != arrivals.AT_VILLAGE and len(life.case.holder) == 12:
            self._offer(life, Move.ESCALATE, superior_of(life.case.holder) or town)
        if way in arrivals.CENTRE:
            if life.case.holder == town:
                self._offer(life, Move.ESCALATE, county)
            if end == arrivals.GIVEN_UP:
                cancel = Command(Move.CANCEL, reason="当事人撤回申请。")
                life.do(self._desk(life, life.case.holder), cancel, self._later(life, 9 * H, 0.8))
                return
            self._onwards(life, way, town)
        self._sometimes(life)

    def _onwards(self, life: Life, way: int, town: str) -> None:
        """From the centre: back to the township, to a department, or nowhere."""
        department = CATEGORIES[life.case.category].department
        if way == arrivals.HANDED_DOWN:
            self._offer(life, Move.HAND_DOWN, town)
        elif department is not None and life.world.rng.random() < 0.45:
            self._offer(life, Move.HAND_DOWN, f"{self.county.code}/{department}")

    def _offer(self, life: Life, move: Move, to: str) -> None:
        rng = life.world.rng
        reason = sentences.reason(rng, "escalate" if move is Move.ESCALATE else "hand_down")
        goes = Command(move, to=to, reason=reason)
        life.do(self._desk(life, life.case.holder), goes, self._later(life, 45 * M, 0.8, 5 * H))
        life.do(self._desk(life, to), Move.TAKE, self._takes_at(life, to))

    def _takes_at(self, life: Life, to: str) -> datetime:
        calendar = life.world.calendar_of(life.case.case_class, to)
        return calendar.add(life.case.changed_at, drawn(life, 14 * M, 0.6))

    def _sometimes(self, life: Life) -> None:
        """What happens to a few: help is asked for, the case waits, it gets more time, a leader looks into it."""
        rng, county = life.world.rng, self.county
        life.do(self._desk(life, life.case.holder), Move.START, self._later(life, 25 * M, 0.7, 3 * H))
        chance, department = rng.random(), CATEGORIES[life.case.category].department
        if chance < HELPED and department is not None:
            self._ask_help(life, f"{county.code}/{department}")
        elif chance < HELPED + SUSPENDED:
            until = life.case.changed_at + timedelta(days=rng.randint(3, 9), hours=1)
            plea = sentences.reason(rng, "plea")
            wait = Command(Move.ASK_SUSPEND, cause=rng.choice(list(Cause)), until=until, reason=plea)
            self._request(life, wait)
        elif chance < HELPED + SUSPENDED + EXTENDED:
            more = Command(
                Move.ASK_EXTEND, hours=rng.choice((14, 21, 35)), reason=sentences.reason(rng, "plea")
            )
            self._request(life, more)
        if rng.random() < SUPERVISED and life.case.status is Status.HANDLING:
            at = life.wait(self._later(life, H))
            if life.case.open_order is None:
                order = Command(Move.SUPERVISE, text=sentences.reason(rng, "supervise"))
                life.do(county.leader, order, at)
            self._answer(life)

    def _answer(self, life: Life) -> None:
        """Answer an order: a leader's, or that of a clock."""
        answer = Command(Move.ANSWER, text=sentences.reason(life.world.rng, "answer"))
        life.do(self._desk(life, life.case.holder), answer, self._later(life, 50 * M, 0.5))

    def _ask_help(self, life: Life, desk: str) -> None:
        ask = Command(Move.ASK_HELP, to=desk, hours=14, text="请派员到场，提供政策依据。")
        life.do(self._desk(life, life.case.holder), ask, self._later(life, 30 * M))
        done = Command(Move.FINISH_HELP, result="已派员到场并出具意见。")
        life.do(self._desk(life, desk), done, self._later(life, 4 * H, 0.5, 10 * H))

    def _request(self, life: Life, command: Command) -> None:
        holder = life.case.holder
        life.do(self._desk(life, holder), command, self._later(life, H, 0.6))
        above = superior_of(holder)
        granter = self.county.leader if above is None else self._desk(life, above)
        life.do(granter, Move.APPROVE, self._later(life, 50 * M, 0.5, 3 * H))

    def _settle(self, life: Life, *, under_way: bool) -> None:
        """Bring a case to its end from wherever it is; what is under way stays with whoever works on it."""
        while life.case.status not in (Status.CLOSED, Status.REFUSED, Status.CANCELLED, Status.MERGED):
            self._one_step(life, under_way=under_way)

    def _one_step(self, life: Life, *, under_way: bool) -> None:
        case, rng = life.case, life.world.rng
        holder = self._desk(life, case.holder, but=None)
        if case.open_order is not None:
            self._answer(life)
        elif case.offer is not None and case.status is not Status.RESOLVED:
            life.do(holder, Move.WITHDRAW, case.changed_at + drawn(life, 3 * M, 0.5))
        elif case.status is Status.PENDING:
            life.do(holder, Move.ACCEPT, self._later(life, 6 * M))
        elif case.status is Status.SUSPENDED:
            life.wait((case.suspended_until or case.changed_at) + 2 * S)
        elif case.status is Status.RESOLVED:
            self._verify(life)
        elif under_way:
            life.wait(life.world.until)
        elif case.status is Status.HANDLING:
            median, most = HANDLING[case.case_class]
            alone = "已自行查明" if case.open_helps else None
            words = sentences.result(rng, case.category)
            result = Command(Move.RESOLVE, result=words, without_help=alone)
            life.do(holder, result, self._later(life, median, 0.75, most))
        else:
            life.do(holder, Move.START, self._later(life, 15 * M))

    def _verify(self, life: Life) -> None:
        case, rng = life.case, life.world.rng
        verifier = self._desk(life, case.verifier, but=case.resolver_id)
        rings = case.source in (Source.CITIZEN, Source.HOTLINE)
        passed = rng.random() >= FAILS
        words = sentences.reason(rng, "verify_passed" if passed else "verify_failed")
        callback = rng.choices((Callback.REACHED, Callback.UNREACHED), (9, 1))[0] if rings else None
        check = Command(Move.VERIFY, passed=passed, text=words, callback=callback)
        life.do(verifier, check, self._later(life, 100 * M, 0.7, 6 * H))

    def _afterwards(self, life: Life, kind: int) -> None:
        """Whoever complained says how it was; a few are not content, and it begins again."""
        if kind != arrivals.COMPLAINT or life.case.status is not Status.CLOSED:
            return
        rng, reporter = life.world.rng, Actor(reporter_account(life.case), "reporter", Role.REPORTER, "", "")
        if rng.random() < REOPENED:
            again = Command(Move.REOPEN, reason="问题没有解决，请再处理。")
            life.do(reporter, again, life.case.changed_at + drawn(life, 20 * H, 0.6))
            self._settle(life, under_way=False)
        if rng.random() < RATED:
            score = rng.choices((5, 4, 3, 2, 1), (58, 27, 9, 4, 2))[0]
            life.do(reporter, Command(Move.RATE, score=score), life.case.changed_at + drawn(life, 9 * H, 0.9))


def drawn(life: Life, median: timedelta, sigma: float, most: timedelta | None = None) -> timedelta:
    """Return a log-normal span, to the microsecond."""
    seconds = life.world.rng.lognormvariate(math.log(median.total_seconds()), sigma)
    span = timedelta(seconds=seconds)
    return span if most is None else min(span, most)
