"""`wall import` and `wall export`: a county's own layers in and out again."""

import asyncio
import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from gis.clock import now
from gis.errors import InvalidInput
from layers.importers.said import Said, name_of, refusal, told
from wall_ui.console import console, spoken, tell, word
from wall_ui.processes import StopInOrder

if TYPE_CHECKING:
    from gis.cluster import ClusterUrls
    from layers.importers.prepare import Options
    from layers.importers.reading import Job
    from layers.importers.report import Report
    from layers.importers.run import Progress

SHOWN_FAULTS = 20


@contextmanager
def bar(what: str) -> Iterator[Callable[[Said, float], None]]:
    """Show how far it is: yields a function that takes the step and the share that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with ProgressBar(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=1.0)
        yield lambda step, share: progress.update(
            task, description=f"{what}: {step.told(spoken())}", completed=share
        )


def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(help=word("help.import.files")),
    ] = None,
    layer: Annotated[str | None, typer.Option(help=word("help.import.layer"))] = None,
    sheet: Annotated[str | None, typer.Option(help=word("help.import.sheet"))] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help=word("help.import.maps")),
    ] = None,
    crs: Annotated[str | None, typer.Option(help=word("help.import.crs"))] = None,
    encoding: Annotated[str | None, typer.Option(help=word("help.import.encoding"))] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace/--update", help=word("help.import.replace")),
    ] = False,
    new_county: Annotated[bool, typer.Option("--new-county", help=word("help.import.new_county"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=word("help.import.dry_run"))] = False,
    accept_shift: Annotated[
        bool, typer.Option("--accept-shift", help=word("help.import.accept_shift"))
    ] = False,
    trust_crs: Annotated[bool, typer.Option("--trust-crs", help=word("help.import.trust_crs"))] = False,
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, max=100.0, help=word("help.import.tolerance")),
    ] = 10.0,
    snap: Annotated[float, typer.Option(min=0.01, max=50.0, help=word("help.import.snap"))] = 3.0,
    crossings: Annotated[
        bool,
        typer.Option("--crossings/--bridges", help=word("help.import.crossings")),
    ] = True,
    retire: Annotated[
        bool,
        typer.Option("--retire", help=word("help.import.retire")),
    ] = False,
    report: Annotated[list[Path] | None, typer.Option(help=word("help.import.report"))] = None,
    passwords: Annotated[
        Path | None,
        typer.Option(help=word("help.import.passwords")),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help=word("help.import.undo"))] = False,
    listed: Annotated[bool, typer.Option("--list", help=word("help.import.listed"))] = False,
) -> None:
    """Bring in layers from Shapefile, GeoPackage, GeoJSON, KML, FlatGeobuf, CSV or Excel, and people from tables.

    docs/importing.md shows the way of a whole county.
    """
    from gis.systems import named_system
    from layers.importers.prepare import Options

    if undo or listed:
        _undo(files or []) if undo else _list()
        return
    if not files:
        raise refusal(InvalidInput, "no_file.named")
    options = Options(
        crs=None if crs is None else named_system(crs),
        accept_shift=accept_shift,
        trust_crs=trust_crs,
        maps=dict(_pair(one) for one in maps or ()),
        replace=replace,
        tolerance_m=tolerance,
        snap_m=snap,
        crossings=crossings,
        retire=retire,
    )
    _check_reports(report or [])
    _import(
        files,
        layer,
        sheet,
        encoding,
        options,
        reports=report or [],
        passwords=passwords,
        dry_run=dry_run,
        new_county=new_county,
    )


def _pair(text: str) -> tuple[str, str]:
    name, mark, column = text.partition("=")
    if not mark:
        raise refusal(InvalidInput, "bad_mapping", text=text)
    return name.strip(), column.strip()


def _check_reports(paths: list[Path]) -> None:
    for path in paths:
        if path.suffix.lower() not in (".json", ".html"):
            raise refusal(InvalidInput, "unknown_format.report", file=path.name)
        if not path.resolve().parent.is_dir():
            raise refusal(InvalidInput, "no_folder.report", folder=path.parent)


def _import(
    files: list[str],
    layer: str | None,
    sheet: str | None,
    encoding: str | None,
    options: "Options",
    *,
    reports: list[Path],
    passwords: Path | None,
    dry_run: bool,
    new_county: bool,
) -> None:
    from dispatch.staff.sheets import SHEETS
    from layers.importers.reading import named, read_jobs
    from layers.importers.targets import TARGETS
    from wall_ui.command_line import load_settings
    from wall_ui.reached import bring_up_to_date, reached

    settings = load_settings()
    targets = {**TARGETS, **SHEETS}
    named_files = [named(one, layer, targets) for one in files]
    with StopInOrder(), bar(word("import.importing")) as progress:
        progress(Said("step.opening"), 0.0)
        jobs, left_out = read_jobs(
            named_files,
            sheet=sheet,
            encoding=encoding,
            most_mb=settings.wall_import_max_mb,
            targets=targets,
        )
        people = {job.target.name in SHEETS for job in jobs}
        if len(people) > 1:
            raise refusal(InvalidInput, "apart")
        with reached(settings) as urls:
            bring_up_to_date(settings, urls)
            if people == {True}:
                made = _import_people(urls, jobs, options, passwords, dry_run=dry_run, progress=progress)
            else:
                made = _import_layers(
                    urls, jobs, options, dry_run=dry_run, new_county=new_county, progress=progress
                )
    made.notes += [Said("left_out", name=name) for name in left_out]
    show(made)
    _write_reports(made, reports)
    raise typer.Exit(1 if made.refused else 0)


def _import_layers(
    urls: "ClusterUrls",
    jobs: "list[Job]",
    options: "Options",
    *,
    dry_run: bool,
    new_county: bool,
    progress: "Progress",
) -> "Report":
    from dispatch.actions.ground import Ground
    from layers.importers.run import import_layers
    from wall_ui.reached import complete

    house = Ground(now())
    made = import_layers(
        urls.owner, jobs, options, house=house, dry_run=dry_run, new_county=new_county, progress=progress
    )
    if made.status == "imported":
        asyncio.run(complete(urls.app))
    if house.made or house.closed:
        made.notes.append(Said("desks", made=house.made, closed=house.closed))
    return made


def _import_people(
    urls: "ClusterUrls",
    jobs: "list[Job]",
    options: "Options",
    passwords: Path | None,
    *,
    dry_run: bool,
    progress: "Progress",
) -> "Report":
    from dispatch.actions.staff import import_staff

    write = None
    if passwords is not None:
        if passwords.exists():
            raise refusal(InvalidInput, "file_exists", file=passwords)
        if not passwords.resolve().parent.is_dir():
            raise refusal(InvalidInput, "no_folder", folder=passwords.parent)
        write = partial(_write_passwords, passwords)
    return import_staff(urls.owner, jobs, options, now(), dry_run=dry_run, passwords=write, progress=progress)


def _write_passwords(path: Path, made: Sequence[tuple[str, str, str]]) -> None:
    """Write initial passwords for nobody's eyes but the operator's; a spreadsheet knows the mark for UTF-8."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(Said(f"passwords.{head}").told(spoken()) for head in ("name", "username", "password"))
        writer.writerows(made)


def _write_reports(made: "Report", paths: list[Path]) -> None:
    from layers.importers.page import page_of

    for path in paths:
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
        else:
            path.write_text(page_of(made, spoken()), encoding="utf-8")
        tell(word("import.report_is", path=path))


def show(made: "Report") -> None:
    """Tell on the terminal what an import did, or what is wrong."""
    for one in made.layers:
        about = "; ".join(filter(None, (one.crs, one.encoding)))
        sheet = f"[{one.sheet}]" if one.sheet else ""
        tell(" ".join(filter(None, (f"{_called(one.layer)}: {one.file}", sheet, about))))
        pairs = [f"{_field(found)} ← {found['column']}" for found in one.mapping if found["column"]]
        if pairs:
            tell(word("import.columns", pairs=", ".join(pairs)))
        absent = [_field(found) for found in one.mapping if found["column"] is None]
        if absent:
            tell(word("import.absent", fields=", ".join(absent)))
    _show_notes(made)
    if made.refused:
        _show_faults(made)
        return
    table = Table(
        *_heads("report.layer", "report.rows", "what.new", "what.changed", "what.unchanged", "what.gone")
    )
    for one in made.layers:
        table.add_row(_called(one.layer), str(one.read), *(str(count) for count in one.counts().values()))
    console.print(table)
    tell(word(f"import.{made.status}", number=made.import_id, took=made.took_s))


def _called(layer: str) -> str:
    """A layer's name with the word that commands take for it."""
    name = str(told(name_of("layer", layer), spoken()))
    return name if name == layer else f"{name} {layer}"


def _field(found: Mapping[str, str | None]) -> str:
    return str(told(name_of("field", str(found["field"])), spoken()))


def _heads(*keys: str) -> list[str]:
    return [Said(key).told(spoken()) for key in keys]


def _show_notes(made: "Report") -> None:
    for note in made.notes:
        tell(word("import.note", said=note.told(spoken())))
    notes = [fault for fault in made.faults.kept if fault.note]
    for fault in notes[:SHOWN_FAULTS]:
        key = "import.note_layer" if fault.row is None else "import.note_row"
        layer = told(name_of("layer", fault.layer), spoken())
        tell(word(key, layer=layer, row=fault.row, said=fault.told(spoken())))
    if len(notes) > SHOWN_FAULTS:
        tell(word("import.more_notes", count=made.faults.notes.total() - SHOWN_FAULTS))


def _show_faults(made: "Report") -> None:
    from layers.importers.faults import ordered

    table = Table()
    for head in ("layer", "row", "key", "code", "reason"):
        # Chinese has no spaces to break at: it is folded, and not cut off.
        table.add_column(Said(f"report.{head}").told(spoken()), overflow="fold")
    for fault in ordered(fault for fault in made.faults.kept if not fault.note)[:SHOWN_FAULTS]:
        row = "" if fault.row is None else str(fault.row)
        table.add_row(_called(fault.layer), row, fault.key or "", fault.code, fault.told(spoken()))
    console.print(table, markup=False)
    if made.faults.total > SHOWN_FAULTS:
        by_code = ", ".join(f"{code} {count}" for code, count in made.faults.errors.most_common())
        tell(word("import.more_faults", count=made.faults.total, by_code=by_code))
    tell(word("import.refused"))


def _undo(numbers: list[str]) -> None:
    from dispatch.actions.ground import Ground
    from layers.importers.run import undo_import
    from wall_ui.command_line import load_settings
    from wall_ui.reached import complete, reached

    if len(numbers) > 1 or (numbers and not numbers[0].isdigit()):
        raise refusal(InvalidInput, "unknown_import.form")
    with StopInOrder(), reached(load_settings()) as urls, bar(word("import.undoing")) as progress:
        progress(Said("step.back"), 0.2)
        number, rows = undo_import(urls.owner, int(numbers[0]) if numbers else None, Ground(now()))
        asyncio.run(complete(urls.app))
    tell(word("import.undone", number=number, rows=rows))


def _list() -> None:
    from layers.importers.run import imports_made
    from wall_ui.command_line import load_settings
    from wall_ui.reached import reached

    with StopInOrder(), reached(load_settings()) as urls:
        made = imports_made(urls.owner)
    table = Table(*(word(f"list.{head}") for head in ("number", "when", "who", "what", "layers", "undone")))
    for one in made:
        mode, _, files = one["what"].partition(": ")
        what = f"{told(name_of('mode', mode), spoken())}: {files}"
        undone = "" if one["undone_at"] is None else f"{one['undone_at']:%Y-%m-%d %H:%M}"
        when = f"{one['at']:%Y-%m-%d %H:%M}"
        table.add_row(str(one["id"]), when, one["who"], what, ", ".join(one["layers"]), undone)
    console.print(table, markup=False)


def export(
    layer: Annotated[
        str,
        typer.Argument(help=word("help.export.layer")),
    ],
    file: Annotated[Path, typer.Argument(help=word("help.export.file"))],
    crs: Annotated[str, typer.Option(help=word("help.export.crs"))] = "wgs84",
) -> None:
    """Write a layer to a file that other programs read, and that `wall import` takes back unchanged."""
    from dispatch.staff.export import export_staff
    from dispatch.staff.sheets import SHEETS
    from gis.systems import named_system
    from layers.exporters.export import export_layer
    from wall_ui.command_line import load_settings
    from wall_ui.console import shown
    from wall_ui.reached import reached

    if layer in SHEETS:
        with StopInOrder(), reached(load_settings()) as urls:
            count = export_staff(urls.owner, layer, file)
        tell(word("export.staff", count=count, layer=layer, file=file))
        return
    system = named_system(crs)
    with StopInOrder(), reached(load_settings()) as urls, shown(word("export.exporting", layer=layer)):
        count = export_layer(urls.owner, layer, file, system)
    tell(word("export.done", count=count, layer=layer, file=file, system=system.title))
