"""What a request for items asks. OGC API – Features wants 400 for every parameter that is wrong or not known."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gis.errors import BadRequest
from layers.ogc import cql2
from layers.ogc.collections import Collection
from layers.ogc.cursor import Key, decoded
from layers.ogc.expressions import Comparison, Every, Expression, Property, Scalar

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84_NAMES = frozenset({CRS84, f"<{CRS84}>", "[OGC:CRS84]", "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84"})

DEFAULT_LIMIT, MOST_ITEMS = 10, 1000
ITEMS_PARAMETERS = (
    "limit",
    "bbox",
    "datetime",
    "cursor",
    "filter",
    "filter-lang",
    "filter-crs",
    "bbox-crs",
    "crs",
    "f",
)
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """One page that is asked for; `boxes` are west, south, east, north, and one of them must be met."""

    limit: int = DEFAULT_LIMIT
    boxes: tuple[Box, ...] = ()
    filter: Expression | None = None
    after: Key | None = None
    # Everything but the cursor, as it was sent: the next page's address repeats it.
    sent: tuple[tuple[str, str], ...] = field(default=())


def only(pairs: Iterable[tuple[str, str]], known: Iterable[str]) -> dict[str, str]:
    """Return parameters as a dict. Raises BadRequest for unknown and repeated ones, and for NUL characters."""
    allowed, found = tuple(known), dict[str, str]()
    for name, value in pairs:
        if name not in allowed:
            listed = ", ".join(allowed) or "none"
            raise BadRequest(
                f"There is a parameter that is not known here; known are: {listed}.", code="unknown_parameter"
            )
        if name in found:
            raise BadRequest(f"The parameter {name} is given twice.", code="repeated_parameter")
        if "\x00" in value:
            raise BadRequest(f"The parameter {name} holds a NUL character.", code="bad_parameter")
        found[name] = value
    return found


def items_query(collection: Collection, pairs: Iterable[tuple[str, str]]) -> ItemsQuery:
    """Read the parameters of /items. Raises BadRequest."""
    listed = list(pairs)
    given = only(listed, (*ITEMS_PARAMETERS, *collection.properties))
    crs84_only(given, "crs", "bbox-crs", "filter-crs")
    if given.get("f", "json") not in ("json", "geojson"):
        raise BadRequest("f is json; there is no other form.", code="bad_format")
    check_datetime(given.get("datetime"))
    return ItemsQuery(
        limit=limit_of(given.get("limit")),
        boxes=boxes_of(given.get("bbox")),
        filter=filter_of(collection, given),
        after=decoded(collection, given["cursor"]) if "cursor" in given else None,
        sent=tuple(pair for pair in listed if pair[0] != "cursor"),
    )


def crs84_only(given: dict[str, str], *names: str) -> None:
    """Raise BadRequest where one of the parameters names another reference system."""
    for name in names:
        if given.get(name, CRS84) not in CRS84_NAMES:
            raise BadRequest(f"{name} may only be {CRS84}: longitude, latitude.", code="unknown_crs")


def limit_of(text: str | None) -> int:
    """Read `limit`; too large a limit is no error, as the standard wants it. Raises BadRequest."""
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"\+?[0-9]{1,18}", text, re.ASCII) or int(text) < 1:
        raise BadRequest(f"limit is a whole number from 1 to {MOST_ITEMS}.", code="bad_limit")
    return min(int(text), MOST_ITEMS)


def boxes_of(text: str | None) -> tuple[Box, ...]:
    """Read `bbox`; one that crosses the antimeridian becomes two. Raises BadRequest."""
    if text is None:
        return ()
    try:
        numbers = [float(part) for part in text.split(",", 6)]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadRequest("bbox is west,south,east,north in degrees.", code="bad_bbox")
    west, south, east, north = numbers
    if south > north:
        raise BadRequest("bbox has its south north of its north; longitude comes first.", code="bad_bbox")
    if west <= east:
        return ((west, south, east, north),)
    if west > 180 or east < -180:
        raise BadRequest("bbox has its west east of its east and leaves the earth.", code="bad_bbox")
    return (west, south, 180.0, north), (-180.0, south, east, north)


def check_datetime(text: str | None) -> None:
    """Check `datetime`; as no feature here has a time, every one matches. Raises BadRequest."""
    if text is None:
        return
    ends = text.split("/")
    try:
        times = [None if end in ("", "..") else moment(end) for end in ends]
    except ValueError:
        times = []
    if len(times) not in (1, 2) or times in ([None], [None, None]):
        raise BadRequest(
            "datetime is a time in RFC 3339, or two of them with / between.", code="bad_datetime"
        )
    if len(times) == 2 and times[0] and times[1] and times[0] > times[1]:
        raise BadRequest("datetime ends before it begins.", code="bad_datetime")


def moment(text: str) -> datetime:
    """Read one time; a day counts from its beginning. Raises ValueError."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        text += "T00:00:00Z"
    if not re.fullmatch(r"[0-9-]{10}[Tt][0-9:.]{8,18}([Zz]|[+-][0-9]{2}:[0-9]{2})", text, re.ASCII):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())


def filter_of(collection: Collection, given: dict[str, str]) -> Expression | None:
    """Join `filter` and the parameters that name properties. Raises BadRequest."""
    if given.get("filter-lang", "cql2-text") != "cql2-text":
        raise BadRequest("filter-lang is cql2-text; there is no other.", code="unknown_filter_language")
    parts: list[Expression] = [
        Comparison("=", Property(name), typed(name, collection.types[name], given[name]))
        for name in collection.properties
        if name in given
    ]
    if "filter" in given:
        parts.append(cql2.parse(given["filter"]))
    return Every(tuple(parts)) if parts else None


def typed(name: str, kind: str, text: str) -> Scalar:
    """Read the value of a property's parameter. Raises BadRequest."""
    if kind == "string":
        return text
    if kind == "boolean":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
    else:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
    raise BadRequest(f"The property {name} is a {kind}.", code="bad_parameter")
