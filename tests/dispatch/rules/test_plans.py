"""Response plans: whole tables, and needs that are filled or say why not."""

from itertools import pairwise

from dispatch.rulebook import load_rulebook
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.plans import LEVELS, TOO_FAR_S, Standing, Want, fill
from dispatch.rules.vocabulary import UnitKind

GRID, PATROL = UnitKind.GRID_OFFICER, UnitKind.PATROL


def unit(name: str, kind: UnitKind = GRID, **changes: object) -> Standing:
    values: dict[str, object] = {"on_duty": True, "busy": False, "fresh": True, "seconds": 60.0}
    return Standing(name, kind, **(values | changes))  # type: ignore[arg-type]


def test_every_category_has_a_plan_at_every_level_and_a_higher_level_sends_no_fewer() -> None:
    book = load_rulebook()
    assert set(book.plans) == set(CATEGORIES)
    for category in CATEGORIES:
        counts = [{want.kind: want.count for want in book.wants(category, level)} for level in LEVELS]
        assert counts[0], category
        for lower, higher in pairwise(counts):
            assert all(higher.get(kind, 0) >= count for kind, count in lower.items()), category


def test_the_soonest_who_are_free_are_picked_and_who_is_here_counts() -> None:
    (found,) = fill(
        (Want(GRID, 3),),
        [
            unit("far", seconds=900.0),
            unit("near"),
            unit("here", busy=True, here=True),
            unit("spare", seconds=1200.0),
        ],
    )
    assert (found.here, found.picks, found.lacking, found.why) == (("here",), ("near", "far"), 0, ())


def test_what_is_lacking_is_told_by_reason() -> None:
    (found,) = fill(
        (Want(GRID, 5),),
        [
            unit("off", on_duty=False),
            unit("busy", busy=True),
            unit("stale", fresh=False, seconds=None),
            unit("cut off", seconds=None),
            unit("far", seconds=TOO_FAR_S + 1),
            unit("busy too", busy=True),
            unit("near"),
            unit("patrol", PATROL),
        ],
    )
    assert (found.picks, found.lacking) == (("near",), 4)
    assert dict(found.why) == {"busy": 2, "off_duty": 1, "stale_fix": 1, "no_road": 1, "too_far": 1}


def test_a_kind_that_nobody_is_of_and_one_that_is_sent_whole_are_told_apart() -> None:
    none, sent = fill((Want(PATROL, 1), Want(GRID, 2)), [unit("only")])
    assert none.why == (("none_of_kind", 0),)
    assert (sent.picks, sent.lacking, sent.why) == (("only",), 1, (("all_sent", 1),))
