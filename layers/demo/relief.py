"""The invented lie of the land as a picture of heights, so that a map can show the valleys that roads wind through."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage

from layers.demo.source import CountySource
from layers.demo.terrain import build_land

WIDE, MOST_HIGH = 440, 600
# The random fields are sampled in straight pieces, whose edges light from the side would show.
SMOOTH_CELLS = 1.3


@dataclass(frozen=True, slots=True)
class Relief:
    """Heights on a grid between four degrees; `heights` has one byte a cell, rows from the north, 0 the lowest."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int
    range_m: float
    heights: bytes


def build_relief(source: CountySource, seed: int) -> Relief:
    """Sample the land that `build_terrain` puts under the county's mesh."""
    corners = source.zone.to_degrees(shapely.get_coordinates(shapely.box(*source.outline.bounds)))
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    x0, y0, x1, y1 = source.outline.bounds
    width = WIDE
    height = int(np.clip(round(WIDE * (y1 - y0) / (x1 - x0)), 2, MOST_HIGH))
    lon = west + (np.arange(width) + 0.5) / width * (east - west)
    lat = north - (np.arange(height) + 0.5) / height * (north - south)
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(lon, lat)])
    found, _, _ = build_land(source, seed).at(source.zone.to_metres(grid))
    smooth = ndimage.gaussian_filter(found.reshape(height, width), SMOOTH_CELLS)
    lowest, range_m = float(smooth.min()), max(float(np.ptp(smooth)), 1.0)
    steps = np.round((smooth - lowest) / range_m * 255.0).astype(np.uint8)
    return Relief(west, south, east, north, width, height, range_m, steps.tobytes())
