"""Write a county's past into empty tables: all of it or nothing, in one transaction, with no index in the way."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from dispatch.records import UnitRecord
from gis.errors import Conflict
from gis.log.append import COLUMNS as EVENT_COLUMNS
from gis.log.events import GENESIS, link_hash

LOG = ("log_events", "log_chain")
SEQUENCED_AFTER_US = 12_000
SETTINGS = {
    "maintenance_work_mem": "512MB",
    "max_parallel_maintenance_workers": "2",
    "work_mem": "256MB",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "10s",
}
CONSTRAINTS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype = 'f' as is_key
    from pg_constraint
    where contype in ('p', 'u', 'x') and conrelid = any(%(tables)s::regclass[])
       or contype = 'f' and (conrelid = any(%(tables)s::regclass[]) or confrelid = any(%(tables)s::regclass[]))
    order by contype = 'f' desc, conrelid, conname
"""
INDEXES = """
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any(%(tables)s::regclass[])
      and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    order by 1
"""

HAS_LZ4 = "select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression'"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Bared:
    """What was taken off the tables for the time of the load."""

    constraints: Sequence[tuple[str, str, str, bool]]
    indexes: Sequence[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.constraints) + len(self.indexes)


class Load:
    """A load under way; `tables` names the columns of each table that is filled besides the log."""

    def __init__(self, connection: Connection, tables: Mapping[str, Sequence[str]]) -> None:
        self.connection = connection
        self.tables = tables
        self.seq = 0
        self.head = GENESIS
        self._bared = Bared((), ())

    def begin(self) -> None:
        """Make sure that nothing is there, and take off what slows. Raises Conflict."""
        names = [*self.tables, *LOG]
        run = self.connection.execute
        for name, value in SETTINGS.items():
            run("select set_config(%s, %s, true)", (name, value))
        if run(HAS_LZ4).fetchone() == (True,):  # ten times as fast as PostgreSQL's own, and hardly longer
            run("set local default_toast_compression = 'lz4'")
        run(sql.SQL("lock table {} in access exclusive mode").format(_listed(names)))
        for table in names:
            if run(sql.SQL("select exists (select from {})").format(sql.Identifier(table))).fetchone() != (
                False,
            ):
                raise Conflict(
                    f"there is something in {table}: a past is only written into a county without cases"
                )
        self._bare(names)
        # What triggers write of a row at a time comes with the rows.
        for table in names:
            run(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(table)))
        # Emptying the empty tables anew lets COPY write rows that need no vacuum.
        run(sql.SQL("truncate {}").format(_listed(names)))
        run("select setval('log_events_id_seq', 1, false), setval('case_numbers', 1, false)")

    def _bare(self, names: Sequence[str]) -> None:
        run = self.connection.execute
        self._bared = Bared(
            run(CONSTRAINTS, {"tables": list(names)}).fetchall(),
            run(INDEXES, {"tables": list(names)}).fetchall(),
        )
        for table, name, _, _ in self._bared.constraints:
            run(sql.SQL("alter table {} drop constraint {}").format(sql.SQL(table), sql.Identifier(name)))
        for name, _ in self._bared.indexes:
            run(sql.SQL("drop index {}").format(sql.SQL(name)))

    def lines(self, table: str, text: str) -> None:
        """Write lines of a table, in COPY's text format."""
        self._copy(table, self.tables[table], text)

    def _copy(self, table: str, columns: Sequence[str], text: str) -> None:
        named = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("copy {} ({}) from stdin (freeze)").format(sql.Identifier(table), named)
        with self.connection.cursor().copy(into) as copy:
            copy.write(text)

    def facts(self, text: str, digests: Sequence[bytes], at: NDArray[np.int64]) -> None:
        """Write facts in the order of the log, number them and chain them."""
        self._copy("log_events", [name for name, _ in EVENT_COLUMNS], text)
        moments = np.datetime_as_string((at + SEQUENCED_AFTER_US).view("datetime64[us]"), unit="us").tolist()
        links = []
        for digest, moment in zip(digests, moments, strict=True):
            self.seq += 1
            before, self.head = self.head, link_hash(self.head, self.seq, digest)
            # The table was empty: its own numbers run from one, as the chain's do.
            links.append(f"{self.seq}\t{self.seq}\t\\\\x{before.hex()}\t\\\\x{self.head.hex()}\t{moment}Z\n")
        self._copy("log_chain", ("seq", "event_id", "prev_hash", "hash", "sequenced_at"), "".join(links))

    def units(self, records: Sequence[UnitRecord]) -> None:
        """Write where the units are after it all."""
        names = ("version", "state", "case_id", "state_at")
        renewed = f"update units set {', '.join(f'{name} = %({name})s' for name in names)} where id = %(id)s"
        with self.connection.cursor() as cursor:
            cursor.executemany(sql.SQL(renewed), [dict(record) for record in records])

    def finish(self, cases: int) -> Iterator[float]:
        """Put back what was taken off; yields how much of that is done, from 0 to 1."""
        run, done = self.connection.execute, 0
        keys = [one for one in self._bared.constraints if one[3]]
        unique = [one for one in self._bared.constraints if not one[3]]
        for table, name, definition, _ in (*unique, *keys):
            put = sql.SQL("alter table {} add constraint {} {}")
            run(put.format(sql.SQL(table), sql.Identifier(name), sql.SQL(definition)))
            done += 1
            yield 0.9 * done / len(self._bared)
        for _, definition in self._bared.indexes:
            run(sql.SQL(definition))
            done += 1
            yield 0.9 * done / len(self._bared)
        for table in (*self.tables, *LOG):
            run(sql.SQL("alter table {} enable trigger user").format(sql.Identifier(table)))
        run("select setval('case_numbers', %s)", (max(1, cases),))
        run(sql.SQL("analyze {}, units").format(_listed([*self.tables, *LOG])))
        yield 1.0


def _listed(tables: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))


@contextmanager
def loading(url: str, tables: Mapping[str, Sequence[str]]) -> Iterator[Load]:
    """Yield a load as the owner of the tables; what it wrote is there when the block ends, or nothing of it."""
    with psycopg.connect(url) as connection:
        load = Load(connection, tables)
        load.begin()
        yield load
