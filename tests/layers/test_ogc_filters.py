"""CQL2: what a filter means, and that nothing hostile gets further than a clear refusal."""

import itertools
import string
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from gis.database import Database
from gis.errors import BadRequest
from layers.ogc import cql2
from layers.ogc.collections import COLLECTIONS
from layers.ogc.conditions import condition
from layers.ogc.expressions import Comparison, Every, Expression, Property, Some
from tests.layers.entrance import guarded, program

CODES = {"bad_filter", "filter_too_long", "filter_too_complex", "unknown_property"}
SQUARE = "POLYGON((107.3 35.3, 107.5 35.3, 107.5 35.4, 107.3 35.4, 107.3 35.3))"


@pytest.fixture
async def client(county_db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with program(await guarded(county_db)) as opened:
        yield opened


async def found(client: httpx.AsyncClient, name: str, filter_: str | None = None) -> list[dict[str, Any]]:
    parameters = {"limit": "1000"}
    if filter_:
        parameters |= {"filter": filter_, "filter-lang": "cql2-text"}
    answer = await client.get(f"/ogc/collections/{name}/items", params=parameters)
    assert answer.status_code == 200, answer.text
    features: list[dict[str, Any]] = answer.json()["features"]
    return features


def is_in(geometry: dict[str, Any], wkt: str) -> bool:
    return bool(shapely.from_wkt(wkt).intersects(shapely.geometry.shape(geometry)))


Row = dict[str, Any]
MEANINGS: list[tuple[str, str, Callable[[Row], bool]]] = [
    ("road", "road_class = 'trunk'", lambda p: p["road_class"] == "trunk"),
    ("road", "'trunk' = road_class", lambda p: p["road_class"] == "trunk"),
    ("road", "road_class <> 'trunk'", lambda p: p["road_class"] != "trunk"),
    ("road", "speed_kmh < 40", lambda p: p["speed_kmh"] < 40),
    ("road", "speed_kmh <= 40", lambda p: p["speed_kmh"] <= 40),
    ("road", "speed_kmh > 40.0", lambda p: p["speed_kmh"] > 40),
    ("road", "speed_kmh >= 4e1", lambda p: p["speed_kmh"] >= 40),
    ("road", "length_m between 100 AND 500", lambda p: 100 <= p["length_m"] <= 500),
    ("road", "length_m NOT BETWEEN 100 AND 500", lambda p: not 100 <= p["length_m"] <= 500),
    ("road", "closed = false", lambda p: not p["closed"]),
    ("road", "one_way = TRUE OR speed_kmh = 30", lambda p: p["one_way"] or p["speed_kmh"] == 30),
    ("road", "road_class IN ('trunk', 'county')", lambda p: p["road_class"] in ("trunk", "county")),
    ("road", "road_class not in ('trunk')", lambda p: p["road_class"] != "trunk"),
    ("road", "id IN (1, 2, 3)", lambda p: p["id"] in (1, 2, 3)),
    ("facility", "telephone IS NULL", lambda p: p["telephone"] is None),
    ("facility", "telephone IS NOT NULL", lambda p: p["telephone"] is not None),
    ("village", "name LIKE '玉%'", lambda p: p["name"].startswith("玉")),
    ("village", "name NOT LIKE '%村'", lambda p: not p["name"].endswith("村")),
    ("village", "code LIKE '62082110_20_'", lambda p: p["code"][:8] == "62082110" and p["code"][9:11] == "20"),
    ("village", "\"name\" LIKE '\\%'", lambda p: p["name"] == "%"),
    ("village", "name = 'it''s' OR name = 'it\\'s'", lambda p: False),
    ("township", "NOT (name = '玉都镇' OR code < '620821100')",
     lambda p: not (p["name"] == "玉都镇" or p["code"] < "620821100")),
    ("township", "name = '玉都镇' OR code > '620821100' AND code < '620821102'",
     lambda p: p["name"] == "玉都镇" or "620821100" < p["code"] < "620821102"),
    ("township", "name < full_name", lambda p: p["name"].encode() < p["full_name"].encode()),
    ("township", "1 = 1 AND 'a' < 'b' AND TRUE <> FALSE", lambda p: True),
    ("township", "code = '620821101' OR name IN ('x') OR 2 < 1", lambda p: p["code"] == "620821101"),
    ("road", "closed IN (TRUE) OR one_way IN (TRUE, FALSE)", lambda p: True),
    ("township", "TRUE", lambda p: True),
    ("township", "FALSE OR NOT TRUE", lambda p: False),
]  # fmt: skip


async def test_each_filter_means_what_the_standard_says(client: httpx.AsyncClient) -> None:
    for name, filter_, meaning in MEANINGS:
        every = [one["properties"] for one in await found(client, name)]
        asked = filter_
        if len(every) == 1000:  # a page holds no more: ask for the same ones
            asked = f"({filter_}) AND id <= {every[-1]['id']}"
        told = [one["properties"] for one in await found(client, name, asked)]
        assert told == [one for one in every if meaning(one)], filter_


SHAPES = [
    SQUARE,
    "BBOX(107.3, 35.3, 107.5, 35.4)",
    "LINESTRING(107.2 35.3, 107.6 35.4)",
    "POINT(107.368 35.336)",
    "point z (107.368 35.336 1200)",
    "MULTIPOINT((107.368 35.336), (107.4 35.31))",
    "MULTIPOLYGON(((107.3 35.3, 107.5 35.3, 107.5 35.4, 107.3 35.3)))",
    "MULTILINESTRING((107.2 35.3, 107.6 35.4))",
    f"GEOMETRYCOLLECTION(POINT(107.368 35.336), {SQUARE})",
]
ORDERS = ("S_INTERSECTS(geom, {})", "s_intersects({}, geom)")


async def test_s_intersects_gives_exactly_what_meets_the_shape(client: httpx.AsyncClient) -> None:
    every = await found(client, "grid")
    for shape, order in itertools.product(SHAPES, ORDERS):
        wkt = shapely.box(107.3, 35.3, 107.5, 35.4).wkt if shape.startswith("BBOX") else shape
        told = {one["id"] for one in await found(client, "grid", order.format(shape))}
        assert told == {one["id"] for one in every if is_in(one["geometry"], wkt)}, shape
        assert told
    asked = ORDERS[0].format(SQUARE)
    assert await found(client, "grid", f"{asked} AND NOT {asked}") == []


HOSTILE = [
    "1=1; drop table cameras",
    "name = 'a' -- comment",
    "name = 'a'; select 1",
    "name = 'a' UNION SELECT stream_url FROM cameras",
    "stream_url IS NOT NULL",
    "data_set_id = 1",
    "pg_sleep(10) = 1",
    "name = pg_sleep(10)",
    "\"name\" = 'a' OR \"stream_url\" = 'b'",
    "\"name; drop table cameras\" = 'a'",
    "name = $1",
    "name = :name",
    "name LIKE 'a\\",
    "name LIKE 'a\\\\\\'",
    "name LIKE '\\'",
    "name LIKE name",
    "name = 1",
    "bearing_deg = '1'",
    "bearing_deg LIKE '1%'",
    "name BETWEEN 'a' AND 'b'",
    "bearing_deg = 1e999",
    "bearing_deg = NaN",
    "geom = 'a'",
    "geom LIKE 'a'",
    "S_INTERSECTS(name, POINT(1 2))",
    "S_INTERSECTS(geom, geom)",
    "S_INTERSECTS(POINT(1 2), POINT(1 2))",
    "S_INTERSECTS(geom, POINT(1))",
    "S_INTERSECTS(geom, POINT(nan nan))",
    "S_INTERSECTS(geom, POINT(1e308 1e308))",
    "S_INTERSECTS(geom, POINT(500 10))",
    "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
    "S_INTERSECTS(geom, POLYGON((0 0, 1 1)))",
    "S_INTERSECTS(geom, POINT(1 2)",
    "S_INTERSECTS(geom, BBOX(1,2,3))",
    "S_INTERSECTS(geom, BBOX(3,2,1,4))",
    "S_INTERSECTS(geom, " + "GEOMETRYCOLLECTION(" * 300 + ")" * 300 + ")",
    "S_BUFFER(geom, POINT(1 2))",
    "name = DATE('2026-01-01')",
    "NOT " * 1000 + "TRUE",
    "(" * 1000 + "TRUE" + ")" * 1000,
    " OR ".join(["TRUE"] * 1000),
    "name IN (" + ",".join(["'a'"] * 1000) + ")",
    "name IN ()",
    "name IN (code)",
    "name IS",
    "name =",
    "= name",
    "AND",
    "'",
    '"',
    "''",
    "name = '\x00'",
    "name = 'a' 'b'",
    "name = 'a')",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "9" * 7000,
]


async def test_a_hostile_filter_is_a_400_with_a_code(client: httpx.AsyncClient) -> None:
    for filter_ in HOSTILE:
        answer = await client.get("/ogc/collections/camera/items", params={"filter": filter_})
        told = (answer.status_code, answer.headers["content-type"])
        assert told == (400, "application/problem+json"), filter_
        assert answer.json()["code"] in CODES | {"bad_parameter"}


WORDS = [
    "name", "code", "bearing_deg", "geom", "stream_url", "AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL",
    "TRUE", "(", ")", ",", "=", "<>", "<", ">=", "'a'", "'%\\%'", "''", "'; drop table cameras; --'", "1", "-2.5",
    "1e300", "S_INTERSECTS", "BBOX", "POINT", "POINT(107 35)", "POLYGON", "EMPTY", "DATE", "\"name\"", "\\", ";",
]  # fmt: skip
NOISE = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.printable, max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(NOISE)
def test_any_text_is_a_condition_or_a_refusal_with_a_code(text: str) -> None:
    try:
        condition(COLLECTIONS["camera"], cql2.parse(text))
    except BadRequest as error:
        refused = error
    else:
        return
    assert refused.code in CODES


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
VALUES = st.one_of(TEXTS.map(lambda text: (Property("name"), text)),
                   st.floats(-1e6, 1e6).map(lambda number: (Property("bearing_deg"), number)))  # fmt: skip
PREDICATES = st.tuples(st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), VALUES).map(
    lambda one: Comparison(one[0], *one[1])  # type: ignore[arg-type]
)
TREES: st.SearchStrategy[Expression] = st.recursive(
    PREDICATES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: Some(tuple(parts))),
    ),
    max_leaves=12,
)


def written(tree: Expression) -> str:
    """Write a tree as CQL2, every part in parentheses."""
    match tree:
        case Every(parts):
            return " AND ".join(f"({written(part)})" for part in parts)
        case Some(parts):
            return " OR ".join(f"({written(part)})" for part in parts)
        case Comparison(operator, Property(name), value):
            literal = "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
            return f"{name} {operator} {literal}"
    raise AssertionError(tree)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_what_is_written_is_what_is_read_and_no_value_becomes_sql(tree: Expression) -> None:
    values = texts(tree)
    if any("\\" in value for value in values):
        return  # a backslash before a quote is a quote: it has no one way back
    assert cql2.parse(written(tree)) == tree
    compiled = condition(COLLECTIONS["camera"], tree).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    said = str(compiled)
    assert set(values) <= set(compiled.params.values())
    assert "'" not in said
    assert ";" not in said


def texts(tree: Expression) -> list[str]:
    match tree:
        case Every(parts) | Some(parts):
            return [text for part in parts for text in texts(part)]
        case Comparison(_, _, str() as value):
            return [value]
    return []
