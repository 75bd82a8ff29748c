"""The tables are what the log says, and what was done to either behind the other's back is named."""

from uuid import UUID

import psycopg

from dispatch.actions.cases import make_move, report_case
from dispatch.actions.units import set_duty
from dispatch.agreement import Agreement, compare_with_log
from dispatch.cards import load_card
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move
from gis.actor import SYSTEM, Actor, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from tests.dispatch.county import a_report
from tests.dispatch.house import House
from tests.dispatch.small_county import COUNTY

SMUGGLE = """insert into cases select (jsonb_populate_record(c, jsonb_build_object(
    'id', gen_random_uuid(), 'number', 'smuggled'))).* from cases c where id = %s"""
CENTRE = Actor("centre", "centre", Role.DISPATCHER, COUNTY, COUNTY)


async def compared(db: Database) -> Agreement:
    """Compare as the command does."""
    async with db.read(SYSTEM, frozen=True) as tx:
        return await compare_with_log(tx)


def tamper(urls: ClusterUrls, statement: str, its_id: str) -> None:
    """Do as a superuser what no program may: no trigger runs, and the log hears nothing."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(statement.encode(), (its_id,))


async def test_what_was_changed_behind_the_logs_back_is_named(house: House, urls: ClusterUrls) -> None:
    db, west, east = house.app.state.db, house.west, house.east
    on_duty, sent = west.unit_id, east.unit_id
    village = Actor("village", "village", Role.VILLAGE_OFFICER, f"{east.township}201", f"{east.township}201")
    await set_duty(db, CENTRE, on_duty, on_duty=False, at=now())
    for command in (Command(Move.ACCEPT), Command(Move.DISPATCH, units=(sent,))):
        await make_move(db, village, UUID(east.case_id), command, None, now())
    gone = (await report_case(db, SYSTEM, a_report(area=f"{west.township}201001"), now())).case
    async with db.read(SYSTEM) as tx:
        card_number = (await load_card(tx, UUID(west.card_id))).number
    whole = await compared(db)
    assert (whole.differences, whole.unsaid) == ([], set())
    assert (whole.cases, whole.units, whole.cards) == (3, 4, 2)

    for statement, its_id in (
        ("update cases set status = 'accepted', access = '{620821/police}' where id = %s", west.case_id),
        (
            "update clocks set due_at = due_at + interval '1 h' where case_id = %s and position = 0",
            west.case_id,
        ),
        ("update cases set geom = ST_Translate(geom, 0.001, 0) where id = %s", east.case_id),
        ("delete from assignments where case_id = %s", east.case_id),
        ("update warning_cards set colour = 'green' where id = %s", west.card_id),
        ("update units set desk = '620821' where id = %s", on_duty),
        # Nothing was ever told of this one: what the log does not say, it cannot prove.
        ("update units set desk = '620821' where id = %s", f"grid.{east.township}202001"),
        ("delete from cases where id = %s", gone["id"]),
        (SMUGGLE, west.case_id),
    ):
        tamper(urls, statement, its_id)
    found = await compared(db)
    assert {(one.what, one.field) for one in found.differences} == {
        (f"case {west.number}", "status"),
        (f"case {west.number}", "access"),
        (f"case {west.number}", "clocks[0].due_at"),
        (f"case {east.number}", "geom"),
        (f"case {east.number}", "assignments"),
        (f"case {gone['number']}", ""),
        ("case smuggled", ""),
        (f"card {card_number}", "colour"),
        (f"unit {on_duty}", "desk"),
    }
    assert found.found == len(found.differences)
    said = str(next(one for one in found.differences if one.field == "status"))
    assert said.endswith(', the table "accepted"')


def test_what_an_older_release_did_not_tell_is_said_and_is_no_difference() -> None:
    agreement = Agreement()
    told = {"version": 3, "help": [{"desk": "620821"}], "rating": 5}
    held = {"version": 3, "help": [{"desk": "620821", "done": True}], "rating": 4, "joined": 1}
    agreement.compare("case 1", 7, told, held)
    assert agreement.unsaid == {"help.done", "joined"}
    assert [str(one) for one in agreement.differences] == ["case 1: rating: event 7 says 5, the table 4"]
