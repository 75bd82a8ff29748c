"""What proves the record, from the command line: `wall verify-log`, and one case's file by `wall export-case`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wall_ui.console import measured, tell

if TYPE_CHECKING:
    from dispatch.agreement import Agreement

CHAINED = 0.4  # the share of the time that the chain takes, before the tables

ERASED = {"reporter": "names and telephones of who reported", "words": "texts", "files": "files"}


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


def verify_log(
    anchor: Annotated[
        str | None, typer.Option(help="An earlier report's NUMBER:HASH, kept elsewhere.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Check a case's file, from `wall export-case`, and no database.")
    ] = None,
    tables: Annotated[bool, typer.Option(help="Hold the tables against the log too.")] = True,
) -> None:
    """Prove the log by its chain, and the tables by the log; name every fault, and end with 1 when there is one."""
    from dispatch.agreement import Agreement, compare_with_log
    from gis.actor import SYSTEM
    from gis.database import Database
    from gis.log import ChainReport, verify_chain
    from wall_ui.command_line import load_settings
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import reached

    number, _, head = (anchor or "").partition(":")
    if anchor and not (number.isdigit() and head):
        tell("--anchor is NUMBER:HASH, as an earlier `wall verify-log` printed them.")
        raise typer.Exit(2)
    kept = (int(number), head) if anchor else None
    if file is not None:
        verify_file(file, kept)

    async def verify(url: str, done: Callable[[float], None]) -> tuple[ChainReport, Agreement | None]:
        db, chained = Database(url), CHAINED if tables else 1.0
        try:
            # One moment for both: what is done meanwhile is in neither.
            async with db.read(SYSTEM, frozen=True) as tx:
                report = await verify_chain(tx, anchor=kept, progress=lambda share: done(chained * share))
                if not tables:
                    return report, None
                return report, await compare_with_log(tx, lambda share: done(chained + (1 - chained) * share))
        finally:
            await db.close()

    with StopInOrder(), reached(load_settings()) as urls, measured("Verifying the log") as done:
        # As the owner of the tables, where it is known: no policy then hides a row, nor has to be asked for each.
        report, agreement = asyncio.run(verify(urls.owner, done))
    for fault in report.faults:
        tell(f"number {fault.seq}, event {fault.event_id}: {fault.what}")
    tell(f"{report.events:,} events, {len(report.faults)} faults, {report.waiting} waiting for a number")
    if agreement is not None:
        tell_agreement(agreement)
    print(f"{report.last_seq}:{report.head}")
    raise typer.Exit(0 if report.whole and (agreement is None or agreement.whole) else 1)


def tell_agreement(agreement: "Agreement") -> None:
    """Say how the tables differ from what the log says, if they do."""
    for difference in agreement.differences:
        tell(str(difference))
    if agreement.found > len(agreement.differences):
        tell(f"… and {agreement.found - len(agreement.differences):,} more")
    if agreement.unsaid:
        tell(
            f"facts of an older release do not say, and so do not prove: {', '.join(sorted(agreement.unsaid))}"
        )
    for kind, (rows, cases) in sorted(agreement.erased.items()):
        tell(f"erased by rule: {rows:,} {ERASED[kind]}, of {cases:,} cases")
    counted = f"{agreement.cases:,} cases, {agreement.units:,} units, {agreement.cards:,} cards"
    tell(f"{counted} held against the log, {agreement.found:,} differences")


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
        for at, what, count, rule in report.erasures:
            tell(f"erased on {at[:10]} by the rule {rule}: {count} {ERASED[what]}")
        tell(f"case {report.number}: {report.events} events, {linked}; {words}; {len(report.faults)} faults")
        print(report.head)
    raise typer.Exit(0 if report.whole else 1)
