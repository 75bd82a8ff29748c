"""The store of a page, in Python: what the browser's store does, for programs and for the tests of both.

The rule, the same on both sides: a record replaces the one that is held unless it is older by (`version`,
`changed_at`); a `leave` removes the case, and the units that it names as `gone`. Events applied in order then
lead from any snapshot to every later one, even though a snapshot may already hold what events that follow it tell
once more.
"""

from collections.abc import Mapping
from typing import Any


class Gap(Exception):
    """A message is missing before this one: say hello again with `since` = `store.seq`."""


class ClientStore:
    """Cases and units by id, as of the event `seq`."""

    def __init__(self) -> None:
        self.cases: dict[str, Mapping[str, Any]] = {}
        self.units: dict[str, Mapping[str, Any]] = {}
        self.seq: int | None = None

    def apply(self, message: Mapping[str, Any]) -> None:
        """Take in one message of the stream. Raises Gap."""
        if message["type"] == "snapshot":
            self.cases = {case["id"]: case for case in message["cases"]}
            self.units = {unit["id"]: unit for unit in message["units"]}
            self.seq = message["seq"]
        elif message["type"] == "event":
            self._event(message)

    def _event(self, message: Mapping[str, Any]) -> None:
        if self.seq is not None and message["seq"] <= self.seq:
            return
        if self.seq is not None and message["prev"] != self.seq:
            raise Gap(f"had {self.seq}, got {message['seq']} after {message['prev']}")
        self.seq = message["seq"]
        if message["op"] == "leave" and message["case_id"]:
            self.cases.pop(message["case_id"], None)
        elif message["case"]:
            put(self.cases, message["case"])
        for unit in message["units"]:
            put(self.units, unit)
        for unit_id in message.get("gone", ()):
            self.units.pop(unit_id, None)


def put(records: dict[str, Mapping[str, Any]], came: Mapping[str, Any]) -> None:
    """Put a record in its place unless the one there is newer."""
    held = records.get(came["id"])
    if held is None or age(came) >= age(held):
        records[came["id"]] = came


def age(record: Mapping[str, Any]) -> tuple[int, str]:
    """Return what tells an older record from a newer one; a clock that turns changes the time and
    not the version.
    """
    return record["version"], record.get("changed_at") or ""
