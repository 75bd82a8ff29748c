"""The command line: `wall serve · migrate · demo · import · export · erase · simulate · token · account · doctor …`."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from pydantic import ValidationError

from gis.errors import Conflict, Unavailable, WallError
from gis.settings import Settings, unknown_names
from wall_ui import account_commands, demo_command, erase_command, import_commands, record_commands
from wall_ui.console import shown, spoken, tell, word
from wall_ui.processes import StopInOrder

HANZI = re.compile(r"[\u4e00-\u9fff]")
# A table, a column, a function or a schema that is not there.
OLDER_DATABASE = frozenset({"42P01", "42703", "42883", "3F000"})
commands = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The Command Wall."
)


def load_settings() -> Settings:
    """Read the settings; say plainly what is wrong with them and end, where something is."""
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "_".join(map(str, fault["loc"]))
            secret = name in Settings.model_fields and not Settings.model_fields[name].repr
            tell(f"{name.upper()}{'' if secret else '=' + str(fault['input'])}: {fault['msg']}")
        raise typer.Exit(2) from None
    for name in unknown_names(dict(os.environ)):
        tell(f"The setting {name} is unknown and has no effect; docs/settings.md lists those that there are.")
    logging.basicConfig(
        level=settings.wall_log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return settings


@commands.command()
def serve() -> None:
    """Start the wall: database, migrations, demonstration county, page, simulation. Ctrl-C stops all of it."""
    from wall_ui.processes import listening_socket, own_url

    settings = load_settings()
    listener = listening_socket(settings.wall_host, settings.wall_port)

    from wall_ui.reached import bring_up_to_date, fill_when_empty, is_demonstration, reached
    from wall_ui.robots import claim_simulation, write_credentials
    from wall_ui.serve import serve as serve_wall

    with (
        StopInOrder(ends_well=True) as stop,
        listener,
        reached(settings) as urls,
        ExitStack() as until_the_end,
    ):
        bring_up_to_date(settings, urls)
        fill_when_empty(urls, settings.wall_seed)
        stop.heed()
        child = None
        if settings.wall_simulation and is_demonstration(urls.app) and (claim := claim_simulation(urls.app)):
            until_the_end.enter_context(closing(claim))
            write_credentials(urls.app, settings.robots_file)
            child = ["simulate", f"--url={own_url(listener)}", f"--tokens={settings.robots_file}"]
        stop.heed()
        serve_wall(settings, urls, listener, child)


@commands.command()
def simulate(
    url: Annotated[str, typer.Option(help="Where the wall is served.")] = "",
    tokens: Annotated[
        Path | None, typer.Option(help="The robots' credentials; made anew if not named.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.01, max=60, help="1 is natural, 10 ten times as fast.")
    ] = None,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Let robots keep the demonstration county alive, through the public API of a wall that is being served."""
    if parent is not None:
        from wall_ui.processes import die_with

        die_with(parent)
    from dispatch.simulation.__main__ import simulate as live
    from dispatch.simulation.credentials import read_roster
    from dispatch.simulation.run import Options

    settings = load_settings()
    base_url = url or f"http://127.0.0.1:{settings.wall_port}"
    options = Options(base_url, speed or settings.wall_simulation_speed, settings.wall_seed, parent)
    with ExitStack() as until_the_end:
        if tokens is None:
            tokens = until_the_end.enter_context(robots_of_our_own(settings))
        live(options, read_roster(tokens))


@contextmanager
def robots_of_our_own(settings: Settings) -> Iterator[Path]:
    """Claim the simulation for this program and yield a file of new credentials. Raises Conflict."""
    from wall_ui.reached import reached
    from wall_ui.robots import claim_simulation, write_credentials

    with StopInOrder(ends_well=True), reached(settings) as urls:
        claim = claim_simulation(urls.app)
        if claim is None:
            raise Conflict(
                "another program runs the simulation already; WALL_SIMULATION=off keeps `wall serve` from it"
            )
        with claim:
            write_credentials(urls.app, settings.robots_file)
            yield settings.robots_file


@commands.command()
def migrate() -> None:
    """Bring the database to this program's revision."""
    from wall_ui.migrate import migrate as migrate_database
    from wall_ui.migrate import newest_revision
    from wall_ui.reached import reached

    settings = load_settings()
    with StopInOrder(), reached(settings) as urls, shown("Migrating the database"):
        done = migrate_database(urls.owner)
    tell(f"{'Now' if done else 'Already'} at revision {newest_revision()}.")


commands.command()(demo_command.demo)


commands.command("verify-log")(record_commands.verify_log)


@commands.command()
def doctor() -> None:
    """Check the installation and say how to mend what is wrong; ends with 1 when something is."""
    from wall_ui.doctor import examine

    settings = load_settings()
    with StopInOrder():
        findings = examine(settings)
    for finding in findings:
        tell(f"{'ok   ' if finding.good else 'WRONG'}  {finding.what}: {finding.found}")
        if not finding.good:
            tell(f"       {finding.mend}")
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


commands.add_typer(account_commands.accounts, name="account")
commands.command()(account_commands.kiosk)
commands.command()(account_commands.token)
commands.command("import", help=word("help.import"))(import_commands.import_)
commands.command(help=word("help.export"))(import_commands.export)
commands.command("export-case")(record_commands.export_case)
commands.command()(erase_command.erase)


def as_sentence(detail: str) -> str:
    """Begin with a capital letter, except where a file's name or a path begins, and end with one full stop."""
    first = detail.split(maxsplit=1)[0]
    begun = detail if "." in first or "/" in first else detail[0].upper() + detail[1:]
    return begun.rstrip(".。") + ("。" if HANZI.search(detail) and spoken() == "zh" else ".")


def main() -> None:
    """Run the command line; whatever was foreseen ends in one sentence and not in a traceback."""
    try:
        commands()
    except Unavailable as error:
        tell(as_sentence(error.detail))
        tell("`wall doctor` says what is wrong with the database, where it is not just busy.")
        sys.exit(1)
    except WallError as error:
        from layers.importers.said import told_error

        tell(as_sentence(told_error(error, spoken())))
        sys.exit(1)
    except psycopg.OperationalError as error:
        tell(f"The database cannot be reached: {str(error).strip()}")
        tell("Check DATABASE_URL and DATABASE_OWNER_URL; without them the wall starts a database of its own.")
        sys.exit(1)
    except Exception as error:
        from gis.database import sqlstate_of

        if sqlstate_of(error) not in OLDER_DATABASE:
            raise
        tell("The database is older than this program, or empty: run `wall migrate` first.")
        sys.exit(1)


if __name__ == "__main__":
    main()
