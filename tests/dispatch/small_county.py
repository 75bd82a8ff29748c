"""A county of two townships, small enough to draw by hand: for tests of who sees what."""

from dataclasses import dataclass

import psycopg
from shapely import Polygon, box

COUNTY = "620821"
WEST, EAST = "620821100", "620821101"
LEFT, MIDDLE, RIGHT = 107.2, 107.4, 107.6
BOTTOM, CENTRE, TOP = 35.2, 35.3, 35.4


@dataclass(frozen=True, slots=True)
class Place:
    """One area and its shape."""

    code: str
    name: str
    shape: Polygon

    @property
    def level(self) -> str:
        """The level that the code's length says."""
        return {6: "county", 9: "township", 12: "village", 15: "grid"}[len(self.code)]


def places() -> list[Place]:
    """Return the county, two townships, two villages in each and one grid in each village."""
    found = [Place(COUNTY, "泾川县", box(LEFT, BOTTOM, RIGHT, TOP))]
    for township, name, west, east in ((WEST, "西镇", LEFT, MIDDLE), (EAST, "东镇", MIDDLE, RIGHT)):
        found.append(Place(township, name, box(west, BOTTOM, east, TOP)))
        for serial, side, south, north in ((201, "南村", BOTTOM, CENTRE), (202, "北村", CENTRE, TOP)):
            shape = box(west, south, east, north)
            village = f"{township}{serial}"
            found.append(Place(village, f"{name[0]}{side}", shape))
            found.append(Place(f"{village}001", f"{name[0]}{side}第一网格", shape))
    return found


def centre_of(code: str) -> tuple[float, float]:
    """Return a place in the middle of an area: longitude, latitude."""
    middle = next(place.shape for place in places() if place.code == code).centroid
    return middle.x, middle.y


def load_small_county(owner_url: str, *, demonstration: bool = True) -> None:
    """Fill an empty, migrated database with the county, a road through it, its desks and its units."""
    with psycopg.connect(owner_url) as tx:
        tx.execute("set constraints all deferred")
        tx.execute(
            "insert into data_sets (county_code, name, demonstration, built_at, source)"
            " values (%s, '泾川县', %s, now(), 'drawn by hand')",
            (COUNTY, demonstration),
        )
        for place in places():
            middle = place.shape.centroid
            parent = None if len(place.code) == 6 else place.code[:-3]
            tx.execute(
                "insert into areas (code, data_set_id, level, name, full_name, parent_code, seat, geom)"
                " select %s, id, %s, %s, %s, %s, ST_GeomFromText(%s, 4326), ST_Multi(ST_GeomFromText(%s, 4326))"
                " from data_sets",
                (place.code, place.level, place.name, place.name, parent, middle.wkt, place.shape.wkt),
            )
            if place.level != "grid":
                _desk(tx, place.code, place.name, "area")
            else:
                _unit(tx, place)
        _desk(tx, f"{COUNTY}/police", "县公安局", "department")
        tx.execute(
            "insert into roads (data_set_id, name, road_class, speed_kmh, from_node, to_node, length_m, geom)"
            " select id, '国道', 'trunk', 60, 1, 2, 30000, ST_GeomFromText(%s, 4326) from data_sets",
            (f"LINESTRING ({LEFT} {CENTRE}, {RIGHT} {CENTRE})",),
        )


def _desk(tx: psycopg.Connection[tuple[object, ...]], desk: str, name: str, kind: str) -> None:
    tx.execute(
        "insert into desks (id, name, kind, area_code, telephone, leader_name, leader_telephone)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (desk, name, kind, desk.partition("/")[0], f"0933-{desk[-3:]}", f"{name}领导", f"100-{desk[-3:]}"),
    )


def _unit(tx: psycopg.Connection[tuple[object, ...]], grid: Place) -> None:
    tx.execute(
        "insert into units (id, no, name, kind, desk, area_code, phone, on_duty, state, state_at)"
        " select %s, count(*) + 1, %s, 'grid_officer', %s, %s, %s, true, 'available', now() from units",
        (f"grid.{grid.code}", f"{grid.name}员", grid.code[:12], grid.code, f"100-{grid.code}"),
    )
