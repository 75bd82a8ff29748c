"""`wall import` and `wall export`: a county's own layers in and out again."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gis.clock import now
from gis.errors import InvalidInput
from wall_ui.console import console, tell
from wall_ui.processes import StopInOrder

if TYPE_CHECKING:
    from layers.importers.prepare import Options
    from layers.importers.report import Report

SHOWN_FAULTS = 20


@contextmanager
def bar(what: str) -> Iterator[Callable[[str, float], None]]:
    """Show how far it is: yields a function that takes the step's name and the share that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=1.0)
        yield lambda step, share: progress.update(task, description=f"{what}: {step}", completed=share)


def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or archives; LAYER=FILE says which layer one is. With --undo, a number."
        ),
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Which layer it is, where its name does not say.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Which of a file's own layers or sheets.")] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN OF OURS=COLUMN OF THE FILE; nothing after = for none."),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="cgcs2000, wgs84, gcj02, bd09, xian80, beijing54 or EPSG:4545.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="utf-8 or gbk; found by itself where not named.")
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace/--update", help="Replace the layer, or add and change by code (the default)."
        ),
    ] = False,
    new_county: Annotated[
        bool, typer.Option("--new-county", help="Put another county in the place of the one that is loaded.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    accept_shift: Annotated[
        bool, typer.Option("--accept-shift", help="Take an old datum with the accuracy that PROJ has for it.")
    ] = False,
    trust_crs: Annotated[
        bool, typer.Option("--trust-crs", help="Take the named coordinate system though another fits better.")
    ] = False,
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, max=100.0, help="Metres of gap, overlap and overhang that borders may have."),
    ] = 10.0,
    snap: Annotated[
        float, typer.Option(min=0.01, max=50.0, help="Metres within which ends of roads are one junction.")
    ] = 3.0,
    crossings: Annotated[
        bool,
        typer.Option("--crossings/--bridges", help="Whether roads that cross without a shared corner meet."),
    ] = True,
    report: Annotated[
        list[Path] | None, typer.Option(help="Write the report too: .json or .html; may be given twice.")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Undo the newest import, or the one whose number follows.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the imports that were made.")] = False,
) -> None:
    """Bring in layers from Shapefile, GeoPackage, GeoJSON, KML, FlatGeobuf, CSV or Excel; docs/importing.md."""
    from gis.systems import named_system
    from layers.importers.prepare import Options

    if undo or listed:
        _undo(files or []) if undo else _list()
        return
    if not files:
        raise InvalidInput("name a file to import; docs/importing.md shows how", code="no_file")
    options = Options(
        crs=None if crs is None else named_system(crs),
        accept_shift=accept_shift,
        trust_crs=trust_crs,
        maps=dict(_pair(one) for one in maps or ()),
        replace=replace,
        tolerance_m=tolerance,
        snap_m=snap,
        crossings=crossings,
    )
    _check_reports(report or [])
    _import(
        files,
        layer,
        sheet,
        encoding,
        options,
        reports=report or [],
        dry_run=dry_run,
        new_county=new_county,
    )


def _pair(text: str) -> tuple[str, str]:
    name, mark, column = text.partition("=")
    if not mark:
        raise InvalidInput(f"--map is COLUMN OF OURS=COLUMN OF THE FILE, not {text!r}", code="bad_mapping")
    return name.strip(), column.strip()


def _check_reports(paths: list[Path]) -> None:
    for path in paths:
        if path.suffix.lower() not in (".json", ".html"):
            raise InvalidInput(
                f"a report is a .json or an .html file, not {path.name}", code="unknown_format"
            )
        if not path.resolve().parent.is_dir():
            raise InvalidInput(f"there is no folder {path.parent} for the report", code="no_folder")


def _import(
    files: list[str],
    layer: str | None,
    sheet: str | None,
    encoding: str | None,
    options: "Options",
    *,
    reports: list[Path],
    dry_run: bool,
    new_county: bool,
) -> None:
    from layers.importers.reading import named, read_jobs
    from layers.importers.run import import_layers
    from wall_ui.command_line import load_settings
    from wall_ui.reached import bring_up_to_date, complete, reached

    settings = load_settings()
    named_files = [named(one, layer) for one in files]
    with StopInOrder(), bar("Importing") as progress:
        progress("opening", 0.0)
        jobs, left_out = read_jobs(
            named_files, sheet=sheet, encoding=encoding, most_mb=settings.wall_import_max_mb
        )
        with reached(settings) as urls:
            bring_up_to_date(settings, urls)
            from dispatch.actions.ground import Ground

            house = Ground(now())
            made = import_layers(
                urls.owner,
                jobs,
                options,
                house=house,
                dry_run=dry_run,
                new_county=new_county,
                progress=progress,
            )
            if made.status == "imported":
                asyncio.run(complete(urls.app))
    made.notes += [f"the layer {name} is none of ours and was left out" for name in left_out]
    if house.made or house.closed:
        made.notes.append(f"{house.made} desks opened, {house.closed} closed")
    show(made)
    _write_reports(made, reports)
    raise typer.Exit(1 if made.refused else 0)


def _write_reports(made: "Report", paths: list[Path]) -> None:
    from layers.importers.page import page_of

    for path in paths:
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
        else:
            path.write_text(page_of(made), encoding="utf-8")
        tell(f"The report is in {path}")


def show(made: "Report") -> None:
    """Tell on the terminal what an import did, or what is wrong."""
    for one in made.layers:
        about = [one.crs, one.encoding or ""]
        tell(
            f"{one.layer}: {one.file} {f'[{one.sheet}]' if one.sheet else ''} {'; '.join(filter(None, about))}".strip()
        )
        pairs = [f"{found['field']} ← {found['column']}" for found in one.mapping if found["column"]]
        if pairs:
            tell(f"  columns: {', '.join(pairs)}")
        absent = [str(found["field"]) for found in one.mapping if found["column"] is None]
        if absent:
            tell(f"  not in the file: {', '.join(absent)}")
    _show_notes(made)
    if made.refused:
        _show_faults(made)
        return
    table = Table("layer", "rows read", "new", "changed", "unchanged", "gone")
    for one in made.layers:
        table.add_row(one.layer, str(one.read), *(str(count) for count in one.counts().values()))
    console.print(table)
    said = {
        "dry_run": "Nothing was changed: this was a dry run.",
        "unchanged": "Nothing to change: the database holds just this.",
        "imported": f"Imported as number {made.import_id} in {made.took_s:.1f} s; "
        f"`wall import --undo {made.import_id}` takes it back.",
    }
    tell(said[made.status])


def _show_notes(made: "Report") -> None:
    for note in made.notes:
        tell(f"  note: {note}")
    notes = [fault for fault in made.faults.kept if fault.note]
    for fault in notes[:SHOWN_FAULTS]:
        place = "" if fault.row is None else f"row {fault.row}: "
        tell(f"  note: {fault.layer}: {place}{fault.detail}")
    if len(notes) > SHOWN_FAULTS:
        tell(f"  … and {made.faults.notes.total() - SHOWN_FAULTS} more notes; --report shows them")


def _show_faults(made: "Report") -> None:
    table = Table("layer", "row", "code", "what", "why", show_lines=False)
    faults = [fault for fault in made.faults.kept if not fault.note]
    for fault in faults[:SHOWN_FAULTS]:
        row = "" if fault.row is None else str(fault.row)
        table.add_row(fault.layer, row, fault.key or "", fault.code, fault.detail)
    console.print(table, markup=False)
    if made.faults.total > SHOWN_FAULTS:
        by_code = ", ".join(f"{code} {count}" for code, count in made.faults.errors.most_common())
        tell(f"… {made.faults.total} in all: {by_code}. --report FILE.html shows them on a map.")
    tell("Nothing was changed.")


def _undo(numbers: list[str]) -> None:
    from dispatch.actions.ground import Ground
    from layers.importers.run import undo_import
    from wall_ui.command_line import load_settings
    from wall_ui.reached import complete, reached

    if len(numbers) > 1 or (numbers and not numbers[0].isdigit()):
        raise InvalidInput("--undo takes the number of one import, as --list shows it", code="unknown_import")
    with StopInOrder(), reached(load_settings()) as urls, bar("Undoing") as progress:
        progress("bringing rows back", 0.2)
        number, rows = undo_import(urls.owner, int(numbers[0]) if numbers else None, Ground(now()))
        asyncio.run(complete(urls.app))
    tell(f"Import {number} is undone: {rows} rows are as they were.")


def _list() -> None:
    from layers.importers.run import imports_made
    from wall_ui.command_line import load_settings
    from wall_ui.reached import reached

    with StopInOrder(), reached(load_settings()) as urls:
        made = imports_made(urls.owner)
    table = Table("number", "when (UTC)", "who", "what", "layers", "undone")
    for one in made:
        undone = "" if one["undone_at"] is None else f"{one['undone_at']:%Y-%m-%d %H:%M}"
        when = f"{one['at']:%Y-%m-%d %H:%M}"
        table.add_row(str(one["id"]), when, one["who"], one["what"], ", ".join(one["layers"]), undone)
    console.print(table, markup=False)


def export(
    layer: Annotated[
        str, typer.Argument(help="county, township, village, grid, camera, facility, road, water or poi.")
    ],
    file: Annotated[
        Path, typer.Argument(help="What to write: .gpkg, .zip (Shapefile), .shp, .geojson or .csv.")
    ],
    crs: Annotated[
        str, typer.Option(help="The coordinate system to write: wgs84, EPSG:4545, gcj02, …")
    ] = "wgs84",
) -> None:
    """Write a layer to a file that other programs read, and that `wall import` takes back unchanged."""
    from gis.systems import named_system
    from layers.exporters.export import export_layer
    from wall_ui.command_line import load_settings
    from wall_ui.console import shown
    from wall_ui.reached import reached

    system = named_system(crs)
    with StopInOrder(), reached(load_settings()) as urls, shown(f"Exporting {layer}"):
        count = export_layer(urls.owner, layer, file, system)
    tell(f"{count} rows of {layer} are in {file} ({system.title}).")
