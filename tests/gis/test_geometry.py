"""Tilings are checked to the vertex, and geometries are decoded many at once."""

import shapely

from gis.geometry import from_wkb
from tests.gis.tiling import tiling_faults

PARENT = shapely.box(0, 0, 2, 1)
WEST, EAST = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)


def test_children_that_fit_together_have_no_faults() -> None:
    assert tiling_faults(PARENT, [WEST, EAST]) == []


def test_a_gap_an_overlap_and_a_child_outside_are_told_apart() -> None:
    assert [fault.kind for fault in tiling_faults(PARENT, [WEST])] == ["gap"]
    assert {fault.kind for fault in tiling_faults(PARENT, [WEST, shapely.box(0.9, 0, 2, 1)])} == {"overlap"}
    assert [fault.kind for fault in tiling_faults(PARENT, [WEST, EAST, shapely.box(2, 0, 3, 1)])] == [
        "outside"
    ]


def test_a_gap_says_where_it_is() -> None:
    (fault,) = tiling_faults(PARENT, [WEST])
    assert fault.where.equals(EAST)


def test_a_gap_of_a_tenth_of_a_millimetre_is_a_gap() -> None:
    notched = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1 + 1e-9, 0.5)])
    assert [fault.kind for fault in tiling_faults(PARENT, [WEST, notched])] == ["gap"]


def test_a_polygon_that_crosses_itself_is_invalid() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert [fault.kind for fault in tiling_faults(PARENT, [bow, EAST])] == ["invalid"]


def test_geometries_are_read_from_bytes_text_and_memory() -> None:
    wkb = shapely.to_wkb(WEST)
    assert shapely.equals_exact(from_wkb([wkb, wkb.hex(), memoryview(wkb)]), WEST).all()
    assert len(from_wkb([])) == 0
