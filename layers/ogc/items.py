"""Features out of the database: one page, or one. Row-level security decides what is there for the actor."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Row, and_, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.actor import Actor
from gis.database import Database
from gis.errors import NotFound
from layers.ogc.collections import GEOMETRY, Collection
from layers.ogc.conditions import condition
from layers.ogc.cursor import Key, key_of
from layers.ogc.parameters import Box, ItemsQuery

# More are not counted: the answer then leaves out numberMatched, as the standard allows.
COUNTED_TO = 10_000
DIGITS = 7
# A filter may be dear; it is given up before others wait for it.
MOST_MS = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """Features as GeoJSON text; how many match in all where that was counted; the key that the page ends at."""

    features: list[str]
    matched: int | None
    last: Key | None


async def page(db: Database, actor: Actor, collection: Collection, query: ItemsQuery) -> Page:
    """Read one page. Raises BadRequest, Unavailable."""
    wanted = conditions(collection, query)
    further = [] if query.after is None else [collection.key > query.after]
    statement = _selected(collection).where(*wanted, *further).order_by(collection.key).limit(query.limit + 1)
    counted = select(literal(1)).select_from(collection.table).where(*wanted).limit(COUNTED_TO + 1).subquery()
    # Both statements see one moment: a page never tells of more features than it counts.
    async with db.read(actor, frozen=True) as tx:
        await _in_time(tx)
        rows = (await tx.execute(statement)).all()
        matched = await tx.scalar(select(func.count()).select_from(counted)) or 0
    shown = rows[: query.limit]
    last = shown[-1][0] if len(rows) > query.limit else None
    return Page([feature(collection, row) for row in shown], matched if matched <= COUNTED_TO else None, last)


async def one(db: Database, actor: Actor, collection: Collection, feature_id: str) -> str:
    """Read one feature as GeoJSON text. Raises NotFound."""
    key = key_of(collection, feature_id)
    rows: Sequence[Row[Any]] = ()
    if key is not None:
        statement = _selected(collection).where(*collection.conditions, collection.key == key)
        async with db.read(actor) as tx:
            rows = (await tx.execute(statement)).all()
    if not rows:
        raise NotFound(f"There is no such feature in {collection.id}.", code="unknown_feature")
    return feature(collection, rows[0])


def conditions(collection: Collection, query: ItemsQuery) -> list[ColumnElement[bool]]:
    """Return what a query asks of rows. Raises BadRequest."""
    wanted = list(collection.conditions)
    if query.boxes:
        wanted.append(or_(*(_meets(collection, box) for box in query.boxes)))
    if query.filter is not None:
        wanted.append(condition(collection, query.filter))
    return wanted


def feature(collection: Collection, row: Sequence[Any]) -> str:
    """Write one row as a GeoJSON feature; the geometry is written by the database already."""
    key, geometry, *rest = row
    values = dict(zip(collection.properties, rest, strict=True))
    properties = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{json.dumps(key)},"geometry":{geometry},"properties":{properties}}}'


def _selected(collection: Collection) -> Any:
    columns = [collection.table.c[name] for name in collection.properties]
    shape = func.ST_AsGeoJSON(collection.table.c[GEOMETRY], DIGITS)
    return select(collection.key, shape, *columns)


def _meets(collection: Collection, box: Box) -> ColumnElement[bool]:
    envelope = func.ST_MakeEnvelope(*box, 4326)
    column = collection.table.c[GEOMETRY]
    return and_(
        column.op("&&", is_comparison=True)(envelope), func.ST_Intersects(column, envelope, type_=Boolean())
    )


async def _in_time(tx: AsyncConnection) -> None:
    await tx.execute(text("select set_config('statement_timeout', :ms, true)"), {"ms": str(MOST_MS)})
