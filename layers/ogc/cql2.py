"""CQL2 text, read by recursive descent: attributes, LIKE, IN, BETWEEN, IS NULL, AND, OR, NOT, S_INTERSECTS.

either    = all { OR all }
all       = one { AND one }
one       = NOT one | ( either ) | S_INTERSECTS ( shape , shape ) | TRUE | FALSE | predicate
predicate = scalar op scalar
          | property [NOT] LIKE text | property [NOT] IN ( literal {, literal} )
          | property [NOT] BETWEEN number AND number | property IS [NOT] NULL
"""

import math
from typing import Any

import shapely

from gis.errors import BadRequest
from layers.ogc.expressions import (
    Always,
    Between,
    Comparison,
    Every,
    Expression,
    In,
    Intersects,
    IsNull,
    Like,
    Not,
    Property,
    Scalar,
    Some,
)
from layers.ogc.tokens import Token, tokens, wrong

DEEPEST, MOST_PREDICATES, MOST_IN_A_LIST = 24, 100, 200
COMPARED = ("=", "<>", "<", ">", "<=", ">=")
SHAPES = (
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)
TEMPORAL = ("DATE", "TIMESTAMP", "INTERVAL")
KEYWORDS = {"AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"}


def parse(text: str) -> Expression:
    """Read a filter. Raises BadRequest, with the code bad_filter, filter_too_long or filter_too_complex."""
    reader = Reader(text)
    found = reader.either()
    if reader.next.kind != "end":
        raise wrong(f"something follows its end at character {reader.next.start + 1}")
    return found


class Reader:
    """Goes once through the tokens of a filter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.position = self.depth = self.predicates = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """Return the next token and go past it; the end stays."""
        token = self.next
        self.position += token.kind != "end"
        return token

    def taken(self, *words: str) -> bool:
        """Go past the next token when it is one of these; say whether it was."""
        said = self.next.says(*words)
        self.position += said
        return said

    def need(self, word: str) -> None:
        """Go past the next token, which must be this."""
        if not self.taken(word):
            raise wrong(f"{word} is missing at character {self.next.start + 1}")

    def either(self) -> Expression:
        """Read what OR joins."""
        parts = [self.all()]
        while self.taken("OR"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def all(self) -> Expression:
        """Read what AND joins."""
        parts = [self.one()]
        while self.taken("AND"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self) -> Expression:
        """Read one condition."""
        self.depth += 1
        self.predicates += 1
        if self.depth > DEEPEST or self.predicates > MOST_PREDICATES:
            what = f"A filter may hold {MOST_PREDICATES} conditions, nested {DEEPEST} deep."
            raise BadRequest(what, code="filter_too_complex")
        found = self._one()
        self.depth -= 1
        return found

    def _one(self) -> Expression:
        if self.taken("NOT"):
            return Not(self.one())
        if self.taken("("):
            inner = self.either()
            self.need(")")
            return inner
        if self.taken("S_INTERSECTS"):
            return self.intersects()
        return self.predicate()

    def predicate(self) -> Expression:
        """Read a condition on scalars."""
        left = self.scalar()
        if self.next.says(*COMPARED):
            operator = self.take().text
            return Comparison(operator, left, self.scalar())  # type: ignore[arg-type]
        if isinstance(left, bool):
            return Always(left)
        if not isinstance(left, Property):
            raise wrong("a value stands alone; compare it with a property")
        if self.taken("IS"):
            negated = self.taken("NOT")
            self.need("NULL")
            return Not(IsNull(left)) if negated else IsNull(left)
        negated = self.taken("NOT")
        found = self.about(left)
        return Not(found) if negated else found

    def about(self, left: Property) -> Expression:
        """Read LIKE, IN or BETWEEN and what follows."""
        if self.taken("LIKE"):
            return Like(left, self.pattern())
        if self.taken("BETWEEN"):
            low = self.number()
            self.need("AND")
            return Between(left, low, self.number())
        if self.taken("IN"):
            return In(left, self.listed())
        raise wrong(f"no operator stands at character {self.next.start + 1}")

    def pattern(self) -> str:
        """Read the pattern of LIKE; its last `\\` must have something to stand before."""
        token = self.take()
        if token.kind != "text":
            raise wrong("LIKE wants a text in single quotes")
        pattern = _unquoted(token)
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            raise wrong("the pattern of LIKE ends with a lone backslash")
        return pattern

    def listed(self) -> tuple[Scalar, ...]:
        """Read the list of IN."""
        self.need("(")
        values = [self.literal()]
        while self.taken(","):
            values.append(self.literal())
            if len(values) > MOST_IN_A_LIST:
                raise BadRequest(f"IN takes {MOST_IN_A_LIST} values.", code="filter_too_complex")
        self.need(")")
        return tuple(values)

    def literal(self) -> Scalar:
        """Read a scalar that is no property."""
        value = self.scalar()
        if isinstance(value, Property):
            raise wrong("IN lists values, not properties")
        return value

    def scalar(self) -> Scalar:
        """Read a property, a text, a number, TRUE or FALSE."""
        token = self.next
        if token.kind == "number":
            return self.number()
        self.take()
        if token.kind == "text":
            return _unquoted(token)
        if token.kind == "quoted":
            return Property(token.text[1:-1])
        if token.says("TRUE", "FALSE"):
            return token.text.upper() == "TRUE"
        if token.kind != "word" or token.text.upper() in KEYWORDS:
            raise wrong(f"a property or a value is missing at character {token.start + 1}")
        if self.next.says("("):
            kind = "there are no times here" if token.says(*TEMPORAL) else "there is no such function"
            raise wrong(f"{kind}: character {token.start + 1}")
        return Property(token.text)

    def number(self) -> float:
        """Read a number."""
        token = self.take()
        if token.kind != "number":
            raise wrong(f"a number is missing at character {token.start + 1}")
        value = float(token.text)
        if not math.isfinite(value):
            raise wrong(f"the number at character {token.start + 1} is too large")
        return value

    def intersects(self) -> Expression:
        """Read the two arguments of S_INTERSECTS: a property and a shape, in either order."""
        self.need("(")
        first = self.spatial()
        self.need(",")
        second = self.spatial()
        self.need(")")
        if isinstance(first, Property) and not isinstance(second, Property):
            return Intersects(first, second)
        if isinstance(second, Property) and not isinstance(first, Property):
            return Intersects(second, first)
        raise wrong("S_INTERSECTS wants one property and one shape")

    def spatial(self) -> Any:
        """Read a property, BBOX(…) or a shape in WKT."""
        token = self.next
        if token.says("BBOX"):
            return self.box()
        if token.says(*SHAPES):
            return self.shape()
        value = self.scalar()
        if not isinstance(value, Property):
            raise wrong("S_INTERSECTS wants a property and a shape in WKT")
        return value

    def box(self) -> Any:
        """Read BBOX(west, south, east, north), or with six numbers, of which heights do not count."""
        self.take()
        self.need("(")
        corners = [self.number()]
        while self.taken(","):
            corners.append(self.number())
        self.need(")")
        if len(corners) == 6:
            corners = [*corners[:2], *corners[3:5]]
        if len(corners) != 4 or corners[0] > corners[2] or corners[1] > corners[3]:
            raise wrong("BBOX wants west, south, east and north in this order")
        west, south, east, north = corners
        return _on_earth(shapely.box(west, south, east, north))

    def shape(self) -> Any:
        """Read a shape in WKT: everything up to the parenthesis that closes it."""
        start, depth = self.take().start, 0
        while True:
            token = self.take()
            depth += token.says("(") - token.says(")")
            if token.kind == "end" or depth > DEEPEST:
                raise wrong(f"the shape at character {start + 1} does not end")
            if depth == 0 and token.says(")", "EMPTY"):
                break
        try:
            shape = shapely.from_wkt(self.text[start : token.end])
        except shapely.errors.GEOSException:
            raise wrong(f"the shape at character {start + 1} is not WKT") from None
        return _on_earth(shapely.force_2d(shape))


def _on_earth(shape: Any) -> Any:
    """Return a shape that lies on earth and is sound. Raises BadRequest."""
    corners = shapely.get_coordinates(shape)
    if not (abs(corners) <= (180.0, 90.0)).all():
        raise wrong("the shape leaves the earth; coordinates are longitude and latitude in degrees")
    if not shapely.is_valid(shape):
        raise wrong("the shape is not valid, it may cross itself")
    return shape


def _unquoted(token: Token) -> str:
    return token.text[1:-1].replace("''", "'").replace("\\'", "'")
