"""Which screen each role works at."""

from typing import Final

from gis.actor import Role

HOME_OF_ROLE: Final[dict[Role, str]] = {
    Role.DISPATCHER: "/console",
    Role.LEADER: "/leader",
    Role.DUTY_OFFICER: "/township",
    Role.VILLAGE_OFFICER: "/village",
    Role.GRID_OFFICER: "/field",
    Role.DEPARTMENT: "/township",
    Role.MEDIATOR: "/field",
    Role.AUDITOR: "/audit",
    Role.ADMIN: "/admin",
    Role.KIOSK: "/wall",
}
