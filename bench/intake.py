"""How often intake proposes the right category and place, on reports that its rules were not written from; and
how many repeat calls it finds on simulated days, beside how often it is wrong.
"""

from collections.abc import Iterator

from bench.figure import Figure, quantiles
from layers.demo.build import build_county
from layers.demo.source import read_county
from tests.intake import retold
from tests.intake.labelled import Score, gazetteer_of, labelled, score
from tests.layers.conftest import index_of

CATEGORY_TARGET, PLACE_TARGET, TIME_TARGET_MS = 0.85, 0.80, 2.0
PRECISION_TARGET, RECALL_TARGET = 0.85, 0.75
DAYS = range(6)


def measure() -> Iterator[Figure]:
    """Measure the held-out half; the half that the rules were written from stands beside it."""
    county = build_county(read_county())
    gazetteer = gazetteer_of(county, index_of(county))
    seen = score(labelled("development"), gazetteer, county)
    held = score(labelled("held_out"), gazetteer, county)
    for name, target, place in (("category", CATEGORY_TARGET, 0), ("place", PLACE_TARGET, 1)):
        _print(name, held[place])
        yield Figure(
            f"intake_{name}_right",
            round(held[place].share, 4),
            "share",
            "higher",
            target,
            {"development_half": round(seen[place].share, 4)},
            {"reports": held[place].of, "confusion": held[place].confusion()},
        )
    spent = quantiles(held[0].spent_ms)
    yield Figure("intake_proposal_p99_ms", spent["p99"], "ms", "lower", TIME_TARGET_MS, {}, spent)
    yield from duplicates()


def _print(name: str, found: Score) -> None:
    print(f"{name}: {found.right} of {found.of} right; not right:")
    for text, wanted, got in found.wrong:
        print(f"  {wanted} → {got}: {text}")


def duplicates() -> Iterator[Figure]:
    """Measure days of incidents whose words the rule was not chosen on."""
    seen, held = retold.measure("development", DAYS), retold.measure("held_out", DAYS)
    details = {
        "repeats": held.repeats,
        "found": held.right,
        "wrong": held.wrong,
        "missed": held.missed,
        "incidents": held.firsts,
        "taken_for": dict(held.by_category.most_common(20)),
    }
    for name, target in (("precision", PRECISION_TARGET), ("recall", RECALL_TARGET)):
        value, other = (round(getattr(half, name), 4) for half in (held, seen))
        yield Figure(
            f"intake_duplicates_{name}",
            value,
            "share",
            "higher",
            target,
            {"development_half": other},
            details,
        )
