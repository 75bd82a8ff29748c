"""The browser computes coordinates and lengths by itself; this file of examples holds both sides to the same values."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from gis.crs import MetricZone, wgs84_to_gcj02, zone_of

GOLDEN = Path(__file__).parent.parent / "golden" / "map" / "coordinates.json"
PLACES = [
    (107.37, 35.34),
    (107.0, 35.2),
    (108.0, 35.0),
    (109.49, 34.1),
    (87.6, 43.8),
    (114.06, 22.54),
    (121.47, 31.23),
]
LINES = [
    [(107.30, 35.30), (107.31, 35.30), (107.31, 35.31)],
    [(107.2, 35.2), (107.6, 35.25), (107.5, 35.5), (107.25, 35.45)],
    [(113.9, 22.5), (114.3, 22.5), (114.3, 22.8)],
]


def examples() -> dict[str, Any]:
    """Compute them anew, from PROJ and from our own formulas."""
    ellipsoid = Geod(ellps="GRS80")
    places = [
        {
            "place": place,
            "gcj02": wgs84_to_gcj02([place])[0].tolist(),
            "meridian": 3 * round(place[0] / 3),
            "zone": MetricZone(zone_of(place[0])).to_metres([place])[0].tolist(),
        }
        for place in PLACES
    ]
    lines = [
        {
            "line": line,
            "length": ellipsoid.line_length([lon for lon, _ in line], [lat for _, lat in line]),
            "area": abs(ellipsoid.polygon_area_perimeter([x for x, _ in line], [y for _, y in line])[0]),
        }
        for line in LINES
    ]
    return {"places": places, "lines": lines}


def test_the_examples_that_the_browser_is_held_to_are_still_true() -> None:
    written = json.loads(GOLDEN.read_text(encoding="utf-8"))
    now = json.loads(json.dumps(examples()))
    assert [one["place"] for one in written["places"]] == [one["place"] for one in now["places"]]
    for old, new in zip(written["places"], now["places"], strict=True):
        assert old["gcj02"] == pytest.approx(new["gcj02"], abs=1e-10)
        assert old["zone"] == pytest.approx(new["zone"], abs=1e-4)
    for old, new in zip(written["lines"], now["lines"], strict=True):
        assert (old["length"], old["area"]) == pytest.approx((new["length"], new["area"]), rel=1e-9)
