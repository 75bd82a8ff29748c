"""Give the demonstration county a past from the command line."""

from dispatch.history.past import days_of, write_past
from dispatch.rules.calendar import CHINA
from gis.clock import now
from wall_ui.console import measured, tell


def give_past(owner_url: str, seed: int, length: str) -> None:
    """Write a past of this length up to the beginning of today. Raises WallError."""
    until = now().astimezone(CHINA).date()
    days = days_of(length, until)
    with measured(f"Writing a past of {days} days") as progress:
        cases, facts = write_past(owner_url, seed, until, days, progress)
    tell(f"{cases:,} cases with {facts:,} facts in the log. All of it is invented.")
