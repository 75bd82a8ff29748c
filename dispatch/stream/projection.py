"""What one event of the log is to one actor, as the message that his page gets."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dispatch.records import stamp
from dispatch.rules.masking import SeatOf, is_sensitive, masked, masked_card, sees_masked, unbound
from dispatch.rules.visibility import op_for, sees, unit_scope
from gis.actor import Actor
from gis.log import LogEvent

TOPICS = frozenset({"cases", "units", "positions"})
# A thousand a day, of cases that ended years ago, whose record stays as it was: no page may gather those.
UNSENT = frozenset({"case.erase", "erasure.searches"})
NOBODY = {"name": "", "desk": "", "role": ""}


def unplaced(_code: str) -> tuple[float, float]:
    """Stand for the seats of areas where no county is loaded: nothing is shown at its place."""
    return 0.0, 0.0


def project(
    actor: Actor, topics: Iterable[str], event: LogEvent, seat_of: SeatOf = unplaced
) -> dict[str, Any] | None:
    """Return the message's body (all but `type`, `seq` and `prev`), or None where the event is not his to
    see.

    Whoever loses sight of a case is told so and not why: no record comes with a `leave`. Whoever sees only a
    unit of an event gets the unit and nothing of the case. A wall screen gets sensitive cases masked.
    """
    op = op_for(actor, event.scope_before, event.scope_after) if concerns(topics, event) else None
    units = visible_units(actor, event) if "units" in topics else []
    gone_units = units_out_of_sight(actor, event) if "units" in topics else []
    if gone_units:
        return _body(event, kind=event.kind, op="leave", units=units, gone=gone_units)
    if op is None and not units:
        return None
    if op is None:
        return _body(event, kind="unit.change", op="change", units=units)
    gone = op == "leave"
    case: Mapping[str, Any] | None = None if gone else event.data.get("case")
    hides = sees_masked(actor)
    silent = hides and case is not None and is_sensitive(case["category"])
    return _body(
        event,
        kind=event.kind,
        op=op,
        units=units,
        case_id=event.case_id,
        case=masked(case, seat_of) if hides and case is not None else case,
        actor=NOBODY if silent else {name: event.actor.get(name, "") for name in NOBODY},
        detail={} if gone or silent else detail_for(actor, event),
        version=event.version,
    )


def detail_for(actor: Actor, event: LogEvent) -> Mapping[str, Any]:
    """Return what an event tells besides the records; a warning card comes masked to a wall screen."""
    detail: Mapping[str, Any] = event.data.get("detail") or {}
    if "card" in detail and sees_masked(actor):
        return {"card": masked_card(detail["card"])}
    return detail


def concerns(topics: Iterable[str], event: LogEvent) -> bool:
    """Say whether an event belongs to the topics asked for: units' own events to `units`, all
    others to `cases`.
    """
    if event.kind in UNSENT:
        return False
    return ("units" if event.kind.startswith("unit.") else "cases") in topics


def visible_units(actor: Actor, event: LogEvent) -> list[Mapping[str, Any]]:
    """Return the records of the event's units that the actor sees."""
    seen = [unit for unit in event.data.get("units") or () if sees(actor, unit_scope(unit))]
    return [unbound(unit) for unit in seen] if sees_masked(actor) else seen


def units_out_of_sight(actor: Actor, event: LogEvent) -> list[str]:
    """Return the ids of the units that the actor saw until now: no more there, or where he does not see them."""
    if not event.kind.startswith("unit.") or not sees(actor, event.scope_before):
        return []
    gone: list[str] = list(event.data.get("gone") or ())
    return gone + [unit["id"] for unit in event.data.get("units") or () if not sees(actor, unit_scope(unit))]


def _body(event: LogEvent, **parts: Any) -> dict[str, Any]:
    return {
        "at": stamp(event.at),
        "case_id": None,
        "case": None,
        "version": None,
        "actor": NOBODY,
        "detail": {},
    } | parts


def dumps(value: Any) -> str:
    """Return JSON as it goes over the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class RecordTexts:
    """The JSON of case records, written once however many views an event goes to."""

    def __init__(self, most: int = 2_000) -> None:
        self._texts: dict[int, str] = {}
        self._most = most

    def of(self, seq: int, case: Mapping[str, Any] | None) -> str:
        """Return the JSON text of the record that event `seq` carries."""
        if case is None:
            return "null"
        found = self._texts.get(seq)
        if found is None:
            found = self._texts[seq] = dumps(case)
            if len(self._texts) > self._most:
                del self._texts[next(iter(self._texts))]
        return found


def body_text(body: Mapping[str, Any], case_text: str) -> str:
    """Return the body as the inside of a JSON object, with the case's own text put in."""
    rest = dumps({name: value for name, value in body.items() if name != "case"})
    return f'"case":{case_text},{rest[1:-1]}'


def event_text(seq: int, prev: int, body: str) -> str:
    """Return a whole event message; only `prev` differs between the pages of a view."""
    return f'{{"type":"event","seq":{seq},"prev":{prev},{body}}}'
