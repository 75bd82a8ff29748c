"""The lane of positions: authority, steps, one write for all that waits, and only then the answer."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
from sqlalchemy import text

from dispatch.actions.positions import day_of, make_days, make_stage, save_positions
from dispatch.avl.fix import Carrier, Fix, Refusal, may_report, unknown_unit
from dispatch.avl.fleet import Fleet, FleetTick
from dispatch.avl.steps import FASTEST_MPS, run_steps, steps_for
from dispatch.records import stamp
from gis.actor import SYSTEM, Actor
from gis.database import LOST, Database
from gis.errors import TooMany, Unavailable
from layers.areas import AreaIndex

WAITING_MOST = 20_000
WRITE_MOST = 5_000
TRIES = 3
SYNC_S = 0.5
ENLIST_EVERY_S = 1.0

CARRIERS = text("select id, no, desk, area_code from units order by no")
LATEST = "select unit, at, lon, lat, received_at, speed_mps, heading_deg, accuracy_m, grid_code, moving"
ALL_LATEST = text(f"{LATEST} from positions_latest")
# The window is far longer than a write takes, and what comes twice changes nothing.
OTHERS_LATEST = text(
    f"{LATEST} from positions_latest"
    " where writer <> :writer and written_at > clock_timestamp() - interval '15 seconds'"
)


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """One position that was not taken in: its place in the request, and why."""

    index: int
    code: str
    detail: str


@dataclass(slots=True)
class Intake:
    """What became of one request's positions."""

    accepted: int = 0
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, index: int, refusal: Refusal) -> None:
        """Note a refusal."""
        self.refused.append(Refused(index, refusal.code, refusal.detail))


class _Waiting(NamedTuple):
    """A request whose positions wait to be written."""

    fixes: Sequence[tuple[int, Fix]]
    intake: Intake
    written: asyncio.Future[None]


class PositionLane:
    """One per process. `load`, then keep `run` running; `accept` takes positions, `tick` feeds the pages.

    `areas` returns the county's divisions, which may be loaded anew while the lane runs. `haste` is how many
    times faster than in life units move, where a simulation is in a hurry.
    """

    def __init__(self, db: Database, areas: Callable[[], AreaIndex | None], *, haste: float = 1.0) -> None:
        self.db = db
        self.areas = areas
        self.steps = steps_for(FASTEST_MPS * max(1.0, haste))
        self.fleet = Fleet()
        self.writer = uuid4()
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._wake = asyncio.Event()
        self._days: set[date] = set()
        self._enlisted_s = float("-inf")
        self._connection: Any = None

    async def load(self) -> None:
        """Read the units and their newest positions."""
        await self._enlist()
        async with self.db.read(SYSTEM) as tx:
            self.fleet.show(Fix(*row) for row in await tx.execute(ALL_LATEST))

    async def run(self) -> None:
        """Write what is accepted and follow what other processes write, until cancelled."""
        following = asyncio.create_task(self._follow_others())
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._write(self._draw())
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            self._disconnect()
            self._answer(self._waiting, Unavailable("The server is stopping; send the positions again."))
            self._waiting = []
            self._count = 0

    def tick(self) -> FleetTick:
        """Return what changed since the last tick, for the pages."""
        return self.fleet.tick()

    def fix(self, unit: str) -> dict[str, Any] | None:
        """Return a unit's newest position as JSON, None when none is known."""
        fix = self.fleet.fixes.get(unit)
        if fix is None:
            return None
        record = fix._asdict()
        return {**record, "at": stamp(fix.at), "received_at": stamp(fix.received_at)}

    async def accept(self, actor: Actor, fixes: Sequence[tuple[int, Fix]]) -> Intake:
        """Take in an actor's fixes, each with its place in the request; return once what was accepted is
        written.

        Raises TooMany when more waits than can be written soon, Unavailable when it could not be written.
        """
        if self._count + len(fixes) > WAITING_MOST:
            raise TooMany("More positions come in than can be written; send them again in a few seconds.")
        intake = Intake()
        allowed = await self._allowed(actor, fixes, intake)
        if allowed:
            written = asyncio.get_running_loop().create_future()
            self._waiting.append(_Waiting(allowed, intake, written))
            self._count += len(allowed)
            self._wake.set()
            await written
        intake.refused.sort()
        return intake

    async def _allowed(
        self, actor: Actor, fixes: Sequence[tuple[int, Fix]], intake: Intake
    ) -> list[tuple[int, Fix]]:
        """Return the fixes that the actor may report, and refuse the others."""
        if any(fix.unit not in self.fleet.carriers for _, fix in fixes):
            await self._enlist()
        verdicts: dict[str, Refusal | None] = {}
        allowed = []
        for index, fix in fixes:
            if fix.unit not in verdicts:
                carrier = self.fleet.carriers.get(fix.unit)
                verdicts[fix.unit] = may_report(actor, carrier) if carrier else unknown_unit(fix.unit)
            verdict = verdicts[fix.unit]
            if verdict is None:
                allowed.append((index, fix))
            else:
                intake.refuse(index, verdict)
        return allowed

    async def _enlist(self) -> None:
        """Read the list of units, once a second at most: a stranger's unit must not cost a query
        each time.
        """
        if time.monotonic() - self._enlisted_s < ENLIST_EVERY_S:
            return
        self._enlisted_s = time.monotonic()
        async with self.db.read(SYSTEM) as tx:
            self.fleet.enlist(Carrier(*row) for row in await tx.execute(CARRIERS))

    def _draw(self) -> list[_Waiting]:
        """Take what waits, in order, up to one write's worth."""
        drawn: list[_Waiting] = []
        count = 0
        while self._waiting and (not drawn or count + len(self._waiting[0].fixes) <= WRITE_MOST):
            one = self._waiting.pop(0)
            count += len(one.fixes)
            drawn.append(one)
        self._count -= count
        return drawn

    async def _write(self, drawn: Sequence[_Waiting]) -> None:
        """Take requests through the steps, write what passes, and tell those who wait how it went."""
        try:
            passed = self._match_grids(self._step(drawn))
            await self._save(passed)
        except LOST as error:
            problem = Unavailable("The positions could not be written; send them again in a moment.")
            problem.__cause__ = error
            self._answer(drawn, problem)
        except BaseException as error:
            self._answer(
                drawn, error if isinstance(error, Exception) else Unavailable("The server is stopping.")
            )
            raise
        else:
            # Per unit they came in the order of time: the last is the newest.
            self.fleet.show({fix.unit: fix for fix in passed}.values())
            self._answer(drawn, None)

    def _step(self, drawn: Sequence[_Waiting]) -> list[Fix]:
        """Return the fixes that pass, in the order in which they came."""
        newest: dict[str, Fix] = {}
        passed: list[Fix] = []
        known = self.fleet.fixes
        for waiting in drawn:
            for index, fix in waiting.fixes:
                before = newest.get(fix.unit) or known.get(fix.unit)
                outcome = run_steps(self.steps, before, fix)
                if isinstance(outcome, Refusal):
                    waiting.intake.refuse(index, outcome)
                else:
                    newest[fix.unit] = outcome
                    passed.append(outcome)
                    waiting.intake.accepted += 1
        return passed

    def _match_grids(self, fixes: list[Fix]) -> list[Fix]:
        """Find the grid of every fix at once; outside the county it has none."""
        areas = self.areas()
        if areas is None or not fixes:
            return fixes
        codes = areas.codes_of(np.array([(fix.lon, fix.lat) for fix in fixes]))
        return [fix.within(code) for fix, code in zip(fixes, codes, strict=True)]

    async def _save(self, fixes: Sequence[Fix]) -> None:
        """Write fixes; a lost connection is replaced and the write repeated, which does no harm."""
        if not fixes:
            return
        carriers = self.fleet.carriers
        rows = [_row(fix, carriers[fix.unit]) for fix in fixes if fix.unit in carriers]
        days = {day_of(fix.at) for fix in fixes}
        for attempt in range(1, TRIES + 1):
            try:
                connection = await self._connected()
                await make_days(connection, sorted(days - self._days))
                self._days |= days
                await save_positions(connection, rows, self.writer)
            except LOST:
                self._disconnect()
                if attempt == TRIES:
                    raise
                await asyncio.sleep(random.uniform(0.1, 0.4) * attempt)
            else:
                return

    async def _connected(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.db.connect()
            await make_stage(self._connection)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _answer(self, drawn: Sequence[_Waiting], error: Exception | None) -> None:
        for waiting in drawn:
            # Whoever hung up meanwhile has a future that is cancelled already.
            if waiting.written.done():
                continue
            if error is None:
                waiting.written.set_result(None)
            else:
                waiting.written.set_exception(error)

    async def _follow_others(self) -> None:
        while True:
            await asyncio.sleep(SYNC_S)
            try:
                async with self.db.read(SYSTEM) as tx:
                    rows = (await tx.execute(OTHERS_LATEST, {"writer": self.writer})).all()
            except LOST:
                continue
            if any(row.unit not in self.fleet.carriers for row in rows):
                await self._enlist_quietly()
            self.fleet.show(Fix(*row) for row in rows)

    async def _enlist_quietly(self) -> None:
        try:
            await self._enlist()
        except LOST:
            return


def _row(fix: Fix, carrier: Carrier) -> tuple[Any, ...]:
    """Return a fix as a row of `dispatch.actions.positions.COLUMNS`."""
    return (
        fix.unit,
        fix.at,
        carrier.no,
        carrier.desk,
        carrier.area_code,
        fix.lon,
        fix.lat,
        fix.speed_mps,
        fix.heading_deg,
        fix.accuracy_m,
        fix.grid_code,
        fix.moving,
        fix.received_at,
    )
