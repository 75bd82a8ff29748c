"""Desks, accounts and units from tables, written by `wall import`: one transaction, dry runs, and the way back.

People are never deleted once they did something: their accounts are closed. Units that nobody lists go off duty.
Every unit that comes, changes or goes is a fact on the log, so that open pages have it at once.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg import sql
from psycopg.rows import dict_row

from dispatch.actions.passwords import hash_random
from dispatch.events import unit_data
from dispatch.queries import unit_record
from dispatch.rules.seats import LEVELS_OF_ROLE
from dispatch.rules.visibility import Scope, unit_scope
from dispatch.rules.vocabulary import UnitState
from dispatch.staff.meaning import Reader, Staff, Wanted
from dispatch.staff.picture import Picture, Record, read_picture
from dispatch.staff.sheets import SHEETS
from dispatch.tables import desks, units
from dispatch.tables_accounts import accounts
from gis.actor import SYSTEM, Role
from gis.errors import Conflict
from gis.log.append import append_now
from layers.importers.county import Connection
from layers.importers.faults import BadFile, Fault, Reporter
from layers.importers.mapping import mapped
from layers.importers.prepare import Options
from layers.importers.reading import Job
from layers.importers.report import LayerReport, Report
from layers.importers.run import Progress, as_owner, enter
from layers.importers.said import Said, name_of, refusal
from layers.importers.writing import Kept, begin, keep_images, put_back, raise_revisions, remember

# What an import may change, and undoing it bring back; where a unit is and what opens an account is none of it.
TABLES = (
    Kept(desks),
    Kept(units, ("state", "state_at", "case_id", "on_duty", "version")),
    Kept(accounts, ("password_hash", "language")),
)
TABLE_NAMES = tuple(one.name for one in TABLES)
# Letters and digits that nobody takes for one another.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 14
# Who may vanish from a list of people: an administrator never does, or nobody could mend it.
LISTED = frozenset(LEVELS_OF_ROLE) - {Role.ADMIN}
# Of a desk that goes: what belongs to it.
BELONGS_TO_DESK = """
    SELECT EXISTS (SELECT FROM cases WHERE holder = %(id)s OR offer_to = %(id)s OR first_receiver = %(id)s
        OR %(id)s = ANY(access))
    OR EXISTS (SELECT FROM custody WHERE desk = %(id)s) OR EXISTS (SELECT FROM helps WHERE desk = %(id)s)
    OR EXISTS (SELECT FROM accounts WHERE desk = %(id)s) OR EXISTS (SELECT FROM units WHERE desk = %(id)s)
"""
# Of an account that is taken back: whether anybody ever came in by it, or did something.
WAS_USED = """
    SELECT EXISTS (SELECT FROM sessions WHERE account_id = %(id)s) OR EXISTS (
        SELECT FROM known_devices WHERE account_id = %(id)s) OR EXISTS (
        SELECT FROM tokens WHERE account_id = %(id)s) OR EXISTS (
        SELECT FROM log_events WHERE actor ->> 'account' = %(id)s::text)
"""


@dataclass(slots=True)
class Changes:
    """What becomes of the rows of one table of the database."""

    new: list[Wanted]
    changed: list[Wanted]
    unchanged: list[str]
    gone: list[str]

    @classmethod
    def between(cls, wanted: Mapping[str, Wanted], held: Mapping[str, Record], gone: list[str]) -> "Changes":
        """Compare what shall be with what is."""
        found = cls([], [], [], gone)
        for key, one in wanted.items():
            old = held.get(key)
            if old is None:
                found.new.append(one)
            elif any(old[name] != value for name, value in one.values.items()):
                found.changed.append(one)
            else:
                found.unchanged.append(key)
        return found


def import_staff(
    owner_url: str,
    jobs: Sequence[Job],
    options: Options,
    at: datetime,
    *,
    dry_run: bool = False,
    passwords: Callable[[Sequence[tuple[str, str, str]]], None] | None = None,
    progress: Progress = lambda _step, _share: None,
) -> Report:
    """Bring tables of desks and people in; the report says what happened, and what is wrong where `refused`.

    `passwords` is given name, user name and initial password of every new account, before anything is committed.
    """
    began = time.perf_counter()
    report = Report(at, "replace" if options.replace else "update")
    with as_owner(owner_url) as connection:
        begin(connection)
        picture = read_picture(connection)
        if not picture.areas:
            report.faults.add(Fault(Said("no_county"), jobs[0].target.name))
            return report
        held = Picture({}, {}, dict(picture.desks), picture.units, picture.accounts)
        staff = Staff()
        _read(jobs, options, report, picture, staff, progress)
        plan = _Plan(connection, held, staff, options, report)
        plan.tell(jobs)
        if not report.refused:
            progress(Said("step.writing"), 0.7)
            plan.write(at, dry_run=dry_run, passwords=passwords, progress=progress)
        if report.status != "imported":
            connection.rollback()
    report.took_s = time.perf_counter() - began
    progress(Said("step.done"), 1.0)
    return report


def _read(
    jobs: Sequence[Job], options: Options, report: Report, picture: Picture, staff: Staff, progress: Progress
) -> None:
    reader = Reader(picture, staff)
    take = {"desk": reader.take_desks, "people": reader.take_people}
    for number, job in enumerate(sorted(jobs, key=lambda one: list(SHEETS).index(one.target.name))):
        progress(Said("step.reading", layer=name_of("layer", job.target.name)), 0.5 * number / len(jobs))
        sheet, target = job.sheet, job.target
        layer = LayerReport(target.name, job.file, sheet.name, encoding=sheet.encoding, read=len(sheet))
        report.layers.append(layer)
        names = {one.name for one in target.fields}
        try:
            mapping = mapped(
                target, sheet, {name: one for name, one in options.maps.items() if name in names}
            )
        except BadFile as error:
            report.faults.add(Fault(error.said, target.name))
            continue
        layer.mapping = [
            {"field": found.field, "column": found.column, "by": found.by, "sample": found.sample}
            for found in mapping.values()
        ]
        say = Reporter(report.faults, target.name)
        for note in sheet.notes:
            say.note(note)
        take[target.name](target, sheet, mapping, say)


class _Plan:
    """What an import of people changes, and the writing of it."""

    def __init__(
        self, connection: Connection, held: Picture, staff: Staff, options: Options, report: Report
    ) -> None:
        self.connection, self.held, self.report = connection, held, report
        self.replace = options.replace
        self.desks = Changes.between(staff.desks, held.desks, self._gone_desks(staff))
        self.accounts = Changes.between(staff.accounts, held.accounts, self._gone_accounts(staff))
        self.units = Changes.between(staff.units, held.units, self._gone_units(staff))

    def _listed(self, layer: str) -> bool:
        return self.replace and any(one.layer == layer for one in self.report.layers)

    def _gone_desks(self, staff: Staff) -> list[str]:
        if not self._listed("desk"):
            return []
        gone = [
            key
            for key, desk in self.held.desks.items()
            if desk["kind"] == "department" and key not in staff.desks
        ]
        for key in gone:
            if _is_so(self.connection, BELONGS_TO_DESK, key):
                said = Said("desk_in_use", name=self.held.desks[key]["name"])
                Reporter(self.report.faults, "desk").error(said, key=key)
        return gone

    def _gone_accounts(self, staff: Staff) -> list[str]:
        if not self._listed("people"):
            return []
        return [
            key
            for key, one in self.held.accounts.items()
            if key not in staff.accounts
            and one["role"] in LISTED
            and one["disabled_at"] is None
            and not one["demonstration"]
        ]

    def _gone_units(self, staff: Staff) -> list[str]:
        if not self._listed("people"):
            return []
        gone = [key for key, unit in self.held.units.items() if key not in staff.units and unit["on_duty"]]
        for key in gone:
            unit = self.held.units[key]
            if unit["case_id"] is not None:
                said = Said("unit_busy", name=unit["name"])
                Reporter(self.report.faults, "people").error(said, key=key)
        return gone

    def tell(self, jobs: Sequence[Job]) -> None:
        """Put into the report what would change; a person and the unit that he is are one line."""
        of = {
            "desk": (self.desks,),
            # A unit that somebody has an account for is told with it.
            "people": (self.accounts, self._units_alone()),
        }
        for layer in self.report.layers:
            for changes in of[layer.layer]:
                layer.new += [one.key for one in changes.new]
                layer.changed += [one.key for one in changes.changed]
                layer.unchanged += changes.unchanged
                layer.gone += changes.gone

    def _units_alone(self) -> Changes:
        manned = {one.values["unit_id"] for one in (*self.accounts.new, *self.accounts.changed)} | {
            self.held.accounts[key]["unit_id"] for key in (*self.accounts.unchanged, *self.accounts.gone)
        }
        return Changes(
            [one for one in self.units.new if one.key not in manned],
            [one for one in self.units.changed if one.key not in manned],
            [key for key in self.units.unchanged if key not in manned],
            [key for key in self.units.gone if key not in manned],
        )

    # writing

    def write(
        self,
        at: datetime,
        *,
        dry_run: bool,
        passwords: Callable[[Sequence[tuple[str, str, str]]], None] | None,
        progress: Progress,
    ) -> None:
        """Write all of it, unless it is a dry run or there is nothing to write."""
        parts = (self.desks, self.accounts, self.units)
        if not any(part.new or part.changed or part.gone for part in parts):
            self.report.status = "unchanged"
            return
        remember(self.connection, TABLES)
        self._write_desks()
        self._write_units(at)
        made = self._write_accounts(at, passwords is not None and not dry_run, progress)
        if dry_run:
            self.report.status = "dry_run"
            return
        if passwords is not None:
            passwords(made)
        elif made:
            self.report.notes.append(Said("without_password", count=len(made)))
        layers = [layer.layer for layer in self.report.layers]
        self.report.status = "imported"
        self.report.import_id = enter(self.connection, self.report, layers)
        keep_images(self.connection, self.report.import_id, TABLES)
        raise_revisions(self.connection, layers)
        self.connection.commit()

    def _write_desks(self) -> None:
        for one in self.desks.new:
            _insert(self.connection, "desks", {"id": one.key, **one.values})
        for one in self.desks.changed:
            _update(self.connection, "desks", "id", one.key, one.values)
        self.connection.execute("DELETE FROM desks WHERE id = ANY(%s)", (self.desks.gone,))

    def _write_units(self, at: datetime) -> None:
        row = self.connection.execute("SELECT coalesce(max(no), 0) FROM units").fetchone()
        last = int(row[0]) if row else 0
        for number, one in enumerate(self.units.new, start=last + 1):
            begun = {"no": number, "on_duty": True, "state": UnitState.AVAILABLE.value, "state_at": at}
            _insert(self.connection, "units", {"id": one.key, **one.values, **begun})
            tell_of_unit(self.connection, one.key, "enlist", at)
        for one in self.units.changed:
            before = unit_scope(self.held.units[one.key])
            _update(self.connection, "units", "id", one.key, one.values)
            tell_of_unit(self.connection, one.key, "enlist", at, before=before)
        for key in self.units.gone:
            _update(
                self.connection,
                "units",
                "id",
                key,
                {"on_duty": False, "state": UnitState.OFF_DUTY.value, "state_at": at},
            )
            tell_of_unit(self.connection, key, "off_duty", at)

    def _write_accounts(
        self, at: datetime, with_passwords: bool, progress: Progress
    ) -> list[tuple[str, str, str]]:
        made = []
        for number, one in enumerate(self.accounts.new):
            password = "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))
            hashed = hash_random(password) if with_passwords else None
            _insert(
                self.connection,
                "accounts",
                {
                    "id": uuid4(),
                    "username_folded": one.key,
                    **one.values,
                    "password_hash": hashed,
                    "created_at": at,
                },
            )
            made.append((one.values["display_name"], one.values["username"], password))
            progress(Said("step.passwords"), 0.7 + 0.3 * number / len(self.accounts.new))
        for one in self.accounts.changed:
            _update(self.connection, "accounts", "username_folded", one.key, one.values)
        close_accounts(self.connection, [self.held.accounts[key]["id"] for key in self.accounts.gone], at)
        return made


def put_staff_back(connection: Connection, number: int, at: datetime) -> None:
    """Undo an import of desks and people. Accounts that were used are closed instead. Raises Conflict."""
    images = connection.execute(
        "SELECT table_name, key, before IS NULL FROM import_images WHERE import_id = %s", (number,)
    ).fetchall()
    brought = {name: [key for table, key, new in images if new and table == name] for name in TABLE_NAMES}
    used = [key for key in brought["accounts"] if _is_so(connection, WAS_USED, key)]
    for key in brought["units"]:
        tell_of_going(connection, key, at)
    put_back(connection, number, TABLES, spared=used)
    close_accounts(connection, used, at)
    for key in brought["desks"]:
        if _is_so(connection, BELONGS_TO_DESK, key):
            raise refusal(Conflict, "still_used", number=number, detail=key)
    for key in (key for table, key, new in images if table == "units" and not new):
        connection.execute("UPDATE units SET version = version + 1 WHERE id = %s", (key,))
        tell_of_unit(connection, key, "enlist", at)


def tell_of_going(connection: Connection, key: str, at: datetime) -> None:
    """Append the fact that a unit is no more; nothing where there is none."""
    cursor = connection.cursor(row_factory=dict_row)
    row = cursor.execute("SELECT area_code, desk FROM units WHERE id = %s", (key,)).fetchone()
    if row is None:
        return
    scope = unit_scope(row)
    data: Record = {"move": "dismiss", "case": None, "units": [], "gone": [key], "changed": [], "detail": {}}
    append_now(
        connection, kind="unit.dismiss", actor=SYSTEM, scope_before=scope, scope_after=scope, data=data, at=at
    )


def close_accounts(connection: Connection, ids: Sequence[Any], at: datetime) -> None:
    """Close accounts with their sessions and devices, as `disable_account` does for one."""
    connection.execute("UPDATE accounts SET disabled_at = %s WHERE id = ANY(%s)", (at, list(ids)))
    for table in ("sessions", "known_devices"):
        statement = sql.SQL("DELETE FROM {} WHERE account_id = ANY(%s)").format(sql.Identifier(table))
        connection.execute(statement, (list(ids),))


def tell_of_unit(
    connection: Connection, key: str, move: str, at: datetime, before: Scope | None = None
) -> None:
    """Append the fact that a unit is there, is another, or is off duty."""
    cursor = connection.cursor(row_factory=dict_row)
    row = cursor.execute("SELECT * FROM units WHERE id = %s", (key,)).fetchone()
    assert row is not None
    scope = unit_scope(row)
    append_now(
        connection,
        kind=f"unit.{move}",
        actor=SYSTEM,
        scope_before=before or scope,
        scope_after=scope,
        data=unit_data(move, unit_record(row)),
        at=at,
    )


def _is_so(connection: Connection, question: str, key: str) -> bool:
    """Answer one of the questions above about the row of this id."""
    row = connection.execute(question, {"id": key}).fetchone()
    return row is not None and bool(row[0])


def _insert(connection: Connection, table: str, values: Record) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    places = sql.SQL(", ").join(sql.Placeholder() * len(values))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, places)
    connection.execute(statement, list(values.values()))


def _update(connection: Connection, table: str, key: str, value: Any, values: Record) -> None:
    renewed = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
    version = sql.SQL(", version = version + 1") if table == "units" else sql.SQL("")
    statement = sql.SQL("UPDATE {} SET {}{} WHERE {} = %s")
    connection.execute(
        statement.format(sql.Identifier(table), renewed, version, sql.Identifier(key)),
        [*values.values(), value],
    )
