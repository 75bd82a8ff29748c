"""What the house holds before a table of its people comes in: areas by code and name, desks, units and accounts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import dict_row

from dispatch.staff.sheets import DEPARTMENTS
from layers.importers.county import LEVEL_OF_LENGTH, Connection, parent_of
from layers.importers.values import BadValue, short
from layers.importers.vocabulary import meaning

Record = dict[str, Any]
MOST_NAMED = 4


@dataclass(slots=True)
class Picture:
    """The house; desks are added as a table brings them, so that its people can sit there.

    Accounts are found by their folded user names (`rules.usernames`).
    """

    areas: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    desks: dict[str, Record] = field(default_factory=dict)
    units: dict[str, Record] = field(default_factory=dict)
    accounts: dict[str, Record] = field(default_factory=dict)

    @property
    def county(self) -> str:
        """The county's code."""
        return min(self.areas, key=len)

    def area(self, said: str | None, levels: Sequence[str]) -> str:
        """Return the code of an area of these levels that is meant. Raises BadValue."""
        if said is None:
            if "county" in levels:
                return self.county
            raise BadValue("missing_area", levels=named(levels))
        codes = [self._padded(said)] if said.isdigit() else self.names.get(said, [])
        there = [code for code in codes if code in self.areas]
        if not there:
            raise BadValue("unknown_area", value=short(said))
        fitting = [code for code in there if LEVEL_OF_LENGTH[len(code)] in levels]
        if not fitting:
            level = named([LEVEL_OF_LENGTH[len(there[0])]])
            raise BadValue("wrong_level", value=short(said), level=level, levels=named(levels))
        if len(fitting) > 1:
            raise BadValue("ambiguous_area", value=short(said), codes=fitting[:MOST_NAMED])
        return fitting[0]

    def _padded(self, code: str) -> str:
        """Statistics pad codes to twelve digits."""
        if code in self.areas:
            return code
        return next(
            (code[:n] for n in (9, 6) if code[n:] and not code[n:].strip("0") and code[:n] in self.areas),
            code,
        )

    def department(self, said: str, area: str) -> str:
        """Return the desk of a department of this area, or of the county. Raises BadValue."""
        for code in dict.fromkeys((area, self.county)):
            if (desk := f"{code}/{said}") in self.desks:
                return desk
            mine = [
                desk
                for desk, record in self.desks.items()
                if record["kind"] == "department" and record["area_code"] == code and record["name"] == said
            ]
            if len(mine) == 1:
                return mine[0]
        raise BadValue("unknown_department", value=short(said))


def named(levels: Sequence[str]) -> list[Any]:
    """Levels as a sentence has them."""
    from layers.importers.said import names_of

    return names_of("layer", levels)


def key_of(name: str) -> str | None:
    """The key of a department with a usual name, as it stands in it: 泾川县公安局 is the police."""
    if (found := meaning(DEPARTMENTS, name)) is not None:
        return found
    hits = {key for key, known in DEPARTMENTS.items() for one in known if len(one) > 2 and name.endswith(one)}
    return hits.pop() if len(hits) == 1 else None


def read_picture(connection: Connection) -> Picture:
    """Read the house; it is empty where no county is loaded."""
    cursor = connection.cursor(row_factory=dict_row)

    def read(statement: str, key: str) -> dict[str, Record]:
        return {str(row[key]): row for row in cursor.execute(statement).fetchall()}

    rows = read("SELECT code, name, full_name FROM areas", "code")
    return Picture(
        {code: row["name"] for code, row in rows.items()},
        _names(rows.values()),
        read("SELECT * FROM desks", "id"),
        read("SELECT * FROM units", "id"),
        read("SELECT * FROM accounts", "username_folded"),
    )


def _names(rows: Iterable[Record]) -> dict[str, list[str]]:
    """Codes by all that people write for an area: its name, alone or with those of the areas above before it."""
    by_code = {row["code"]: row for row in rows}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, row in by_code.items():
        path, said = row["name"], {row["name"], row["full_name"]}
        above = parent_of(code)
        while above is not None and above in by_code:
            name = by_code[above]["name"]
            path = path if path.startswith(name) else name + path
            said.add(path)
            above = parent_of(above)
        for one in said:
            found[one].append(code)
    return {name: sorted(codes) for name, codes in found.items()}
