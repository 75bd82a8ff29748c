"""Where every unit is, as arrays, and the binary frames that pages get of it.

A frame, little endian: u8 version = 1, u8 kind (1 full, 2 delta), u16 count, f64 server time in ms since
1970; then for each unit u16 number, u16 age of its fix in s (65535: older), u8 heading in 2° steps (255:
unknown), u8 speed in 0.5 m/s (255: unknown), i32 longitude and i32 latitude in millionths of a degree.
"""

import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.avl.fix import Carrier, Fix
from dispatch.rules.visibility import sees
from gis.actor import Actor
from gis.clock import now

VERSION = 1
FULL = 1
DELTA = 2
HEAD = struct.Struct("<BBHd")
ROW = np.dtype(
    [("no", "<u2"), ("age_s", "<u2"), ("heading", "u1"), ("speed", "u1"), ("lon", "<i4"), ("lat", "<i4")]
)
UNKNOWN = 255
OLDER = 65_535

Mask = NDArray[np.bool_]


class Fleet:
    """The newest fix of every unit. `show` adds to it; `tick` returns what that changed."""

    def __init__(self) -> None:
        self.carriers: dict[str, Carrier] = {}
        self.fixes: dict[str, Fix] = {}
        self._slots: dict[str, int] = {}
        self._masks: dict[tuple[str, str, str], Mask] = {}
        self._allocate(0)

    def _allocate(self, size: int) -> None:
        self._rows = np.zeros(size, ROW)
        self._at_s = np.zeros(size)
        self._known: Mask = np.zeros(size, np.bool_)
        self._changed: Mask = np.zeros(size, np.bool_)

    def enlist(self, carriers: Iterable[Carrier]) -> None:
        """Take the list of all units; their fixes stay, those of units that are gone go."""
        fixes = self.fixes
        self.carriers = {one.id: one for one in carriers}
        self.fixes = {}
        self._slots = {unit: slot for slot, unit in enumerate(self.carriers)}
        self._masks.clear()
        self._allocate(len(self.carriers))
        self._rows["no"] = [one.no for one in self.carriers.values()]
        self.show(fix for fix in fixes.values() if fix.unit in self.carriers)

    def show(self, fixes: Iterable[Fix]) -> None:
        """Take fixes that are newer than what is known; others, and those of unknown units, change nothing."""
        newer: dict[int, Fix] = {}
        for fix in fixes:
            slot = self._slots.get(fix.unit)
            known = self.fixes.get(fix.unit)
            if slot is not None and (known is None or known.at < fix.at):
                self.fixes[fix.unit] = newer[slot] = fix
        if not newer:
            return
        # Written column by column: one row at a time costs ten times as much.
        slots = np.fromiter(newer, np.intp, len(newer))
        columns = zip(*map(_packed, newer.values()), strict=True)
        for name, column in zip(("heading", "speed", "lon", "lat"), columns, strict=True):
            self._rows[name][slots] = column
        self._at_s[slots] = [fix.at.timestamp() for fix in newer.values()]
        self._known[slots] = self._changed[slots] = True

    def mask(self, actor: Actor) -> Mask:
        """Return which units the actor sees."""
        key = (*actor.range, actor.desk)
        found = self._masks.get(key)
        if found is None:
            seen = (
                sees(actor, {"code": one.area_code, "access": (one.desk,)}) for one in self.carriers.values()
            )
            found = self._masks[key] = np.fromiter(seen, np.bool_, len(self.carriers))
        return found

    def tick(self, at: datetime | None = None) -> "FleetTick":
        """Return what changed since the last tick, ready to be packed."""
        at_s = (at or now()).timestamp()
        rows = self._rows.copy()
        rows["age_s"] = np.clip(at_s - self._at_s, 0, OLDER)
        changed, self._changed = self._changed, np.zeros(len(rows), np.bool_)
        return FleetTick(self, rows, self._known.copy(), changed, at_s)


class FleetTick:
    """One moment of the fleet; each frame is packed once for each scope."""

    def __init__(self, fleet: Fleet, rows: NDArray[Any], known: Mask, changed: Mask, at_s: float) -> None:
        self._fleet = fleet
        self._rows = rows
        self._known = known
        self._changed = changed
        self._any = bool(changed.any())
        self._at_ms = at_s * 1000
        self._packed: dict[tuple[int, str, str, str], bytes | None] = {}

    def delta(self, actor: Actor) -> bytes | None:
        """Return the frame of what changed and the actor sees, None when there is nothing."""
        return self._frame(DELTA, actor) if self._any else None

    def full(self, actor: Actor) -> bytes:
        """Return the frame of every unit that the actor sees and whose place is known; it may be empty."""
        return self._frame(FULL, actor) or HEAD.pack(VERSION, FULL, 0, self._at_ms)

    def _frame(self, kind: int, actor: Actor) -> bytes | None:
        key = (kind, *actor.range, actor.desk)
        if key not in self._packed:
            mask = self._fleet.mask(actor) & (self._known if kind == FULL else self._changed)
            rows = self._rows[mask]
            head = HEAD.pack(VERSION, kind, len(rows), self._at_ms)
            self._packed[key] = head + rows.tobytes() if len(rows) else None
        return self._packed[key]


def _packed(fix: Fix) -> tuple[int, int, int, int]:
    """Return heading, speed, longitude and latitude as a frame holds them."""
    heading = UNKNOWN if fix.heading_deg is None else int(fix.heading_deg % 360 / 2)
    speed = UNKNOWN if fix.speed_mps is None else min(UNKNOWN - 1, round(fix.speed_mps * 2))
    return heading, speed, round(fix.lon * 1e6), round(fix.lat * 1e6)


def unpack(frame: bytes) -> tuple[int, float, NDArray[Any]]:
    """Return a frame's kind, its time in ms and its rows. Raises ValueError for what is not a frame."""
    if len(frame) < HEAD.size:
        raise ValueError("shorter than a frame's head")
    version, kind, count, at_ms = HEAD.unpack_from(frame)
    if version != VERSION or len(frame) != HEAD.size + count * ROW.itemsize:
        raise ValueError("not a frame of this version, or cut short")
    return kind, at_ms, np.frombuffer(frame, ROW, count, HEAD.size)
