"""The page's store: old snapshot + events = new snapshot, in any order in which a record may come twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.stream import ClientStore, Gap

GOLDEN = sorted((Path(__file__).parent.parent / "golden" / "stream").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_store_comes_to_the_expected_state(path: Path) -> None:
    """The browser's store is held to the same files."""
    story: dict[str, Any] = json.loads(path.read_text())
    store = ClientStore()
    for message in story["messages"]:
        store.apply(message)
    assert {"seq": store.seq, "cases": store.cases, "units": store.units} == story["expected"]


def test_there_are_golden_files() -> None:
    assert len(GOLDEN) >= 6


def test_a_gap_is_seen_and_changes_nothing() -> None:
    store = ClientStore()
    store.apply({"type": "snapshot", "seq": 4, "cases": [], "units": []})
    missing = {"type": "event", "seq": 9, "prev": 7, "op": "enter", "case_id": "c", "units": []}
    with pytest.raises(Gap):
        store.apply(missing | {"case": {"id": "c", "version": 1}})
    assert (store.seq, store.cases) == (4, {})
