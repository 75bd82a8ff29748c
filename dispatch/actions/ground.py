"""What cases, desks and accounts ask of the ground when another is laid under them: `wall import` calls this.

Within the import's own transaction and over its connection, because areas and desks must change together.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import psycopg

from dispatch.actions.demonstration import DESK_LEVELS, plan
from dispatch.actions.staff import put_staff_back, tell_of_going
from dispatch.rules.vocabulary import OPEN
from dispatch.staff.sheets import SHEETS
from dispatch.tables import sql_list
from gis.errors import Conflict
from layers.importers.house import Uses
from layers.importers.said import refusal
from layers.tables import LENGTH_OF_LEVEL

Connection = psycopg.Connection[Any]

# What belongs to an area: where a vanished one would leave a case or a person nowhere.
USES = f"""
    SELECT a.code,
        (SELECT count(*) FROM cases c WHERE c.status IN ({sql_list(OPEN)})
            AND (c.area_code = a.code OR c.holder = a.code OR c.offer_to = a.code)),
        (SELECT count(*) FROM cases c WHERE c.status NOT IN ({sql_list(OPEN)}) AND c.area_code = a.code),
        (SELECT count(*) FROM units u WHERE u.area_code = a.code OR u.desk = a.code),
        (SELECT count(*) FROM accounts p WHERE (p.area = a.code OR p.desk = a.code) AND p.disabled_at IS NULL)
    FROM unnest(%s::text[]) AS a (code)
"""
# Codes that somebody or something names and no area has, retired or not.
LOST = """
    SELECT DISTINCT code FROM (
        SELECT area_code FROM cases UNION SELECT area_code FROM units UNION SELECT area FROM accounts
    ) AS named (code)
    WHERE length(code) = ANY(%s)
        AND NOT EXISTS (SELECT FROM areas a WHERE a.code = named.code)
        AND NOT EXISTS (SELECT FROM retired_areas r WHERE r.code = named.code)
    ORDER BY code LIMIT 5
"""
# Units that the log tells of: pages have them, and the log must say that they are gone.
TOLD_UNITS = """
    SELECT DISTINCT one ->> 'id' FROM log_events, jsonb_array_elements(data -> 'units') AS one
"""
NO_AREA = """
    DELETE FROM desks d WHERE NOT EXISTS (SELECT FROM areas a WHERE a.code = d.area_code)
        AND NOT EXISTS (SELECT FROM retired_areas r WHERE r.code = d.area_code)
"""


class Ground:
    """The hands that an import borrows."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.made = self.closed = 0

    def may_begin_anew(self, connection: Connection) -> None:
        """Refuse another county where this one has cases; people of a demonstration leave with it. Raises Conflict."""
        held = connection.execute("SELECT count(*) FROM cases").fetchone()
        if held is not None and held[0]:
            raise refusal(Conflict, "county_in_use", cases=held[0])
        self._send_home(connection)

    def _send_home(self, connection: Connection) -> None:
        """Let the invented people go, with all that is only theirs; real accounts keep a real county."""
        real = connection.execute("SELECT count(*) FROM accounts WHERE NOT demonstration").fetchone()
        if real is not None and real[0]:
            raise refusal(Conflict, "county_in_use.accounts", accounts=real[0])
        for (unit,) in connection.execute(TOLD_UNITS).fetchall():
            tell_of_going(connection, unit, self.at)
        for table in (
            "positions_latest",
            "positions",
            "sessions",
            "tokens",
            "known_devices",
            "accounts",
            "units",
        ):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM desks")

    def settle(self, connection: Connection) -> None:
        """Give every area that can hold a case a desk, and close the desks of areas that are gone. Raises Conflict."""
        if _waits_for_its_people(connection):
            # A demonstration that comes back is filled as a new one is, by `load_people`.
            connection.execute("DELETE FROM desks")
            return
        self._refuse_lost(connection)
        self.closed = connection.execute(NO_AREA).rowcount
        names = plan()["desk"]
        for level in DESK_LEVELS:
            self.made += connection.execute(
                "INSERT INTO desks (id, name, kind, area_code, around_the_clock)"
                " SELECT code, replace(%s, '{name}', name), 'area', code, level = 'county'"
                " FROM areas WHERE level = %s ON CONFLICT (id) DO NOTHING",
                (names[level], level),
            ).rowcount

    def puts_back(self, connection: Connection, number: int, layers: Collection[str]) -> bool:
        """Undo an import of desks and people; False where it was one of layers."""
        if not set(layers) <= set(SHEETS):
            return False
        put_staff_back(connection, number, self.at)
        return True

    def uses(self, connection: Connection, codes: Collection[str]) -> Mapping[str, Uses]:
        """Return what belongs to each of these areas; one that nothing belongs to is left out."""
        rows = connection.execute(USES, (list(codes),)).fetchall()
        found = {code: Uses(*counts) for code, *counts in rows}
        return {code: uses for code, uses in found.items() if uses != Uses()}

    def _refuse_lost(self, connection: Connection) -> None:
        """An import names what is in use before it comes to this; to undo one can take areas away as well."""
        lengths = list(LENGTH_OF_LEVEL.values())
        if lost := [row[0] for row in connection.execute(LOST, (lengths,)).fetchall()]:
            raise refusal(Conflict, "areas_in_use.lost", areas=lost)


def _waits_for_its_people(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT coalesce(bool_and(demonstration), false) AND NOT EXISTS (SELECT 1 FROM units) FROM data_sets"
    ).fetchone()
    return bool(row and row[0])
