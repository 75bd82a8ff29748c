"""Where a new report goes first (分类流转)."""

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.desks import desk_for_area
from dispatch.rules.vocabulary import Source


def first_desk(category: str, priority: int, area_code: str) -> str:
    """Return the desk that gets a new report: emergencies go to the county, the rest where the table says."""
    level = "county" if priority == 1 else CATEGORIES[category].level
    return desk_for_area(area_code, level)


def first_receiver(actor_desk: str, source: Source, holder: str) -> str:
    """首问负责: the desk that took the report in, where a person at a desk did; else its first holder."""
    return actor_desk if actor_desk and source in (Source.CONSOLE, Source.GRID_OFFICER) else holder
