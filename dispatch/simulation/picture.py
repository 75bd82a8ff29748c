"""What the observer knows: open cases and units as the stream tells them, and where units were last seen."""

import struct
from collections.abc import Iterable
from typing import Any

from dispatch.records import CaseRecord, UnitRecord
from dispatch.rules.vocabulary import OPEN

# The frame of positions (see docs of the stream): head, then one row a unit.
FRAME_HEAD = struct.Struct("<BBHd")
FRAME_ROW = struct.Struct("<HHBBii")
FULL = 1
MICRODEGREES = 1e6


class Picture:
    """Open cases and all units, always as new as the newest thing heard of each."""

    def __init__(self) -> None:
        self.cases: dict[str, CaseRecord] = {}
        self.units: dict[str, UnitRecord] = {}
        self.places: dict[int, tuple[float, float]] = {}

    def replace(self, cases: Iterable[CaseRecord], units: Iterable[UnitRecord]) -> set[str]:
        """Take over a snapshot; return the cases that are known now or were known before."""
        before = set(self.cases)
        self.cases = {case["id"]: case for case in cases if case["status"] in OPEN}
        self.units = {unit["id"]: unit for unit in units}
        return before | set(self.cases)

    def change(self, case: CaseRecord | None, units: Iterable[UnitRecord] = ()) -> str | None:
        """Take over one change unless something newer is known; return the case that changed by it."""
        for unit in units:
            known = self.units.get(unit["id"])
            if known is None or unit["version"] >= known["version"]:
                self.units[unit["id"]] = unit
        if case is None:
            return None
        known_case = self.cases.get(case["id"])
        if known_case is not None and known_case["version"] > case["version"]:
            return None
        if case["status"] in OPEN:
            self.cases[case["id"]] = case
        else:
            self.cases.pop(case["id"], None)
        return case["id"]

    def apply(self, message: dict[str, Any]) -> set[str]:
        """Take over a message of the stream; return the cases that it touches."""
        if message["type"] == "snapshot":
            return self.replace(message["cases"], message["units"])
        if message["type"] != "event":
            return set()
        if message.get("op") == "leave" and message.get("case_id"):
            self.cases.pop(message["case_id"], None)
            return {message["case_id"]}
        changed = self.change(message.get("case"), message.get("units") or ())
        return {changed} if changed else set()

    def locate(self, frame: bytes) -> bool:
        """Take over a frame of positions; return whether it was a full one."""
        version, kind, count, _ = FRAME_HEAD.unpack_from(frame)
        if version != 1:
            return False
        for row in FRAME_ROW.iter_unpack(frame[FRAME_HEAD.size : FRAME_HEAD.size + count * FRAME_ROW.size]):
            no, _, _, _, lon, lat = row
            self.places[no] = (lon / MICRODEGREES, lat / MICRODEGREES)
        return bool(kind == FULL)
