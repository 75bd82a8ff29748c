"""Where a layer's rows should lie, as far as the county and the file itself know: what `datums` asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from gis.crs import MetricZone
from gis.geometry import Geometries, as_geometries
from layers.importers.county import County, Row
from layers.importers.datums import MOST_PLACES, TOGETHER_M, Witnesses, suspected
from layers.importers.faults import Reporter
from layers.importers.prepare import Prepared
from layers.importers.said import Said
from layers.importers.sheet import Sheet
from layers.importers.values import BadValue, as_code
from layers.tables import LENGTH_OF_LEVEL

# A column names areas where so many of its first cells do.
NAMING, LOOKED_AT = 0.8, 200
# In degrees, about as far apart as `TOGETHER_M`.
ALONG = TOGETHER_M / 100_000
# Of rows that share a doubt so many are named.
MOST_ROWS_NAMED = 10


def wrong_datum(one: Prepared, known: Witnesses, say: Reporter, *, trusted: bool) -> bool:
    """Say what speaks against the named datum; True where the layer is likely in another, and it is not trusted."""
    shapes = as_geometries([row.geometry for row in one.rows])
    around = [shape for shape in (*known.held, *known.before) if shape is not None]
    if not len(shapes) or not around:
        return False
    west, _, east, _ = shapely.total_bounds(as_geometries(around))
    found = suspected(shapes, known, one.system, MetricZone.around(float(west), float(east)))
    if found is None:
        return False
    if found.of_roads:
        say.note(Said("roads_datum_suspected", likely=found.likely, why=found.why))
        return False
    if not found.whole:
        numbers = [one.rows[at].number for at in found.rows[:MOST_ROWS_NAMED]]
        key = "mixed_datum_suspected.rows" if numbers else "mixed_datum_suspected"
        say.note(Said(key, likely=found.likely, why=found.why, rows=numbers))
        return False
    places = {"named": one.system.title, "likely": found.likely, "why": found.why}
    if trusted:
        say.note(Said("datum_trusted", **places))
        return False
    say.error(Said("wrong_datum_suspected", crs=found.likely.split()[0], **places))
    return True


def of_areas(rows: Sequence[Row], known: Mapping[str, Row], holder: Callable[[str], Any]) -> Witnesses:
    """What is known of areas: the parent of each, and how the same code lay before."""
    before = [known[row.key].geometry if row.key in known else None for row in rows]
    held = [holder(row.key) for row in rows]
    return Witnesses(held, (), () if held == before else before)


def of_things(
    one: Prepared,
    county: County,
    known: Mapping[str, Row],
    alike: Sequence[Iterable[Row]],
    roads: Callable[[], Geometries],
    things: Callable[[], Geometries],
) -> Witnesses:
    """What is known of a layer other than the areas.

    `known` are its rows by the keys of the file, `alike` layers whose rows may be the same things by name, the
    likeliest last; `roads` and `things` read what is there already.
    """
    rows = one.rows
    found = Witnesses([county.outline] * len(rows), before=_before(rows, known, alike))
    found.column, found.named = _named(one, county)
    if one.target.geometry == "Point":
        found.beside, found.roads = _places(row.geometry for row in rows), roads()
    elif one.target.name == "road":
        found.roads = roads()
        if len(found.roads):
            found.beside = _along([row.geometry for row in rows])
        else:
            found.roads, found.own_roads = as_geometries([row.geometry for row in rows]), True
            found.beside = _places(things())
    return found


def _places(shapes: Iterable[Any]) -> Any:
    return shapely.get_coordinates(as_geometries(list(shapes)))


def _along(lines: Sequence[Any]) -> Any:
    """Places along lines, no closer than tells more."""
    every = max(1, len(lines) // MOST_PLACES)
    return shapely.get_coordinates(shapely.segmentize(as_geometries(lines[::every]), ALONG))


def _before(rows: Sequence[Row], known: Mapping[str, Row], alike: Sequence[Iterable[Row]]) -> list[Any]:
    """Where each lay: under its code, or else under its name where only one thing is called so, there and here."""
    by_name: dict[Any, Row] = {}
    for layer in alike:
        by_name |= _once((row.values.get("name"), row) for row in layer)
    mine = _once((row.values.get("name"), row) for row in rows)
    found: list[Any] = []
    for row in rows:
        name = row.values.get("name")
        old = known.get(row.key) or (by_name.get(name) if mine.get(name) is row else None)
        found.append(None if old is None else old.geometry)
    return found


def _once(pairs: Iterable[tuple[Any, Row]]) -> dict[Any, Row]:
    """Rows by what they are called, where only one is called so."""
    found: dict[Any, Row | None] = {}
    for name, row in pairs:
        found[name] = None if name in found else row
    return {name: row for name, row in found.items() if name and row is not None}


def _named(one: Prepared, county: County) -> tuple[str, Sequence[Any]]:
    """The column of the file that names areas below the county, by code or name, and the area that each row names."""
    filled = {mapped.column for mapped in one.mapping.values()}
    areas = _by_what_they_are_called(county)
    best: tuple[float, str] | None = None
    for column in one.sheet.columns:
        if column in filled or (depth := _depth(one.sheet, column, areas)) is None:
            continue
        if best is None or depth > best[0]:
            best = depth, column
    if best is None:
        return "", ()
    cells = dict(zip(one.sheet.rows, one.sheet.columns[best[1]], strict=True))
    named = [areas.get(_said(cells[row.number or 0])) for row in one.rows]
    return best[1], [None if area is None else area.geometry for area in named]


def _depth(sheet: Sheet, column: str, areas: Mapping[str, Row]) -> float | None:
    """How deep the areas lie that a column names, None where it names none."""
    some = [cell for cell in sheet.columns[column] if cell is not None][:LOOKED_AT]
    named = [len(areas[said].key) for cell in some if (said := _said(cell)) in areas]
    return float(np.mean(named)) if some and len(named) >= NAMING * len(some) else None


def _by_what_they_are_called(county: County) -> dict[str, Row]:
    """Areas below the county by code, as statistics pad it too, and by name where only one is called so."""
    rows = [row for code, row in county.areas.items() if code != county.code]
    names = [(row.values[how], row) for row in rows for how in ("name", "full_name")]
    found = _once({(name, row.key): (name, row) for name, row in names}.values())
    for row in rows:
        found[row.key] = row
        if len(row.key) == LENGTH_OF_LEVEL["township"]:
            found[row.key.ljust(LENGTH_OF_LEVEL["village"], "0")] = row
    return found


def _said(cell: Any) -> str:
    try:
        return as_code(cell)
    except BadValue:
        return ""
