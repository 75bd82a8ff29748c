"""How many places a second are located in memory, beside a shapely STRtree, and whether PostGIS says the same of each.

The 317 grids of the demonstration county get borders of about 600 corners each: every piece of a border becomes a small
curve, the same one from both sides, so that the grids still tile the county exactly.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from bench.figure import Figure
from bench.wall import folder
from gis.cluster import running_cluster
from gis.crs import Places
from gis.geometry import Geometries, as_geometries
from layers.demo.build import SEED, DemoCounty, build_county
from layers.demo.load import copy_county
from layers.demo.source import read_county
from layers.raster import CellRaster
from wall_ui.migrate import migrate

CORNERS = 600
PLACES, BORDERING, TREE_PLACES, ASKED_AT_ONCE = 200_000, 20_000, 50_000, 20_000
ROUNDS = 15
TARGET_PER_S, TARGET_TIMES = 4_000_000.0, 40.0
# How far a curve swings out, as a share of the piece of border that it replaces.
SWING = 0.06


def measure() -> Iterator[Figure]:
    """Locate places anywhere in the county, and some on its borders, where only exact tests help."""
    county = finer(build_county(read_county()))
    grids = county.areas[county.areas["level"] == "grid"]
    shapes, codes = grids.geometry.to_numpy(), grids["code"].to_numpy()
    places, bordering = _places(shapes)
    with _one_core():
        began = time.perf_counter()
        raster = CellRaster(shapes)
        built_s = time.perf_counter() - began
        found, took_s = _best(lambda: raster.find(places))
        on_borders, borders_s = _best(lambda: raster.find(bordering))
        tree = shapely.STRtree(shapes)
        points = shapely.points(places[:TREE_PLACES])
        _, tree_s = _best(lambda: tree.query(points, predicate="intersects"), 4)
    per_s, tree_per_s = PLACES / took_s, TREE_PLACES / tree_s
    by_postgis = _by_postgis(county, np.concatenate((places, bordering)))
    differing = int((np.append(codes, "")[np.append(found, on_borders)] != by_postgis).sum())
    details = {
        "places": PLACES,
        "polygons": len(shapes),
        "corners": round(float(shapely.get_num_coordinates(shapes).mean())),
        "in_border_cells": round(float(np.less(raster.raster, -1).mean()), 4),
        "on_borders_per_s": round(len(bordering) / borders_s),
        "build_s": round(built_s, 3),
        "raster_bytes": raster.raster.nbytes,
    }
    known = {"shapely_strtree": round(tree_per_s, 1)}
    yield Figure("locate", round(per_s), "places/s", "higher", TARGET_PER_S, peer=known, details=details)
    times = round(per_s / tree_per_s, 1)
    yield Figure("locate_times_strtree", times, "times", "higher", TARGET_TIMES, peer=known, details=details)
    yield Figure(
        "locate_unlike_postgis", differing, "places", "lower", 0.0, details={"compared": len(by_postgis)}
    )


def _best(run: Callable[[], NDArray[Any]], rounds: int = ROUNDS) -> tuple[NDArray[Any], float]:
    """Run some rounds; return the last answer and the seconds of the quickest: the others met with neighbours."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = run()
        taken.append(time.perf_counter() - began)
    return answer, min(taken)


@contextmanager
def _one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _places(shapes: Geometries) -> tuple[Places, Places]:
    """Places anywhere in the county, and others on its borders' corners or a hair beside them."""
    rng = np.random.default_rng(SEED)
    west, south, east, north = shapely.total_bounds(shapes)
    anywhere = rng.uniform((west, south), (east, north), (2 * PLACES, 2))
    whole = shapely.coverage_union_all(shapely.get_parts(shapes))
    shapely.prepare(whole)
    inside = anywhere[shapely.intersects_xy(whole, anywhere[:, 0], anywhere[:, 1])]
    corners = shapely.get_coordinates(shapes)
    near = corners[rng.choice(len(corners), BORDERING)]
    near[::2] += rng.normal(0, 1e-12, near[::2].shape)
    return inside[:PLACES], near


def _by_postgis(county: DemoCounty, places: Places) -> NDArray[np.object_]:
    codes: list[str] = []
    with folder() as path, running_cluster(path) as urls:
        migrate(urls.owner)
        with psycopg.connect(urls.owner) as connection:
            copy_county(connection, county)
            for begin in range(0, len(places), ASKED_AT_ONCE):
                lon, lat = (axis.tolist() for axis in places[begin : begin + ASKED_AT_ONCE].T)
                rows = connection.execute(
                    "select coalesce(code, '') from locate_areas(%s, %s) order by place", (lon, lat)
                )
                codes += [row[0] for row in rows]
    return np.array(codes, dtype=object)


def finer(county: DemoCounty) -> DemoCounty:
    """Return the county with more corners in the borders of its grids."""
    frame = county.areas.copy()
    grids = (frame["level"] == "grid").to_numpy()
    shapes = frame.geometry.to_numpy().copy()
    times = max(round(CORNERS / float(shapely.get_num_coordinates(shapes[grids]).mean())), 1)
    shapes[grids] = as_geometries([_finer(shape, times) for shape in shapes[grids]])
    assert shapely.coverage_is_valid(shapely.get_parts(shapes[grids])), (
        "the finer grids do not tile the county"
    )
    return replace(county, areas=frame.set_geometry(shapes, crs=frame.crs))


def _finer(shape: shapely.MultiPolygon, times: int) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [
            shapely.Polygon(_curved(part.exterior, times), [_curved(hole, times) for hole in part.interiors])
            for part in shape.geoms
        ]
    )


def _curved(ring: shapely.LinearRing, times: int) -> Places:
    """Replace each piece by a curve of so many; it depends on the piece alone and not on its direction."""
    corners = shapely.get_coordinates(ring)
    start, end = corners[:-1], corners[1:]
    turned = np.expand_dims(
        (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1])), 1
    )
    low, high = np.where(turned, end, start), np.where(turned, start, end)
    chance = np.abs(np.sin((low @ [12.9898, 78.233] + high @ [39.425, 11.135]) * 43758.5453)) % 1
    at = np.arange(1, times) / times
    swing = SWING * np.sin(np.pi * at) * np.sin(2 * np.pi * (2 * at + chance[:, None]))
    across = (high - low)[:, ::-1] * (-1.0, 1.0)
    between = low[:, None] + at[:, None] * (high - low)[:, None] + swing[:, :, None] * across[:, None]
    between = np.where(turned[:, None], between[:, ::-1], between)
    full = np.concatenate((start[:, None], between), axis=1).reshape(-1, 2)
    return np.concatenate((full, full[:1]))
