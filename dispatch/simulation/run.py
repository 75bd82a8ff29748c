"""Run the simulation: connect, learn the ground and who is there, and let the robots live until told to stop."""

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

import httpx

from dispatch.rules.calendar import CHINA
from dispatch.simulation.citizens import WARM_UP_CASES, Citizens
from dispatch.simulation.client import Api
from dispatch.simulation.county import County
from dispatch.simulation.credentials import Robot, Roster
from dispatch.simulation.decisions import Minds
from dispatch.simulation.fleet import Fleet
from dispatch.simulation.gateways import Gateways
from dispatch.simulation.observer import Observer
from dispatch.simulation.picture import Picture
from dispatch.simulation.terrain import Terrain
from gis.actor import Role
from gis.clock import now

log = logging.getLogger(__name__)

THINKING_EVERY_S = 0.2
MOVING_EVERY_S = 1.0
SENDING_EVERY_TICKS = 2
PHONES_EVERY_S = 5.0
PRESENCE_EVERY_S = 2.0
SEAT_KEPT_S = 180.0
PLACES_WITHIN_S = 6.0
WARM_UP_S = 75.0
ON_DUTY_SHARE = 0.94  # by day; at night as many as one in three goes home
NIGHT_DUTY_SHARE = 0.65
NIGHT_HOURS = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
DUTY_EVERY_S = 20.0
TOLD_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: where the server is, how fast, and with which seed; `parent` ends us when it dies."""

    base_url: str
    speed: float = 1.0
    seed: int = 620821
    parent: int | None = None


class ParentGoneError(Exception):
    """The program that started us is no more."""


async def run(options: Options, roster: Roster) -> None:
    """Run until cancelled, or until the parent is gone."""
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    async with httpx.AsyncClient(
        base_url=options.base_url, limits=limits, timeout=20.0, trust_env=False
    ) as http:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_watch_parent(options.parent))
                tasks.create_task(_live(options, roster, Api(http)))
        except* ParentGoneError:
            log.info("the server is gone; the simulation ends with it")


async def _live(options: Options, roster: Roster, api: Api) -> None:
    picture = Picture()
    eye = observer_robot(roster)
    terrain = await _terrain(api, eye)
    fleet = Fleet(terrain, options.seed, options.speed)
    rng = Random(os.urandom(8))  # two runs tell two stories; the seed is for what each robot is like
    minds = Minds(options.seed, roster)
    county = County(api, roster, picture, fleet, minds, rng, options.speed)
    observer = Observer(options.base_url, eye, picture, county.think)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(observer.run())
        await observer.ready.wait()
        await _await_places(observer)
        for unit in picture.units.values():
            fleet.add(unit, picture.places.get(unit["no"]))
        tasks.create_task(_mind_presence(county, eye))
        tasks.create_task(_tell(county))
        tasks.create_task(_keep_duty(county))
        tasks.create_task(_move(county, Gateways(api, roster, picture.units.values())))
        tasks.create_task(_think(county))
        tasks.create_task(_report(county, Citizens(api, roster, fleet, picture, rng, minds.finders)))


def observer_robot(roster: Roster) -> Robot:
    """Return the robot whose socket sees the whole county. Raises ValueError without a dispatcher."""
    dispatchers = roster.of_role(Role.DISPATCHER)
    if not dispatchers:
        raise ValueError("the simulation needs the credential of at least one county dispatcher")
    return dispatchers[-1]


async def _terrain(api: Api, robot: Robot) -> Terrain:
    roads, grids, towns = [(await _layer(api, robot, name)) for name in ("road", "grid", "township")]
    return Terrain(roads, grids, towns)


async def _layer(api: Api, robot: Robot, name: str) -> dict[str, Any]:
    pause_s = 1.0
    while True:
        answer = await api.get(robot, f"/api/layers/{name}")
        if answer.ok:
            return answer.body
        log.warning("the layer %s is not to be had (%s); trying again", name, answer.status)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, 30.0)


async def _await_places(observer: Observer) -> None:
    """Wait a little for where units were last seen; a county that never saw them starts anywhere."""
    try:
        await asyncio.wait_for(observer.located.wait(), PLACES_WITHIN_S)
    except TimeoutError:
        observer.located.set()


async def _think(county: County) -> None:
    while True:
        county.wake()
        await asyncio.sleep(THINKING_EVERY_S)


async def _move(county: County, gateways: Gateways) -> None:
    """Let the fleet move; half of the gateways send in each tick, so that the load is even."""
    last, tick, phoned_at = monotonic(), 0, 0.0
    pending: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.sleep(MOVING_EVERY_S)
        at, tick = monotonic(), tick + 1
        county.drive()
        county.arrived(county.fleet.step(min(at - last, 5.0), at, county.picture.units))
        last = at
        on_duty = {unit["id"] for unit in county.picture.units.values() if unit["on_duty"]}
        if len(pending) > len(gateways.groups) * 2:
            continue  # the server is slow: what is old by then need not be sent
        for number, (robot, units) in enumerate(gateways.groups):
            if number % SENDING_EVERY_TICKS == tick % SENDING_EVERY_TICKS:
                fixes = county.fleet.fixes(at, units & on_duty)
                _start(pending, gateways.send(robot, fixes))
        if at - phoned_at >= PHONES_EVERY_S:
            phoned_at = at
            for fix in county.fleet.fixes(at, gateways.phones.keys() & on_duty):
                _start(pending, gateways.send_by_phone(fix))


def _start(pending: set[asyncio.Task[None]], work: Any) -> None:
    task: asyncio.Task[None] = asyncio.create_task(work)
    pending.add(task)
    task.add_done_callback(pending.discard)


async def _report(county: County, citizens: Citizens) -> None:
    """Let people report; those of the first minute are dealt with in haste, so that the wall is soon alive."""
    if len(county.picture.cases) < WARM_UP_CASES:
        county.warm_until_s = monotonic() + WARM_UP_S
    while True:
        hour = now().astimezone(CHINA).hour
        if citizens.may_report:
            await citizens.report(hour)
        await asyncio.sleep(citizens.pause_s(hour, county.speed))


async def _tell(county: County) -> None:
    """Write down now and then what the robots did and what they were refused."""
    while True:
        await asyncio.sleep(TOLD_EVERY_S)
        cpu_s = sum(os.times()[:2])
        log.info(
            "%s cases open; done %s; refused %s; %.1f s of processor time",
            len(county.picture.cases),
            dict(county.done),
            dict(county.refused),
            cpu_s,
        )


async def _mind_presence(county: County, robot: Robot) -> None:
    """Learn where humans sit, every two seconds; unknown is taken as it was.

    A seat is kept for a while after its person was last seen: a phone that sleeps is not an officer who left.
    """
    seen: dict[str, float] = {}
    while True:
        try:
            answer = await county.api.get(robot, "/api/presence/desks")
            if answer.ok:
                moment = asyncio.get_running_loop().time()
                seen |= dict.fromkeys(answer.body.get("attended", []), moment)
                county.attended = {seat for seat, last in seen.items() if moment - last < SEAT_KEPT_S}
        except httpx.TransportError:
            pass
        await asyncio.sleep(PRESENCE_EVERY_S)


async def _keep_duty(county: County) -> None:
    """Bring officers on duty, and some of them home at night, each by its own robot."""
    while True:
        hour = now().astimezone(CHINA).hour
        share = NIGHT_DUTY_SHARE if hour in NIGHT_HOURS else ON_DUTY_SHARE
        for unit in list(county.picture.units.values()):
            wanted = Random(f"{county.minds.seed}|duty|{unit['id']}").random() < share
            if wanted != unit["on_duty"] and (wanted or unit["state"] == "available"):
                await _set_duty(county, unit["id"], wanted)
        await asyncio.sleep(DUTY_EVERY_S)


async def _set_duty(county: County, unit: str, on_duty: bool) -> None:
    robot = county.roster.by_unit.get(unit)
    desk = county.picture.units[unit]["desk"]
    if f"unit:{unit}" in county.attended or (robot is None and desk in county.attended):
        return
    for one in [robot] if robot else county.roster.at(desk)[:1]:
        try:
            answer = await county.api.post(one, f"/api/units/{unit}/duty", {"on_duty": on_duty})
        except httpx.TransportError:
            return
        if answer.ok and isinstance(answer.body.get("unit"), dict):
            county.picture.change(None, [answer.body["unit"]])


async def _watch_parent(parent: int | None, gone: Callable[[], int] = os.getppid) -> None:
    while parent is not None:
        if gone() != parent:
            raise ParentGoneError
        await asyncio.sleep(1.0)
