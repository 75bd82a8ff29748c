"""Who is acting: a role, a desk and a jurisdiction."""

from dataclasses import dataclass
from enum import StrEnum

ABOVE_ALL_DIGITS = "~"  # sorts after every digit under the "C" collation


class Role(StrEnum):
    """What an actor is to the centre (design §7)."""

    DISPATCHER = "dispatcher"
    LEADER = "leader"
    DUTY_OFFICER = "duty_officer"
    VILLAGE_OFFICER = "village_officer"
    GRID_OFFICER = "grid_officer"
    DEPARTMENT = "department"
    MEDIATOR = "mediator"
    AUDITOR = "auditor"
    ADMIN = "admin"
    DEVICE = "device"
    REPORTER = "reporter"
    KIOSK = "kiosk"
    SYSTEM = "system"


# These see a case only where it was given to their desk, never because of where it lies.
WITHOUT_AREA = frozenset({Role.DEPARTMENT, Role.MEDIATOR, Role.REPORTER})


def covers(area: str, code: str) -> bool:
    """Say whether the jurisdiction `area` holds the area `code`: the code is the hierarchy."""
    return code.startswith(area)


def code_range(area: str) -> tuple[str, str]:
    """Return (lo, hi) so that `lo <= code < hi` holds for exactly the codes that `area` prefixes."""
    return area, area + ABOVE_ALL_DIGITS


@dataclass(frozen=True, slots=True)
class Actor:
    """One authenticated person, device or robot.

    `desk` is where he sits (an area code, or `area/department`), `area` the code that his jurisdiction covers,
    `unit_id` the unit that he is, where he is one.
    """

    account_id: str
    name: str
    role: Role
    desk: str
    area: str
    unit_id: str | None = None
    robot: bool = False
    demonstration: bool = False

    @property
    def range(self) -> tuple[str, str]:
        """The half-open range of area codes that he sees by place; empty for those who see only what is given."""
        if self.role in WITHOUT_AREA:
            return "", ""
        return code_range(self.area)

    def covers(self, code: str) -> bool:
        """Say whether he sees `code` by place."""
        lo, hi = self.range
        return lo <= code < hi


SYSTEM = Actor(account_id="system", name="system", role=Role.SYSTEM, desk="", area="")
