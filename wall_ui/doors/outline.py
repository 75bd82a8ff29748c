"""The county as a drawing: its outline and the borders of its townships as SVG, for the doors' background."""

from dataclasses import dataclass
from typing import Any, Final

import shapely

from layers.areas import Area, AreaIndex
from wall_ui.doors.markup import Markup, Page, element

WIDTH: Final = 1000.0
# In units of the drawing: finer than a screen shows.
TOLERANCE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a place lies on the drawing: metres east and north of the county's corner, scaled to `WIDTH`."""

    west_m: float
    north_m: float
    scale: float
    height: float

    def at(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Return x and y, y growing downwards."""
        return (east_m - self.west_m) * self.scale, (self.north_m - north_m) * self.scale


def sheet_of(areas: AreaIndex) -> Sheet:
    """Return the sheet that holds the county without a margin."""
    west, south, east, north = shapely.bounds(metric(areas, areas.county.code))
    scale = WIDTH / float(east - west)
    return Sheet(float(west), float(north), scale, float(north - south) * scale)


def metric(areas: AreaIndex, code: str) -> Any:
    """Return an area's shape in the county's own metric zone."""
    return shapely.transform(areas.geometry_of[code], areas.zone.to_metres)


def path_of(shape: Any, sheet: Sheet) -> str:
    """Return an SVG path of a polygon's borders."""
    drawn = shapely.transform(
        shape, lambda xy: (xy - (sheet.west_m, sheet.north_m)) * (sheet.scale, -sheet.scale)
    )
    rings = []
    for part in shapely.get_parts(shapely.simplify(drawn, TOLERANCE)):
        for ring in shapely.get_rings(part):
            points = shapely.get_coordinates(ring)[:-1]
            rings.append("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z")
    return "".join(rings)


def county_drawing(areas: AreaIndex, names: Page | None = None) -> Markup:
    """Return the county as one SVG element: townships faint, the outline strong, names if a page says them."""
    sheet = sheet_of(areas)
    townships = areas.level("township")
    borders = "".join(path_of(metric(areas, town.code), sheet) for town in townships)
    outline = path_of(metric(areas, areas.county.code), sheet)
    parts = [
        element("path", d=outline, css="land"),
        element("path", d=borders, css="borders"),
        element("path", d=outline, css="glow"),
        element("path", d=outline, css="edge", pathLength="1"),
    ]
    if names:
        parts += [seat(areas, sheet, names, town) for town in townships]
    parts.append(element("g", css="pins", data_place="pins"))
    margin = 30
    box = f"{-margin} {-margin} {WIDTH + 2 * margin:.0f} {sheet.height + 2 * margin:.0f}"
    return element(
        "svg",
        Markup("".join(parts)),
        css="county",
        viewBox=box,
        preserveAspectRatio="xMidYMid meet",
        aria_hidden="true",
        data_frame=frame_of(areas, sheet),
    )


def seat(areas: AreaIndex, sheet: Sheet, page: Page, town: Area) -> Markup:
    """Return a township's seat with its name."""
    x, y = sheet.at(*on_sheet(areas, town.seat))
    dot = element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.6", css="seat")
    label = page.named("text", town.name, css="name", short=True, x=f"{x:.1f}", y=f"{y - 8:.1f}")
    return Markup(dot + label)


def on_sheet(areas: AreaIndex, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place in metres of the county's zone."""
    east, north = areas.zone.to_metres([place])[0]
    return float(east), float(north)


def frame_of(areas: AreaIndex, sheet: Sheet) -> str:
    """Return west, south, east, north in degrees and the drawing's height, so that a script can put pins on it."""
    west, south, east, north = shapely.bounds(areas.geometry_of[areas.county.code])
    return " ".join(f"{value:.6f}" for value in (west, south, east, north, sheet.height))
