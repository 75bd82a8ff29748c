"""Who the robots are: one credential each, read from the file that the server writes for its simulation.

The file is JSON, `{"tokens": [{"token", "role", "desk", "area", "name", "unit_id"?}, …]}`; nothing in it is
shared between two robots, and each may do only what its own role and jurisdiction allow.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gis.actor import Role


@dataclass(frozen=True, slots=True)
class Robot:
    """One robot: who it is to the server, and the secret that proves it."""

    token: str
    role: Role
    desk: str
    area: str
    name: str = ""
    unit: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The header that makes a request this robot's own."""
        return {"Authorization": f"Bearer {self.token}"}


# Who sits at a desk and may move its cases, first choice first. Leaders and devices move nothing.
DESK_ROLES = (
    Role.DISPATCHER,
    Role.DUTY_OFFICER,
    Role.VILLAGE_OFFICER,
    Role.DEPARTMENT,
    Role.MEDIATOR,
    Role.GRID_OFFICER,
)


class Roster:
    """All robots, by role, by desk and by unit."""

    def __init__(self, robots: Iterable[Robot]) -> None:
        self.robots = tuple(robots)
        self._by_role: dict[Role, list[Robot]] = defaultdict(list)
        self._by_desk: dict[str, list[Robot]] = defaultdict(list)
        self.by_unit: dict[str, Robot] = {}
        for robot in self.robots:
            self._by_role[robot.role].append(robot)
            if robot.role in DESK_ROLES:
                self._by_desk[robot.desk].append(robot)
            if robot.unit is not None:
                self.by_unit[robot.unit] = robot
        for staff in self._by_desk.values():
            staff.sort(key=lambda robot: DESK_ROLES.index(robot.role))

    def of_role(self, role: Role) -> list[Robot]:
        """Return the robots of a role."""
        return self._by_role.get(role, [])

    def at(self, desk: str) -> list[Robot]:
        """Return who sits at a desk and may move its cases, first choice first."""
        return self._by_desk.get(desk, [])

    def has(self, desk: str) -> bool:
        """Say whether any robot sits at the desk."""
        return desk in self._by_desk


def read_roster(path: Path) -> Roster:
    """Read the file of credentials. Raises OSError or ValueError when it cannot be read or understood."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(entries, dict):
        entries = entries["tokens"]
    return Roster(
        Robot(
            token=entry["token"],
            role=Role(entry["role"]),
            desk=entry["desk"],
            area=entry["area"],
            name=entry.get("name", ""),
            unit=entry.get("unit_id"),
        )
        for entry in entries
    )
