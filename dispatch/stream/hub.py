"""The pages of one process: lets them in, hands them what is new, and never waits for any of them."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from dispatch.rules.masking import SeatOf, sees_masked
from dispatch.stream.page import Page, Wire
from dispatch.stream.presence import Person, Presence
from dispatch.stream.projection import TOPICS, RecordTexts, dumps, unplaced
from dispatch.stream.view import Key, View, key_of
from dispatch.tables import cases
from gis.actor import Actor, Role
from gis.database import Database
from gis.errors import Unavailable
from gis.log import LogEvent, Tail

log = logging.getLogger(__name__)

TICK_S = 0.25
BEAT_S = 10.0
SILENT_S = 30.0
HELLO_S = 10.0
CLOSE_S = 1.0
VIEW_KEPT_S = 300.0
FULL_FRAME_S = 30.0
MESSAGE_MOST = 4_096
SNAPSHOTS_AT_ONCE = 3

NOT_UNDERSTOOD = 1007
TOO_SILENT = 4408
FAULT = 1011
RESTARTING = 1012
TRY_AGAIN = 1013


class Tick(Protocol):
    """The positions that changed since the tick before; frames are packed once for each scope."""

    def delta(self, actor: Actor) -> bytes | None:
        """Return a frame of what changed and the actor sees, None when there is nothing."""

    def full(self, actor: Actor) -> bytes:
        """Return a frame of every unit that the actor sees."""


class Positions(Protocol):
    """Where units are now."""

    def tick(self) -> Tick:
        """Return what changed since the last call."""


class Misunderstood(Exception):
    """A page said something that is not of the protocol."""


class Hub:
    """All open pages. `run` must be running; `serve` handles one socket from hello to its end."""

    def __init__(
        self, db: Database, tail: Tail, positions: Positions | None = None, seat_of: SeatOf = unplaced
    ) -> None:
        self.db = db
        self.tail = tail
        self.positions = positions
        self.seat_of = seat_of
        self.pages: set[Page] = set()
        self.ground: Mapping[str, int] = {}
        self.presence = Presence(db, self._people)
        self.presence.on_change(self._tell_viewers)
        self._views: dict[Key, View] = {}
        self._records = RecordTexts()
        self._snapshots = asyncio.Semaphore(SNAPSHOTS_AT_ONCE)
        self._full_frames_s = time.monotonic()
        tail.subscribe(self._take)

    def viewers(self, case_id: str) -> list[dict[str, str]]:
        """Return who has the case open: `[{"name", "desk"}]`."""
        return self.presence.viewers(case_id)

    def attended_desks(self) -> list[str]:
        """Return the seats that people have taken, so that their robots stand aside."""
        return self.presence.attended_desks()

    def take_ground(self, revisions: Mapping[str, int]) -> None:
        """Tell every page how often each layer changed by now: in its beats, so that none misses it."""
        self.ground = dict(revisions)
        for page in self.pages:
            page.beat()

    async def run(self) -> None:
        """Send beats and positions, and end silent pages, until cancelled."""
        gossip = asyncio.create_task(self.presence.run())
        try:
            while True:
                await asyncio.sleep(TICK_S)
                self.tick()
        finally:
            for page in self.pages:
                page.end(RESTARTING, "the server restarts")
            gossip.cancel()
            await asyncio.gather(gossip, return_exceptions=True)

    async def serve(self, actor: Actor, wire: Wire) -> None:
        """Talk to one page until its socket ends."""
        try:
            async with asyncio.timeout(HELLO_S):
                hello = await _hello(wire)
        except Misunderstood as error:
            await wire.close(NOT_UNDERSTOOD, str(error))
        except TimeoutError:
            await wire.close(TOO_SILENT, "say hello first")
        else:
            if hello is not None:
                await self._host(actor, wire, hello)

    async def _host(self, actor: Actor, wire: Wire, hello: Mapping[str, Any]) -> None:
        view = self._view(actor, hello["topics"])
        page = Page(actor, view, wire, attends=hello["desk"], ground=lambda: self.ground)
        since = hello["since"] if hello["view"] in (None, view.name) else None
        view.pages += 1
        self.pages.add(page)
        self.presence.tell()
        if self.positions is not None and "positions" in view.topics:
            page.wants_full = True
        try:
            await self._both_ways(page, since)
        finally:
            self._leave(page)

    async def _both_ways(self, page: Page, since: int | None) -> None:
        """Read and write until one of them ends or the page is ended."""
        parts = (
            asyncio.create_task(self._listen(page)),
            asyncio.create_task(page.follow(since, page.view.records, self._snapshots)),
            asyncio.create_task(page.over.wait()),
        )
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            outcomes = await asyncio.gather(*parts, return_exceptions=True)
        await _say_goodbye(page, [one for one in outcomes if isinstance(one, Exception)])

    def _leave(self, page: Page) -> None:
        self.pages.discard(page)
        page.view.pages -= 1
        page.view.empty_since_s = time.monotonic()
        self.presence.tell()
        if page.viewing is not None:
            self._tell_viewers({page.viewing})

    def _view(self, actor: Actor, topics: frozenset[str]) -> View:
        key = key_of(actor, topics)
        if key not in self._views:
            self._views[key] = View(actor, topics, self.db, self.tail, self._records, self.seat_of)
        return self._views[key]

    def _take(self, events: Sequence[LogEvent]) -> None:
        """Hand new events of the log to every view, and wake the pages that have something to read."""
        woken = {view for view in self._views.values() if view.take(events)}
        left = {event.case_id for event in events if event.scope_before != event.scope_after}
        for page in self.pages:
            if page.view in woken:
                page.wake.set()
            if page.viewing in left:
                self._reconsider(page, events)

    def _reconsider(self, page: Page, events: Sequence[LogEvent]) -> None:
        """Close the case on a page that lost sight of it."""
        for entry in reversed(page.view.entries):
            if entry.seq < events[0].seq:
                return
            if entry.body["case_id"] == page.viewing:
                if entry.body["op"] == "leave":
                    self._open_case(page, None)
                return

    async def _listen(self, page: Page) -> None:
        while (said := await page.wire.receive()) is not None:
            page.heard_s = time.monotonic()
            message = _parsed(said)
            if message["type"] == "viewing":
                await self._view_case(page, message.get("case_id"))

    async def _view_case(self, page: Page, case_id: Any) -> None:
        """Note which case a page has open, where it may see it at all."""
        if case_id is not None:
            try:
                wanted = UUID(case_id)
            except (ValueError, TypeError, AttributeError):
                raise Misunderstood("case_id is the id of a case, or null") from None
            async with self.db.read(page.actor) as tx:
                seen = (await tx.execute(select(cases.c.id).where(cases.c.id == wanted))).first()
            case_id = str(wanted) if seen else None
        self._open_case(page, case_id)

    def _open_case(self, page: Page, case_id: str | None) -> None:
        touched = {one for one in (page.viewing, case_id) if one is not None}
        page.viewing = case_id
        self.presence.tell()
        self._tell_viewers(touched)

    def _tell_viewers(self, case_ids: set[str]) -> None:
        """Tell everybody who has one of the cases open who else has."""
        for page in self.pages:
            if page.viewing in case_ids and not sees_masked(page.actor):
                others = self.presence.viewers(page.viewing, but=page.actor.account_id)
                page.note(dumps({"type": "presence", "case_id": page.viewing, "viewers": others}))

    def _people(self) -> Iterator[Person]:
        for page in self.pages:
            actor = page.actor
            if not actor.robot and actor.role is not Role.KIOSK:
                yield Person(actor.account_id, actor.name, actor.desk, page.viewing, page.attends)

    def tick(self) -> None:
        """Do what is due: beats, positions, the end of silent pages and of views that nobody uses."""
        at = time.monotonic()
        for page in self.pages:
            if at - page.heard_s > SILENT_S:
                page.end(TOO_SILENT, "no beat for too long")
            elif at - page.beat_s >= BEAT_S:
                page.beat()
        if self.positions is not None:
            self._send_positions(self.positions.tick(), at)
        for key, view in list(self._views.items()):
            if not view.pages and at - view.empty_since_s > VIEW_KEPT_S:
                del self._views[key]

    def _send_positions(self, tick: Tick, at: float) -> None:
        everybody = at - self._full_frames_s >= FULL_FRAME_S
        if everybody:
            self._full_frames_s = at
        for page in self.pages:
            if "positions" not in page.view.topics:
                continue
            # Who did not take the last frame would miss what it held: the next is whole.
            if everybody or page.wants_full or page.frame_waits():
                page.wants_full = False
                page.put_frame(tick.full(page.actor))
            elif (delta := tick.delta(page.actor)) is not None:
                page.put_frame(delta)


async def _say_goodbye(page: Page, errors: Sequence[Exception]) -> None:
    """Close the socket with a code that says why."""
    code, reason = page.over_because if page.over.is_set() else (1000, "")
    for error in errors:
        if isinstance(error, Misunderstood):
            code, reason = NOT_UNDERSTOOD, str(error)
        elif isinstance(error, Unavailable):
            code, reason = TRY_AGAIN, "try again in a moment"
        elif not isinstance(error, OSError):  # a socket that went away is nobody's fault
            log.error("a page of %s ended by an error", page.actor.desk, exc_info=error)
            code, reason = FAULT, "a fault of ours"
    # A socket that is gone, or whose buffer is full, cannot be told.
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await page.wire.close(code, reason)


async def _hello(wire: Wire) -> dict[str, Any] | None:
    """Return the first message, None when the socket ended before it. Raises Misunderstood."""
    said = await wire.receive()
    if said is None:
        return None
    message = _parsed(said)
    since, topics = message.get("since"), message.get("topics", sorted(TOPICS))
    if message["type"] != "hello":
        raise Misunderstood("the first message must be a hello")
    if since is not None and (not isinstance(since, int) or isinstance(since, bool) or since < 0):
        raise Misunderstood("since is the number of the last event taken in, or null")
    if (
        not isinstance(topics, list)
        or not all(isinstance(topic, str) for topic in topics)
        or set(topics) - TOPICS
    ):
        raise Misunderstood(f"topics is a list of {', '.join(sorted(TOPICS))}")
    return {
        "since": since,
        "topics": frozenset(topics),
        "desk": message.get("desk") is True,
        "view": message.get("view"),
    }


def _parsed(said: str) -> dict[str, Any]:
    """Return a message of a page. Raises Misunderstood."""
    if len(said) > MESSAGE_MOST:
        raise Misunderstood("the message is too long")
    try:
        message = json.loads(said)
    except ValueError:
        raise Misunderstood("the message is not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Misunderstood("a message is an object with a type")
    return message
