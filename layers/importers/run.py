"""One import from sheets to commit, and its undoing: each one transaction, everything or nothing."""

import getpass
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from gis.clock import now
from gis.errors import Conflict, NotFound, Unavailable
from layers.importers.county import Connection, read_county
from layers.importers.faults import BadFile, Fault, Reporter
from layers.importers.house import House, NobodyHome
from layers.importers.plan import LayerPlan, Plan, Planner
from layers.importers.prepare import Options, Prepared, prepared
from layers.importers.reading import Job
from layers.importers.report import LayerReport, Report
from layers.importers.said import Said, name_of, refusal
from layers.importers.targets import TARGETS
from layers.importers.writing import (
    begin,
    keep_images,
    put_back,
    raise_revisions,
    refresh_statistics,
    remember,
    write_plan,
)

__all__ = ["House", "NobodyHome", "as_owner", "enter", "import_layers", "imports_made", "undo_import"]

Progress = Callable[[Said, float], None]


@contextmanager
def as_owner(owner_url: str) -> Iterator[Connection]:
    """One transaction as the owner of the tables; what the database itself refuses is said in a sentence.

    Raises Unavailable where this is not the owner, Conflict where a rule of the tables stands against it.
    """
    try:
        with psycopg.connect(owner_url) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise refusal(Unavailable, "not_owner") from None
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        said = " ".join(filter(None, (error.diag.message_primary, error.diag.message_detail))) or str(error)
        raise refusal(Conflict, "database_refused", said=said) from None


def import_layers(
    owner_url: str,
    jobs: Sequence[Job],
    options: Options,
    *,
    house: House,
    dry_run: bool = False,
    new_county: bool = False,
    progress: Progress = lambda _step, _share: None,
) -> Report:
    """Bring layers in; the report says what happened, and what is wrong where `refused`. Raises Conflict, BadFile."""
    began = time.perf_counter()
    mode = "new county" if new_county else "replace" if options.replace else "update"
    report = Report(now(), mode)
    with as_owner(owner_url) as connection:
        begin(connection)
        county = read_county(connection)
        fresh = new_county and county.data_set is not None
        if fresh:
            house.may_begin_anew(connection)
        rows = _prepare(jobs, options, report, progress)
        progress(Said("step.checking"), 0.4)
        plan = Planner(connection, county, options, report.faults, house, fresh=fresh).plan(rows)
        _tell(report, plan)
        if report.refused:
            connection.rollback()
        else:
            progress(Said("step.writing"), 0.7)
            _write(connection, plan, report, house, dry_run=dry_run, fresh=fresh)
    report.took_s = time.perf_counter() - began
    progress(Said("step.done"), 1.0)
    return report


def _prepare(jobs: Sequence[Job], options: Options, report: Report, progress: Progress) -> list[Prepared]:
    rows = []
    for number, job in enumerate(sorted(jobs, key=lambda job: list(TARGETS).index(job.target.name))):
        step = Said("step.reading", layer=name_of("layer", job.target.name))
        progress(step, 0.4 * number / len(jobs))
        layer = LayerReport(
            job.target.name, job.file, job.sheet.name, encoding=job.sheet.encoding, read=len(job.sheet)
        )
        report.layers.append(layer)
        try:
            one = prepared(job.target, job.sheet, options, Reporter(report.faults, job.target.name))
        except BadFile as error:
            # One file that cannot be taken as a whole: the others are still looked at.
            report.faults.add(Fault(error.said, job.target.name))
            continue
        layer.crs = f"{one.system.name} ({one.system.title})" if one.system.crs else one.system.title
        layer.mapping = [
            {"field": found.field, "column": found.column, "by": found.by, "sample": found.sample}
            for found in one.mapping.values()
            if found.column is not None or found.by == "absent"
        ]
        rows.append(one)
    return rows


def _tell(report: Report, plan: Plan) -> None:
    """Put what would change into the report, also for layers that only follow the areas."""
    report.county = plan.county.name
    known = {layer.layer: layer for layer in report.layers}
    for name, layer in plan.layers.items():
        if name not in known:
            if layer.changes.nothing:
                continue
            known[name] = LayerReport(name, file="—")
            report.layers.append(known[name])
        own = known[name]
        for part in ("new", "changed", "unchanged", "gone"):
            setattr(own, part, getattr(layer.changes, part))
        own.shapes = _shapes(layer)


def _shapes(layer: LayerPlan) -> list[tuple[str, str, Any]]:
    changes = layer.changes
    what = {key: part for part in ("new", "changed", "unchanged") for key in getattr(changes, part)}
    shapes = [(key, what.get(key, "unchanged"), row.geometry) for key, row in layer.after.items()]
    return shapes + [(key, "gone", layer.before[key].geometry) for key in changes.gone]


def _write(
    connection: Connection, plan: Plan, report: Report, house: House, *, dry_run: bool, fresh: bool
) -> None:
    touched = [name for name, layer in plan.layers.items() if not layer.changes.nothing]
    if not touched and not fresh:
        report.status = "unchanged"
        connection.rollback()
        return
    remember(connection)
    write_plan(connection, plan, source=_files(report), fresh=fresh)
    house.settle(connection)
    if dry_run:
        # All of it was tried, the database's own rules included; none of it stays.
        report.status = "dry_run"
        connection.rollback()
        return
    report.status = "imported"
    report.import_id = enter(connection, report, touched)
    keep_images(connection, report.import_id)
    raise_revisions(connection, touched)
    refresh_statistics(connection, touched)
    connection.commit()


def _files(report: Report) -> str:
    return ", ".join(dict.fromkeys(layer.file for layer in report.layers if layer.file != "—"))


def enter(connection: Connection, report: Report, layers: list[str]) -> int:
    """Enter an import in the list of imports; returns its number."""
    what = f"{report.mode}: {_files(report)}"
    row = connection.execute(
        "INSERT INTO imports (at, who, what, layers, report) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        (report.at, _who(), what, layers, json.dumps(report.as_json(), ensure_ascii=False)),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def imports_made(owner_url: str, most: int = 50) -> list[dict[str, Any]]:
    """The newest imports, newest first."""
    with as_owner(owner_url) as connection:
        rows = connection.execute(
            "SELECT id, at, who, what, layers, undone_at FROM imports ORDER BY id DESC LIMIT %s", (most,)
        ).fetchall()
    names = ("id", "at", "who", "what", "layers", "undone_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def undo_import(owner_url: str, number: int | None, house: House) -> tuple[int, int]:
    """Bring back what an import replaced, the newest if none is named; returns its number and how many rows came back.

    Raises NotFound, and Conflict where a later import touched the same layers or the house cannot follow.
    """
    with as_owner(owner_url) as connection:
        begin(connection)
        number, layers = _to_undo(connection, number)
        try:
            if not house.puts_back(connection, number, layers):
                put_back(connection, number)
        except psycopg.errors.ForeignKeyViolation as error:
            detail = (error.diag.message_detail or "").strip()
            raise refusal(Conflict, "still_used", number=number, detail=detail) from None
        house.settle(connection)
        connection.execute("UPDATE imports SET undone_at = %s WHERE id = %s", (now(), number))
        raise_revisions(connection, layers)
        row = connection.execute(
            "SELECT count(*) FROM import_images WHERE import_id = %s", (number,)
        ).fetchone()
    return number, int(row[0]) if row else 0


def _to_undo(connection: Connection, number: int | None) -> tuple[int, list[str]]:
    row = connection.execute(
        "SELECT id, layers, undone_at FROM imports WHERE id = coalesce(%s, id) AND (%s::bigint IS NOT NULL OR"
        " undone_at IS NULL) ORDER BY id DESC LIMIT 1",
        (number, number),
    ).fetchone()
    if row is None:
        key = "unknown_import.none" if number is None else "unknown_import"
        raise refusal(NotFound, key, number=number)
    found, layers, undone_at = row
    if undone_at is not None:
        raise refusal(Conflict, "already_undone", number=found)
    later = connection.execute(
        "SELECT i.id, i.what FROM imports i WHERE i.id > %s AND i.undone_at IS NULL AND EXISTS ("
        # An import that began the county carries all that came after it.
        " SELECT 1 FROM import_images a JOIN import_images b"
        " ON a.table_name = b.table_name OR b.table_name = 'data_sets'"
        " WHERE a.import_id = i.id AND b.import_id = %s) ORDER BY i.id",
        (found, found),
    ).fetchall()
    if later:
        raise refusal(
            Conflict, "later_imports", number=found, later=[f"{one[0]} ({one[1]})" for one in later]
        )
    return int(found), list(layers)
