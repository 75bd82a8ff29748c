"""How long three years of a county's past take to be made and written."""

from collections.abc import Iterator

from bench.figure import Figure
from bench.past import built, counted, past_cluster, past_folder

TARGET_MINUTES = 12.0


def measure() -> Iterator[Figure]:
    """Build the past, or tell of how it was built: see `details` for how busy the machine was then."""
    took = built(past_folder())
    with past_cluster() as urls:
        rows = counted(urls)
    yield Figure(
        "history_build",
        round(took["seconds"] / 60, 2),
        f"min for {took['length']}",
        "lower",
        TARGET_MINUTES,
        details={**took, **rows},
    )
