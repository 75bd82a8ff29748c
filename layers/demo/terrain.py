"""The lie of the land: rivers in valleys, tablelands above them, and gullies that cut into the tablelands' edges.

None of it is real; it makes borders follow gullies, and roads wind around them.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.interpolate import make_interp_spline
from scipy.spatial import cKDTree
from shapely.ops import substring

from gis.crs import Places
from layers.demo.mesh import Mesh
from layers.demo.noise import Field, Floats, generator, smooth_field, wander
from layers.demo.source import CountySource, River

STEP_M = 60.0
RELIEF_M = 190.0
SLOPE_RUN_M = 2_300.0
GULLY_DEPTH_M = 95.0
NO_RIVER_M = 6_000.0


@dataclass(frozen=True)
class Terrain:
    """Per site of the mesh: height in metres, how deep in a gully (0 to 1), metres to the nearest river."""

    rivers: tuple[tuple[River, shapely.LineString], ...]
    height_m: Floats
    gully: Floats
    river_m: Floats

    def crosses_river(self, mesh: Mesh) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which links of the mesh step over a river."""
        crossed = np.zeros(len(mesh.links), dtype=bool)
        near = np.flatnonzero((self.river_m[mesh.links] < 400.0).any(axis=1))
        steps = shapely.linestrings(mesh.sites[mesh.links[near]])
        for _, line in self.rivers:
            shapely.prepare(line)
            crossed[near] |= shapely.intersects(line, steps)
        return crossed


def _course(river: River, rng: np.random.Generator) -> shapely.LineString:
    """A meandering line through the waypoints."""
    points = np.array(river.waypoints)
    run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    spline = make_interp_spline(run, points, k=min(3, len(points) - 1))
    at = np.linspace(0.0, run[-1], max(int(run[-1] / STEP_M), 2))
    line, along = spline(at), spline(at, 1)
    across = np.column_stack((-along[:, 1], along[:, 0])) / np.hypot(*along.T)[:, None]
    # Meanders are some twenty widths long.
    wave_m = 900.0 + 18.0 * river.width_m
    swing = wander(rng, len(at), wave_m / STEP_M) * wave_m * 0.075
    return shapely.simplify(shapely.LineString(line + across * swing[:, None]), 4.0)


def _joined(lines: list[shapely.LineString]) -> list[shapely.LineString]:
    """End each tributary where it first meets a river listed before it."""
    joined: list[shapely.LineString] = []
    for line in lines:
        for main in joined:
            met = shapely.get_coordinates(shapely.intersection(line, main))
            if len(met):
                first = min(line.project(shapely.Point(point)) for point in met)
                line = shapely.LineString(substring(line, 0.0, first).coords)
        joined.append(line)
    return joined


def _smoothstep(value: Floats) -> Floats:
    share = np.clip(value, 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _river_distance(lines: list[shapely.LineString], sites: Places) -> Floats:
    if not lines:
        return np.full(len(sites), NO_RIVER_M)
    points = shapely.get_coordinates(shapely.segmentize(np.array(lines, dtype=object), STEP_M))
    return np.asarray(cKDTree(points).query(sites)[0], dtype=np.float64)


@dataclass(frozen=True)
class Land:
    """The lie of the land anywhere in the county, as fields over the plane."""

    lines: tuple[shapely.LineString, ...]
    warp: Field
    first: Field
    second: Field

    def at(self, places: Places) -> tuple[Floats, Floats, Floats]:
        """Return for places in metres the height in metres, how deep in a gully, and metres to the nearest river."""
        river_m = _river_distance(list(self.lines), places)
        warp = self.warp(places) * 650.0
        rise = _smoothstep((river_m + warp - 900.0) / SLOPE_RUN_M)
        # A gully runs where a smooth random field changes its sign: long, winding, branching now and then.
        ravines = np.maximum(
            np.exp(-((self.first(places) / 0.16) ** 2)), 0.75 * np.exp(-((self.second(places) / 0.15) ** 2))
        )
        edges = 0.45 + 0.55 * np.exp(-(((rise - 0.62) / 0.33) ** 2))
        gully = ravines * edges * np.clip(rise * 2.5, 0.0, 1.0)
        return RELIEF_M * rise + 18.0 * warp / 650.0 - GULLY_DEPTH_M * gully, gully, river_m


def build_land(source: CountySource, seed: int) -> Land:
    """Lay the land of a county; the same for the same seed."""
    rng = generator(seed, "terrain")
    lines = _joined([_course(river, rng) for river in source.rivers])
    bounds = shapely.buffer(source.outline, 1_000.0).bounds
    waves = ((4_000.0, 4), (5_200.0, 3), (2_900.0, 3))
    return Land(tuple(lines), *(smooth_field(rng, bounds, wave, octaves=octaves) for wave, octaves in waves))


def build_terrain(source: CountySource, mesh: Mesh, seed: int) -> Terrain:
    """Lay the land under the mesh."""
    land = build_land(source, seed)
    height, gully, river_m = land.at(mesh.sites)
    return Terrain(tuple(zip(source.rivers, land.lines, strict=True)), height, gully, river_m)
