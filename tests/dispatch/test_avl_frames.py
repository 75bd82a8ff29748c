"""Frames of positions: packed for who may see them, and readable as the protocol says."""

import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.avl import Carrier, Fix
from dispatch.avl.fleet import DELTA, FULL, Fleet, unpack
from gis.actor import Actor, Role

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
CARRIERS = (
    Carrier("grid-1", 1, "620821101201", "620821101201001"),
    Carrier("grid-9", 9, "620821102201", "620821102201001"),
    Carrier("police-1", 300, "620821/police", "620821"),
)
COUNTY = Actor("1", "", Role.DISPATCHER, "620821", "620821")
TOWN = Actor("2", "", Role.DUTY_OFFICER, "620821101", "620821101")
POLICE = Actor("3", "", Role.DEPARTMENT, "620821/police", "620821")
STRANGER = Actor("4", "", Role.REPORTER, "", "")


def fleet(*units: str) -> Fleet:
    """Return a fleet in which these units have a fix."""
    made = Fleet()
    made.enlist(CARRIERS)
    made.show(Fix(unit, AT, 107.3, 35.3, AT) for unit in units)
    return made


def numbers(frame: bytes | None) -> list[int]:
    assert frame is not None
    return [int(no) for no in unpack(frame)[2]["no"]]


def test_a_frame_is_what_the_protocol_says_byte_by_byte() -> None:
    made = fleet()
    made.show([Fix("police-1", AT, 107.365412, -35.33, AT, speed_mps=12.3, heading_deg=271.0)])
    frame = made.tick(AT + timedelta(seconds=12)).full(COUNTY)
    head = struct.pack("<BBHd", 1, 1, 1, (AT + timedelta(seconds=12)).timestamp() * 1000)
    assert frame == head + struct.pack("<HHBBii", 300, 12, 135, 25, 107365412, -35330000)


def test_what_is_unknown_is_255_and_what_is_old_is_65535() -> None:
    row = unpack(fleet("grid-1").tick(AT + timedelta(days=3)).full(COUNTY))[2][0]
    assert (row["age_s"], row["heading"], row["speed"]) == (65_535, 255, 255)


def test_a_clock_that_is_ahead_makes_no_negative_age() -> None:
    assert unpack(fleet("grid-1").tick(AT - timedelta(seconds=30)).full(COUNTY))[2][0]["age_s"] == 0


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    speed=st.none() | st.floats(0, 140),
    heading=st.none() | st.floats(0, 720),
)
def test_a_packed_place_is_a_tenth_of_a_metre_from_the_fix(
    lon: float, lat: float, speed: float | None, heading: float | None
) -> None:
    made = fleet()
    made.show([Fix("grid-1", AT, lon, lat, AT, speed, heading)])
    row = unpack(made.tick(AT).full(COUNTY))[2][0]
    assert abs(row["lon"] / 1e6 - lon) <= 5.1e-7
    assert abs(row["lat"] / 1e6 - lat) <= 5.1e-7
    assert row["speed"] == 255 if speed is None else abs(min(127.0, speed) - row["speed"] / 2) <= 0.26
    assert row["heading"] == 255 if heading is None else 0 <= heading % 360 - int(row["heading"]) * 2 < 2


def test_everybody_gets_only_units_in_his_sight() -> None:
    tick = fleet("grid-1", "grid-9", "police-1").tick(AT)
    assert numbers(tick.full(COUNTY)) == [1, 9, 300]
    assert numbers(tick.full(TOWN)) == [1]
    assert numbers(tick.full(POLICE)) == [300]
    assert numbers(tick.full(STRANGER)) == []


def test_a_delta_holds_the_newest_of_what_changed_and_only_once() -> None:
    made = fleet("grid-1", "grid-9")
    made.tick(AT)
    for second in (1, 2, 3):
        at = AT + timedelta(seconds=second)
        made.show([Fix("grid-1", at, 107.3 + second / 1000, 35.3, at)])
    frame = made.tick(AT).delta(COUNTY)
    assert frame is not None
    kind, _, rows = unpack(frame)
    assert (kind, len(rows), rows[0]["lon"]) == (DELTA, 1, 107_303_000)
    assert made.tick(AT).delta(COUNTY) is None


def test_a_change_that_one_does_not_see_makes_no_frame() -> None:
    tick = fleet("grid-9").tick(AT)
    assert tick.delta(TOWN) is None
    assert tick.delta(COUNTY) is not None


def test_a_frame_is_packed_once_for_a_scope() -> None:
    tick = fleet("grid-1").tick(AT)
    neighbour = Actor("9", "", Role.VILLAGE_OFFICER, "620821101", "620821101")
    assert tick.full(TOWN) is tick.full(neighbour)


def test_a_full_frame_may_be_empty() -> None:
    kind, _, rows = unpack(Fleet().tick(AT).full(COUNTY))
    assert (kind, len(rows)) == (FULL, 0)


def test_an_older_fix_changes_nothing() -> None:
    made = fleet("grid-1")
    made.tick(AT)
    made.show([Fix("grid-1", AT - timedelta(seconds=1), 100.0, 30.0, AT), Fix("nobody", AT, 1.0, 1.0, AT)])
    assert made.tick(AT).delta(COUNTY) is None


def test_a_new_list_of_units_keeps_what_is_known_of_them() -> None:
    made = fleet("grid-1", "grid-9")
    made.enlist([CARRIERS[2], CARRIERS[0], Carrier("new", 44, "620821101", "620821101")])
    assert numbers(made.tick(AT).full(COUNTY)) == [1]


@pytest.mark.parametrize("frame", [b"", b"\x01\x01\x01\x00" + b"\0" * 8, b"\x02" + b"\0" * 11])
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        unpack(frame)
