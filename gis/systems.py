"""Coordinate reference systems by the names that people and files give them, each with the way to WGS 84 and back.

WGS 84 and CGCS2000 agree to decimetres and count as one. GCJ-02 and BD-09 are formulas of our own (`gis.crs`).
Everything else is PROJ's; no grids are installed, so a shift from Xi'an 80 or Beijing 54 is only as good as PROJ's
own parameters, and where it has none the degrees are taken over as they are. `Shift` says so, and whoever brings
such data in must accept it.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError
from pyproj.transformer import Transformer, TransformerGroup

from gis.crs import (
    Places,
    as_places,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from gis.errors import InvalidInput

WGS84_EPSG, CGCS2000_EPSG, XIAN80_EPSG, BEIJING54_EPSG = 4326, 4490, 4610, 4214
FORMULAS = {
    "gcj02": ("GCJ-02", gcj02_to_wgs84, wgs84_to_gcj02),
    "bd09": ("BD-09", bd09_to_wgs84, wgs84_to_bd09),
}
# What people write, without its spaces, hyphens, underscores and capitals.
SPELLINGS: dict[str, str | int] = {
    "wgs84": WGS84_EPSG,
    "gps": WGS84_EPSG,
    "cgcs2000": CGCS2000_EPSG,
    "国家2000": CGCS2000_EPSG,
    "2000国家大地坐标系": CGCS2000_EPSG,
    "xian80": XIAN80_EPSG,
    "xian1980": XIAN80_EPSG,
    "西安80": XIAN80_EPSG,
    "beijing54": BEIJING54_EPSG,
    "beijing1954": BEIJING54_EPSG,
    "北京54": BEIJING54_EPSG,
    "gcj02": "gcj02",
    "火星": "gcj02",
    "火星坐标": "gcj02",
    "高德": "gcj02",
    "amap": "gcj02",
    "bd09": "bd09",
    "bd09ll": "bd09",
    "百度": "bd09",
    "baidu": "bd09",
}
KNOWN = "wgs84, cgcs2000, xian80, beijing54, gcj02, bd09, or a number such as EPSG:4545"
# The datums without a shift worth the name: either is what we store.
OURS = re.compile(r"WGS.?84|World Geodetic System 1984|China.?2000|China Geodetic Coordinate|CGCS", re.I)
# CGCS2000 in zones, 6° with and without zone number, 3° with and without.
ZONES_6, ZONES_3 = range(4491, 4513), range(4513, 4555)
# What a null transformation between the old Chinese datums and WGS 84 may be wrong by.
UNSHIFTED_M = 150.0


Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shift:
    """How good the step to WGS 84 is: `accuracy_m` is what PROJ states, None where it has no parameters."""

    exact: bool
    accuracy_m: float | None
    how: str

    def sentence(self) -> str:
        """Say it so that an operator can decide."""
        if self.exact:
            return self.how
        if self.accuracy_m is None:
            return (
                f"{self.how}: PROJ has no parameters for this datum here, so the degrees are taken over as they are; "
                f"expect errors of up to about {UNSHIFTED_M:.0f} m"
            )
        return f"{self.how}: accurate to about {self.accuracy_m:g} m"


class CoordinateSystem:
    """One system; places are always (n, 2), east or longitude first."""

    def __init__(self, name: str, title: str, *, crs: CRS | None = None) -> None:
        self.name, self.title, self.crs = name, title, crs

    @property
    def degrees(self) -> bool:
        """Whether its places are degrees and not metres."""
        return self.crs is None or self.crs.is_geographic

    @cached_property
    def ours(self) -> bool:
        """Whether its datum is the one that is stored, so that nothing is shifted."""
        return self.crs is not None and bool(OURS.search(_datum_name(self.crs)))

    @cached_property
    def _plain(self) -> bool:
        return self.ours and self.degrees

    def shift(self, places: Any | None = None) -> Shift:
        """Say how good the step to WGS 84 is, at these places of its own where they are given."""
        if self.crs is None:
            return Shift(True, 0.5, f"{self.title}: formula and iterated inverse, under 0.5 m")
        if self.ours:
            return Shift(True, 0.5, f"{self.title}: no shift of datum")
        found = self._transformer(places)
        accuracy = found.accuracy if found.accuracy >= 0 else None
        return Shift(False, accuracy, f"{self.title} to WGS 84")

    def to_wgs84(self, places: Any) -> Places:
        """Bring places of this system to WGS 84. Raises InvalidInput where they do not lie in it."""
        array = as_places(places)
        if self.crs is None:
            return FORMULAS[self.name][1](array)
        if self._plain or not len(array):
            return array
        x, y = array.T
        return self._finite(self._transformer(array).transform(x, y), array)

    def from_wgs84(self, places: Any) -> Places:
        """Bring WGS 84 to this system. Raises InvalidInput where they cannot be said in it."""
        array = as_places(places)
        if self.crs is None:
            return FORMULAS[self.name][2](array)
        if self._plain or not len(array):
            return array
        x, y = array.T
        return self._finite(self._backwards(array).transform(x, y, direction="INVERSE"), array)

    def _transformer(self, places: Any | None) -> Transformer:
        """The best that PROJ has for where the places are; all of them go the same way."""
        assert self.crs is not None
        if self.ours:
            return _plain_transformer(self.crs)
        return _chosen_transformer(self.crs, None if places is None else self._around(as_places(places)))

    def _backwards(self, places: Places) -> Transformer:
        """The transformer whose inverse leads here: chosen by where the places are, as on the way there."""
        assert self.crs is not None
        if self.ours:
            return _plain_transformer(self.crs)
        return _chosen_transformer(self.crs, _box(*places.min(axis=0).tolist(), *places.max(axis=0).tolist()))

    def _around(self, places: Places) -> Box | None:
        """Where the places are, roughly; good enough to choose a datum's parameters by."""
        assert self.crs is not None
        base = self.crs.geodetic_crs
        if not len(places) or base is None:
            return None
        ends = np.array([places.min(axis=0), places.max(axis=0)])
        if not self.degrees:
            plain = Transformer.from_crs(self.crs, base, always_xy=True)
            x, y = ends.T
            ends = np.column_stack(plain.transform(x, y))
        if not np.isfinite(ends).all() or (np.abs(ends) > (180.0, 90.0)).any():
            return None
        (west, south), (east, north) = ends.tolist()
        return _box(min(west, east), south, max(west, east), north)

    def _finite(self, transformed: Any, given: Places) -> Places:
        result = np.column_stack(transformed).astype(np.float64)
        bad = ~np.isfinite(result).all(axis=1)
        if bad.any():
            x, y = given[np.argmax(bad)]
            raise InvalidInput(
                f"{x:g}, {y:g} is no place of {self.title}",
                code="outside_crs",
                x=float(x),
                y=float(y),
                system=self.title,
            )
        return result


def _box(west: float, south: float, east: float, north: float) -> Box:
    # Rounded outwards, so that neighbouring places share a transformer.
    return (math.floor(west), math.floor(south), math.ceil(east), math.ceil(north))


@lru_cache(maxsize=64)
def _plain_transformer(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, WGS84_EPSG, always_xy=True)


@lru_cache(maxsize=64)
def _chosen_transformer(crs: CRS, box: Box | None) -> Transformer:
    area: Any = AreaOfInterest(*box) if box else None
    group = TransformerGroup(crs, WGS84_EPSG, always_xy=True, area_of_interest=area)
    if not group.transformers:
        raise InvalidInput(f"PROJ knows no way from {crs.name} to WGS 84", code="unknown_crs", name=crs.name)
    found: Transformer = group.transformers[0]
    return found


def _datum_name(crs: CRS) -> str:
    datum = crs.datum
    base = crs.geodetic_crs
    return f"{datum.name if datum else ''} {base.name if base else ''}"


def _spelled(name: str) -> str:
    return re.sub(r"[\s_\-'’]", "", name).lower().removesuffix("坐标系")


def named_system(name: str) -> CoordinateSystem:
    """Return the system that an operator named: a usual name, `EPSG:4545` or `4545`. Raises InvalidInput."""
    key: str | int | None = SPELLINGS.get(_spelled(name))
    if isinstance(key, str):
        return CoordinateSystem(key, FORMULAS[key][0])
    number = re.fullmatch(r"(?:epsg:)?(\d{4,6})", name.strip(), re.I)
    if key is None and number:
        key = int(number[1])
    if key is None:
        raise InvalidInput(f"crs must be {KNOWN}, not {name!r}", code="unknown_crs", name=name)
    try:
        return _of(CRS.from_epsg(key))
    except CRSError:
        raise InvalidInput(
            f"PROJ does not know EPSG:{key}; crs must be {KNOWN}",
            code="unknown_crs",
            name=f"EPSG:{key}",
        ) from None


def described_system(text: str) -> CoordinateSystem:
    """Return the system that a file describes, by WKT or by name. Raises InvalidInput."""
    if _spelled(text) in SPELLINGS:
        return named_system(text)
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        short = text if len(text) < 60 else text[:60] + "…"
        raise InvalidInput(
            f"the file's coordinate system {short!r} is not understood: name it with --crs",
            code="unknown_crs",
            name=short,
        ) from None
    return _of(crs)


def _of(crs: CRS) -> CoordinateSystem:
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]
    if not (crs.is_geographic or crs.is_projected):
        raise InvalidInput(
            f"{crs.name} has no known place on the earth: name the coordinate system with --crs",
            code="unknown_crs",
            name=crs.name,
        )
    epsg = crs.to_epsg()
    return CoordinateSystem(f"EPSG:{epsg}" if epsg else crs.name, crs.name, crs=crs)
