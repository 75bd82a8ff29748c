"""What cases, desks and accounts ask of the ground when another is laid under them: `wall import` calls this.

Within the import's own transaction and over its connection, because areas and desks must change together.
"""

from datetime import datetime
from typing import Any

import psycopg

from dispatch.actions.demonstration import DESK_LEVELS, plan
from gis.errors import Conflict
from layers.tables import LENGTH_OF_LEVEL

Connection = psycopg.Connection[Any]

# Columns that name an area or a desk, where a vanished one would leave a case or a person nowhere.
AREAS_IN_USE = {
    "cases": "area_code",
    "units": "area_code",
    "accounts": "area",
}


class Ground:
    """The hands that an import borrows."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.made = self.closed = 0

    def may_begin_anew(self, connection: Connection) -> None:
        """Refuse another county where this one has cases; people of a demonstration leave with it. Raises Conflict."""
        held = connection.execute("SELECT count(*) FROM cases").fetchone()
        if held is not None and held[0]:
            raise Conflict(
                f"{held[0]} cases belong to the county that is loaded, and the log that tells of them is never "
                "erased. Give the new county a database of its own: set WALL_VAR to an empty folder (or DATABASE_URL "
                "to an empty database) and import there",
                code="county_in_use",
            )
        self._send_home(connection)

    def _send_home(self, connection: Connection) -> None:
        """Let the invented people go, with all that is only theirs; real accounts keep a real county."""
        real = connection.execute("SELECT count(*) FROM accounts WHERE NOT demonstration").fetchone()
        if real is not None and real[0]:
            raise Conflict(
                f"{real[0]} accounts of people belong to the county that is loaded. Give the new county a database "
                "of its own (WALL_VAR or DATABASE_URL)",
                code="county_in_use",
            )
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
        self._refuse_vanished(connection)
        self.closed = connection.execute(
            "DELETE FROM desks d WHERE NOT EXISTS (SELECT 1 FROM areas a WHERE a.code = d.area_code)"
        ).rowcount
        names = plan()["desk"]
        for level in DESK_LEVELS:
            self.made += connection.execute(
                "INSERT INTO desks (id, name, kind, area_code, around_the_clock)"
                " SELECT code, replace(%s, '{name}', name), 'area', code, level = 'county'"
                " FROM areas WHERE level = %s ON CONFLICT (id) DO NOTHING",
                (names[level], level),
            ).rowcount

    def _refuse_vanished(self, connection: Connection) -> None:
        lengths = list(LENGTH_OF_LEVEL.values())
        for table, column in AREAS_IN_USE.items():
            statement = (
                f"SELECT DISTINCT {column} FROM {table} t WHERE length({column}) = ANY(%s)"
                f" AND NOT EXISTS (SELECT 1 FROM areas a WHERE a.code = t.{column}) ORDER BY 1 LIMIT 5"
            )
            lost = [row[0] for row in connection.execute(statement, (lengths,)).fetchall()]
            if lost:
                raise Conflict(
                    f"the {table} of {', '.join(lost)} would be nowhere: these areas are in use. Keep them "
                    "(--update instead of --replace), or move what is there first",
                    code="areas_in_use",
                )


def _waits_for_its_people(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT coalesce(bool_and(demonstration), false) AND NOT EXISTS (SELECT 1 FROM units) FROM data_sets"
    ).fetchone()
    return bool(row and row[0])
