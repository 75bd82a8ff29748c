"""`wall demo`: fill an empty database with an invented county, Jingchuan's or any other's."""

from pathlib import Path
from typing import Annotated

import typer

from wall_ui.console import tell


def demo(
    outline: Annotated[
        Path | None,
        typer.Option(help="Another county's outline: polygons in GeoJSON. Needs --divisions."),
    ] = None,
    divisions: Annotated[
        Path | None, typer.Option(help="Its townships and villages: a CSV of code, name, level, parent_code.")
    ] = None,
    seats: Annotated[
        Path | None,
        typer.Option(
            help="Where townships have their seats: code, lon_wgs84, lat_wgs84. Laid out if missing."
        ),
    ] = None,
    rivers: Annotated[
        Path | None, typer.Option(help="Rivers: river, name, lon_wgs84, lat_wgs84, width_m; a row a place.")
    ] = None,
    corridors: Annotated[
        Path | None,
        typer.Option(help="Main roads: name, road_class, township_codes, leaves_county (no, end, both)."),
    ] = None,
    datum: Annotated[
        str | None,
        typer.Option(help="What the outline is in, if it does not say: wgs84, cgcs2000, gcj02, bd09."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Other borders, roads and people on the same outline.")
    ] = None,
    grids: Annotated[
        int | None, typer.Option(min=1, max=20_000, help="How many grids; 1.43 a village if not named.")
    ] = None,
    cameras: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="How many cameras; 5,000 if not named.")
    ] = None,
    history: Annotated[
        str | None, typer.Option(help="Give it a past too: 30d, 6m or 3y, as the county reports of its own.")
    ] = None,
) -> None:
    """Load a demonstration county into an empty database; with --history also a past, where there are no cases."""
    if (outline is None) != (divisions is None):
        tell("--outline and --divisions belong together: name both, or neither for Jingchuan.")
        raise typer.Exit(2)
    if outline is None and any((seats, rivers, corridors, datum)):
        tell(
            "--seats, --rivers, --corridors and --datum describe a county of your own: name its --outline too."
        )
        raise typer.Exit(2)

    from layers.demo.source import read_county
    from wall_ui.command_line import load_settings
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import bring_up_to_date, fill_when_empty, reached

    settings = load_settings()
    source = None
    if outline is not None and divisions is not None:
        # Read before anything is started: what is wrong with a file is said at once.
        source = read_county(outline, divisions, seats, rivers, corridors, datum=datum)
    seed = settings.wall_seed if seed is None else seed
    with StopInOrder(), reached(settings) as urls:
        bring_up_to_date(settings, urls)
        fresh = fill_when_empty(urls, seed, source, grids=grids, cameras=cameras)
        if history is not None:
            from wall_ui.pasts import give_past

            give_past(urls.owner, seed, history, settings.wall_book)
        elif not fresh:
            tell("The database holds a county already; nothing was changed.")
            raise typer.Exit(1)
