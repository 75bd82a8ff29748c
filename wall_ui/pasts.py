"""Give the demonstration county a past from the command line."""

from pathlib import Path

from dispatch.history.past import days_of, write_past
from dispatch.rulebook import load_rulebook
from dispatch.rules.calendar import CHINA
from gis.clock import now
from wall_ui.console import measured, tell


def give_past(owner_url: str, seed: int, length: str, book: Path | None) -> None:
    """Write a past of this length up to the beginning of today, by the rules of the book. Raises WallError."""
    rules = load_rulebook(book).orders
    until = now().astimezone(CHINA).date()
    days = days_of(length, until)
    with measured(f"Writing a past of {days} days") as progress:
        cases, facts = write_past(owner_url, seed, until, days, progress, rules)
    tell(f"{cases:,} cases with {facts:,} facts in the log. All of it is invented.")
