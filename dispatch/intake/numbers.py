"""Places written in numbers: coordinates in any datum, camera codes, and so many metres to the north of something."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sin

from gis.crs import MetricZone, to_wgs84

DEGREE_M = 111_320.0
LONGITUDES, LATITUDES = (73.0, 136.0), (3.0, 54.0)
DATUMS = (
    ("bd09", re.compile(r"百度|bd-?09", re.IGNORECASE)),
    ("gcj02", re.compile(r"高德|腾讯|火星|gcj-?02|微信定位|微信位置", re.IGNORECASE)),
)
DECIMAL = r"(?<![\d.])(\d{1,3}\.\d{2,})(?![\d.])"
PAIR = re.compile(DECIMAL + r"\D{1,12}?" + DECIMAL)
DEGREES = r"(\d{1,3})\s*[°度]\s*(\d{1,2})\s*[′'’分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[″\"”秒]?)?"
SEXAGESIMAL = re.compile(DEGREES + r"\D{0,12}?" + DEGREES)
METRIC = re.compile(r"(?<![\d.])(\d{6,8}(?:\.\d+)?)(?![\d.])\D{1,12}?(?<![\d.])(\d{6,8}(?:\.\d+)?)(?![\d.])")
NORTHINGS = (350_000.0, 5_950_000.0)
ZONES_3 = range(25, 46)
FIRST_EPSG_3 = 4513  # CGCS2000, 3° zone 25, with the zone's number before the easting
CODE = re.compile(r"(?<!\d)(\d{20})(?!\d)")
TAIL = re.compile(
    r"(?:监控|摄像头|摄像机|探头|枪机|球机|立杆|杆子|杆)[^0-9，。,]{0,6}?(?<!\d)(\d{3,10})(?!\d)"
)
BEARINGS = {"东北": 45, "东南": 135, "西南": 225, "西北": 315, "北": 0, "东": 90, "南": 180, "西": 270}
DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
COUNTED = "[0-9.零一二两三四五六七八九十百千半]+"
SHIFT = re.compile(
    rf"(?:以|往|向|朝|偏)?({'|'.join(BEARINGS)})(?:边|面|侧|头|方向)?(?:再)?(?:走|开|去)?(?:大约|大概|约|有|差不多)?"
    rf"\s*({COUNTED})\s*(?:来|多)?(米|公里|里地|里路|里)"
)
METRES = {"米": 1.0, "公里": 1000.0, "里": 500.0, "里地": 500.0, "里路": 500.0}


@dataclass(frozen=True, slots=True)
class Written:
    """A place written as coordinates: where in the text, in which datum, and what it is in WGS 84."""

    start: int
    end: int
    crs: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Shift:
    """So many metres in a direction, from what was named before it."""

    start: int
    direction: str
    metres: float

    def applied(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place that is meant."""
        bearing = radians(BEARINGS[self.direction])
        return (
            lon + self.metres * sin(bearing) / (DEGREE_M * cos(radians(lat))),
            lat + self.metres * cos(bearing) / DEGREE_M,
        )


def datum_of(text: str) -> str:
    """Return the datum that a text names for its coordinates; WGS 84 where it names none."""
    return next((crs for crs, pattern in DATUMS if pattern.search(text)), "wgs84")


def coordinates_in(text: str, own_zone: MetricZone | None = None) -> Iterable[Written]:
    """Yield every pair of coordinates in a text: degrees in either order, degrees and minutes, or metres."""
    crs = datum_of(text)
    for found in PAIR.finditer(text):
        yield from _degrees(found, float(found[1]), float(found[2]), crs)
    for found in SEXAGESIMAL.finditer(text):
        first, second = (_sexagesimal(*found.groups()[at : at + 3]) for at in (0, 3))
        yield from _degrees(found, first, second, crs)
    for found in METRIC.finditer(text):
        yield from _metres(found, float(found[1]), float(found[2]), own_zone)


def _sexagesimal(degrees: str, minutes: str, seconds: str | None) -> float:
    return int(degrees) + int(minutes) / 60 + float(seconds or 0) / 3600


def _degrees(found: re.Match[str], first: float, second: float, crs: str) -> Iterable[Written]:
    for lon, lat in ((first, second), (second, first)):
        if LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]:
            place = to_wgs84([(lon, lat)], crs)[0]
            yield Written(*found.span(), crs, float(place[0]), float(place[1]))
            return


def _metres(
    found: re.Match[str], first: float, second: float, own_zone: MetricZone | None
) -> Iterable[Written]:
    for northing, easting in ((first, second), (second, first)):
        if not NORTHINGS[0] <= northing <= NORTHINGS[1]:
            continue
        zone, within = int(easting // 1_000_000), easting % 1_000_000
        if zone in ZONES_3:
            at = MetricZone(FIRST_EPSG_3 + zone - ZONES_3[0]).to_degrees([(easting, northing)])[0]
        elif zone == 0 and own_zone is not None:
            at = own_zone.to_degrees([(within, northing)])[0]
        else:
            continue
        lon, lat = float(at[0]), float(at[1])
        if LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]:
            yield Written(*found.span(), "cgcs2000", lon, lat)
            return


def shifts_in(text: str) -> list[Shift]:
    """Return every "200 metres to the east" of a text."""
    found = []
    for one in SHIFT.finditer(text):
        count = number_of(one[2])
        if count is not None and 0 < count * METRES[one[3]] <= 20_000:
            found.append(Shift(one.start(), one[1], count * METRES[one[3]]))
    return found


def number_of(text: str) -> float | None:
    """Return the number that digits or Chinese numerals say; None where they say none."""
    try:
        return float(text)
    except ValueError:
        pass
    if text == "半":
        return 0.5
    total, digit = 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in TENS:
            total += (digit or 1) * TENS[char]
            digit = 0
        else:
            return None
    return float(total + digit)


def camera_codes_in(text: str) -> tuple[list[str], list[str]]:
    """Return the whole camera codes that a text writes, and the tails of codes."""
    return CODE.findall(text), TAIL.findall(text)
