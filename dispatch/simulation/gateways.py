"""How positions reach the server: each township's AVL gateway in batches, and a few phones one by one."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable

import httpx

from dispatch.records import UnitRecord
from dispatch.simulation.client import Api
from dispatch.simulation.credentials import Robot, Roster
from dispatch.simulation.fleet import Fix
from gis.actor import Role
from gis.clock import now

log = logging.getLogger(__name__)

TOWNSHIP_DIGITS = 9
KNOT_MPS = 1852 / 3600  # the protocol counts in knots
OSMAND_EVERY = 53  # every so manieth grid officer carries a phone that speaks the OsmAnd protocol


class Gateways:
    """Who sends which unit's fixes: the gateway of its township, the unit itself, or its desk."""

    def __init__(self, api: Api, roster: Roster, units: Iterable[UnitRecord]) -> None:
        self.api = api
        self.groups: list[tuple[Robot, frozenset[str]]] = []
        self.phones: dict[str, Robot] = {}
        self.refused = 0
        self.accepted = 0
        devices = {robot.area: robot for robot in roster.of_role(Role.DEVICE)}
        gathered: dict[Robot, set[str]] = defaultdict(set)
        for number, unit in enumerate(sorted(units, key=lambda one: one["no"])):
            own = roster.by_unit.get(unit["id"])
            if own is not None and unit["kind"] == "grid_officer" and number % OSMAND_EVERY == 0:
                self.phones[unit["id"]] = own
                continue
            robot = sender_of(unit, devices, roster)
            if robot is not None:
                gathered[robot].add(unit["id"])
        self.groups = [(robot, frozenset(group)) for robot, group in gathered.items()]

    async def send(self, robot: Robot, fixes: list[Fix]) -> None:
        """Send one batch; what does not arrive is not repeated, because newer ones follow."""
        if not fixes:
            return
        at = now().isoformat()
        body = {
            "positions": [
                {
                    "unit": fix.unit,
                    "lon": fix.lon,
                    "lat": fix.lat,
                    "at": at,
                    "speed_mps": fix.speed_mps,
                    "heading_deg": fix.heading_deg,
                    "accuracy_m": fix.accuracy_m,
                }
                for fix in fixes
            ]
        }
        try:
            answer = await self.api.post_once(robot, "/api/positions", body)
        except httpx.TransportError:
            return
        if not answer.ok:
            log.warning("positions were refused with %s %s", answer.status, answer.body.get("detail", ""))
            return
        self.accepted += int(answer.body.get("accepted", 0))
        refused = answer.body.get("refused", [])
        self.refused += len(refused)
        if refused:
            log.debug("%s positions of %s were refused, the first: %s", len(refused), robot.name, refused[0])

    async def send_by_phone(self, fix: Fix) -> None:
        """Send one fix as the OsmAnd app does: everything in the query."""
        robot = self.phones[fix.unit]
        query: dict[str, str | float] = {
            "id": fix.unit,
            "lat": fix.lat,
            "lon": fix.lon,
            "timestamp": int(now().timestamp()),
            "speed": fix.speed_mps / KNOT_MPS,
            "bearing": fix.heading_deg,
            "accuracy": fix.accuracy_m,
        }
        try:
            async with asyncio.timeout(10):
                answer = await self.api.get(robot, "/api/positions/osmand", **query)
        except (httpx.TransportError, TimeoutError):
            return
        self.accepted += answer.ok


def sender_of(unit: UnitRecord, devices: dict[str, Robot], roster: Roster) -> Robot | None:
    """Return who sends a unit's fixes: the gateway nearest above its area, itself, or its desk."""
    for length in (TOWNSHIP_DIGITS, 6):
        if len(unit["area_code"]) >= length and unit["area_code"][:length] in devices:
            return devices[unit["area_code"][:length]]
    if unit["id"] in roster.by_unit:
        return roster.by_unit[unit["id"]]
    staff = roster.at(unit["desk"])
    return staff[0] if staff else None
