"""Coordinate systems: China's shifted datums GCJ-02 and BD-09, and the county's own metric zone.

Every array of places has shape (n, 2): longitude, latitude, in degrees. Storage is WGS 84 (EPSG:4326), which
agrees with CGCS2000 to decimetres.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from gis.errors import InvalidInput

Places = NDArray[np.float64]

KRASOVSKY_A_M = 6_378_245.0
KRASOVSKY_E2 = 0.006_693_421_622_965_943
BD_TURN = np.pi * 3000.0 / 180.0
BD_SHIFT = (0.0065, 0.006)
# The box inside which the shift is applied; outside it GCJ-02 is WGS 84 by definition.
SHIFTED_BOX = (72.004, 0.8293, 137.8347, 55.8271)
INVERSE_ROUNDS = 8


def _waves(x: Places) -> Places:
    return (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0


def _long_waves(
    x: Places,
    amplitudes: tuple[float, float, float, float],
    periods: tuple[float, float],
) -> Places:
    one, two, three, four = amplitudes
    short = one * np.sin(x * np.pi) + two * np.sin(x / 3.0 * np.pi)
    return (
        (short + three * np.sin(x / periods[0] * np.pi) + four * np.sin(x / periods[1] * np.pi)) * 2.0 / 3.0
    )


def _shift(places: Places) -> Places:
    """Return how far GCJ-02 lies from WGS 84 at each place, in degrees, shape (n, 2)."""
    x, y = places[:, 0] - 105.0, places[:, 1] - 35.0
    root, product, waves = np.sqrt(np.abs(x)), x * y, _waves(x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root + waves
    north += _long_waves(y, (20.0, 40.0, 160.0, 320.0), (12.0, 30.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root + waves
    east += _long_waves(x, (20.0, 40.0, 150.0, 300.0), (12.0, 30.0))
    latitude = np.radians(places[:, 1])
    curvature = 1.0 - KRASOVSKY_E2 * np.sin(latitude) ** 2
    meridian_m = KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (curvature * np.sqrt(curvature))
    parallel_m = KRASOVSKY_A_M / np.sqrt(curvature) * np.cos(latitude)
    shift = np.degrees(np.column_stack((east / parallel_m, north / meridian_m)))
    west, south, east_end, north_end = SHIFTED_BOX
    inside = (
        (places[:, 0] >= west)
        & (places[:, 0] <= east_end)
        & (places[:, 1] >= south)
        & (places[:, 1] <= north_end)
    )
    shift[~inside] = 0.0
    return np.asarray(shift, dtype=np.float64)


def as_places(places: Any) -> Places:
    """Return `places` as a finite float array of shape (n, 2). Raises InvalidInput."""
    try:
        array = np.asarray(places, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("places must be numbers: longitude, latitude", code="invalid_place") from error
    if array.ndim != 2 or array.shape[1] != 2:
        raise InvalidInput(f"places must have shape (n, 2), not {array.shape}", code="invalid_place")
    if not np.isfinite(array).all():
        raise InvalidInput("places must be finite numbers", code="invalid_place")
    return array


def wgs84_to_gcj02(places: Any) -> Places:
    """Shift WGS 84 to GCJ-02 by the exact forward formula."""
    array = as_places(places)
    return array + _shift(array)


def gcj02_to_bd09(places: Any) -> Places:
    """Turn GCJ-02 into Baidu's BD-09 by the exact forward formula."""
    x, y = as_places(places).T
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * BD_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BD_TURN)
    return np.column_stack((radius * np.cos(angle) + BD_SHIFT[0], radius * np.sin(angle) + BD_SHIFT[1]))


def _inverse(forward: Callable[[Places], Places], target: Places) -> Places:
    """Find the places that `forward` maps to `target`: a fixed-point iteration, as the shift is smooth."""
    guess = target.copy()
    for _ in range(INVERSE_ROUNDS):
        guess -= forward(guess) - target
    return guess


def gcj02_to_wgs84(places: Any) -> Places:
    """Undo the GCJ-02 shift; the forward formula brings the result back within a millimetre."""
    return _inverse(wgs84_to_gcj02, as_places(places))


def bd09_to_gcj02(places: Any) -> Places:
    """Turn Baidu's BD-09 back into GCJ-02."""
    return _inverse(gcj02_to_bd09, as_places(places))


def wgs84_to_bd09(places: Any) -> Places:
    """Shift WGS 84 to BD-09."""
    return gcj02_to_bd09(wgs84_to_gcj02(places))


def bd09_to_wgs84(places: Any) -> Places:
    """Shift BD-09 to WGS 84."""
    return gcj02_to_wgs84(bd09_to_gcj02(places))


def _unchanged(places: Any) -> Places:
    return as_places(places)


TO_WGS84: dict[str, Callable[[Any], Places]] = {
    "wgs84": _unchanged,
    "cgcs2000": _unchanged,
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}


def to_wgs84(places: Any, crs: str = "wgs84") -> Places:
    """Bring places in the named datum to WGS 84. Raises InvalidInput when the name is unknown."""
    convert = TO_WGS84.get(crs.lower().replace("-", ""))
    if convert is None:
        raise InvalidInput(f"crs must be one of {', '.join(TO_WGS84)}, not {crs!r}", code="unknown_crs")
    return convert(places)


# EPSG numbers the CGCS2000 3-degree zones without a zone prefix from 75°E on.
FIRST_ZONE_EPSG, FIRST_ZONE_MERIDIAN, LAST_ZONE_MERIDIAN = 4534, 75, 135


def zone_of(longitude: float) -> int:
    """Return the EPSG code of the CGCS2000 3° zone that holds the longitude. Raises InvalidInput."""
    meridian = 3 * round(longitude / 3)
    if not FIRST_ZONE_MERIDIAN <= meridian <= LAST_ZONE_MERIDIAN:
        raise InvalidInput(
            f"longitude {longitude} lies outside the CGCS2000 zones",
            code="outside_zones",
        )
    return FIRST_ZONE_EPSG + (meridian - FIRST_ZONE_MERIDIAN) // 3


@lru_cache(maxsize=16)
def _transformer(epsg: int, inverse: bool) -> Transformer:
    ends = (epsg, 4326) if inverse else (4326, epsg)
    return Transformer.from_crs(*ends, always_xy=True)


class MetricZone:
    """A county's own plane: metres east and north in one CGCS2000 3° zone."""

    def __init__(self, epsg: int) -> None:
        self.epsg = epsg

    @classmethod
    def around(cls, west: float, east: float) -> "MetricZone":
        """Return the zone for an outline that spans these longitudes."""
        return cls(zone_of((west + east) / 2))

    def to_metres(self, places: Any) -> Places:
        """Project WGS 84 places of shape (n, 2) to metres."""
        x, y = as_places(places).T
        return np.column_stack(_transformer(self.epsg, False).transform(x, y))

    def to_degrees(self, metres: Any) -> Places:
        """Bring metres of shape (n, 2) back to WGS 84."""
        x, y = as_places(metres).T
        return np.column_stack(_transformer(self.epsg, True).transform(x, y))
