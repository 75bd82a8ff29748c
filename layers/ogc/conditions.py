"""A filter as a condition in SQL: names come from the collection's whitelist, values are bound, types must fit."""

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import shapely
from sqlalchemy import Boolean, ColumnElement, Double, Text, and_, cast, func, literal, not_, or_, true
from sqlalchemy.types import TypeEngine

from gis.errors import BadRequest
from layers.ogc import expressions as said
from layers.ogc.collections import GEOMETRY, Collection

COMPARED: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
}


class Types:
    """The three types that values are compared in."""

    TEXT, NUMBER, TRUTH = "text", "number", "boolean"


SQL_TYPES: dict[str, TypeEngine[Any]] = {Types.TEXT: Text(), Types.NUMBER: Double(), Types.TRUTH: Boolean()}
TYPE_OF_JSON = {
    "string": Types.TEXT,
    "integer": Types.NUMBER,
    "number": Types.NUMBER,
    "boolean": Types.TRUTH,
}


def condition(collection: Collection, expression: said.Expression) -> ColumnElement[bool]:
    """Return the condition that a filter puts on a collection's rows. Raises BadRequest."""
    return Translation(collection).of(expression)


class Translation:
    """Translates for one collection."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    def of(self, expression: said.Expression) -> ColumnElement[bool]:
        """Translate one node."""
        match expression:
            case said.Every(parts):
                return and_(*map(self.of, parts))
            case said.Some(parts):
                return or_(*map(self.of, parts))
            case said.Not(inner):
                return not_(self.of(inner))
            case said.Always(value):
                return true() if value else not_(true())
            case said.IsNull(name):
                return self.any_column(name).is_(None)
            case said.Intersects(name, shape):
                return self.intersects(name, shape)
            case _:
                return self.scalar(expression)

    def scalar(self, expression: said.Comparison | said.Like | said.Between | said.In) -> ColumnElement[bool]:
        """Translate a node that compares values."""
        match expression:
            case said.Comparison(operator, left, right):
                one, other = self.operand(left), self.operand(right)
                self.same_type(one[1], other[1])
                return COMPARED[operator](one[0], other[0])
            case said.Like(name, pattern):
                column, kind = self.operand(name)
                self.same_type(kind, Types.TEXT)
                return column.like(literal(pattern, Text()), escape="\\")
            case said.Between(name, low, high):
                column, kind = self.operand(name)
                self.same_type(kind, Types.NUMBER)
                return column.between(literal(low, Double()), literal(high, Double()))
            case said.In(name, values):
                column, kind = self.operand(name)
                listed = [self.operand(value) for value in values]
                for _, other_kind in listed:
                    self.same_type(kind, other_kind)
                return column.in_([value for value, _ in listed])

    def operand(self, value: said.Scalar) -> tuple[ColumnElement[Any], str]:
        """Return a property's column or a bound value, and its type. Numbers are compared as doubles."""
        match value:
            case said.Property(name):
                kind = TYPE_OF_JSON[self.type_of(name)]
                column = self.collection.table.c[name]
                return (cast(column, Double()) if kind == Types.NUMBER else column), kind
            case bool():
                kind = Types.TRUTH
            case str():
                kind = Types.TEXT
            case _:
                kind = Types.NUMBER
        return literal(value, SQL_TYPES[kind]), kind

    def type_of(self, name: str) -> str:
        """Return a property's JSON type. Raises BadRequest where it is none."""
        try:
            return self.collection.types[name]
        except KeyError:
            known = ", ".join((*self.collection.types, GEOMETRY))
            raise BadRequest(
                f"The filter names something that {self.collection.id} does not have; it has {known}.",
                code="unknown_property",
            ) from None

    def any_column(self, asked: said.Property) -> ColumnElement[Any]:
        """Return a property's column, of whatever type; the geometry is one too."""
        if asked.name != GEOMETRY:
            self.type_of(asked.name)
        return self.collection.table.c[asked.name]

    def intersects(self, asked: said.Property, shape: Any) -> ColumnElement[bool]:
        """Translate S_INTERSECTS."""
        if asked.name != GEOMETRY:
            self.type_of(asked.name)
            raise BadRequest(f"S_INTERSECTS wants the property {GEOMETRY}.", code="bad_filter")
        bound = func.ST_GeomFromWKB(literal(shapely.to_wkb(shape)), 4326)
        return func.ST_Intersects(self.collection.table.c[GEOMETRY], bound, type_=Boolean())

    @staticmethod
    def same_type(one: str, other: str) -> None:
        """Raise BadRequest where two types cannot be compared."""
        if one != other:
            raise BadRequest(f"The filter compares {one} with {other}.", code="bad_filter")
