"""A case's record, from the command line: `wall export-case`, and the check of its file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from wall_ui.console import tell


def export_case(
    case: Annotated[str, typer.Argument(help="The case's number, or its id.")],
    file: Annotated[Path | None, typer.Argument(help="Where to write; case-NUMBER.zip if not named.")] = None,
    texts: Annotated[bool, typer.Option(help="With what people said, and with files.")] = True,
) -> None:
    """Write a case's record as one file, which `wall verify-log --file` checks anywhere."""
    from dispatch.actions.casefiles import export_case as export
    from dispatch.attachments.folder import Folder
    from gis.actor import SYSTEM
    from gis.clock import now
    from gis.database import Database
    from gis.errors import InvalidInput
    from wall_ui.command_line import load_settings
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import reached

    settings = load_settings()

    async def taken_out(url: str) -> tuple[str, bytes]:
        db = Database(url)
        try:
            folder = Folder(settings.attachments_folder)
            return await export(db, folder, SYSTEM, case, now(), with_texts=texts)
        finally:
            await db.close()

    with StopInOrder(), reached(settings) as urls:
        number, data = asyncio.run(taken_out(urls.app))
    target = file or Path(f"case-{number}.zip")
    try:
        target.write_bytes(data)
    except OSError as error:
        raise InvalidInput(f"The record cannot be written to {target}: {error.strerror}.") from error
    tell(f"Case {number}: {len(data):,} bytes in {target}.")


def verify_file(file: Path, anchor: tuple[int, str] | None) -> None:
    """Check a case's file, say what is wrong with it, and end with 1 when something is."""
    from dispatch.casefile.check import check_case_file

    try:
        data = file.read_bytes()
    except OSError as error:
        tell(f"{file} cannot be read: {error.strerror}.")
        raise typer.Exit(2) from None
    report = check_case_file(data, anchor=anchor)
    for fault in report.faults:
        tell(fault)
    if report.number:
        linked = "linked without a gap" if report.linked else "each link for itself"
        words = f"{report.texts} texts, {report.files} files"
        if report.wordless:
            words = "without words and files"
        elif report.erased:
            words += f", and {report.erased} texts that were erased"
        tell(f"case {report.number}: {report.events} events, {linked}; {words}; {len(report.faults)} faults")
        print(report.head)
    raise typer.Exit(0 if report.whole else 1)
