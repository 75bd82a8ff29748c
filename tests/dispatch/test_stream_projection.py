"""What one event is to one actor."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.visibility import op_for, sees
from dispatch.stream.projection import RecordTexts, body_text, event_text, project
from dispatch.stream.store import ClientStore
from gis.actor import SYSTEM, Actor, Role
from gis.log import LogEvent

DISPATCHER = Actor("1", "张", Role.DISPATCHER, "620821", "620821")
TOWN = Actor("2", "王", Role.DUTY_OFFICER, "620821101", "620821101")
OTHER_TOWN = Actor("3", "李", Role.DUTY_OFFICER, "620821102", "620821102")
POLICE = Actor("4", "赵", Role.DEPARTMENT, "620821/police", "620821")
STRANGER = Actor("stranger", "", Role.REPORTER, "", "")
EVERYTHING = frozenset({"cases", "units", "positions"})

HERE = {"code": "620821101201001", "access": []}
GIVEN = {"code": "620821101201001", "access": ["620821/police"]}
MOVED = {"code": "620821102201001", "access": []}
CASE = {"id": "c1", "version": 3, "status": "accepted"}
UNIT_HERE = {"id": "u1", "version": 1, "desk": "620821101201", "area_code": "620821101201001"}
UNIT_OF_POLICE = {"id": "u2", "version": 1, "desk": "620821/police", "area_code": "620821"}


def event(before: Any = HERE, after: Any = HERE, *, kind: str = "case.accept", units: Any = ()) -> LogEvent:
    return LogEvent(
        seq=7,
        event_id=9,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        kind=kind,
        actor={"account": "secret-id", "name": "张", "desk": "620821", "role": "dispatcher"},
        case_id="c1",
        version=3,
        scope_before=before,
        scope_after=after,
        data={"move": "accept", "case": CASE, "units": list(units), "changed": [], "detail": {"to": "x"}},
    )


def test_no_page_is_told_what_was_erased_of_cases_that_ended_long_ago() -> None:
    for kind in ("case.erase", "erasure.searches"):
        assert project(DISPATCHER, EVERYTHING, event(kind=kind)) is None
        assert project(DISPATCHER, EVERYTHING, event(None, None, kind=kind)) is None


@pytest.mark.parametrize(
    "actor,before,after,op",
    [
        (DISPATCHER, None, HERE, "enter"),
        (DISPATCHER, HERE, MOVED, "change"),
        (DISPATCHER, HERE, None, "leave"),
        (TOWN, HERE, HERE, "change"),
        (TOWN, HERE, MOVED, "leave"),
        (TOWN, MOVED, HERE, "enter"),
        (TOWN, MOVED, MOVED, None),
        (OTHER_TOWN, HERE, MOVED, "enter"),
        (OTHER_TOWN, None, HERE, None),
        (POLICE, HERE, GIVEN, "enter"),
        (POLICE, GIVEN, HERE, "leave"),
        (POLICE, HERE, HERE, None),
        (STRANGER, None, HERE, None),
        (STRANGER, GIVEN, GIVEN, None),
        (SYSTEM, HERE, GIVEN, "change"),
        (DISPATCHER, None, None, "change"),
        (TOWN, None, None, None),
        (POLICE, None, None, None),
    ],
)
def test_who_gets_what_follows_from_the_scopes(actor: Actor, before: Any, after: Any, op: str | None) -> None:
    assert op_for(actor, before, after) == op


def test_a_desk_of_nothing_is_given_nothing() -> None:
    assert not sees(STRANGER, {"code": "620821", "access": [""]})


SCOPES = st.none() | st.fixed_dictionaries(
    {
        "code": st.sampled_from(["620821101201001", "620821102201001", "620821101", None]),
        "access": st.lists(st.sampled_from(["620821/police", "620821102", "620821101201"]), max_size=2),
    }
)


@given(before=SCOPES, after=SCOPES, actor=st.sampled_from([DISPATCHER, TOWN, OTHER_TOWN, POLICE, SYSTEM]))
def test_an_op_says_exactly_how_sight_changes(before: Any, after: Any, actor: Actor) -> None:
    if before is None and after is None:
        return
    saw, now = sees(actor, before), sees(actor, after)
    expected = {(True, True): "change", (False, True): "enter", (True, False): "leave", (False, False): None}
    assert op_for(actor, before, after) == expected[saw, now]


def test_who_may_see_gets_the_whole_record() -> None:
    message = project(TOWN, EVERYTHING, event())
    assert message is not None
    assert (message["op"], message["case"], message["case_id"]) == ("change", CASE, "c1")
    assert message["detail"] == {"to": "x"}


def test_nobody_gets_an_account_id() -> None:
    message = project(TOWN, EVERYTHING, event())
    assert message is not None
    assert message["actor"] == {"name": "张", "desk": "620821", "role": "dispatcher"}


def test_who_loses_sight_gets_no_record_and_no_reason() -> None:
    message = project(TOWN, EVERYTHING, event(HERE, MOVED))
    assert message is not None
    assert (message["op"], message["case_id"], message["case"], message["detail"]) == (
        "leave",
        "c1",
        None,
        {},
    )


def test_who_sees_nothing_of_it_gets_nothing() -> None:
    assert project(OTHER_TOWN, EVERYTHING, event(units=[UNIT_HERE])) is None


def test_units_are_sent_to_those_who_see_them() -> None:
    message = project(DISPATCHER, EVERYTHING, event(units=[UNIT_HERE, UNIT_OF_POLICE]))
    assert message is not None
    assert message["units"] == [UNIT_HERE, UNIT_OF_POLICE]
    message = project(TOWN, EVERYTHING, event(units=[UNIT_HERE, UNIT_OF_POLICE]))
    assert message is not None
    assert message["units"] == [UNIT_HERE]


def test_who_sees_a_unit_alone_learns_nothing_of_the_case() -> None:
    message = project(POLICE, EVERYTHING, event(units=[UNIT_HERE, UNIT_OF_POLICE]))
    assert message is not None
    assert message["units"] == [UNIT_OF_POLICE]
    assert (message["kind"], message["case_id"], message["case"]) == ("unit.change", None, None)
    assert (message["actor"]["name"], message["detail"], message["version"]) == ("", {}, None)


def test_who_loses_sight_of_a_unit_is_told_that_it_is_gone() -> None:
    elsewhere = {**UNIT_HERE, "area_code": MOVED["code"], "desk": MOVED["code"]}
    moved = replace(event(HERE, MOVED, kind="unit.move", units=[elsewhere]), case_id=None)
    message = project(TOWN, EVERYTHING, moved)
    assert message is not None
    assert (message["op"], message["units"], message["gone"]) == ("leave", [], [UNIT_HERE["id"]])
    assert (message["case"], message["detail"]) == (None, {})
    store = ClientStore()
    store.apply({"type": "snapshot", "seq": 1, "cases": [], "units": [UNIT_HERE]})
    store.apply({"type": "event", "seq": 2, "prev": 1, **message})
    assert store.units == {}
    assert "gone" not in (project(DISPATCHER, EVERYTHING, moved) or {})
    assert project(TOWN, {"cases"}, moved) is None


def test_a_page_gets_only_the_topics_that_it_asked_for() -> None:
    duty = replace(event(HERE, HERE, kind="unit.duty", units=[UNIT_HERE]), case_id=None)
    assert project(TOWN, {"cases"}, duty) is None
    assert project(TOWN, {"units"}, duty) is not None
    message = project(TOWN, {"cases"}, event(units=[UNIT_HERE]))
    assert message is not None
    assert message["units"] == []
    message = project(TOWN, {"units"}, event(units=[UNIT_HERE]))
    assert message is not None
    assert (message["case"], message["units"]) == (None, [UNIT_HERE])
    assert project(TOWN, {"positions"}, event(units=[UNIT_HERE])) is None


def test_the_text_of_a_message_is_the_message() -> None:
    import json

    body = project(TOWN, EVERYTHING, event(units=[UNIT_HERE]))
    assert body is not None
    records = RecordTexts(most=1)
    text = event_text(7, 5, body_text(body, records.of(7, body["case"])))
    assert json.loads(text) == {"type": "event", "seq": 7, "prev": 5, **body}
    assert records.of(8, None) == "null"
