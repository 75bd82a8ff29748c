"""The tree of errors that the product raises on purpose.

WallError
├── InvalidInput          what was sent cannot be understood or accepted
│   ├── OutsideCounty     a place that no area covers
│   └── BadRequest        a parameter that the standard of an interface answers with 400
├── NotAuthenticated      nobody is logged in
├── NotYourMove           the actor sees it, but may not do this
├── NotFound              it does not exist, or the actor may not see it
├── MoveNotAllowed        the case is not in a state that this move starts from
├── Conflict              the request contradicts one made before
├── StaleVersion          somebody changed the record since the actor read it
├── TooMany               a limit on size or rate was met
├── TooLarge              what was sent is larger than is taken
├── Unsupported           what was sent is of a kind that is not taken
└── Unavailable           a part that the request needs is not there just now

Each carries a stable `code` for programs and a sentence for people that says what was wrong and what to do.
"""

from typing import Any


class WallError(Exception):
    """The base of all deliberate errors."""

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.extra = extra


class InvalidInput(WallError):
    """What was sent cannot be understood or accepted."""

    code = "invalid_input"


class OutsideCounty(InvalidInput):
    """The place lies in no area of the county."""

    code = "outside_county"


class BadRequest(InvalidInput):
    """A parameter is wrong where the interface follows a standard that answers this with 400, not 422."""

    code = "bad_request"


class NotAuthenticated(WallError):
    """Nobody is logged in, or the session is over."""

    code = "not_authenticated"


class NotYourMove(WallError):
    """The actor may see this, but not do it."""

    code = "not_your_move"


class NotFound(WallError):
    """It does not exist, or the actor may not see it; the two look the same on purpose."""

    code = "not_found"


class MoveNotAllowed(WallError):
    """The case is not in a state that this move starts from."""

    code = "move_not_allowed"


class Conflict(WallError):
    """The request contradicts one that was accepted before."""

    code = "conflict"


class StaleVersion(WallError):
    """Somebody changed the record since the actor read it; `extra['current']` is the record as it is."""

    code = "stale_version"


class TooMany(WallError):
    """A limit on size or rate was met."""

    code = "too_many"


class TooLarge(WallError):
    """What was sent is larger than is taken."""

    code = "too_large"


class Unsupported(WallError):
    """What was sent is of a kind that is not taken."""

    code = "unsupported_media_type"


class Unavailable(WallError):
    """A part that the request needs is not there just now; trying again may help."""

    code = "unavailable"


STATUS_OF: dict[type[WallError], int] = {
    InvalidInput: 422,
    OutsideCounty: 422,
    BadRequest: 400,
    NotAuthenticated: 401,
    NotYourMove: 403,
    NotFound: 404,
    MoveNotAllowed: 409,
    Conflict: 409,
    StaleVersion: 412,
    TooLarge: 413,
    Unsupported: 415,
    TooMany: 429,
    Unavailable: 503,
}
