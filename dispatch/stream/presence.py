"""Who sits at which desk and who has which case open, over all processes.

Nothing of it is stored: each process tells the others what its own pages do, when that changes and every few
seconds, and forgets a process that has been silent for long.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from gis.database import LOST, Database, rung_within

CHANNEL = "wall_presence"
TOLD_EVERY_S = 10.0
FORGOTTEN_S = 30.0
SETTLES_S = 0.1
# A notification holds 7,999 bytes: so many people of long names are sure to fit.
PEOPLE_A_NOTE = 20


@dataclass(frozen=True, slots=True)
class Person:
    """One page's person: who, where, which case is open, and the seat taken by it, if it takes one."""

    account: str
    name: str
    desk: str
    case_id: str | None
    attends: str | None


class Presence:
    """What this process knows of its own pages and of the others'."""

    def __init__(self, db: Database, here: Callable[[], Iterable[Person]]) -> None:
        self.db = db
        self.process = uuid4().hex
        self._here = here
        self._others: dict[str, tuple[float, str, dict[int, list[Person]]]] = {}
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[set[str]], None]] = []

    def on_change(self, listener: Callable[[set[str]], None]) -> None:
        """Have `listener` called with the cases whose viewers in another process changed."""
        self._listeners.append(listener)

    def people(self) -> list[Person]:
        """Return everybody, here and elsewhere."""
        late = time.monotonic() - FORGOTTEN_S
        others = [one for heard, _, parts in self._others.values() if heard > late for one in _all(parts)]
        return [*self._here(), *others]

    def viewers(self, case_id: str, *, but: str | None = None) -> list[dict[str, str]]:
        """Return who has the case open, each person once, without the account `but`."""
        found = {one.account: one for one in self.people() if one.case_id == case_id and one.account != but}
        return [{"name": one.name, "desk": one.desk} for one in found.values()]

    def attended_desks(self) -> list[str]:
        """Return the seats that people have taken: desks, `unit:<id>` and `leader:<area>`."""
        return sorted({one.attends for one in self.people() if one.attends})

    def tell(self) -> None:
        """Tell the other processes soon that something changed here."""
        self._changed.set()

    async def run(self) -> None:
        """Tell and listen until cancelled; a lost connection is replaced."""
        while True:
            try:
                await self._gossip()
            except LOST:
                await asyncio.sleep(random.uniform(0.2, 1.0))

    async def _gossip(self) -> None:
        connection = await self.db.connect()
        try:
            await connection.add_listener(CHANNEL, lambda *heard: self.hear(heard[-1]))
            while True:
                for note in self.notes():
                    await connection.execute("select pg_notify($1, $2)", CHANNEL, note, timeout=TOLD_EVERY_S)
                if await rung_within(self._changed, TOLD_EVERY_S):
                    # One note for all that happens in a moment.
                    await asyncio.sleep(SETTLES_S)
                self._changed.clear()
        finally:
            connection.terminate()

    def notes(self) -> list[str]:
        """Return what is told: everybody here, in as many notes as it takes."""
        here = list(self._here())
        runs = [here[start : start + PEOPLE_A_NOTE] for start in range(0, len(here), PEOPLE_A_NOTE)] or [[]]
        told = uuid4().hex
        return [
            json.dumps(
                {
                    "process": self.process,
                    "round": told,
                    "part": part,
                    "people": [
                        [one.account, one.name[:40], one.desk, one.case_id, one.attends] for one in run
                    ],
                },
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for part, run in enumerate(runs)
        ]

    def hear(self, note: str) -> None:
        """Take in what another process told."""
        told: dict[str, Any] = json.loads(note)
        if told["process"] == self.process:
            return
        before = self._others.get(told["process"])
        parts = dict(before[2]) if before and before[1] == told["round"] else {}
        parts[told["part"]] = [Person(*person) for person in told["people"]]
        self._others[told["process"]] = (time.monotonic(), told["round"], parts)
        changed = _open_cases(parts) ^ _open_cases(before[2] if before else {})
        for listener in self._listeners if changed else ():
            listener({case_id for case_id, _ in changed})


def _all(parts: dict[int, list[Person]]) -> list[Person]:
    return [one for people in parts.values() for one in people]


def _open_cases(parts: dict[int, list[Person]]) -> set[tuple[str, str]]:
    return {(one.case_id, one.account) for one in _all(parts) if one.case_id is not None}
