"""Who reports: people on the hotline and on the public page, and grid officers who come upon something."""

import logging
from random import Random
from typing import Any

import httpx

from dispatch.rules.categories import CATEGORIES
from dispatch.simulation import sentences
from dispatch.simulation.client import Api
from dispatch.simulation.credentials import Robot, Roster
from dispatch.simulation.fleet import Fleet
from dispatch.simulation.picture import Picture
from dispatch.simulation.scenarios import Incident, pick
from dispatch.simulation.terrain import Place
from gis.actor import Role

log = logging.getLogger(__name__)

EVERY_S = 21.0  # natural seconds between two reports when as many cases are open as there should be
WANTED_OPEN = 42
MOST_OPEN = 60
WARM_UP_CASES = 20
WARM_UP_EVERY_S = 1.2
WARM_UP_EMERGENCY_EVERY = 6
OFFICER_SHARE = 0.35
PUBLIC_SHARE = 0.35  # of what citizens report; the rest rings the hotline
# What an officer on his round would come upon.
FOUND_ON_ROUNDS = frozenset(
    {
        "safety_hazard",
        "neighbour_dispute",
        "road_damage",
        "power_water",
        "sanitation",
        "pollution",
        "livestock",
        "help",
        "fraud",
        "land_dispute",
    }
)
EMERGENCIES = frozenset(key for key, category in CATEGORIES.items() if category.priority == 1)
NIGHT = range(6)
NIGHT_SHARE = 0.6


class Citizens:
    """Makes reports. `finders` remembers which officer reported which case himself."""

    def __init__(
        self, api: Api, roster: Roster, fleet: Fleet, picture: Picture, rng: Random, finders: dict[str, str]
    ) -> None:
        self.api = api
        self.roster = roster
        self.fleet = fleet
        self.picture = picture
        self.rng = rng
        self.finders = finders
        self.reported = 0

    def pause_s(self, hour: int, speed: float) -> float:
        """Return the seconds until the next report: few open cases draw more, many stop them."""
        count = len(self.picture.cases)
        if self.reported < WARM_UP_CASES and count < WARM_UP_CASES:
            return WARM_UP_EVERY_S
        if count >= MOST_OPEN:
            return 5.0
        appetite = min(2.5, max(0.15, (MOST_OPEN - count) / (MOST_OPEN - WANTED_OPEN)))
        share = NIGHT_SHARE if hour in NIGHT else 1.0
        return self.rng.expovariate(appetite * share / EVERY_S) / speed

    @property
    def may_report(self) -> bool:
        """Whether the county can bear one more case."""
        return len(self.picture.cases) < MOST_OPEN

    async def report(self, hour: int) -> None:
        """Make one report, by whichever door."""
        self.reported += 1
        finds = self.rng.random() < OFFICER_SHARE and self._among() is None
        officer = self._free_officer() if finds else None
        if officer is not None:
            await self._found(officer, pick(self.rng, hour, FOUND_ON_ROUNDS))
            return
        incident = pick(self.rng, hour, self._among())
        place = self.fleet.terrain.spot(self.rng, incident.place, self._area_to_warm_up())
        caller = sentences.reporter(self.rng)
        if self.rng.random() < PUBLIC_SHARE:
            await self._send(None, incident, place, reporter=caller)
        else:
            await self._send(self._hotline(), incident, place, reporter=caller, source="hotline")

    def _among(self) -> frozenset[str] | None:
        """Some of the first reports are emergencies, so that all tiers are soon seen at work."""
        warming = self.reported <= WARM_UP_CASES and self.reported % WARM_UP_EMERGENCY_EVERY == 0
        return EMERGENCIES if warming else None

    def _area_to_warm_up(self) -> str:
        """The first reports come from where an officer is free, so that the county is soon seen at work."""
        if self.reported > WARM_UP_CASES:
            return ""
        officer = self._free_officer()
        return "" if officer is None else self.picture.units[officer.unit or ""]["area_code"]

    def _free_officer(self) -> Robot | None:
        free = [
            robot
            for robot in self.roster.of_role(Role.GRID_OFFICER)
            if robot.unit in self.fleet.movers
            and robot.unit in self.picture.units
            and self.picture.units[robot.unit]["state"] == "available"
        ]
        return self.rng.choice(free) if free else None

    def _hotline(self) -> Robot | None:
        """Return the hotline's gateway: of the devices the one that serves the widest area, else a dispatcher."""
        devices = sorted(self.roster.of_role(Role.DEVICE), key=lambda robot: len(robot.area))
        return next(iter([*devices[:1], *self.roster.of_role(Role.DISPATCHER)]), None)

    async def _found(self, officer: Robot, incident: Incident) -> None:
        assert officer.unit is not None
        lon, lat = self.fleet.place(officer.unit)
        case_id = await self._send(officer, incident, (lon, lat))
        if case_id is not None:
            self.finders[case_id] = officer.unit

    async def _send(self, robot: Robot | None, incident: Incident, place: Place, **more: Any) -> str | None:
        lon, lat = place
        body = {
            "category": incident.category,
            "text": incident.text,
            "lon": round(lon, 6),
            "lat": round(lat, 6),
            **more,
        }
        try:
            answer = await self.api.post(robot, "/api/cases", body)
        except httpx.TransportError as error:
            log.warning("a report was lost: %s", error)
            return None
        if not answer.ok:
            log.info("a report was refused: %s %s", answer.status, answer.body.get("detail", ""))
            return None
        return str(answer.body["case"]["id"])
