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
    from gis.settings import Settings
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import reached

    settings = Settings()

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
    target.write_bytes(data)
    tell(f"Case {number}: {len(data):,} bytes in {target}.")


def verify_file(file: Path, anchor: tuple[int, str] | None) -> None:
    """Check a case's file, say what is wrong with it, and end with 1 when something is."""
    from dispatch.casefile.check import check_case_file

    report = check_case_file(file.read_bytes(), anchor=anchor)
    for fault in report.faults:
        tell(fault)
    linked = "linked without a gap" if report.linked else "each link for itself"
    tell(
        f"case {report.number}: {report.events} events, {linked}; {report.texts} texts, {report.files} files;"
        f" {len(report.faults)} faults"
    )
    print(report.head)
    raise typer.Exit(0 if report.whole else 1)
