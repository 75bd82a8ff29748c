"""A CQL2 text cut into tokens."""

import re
from dataclasses import dataclass

from gis.errors import BadRequest

MOST_CHARACTERS = 8_000

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|''|\\.)*')
    | (?P<quoted>"[^"]{1,64}")
    | (?P<number>[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,4})?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_.]{0,63})
    | (?P<sign><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is text, quoted, number, word, sign or end; it spans text[start:end]."""

    kind: str
    text: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Say whether it is one of some keywords or signs; keywords are the same in capitals or not."""
        return self.kind in ("word", "sign") and self.text.upper() in words


def wrong(what: str) -> BadRequest:
    """Return the error of a filter that cannot be understood."""
    return BadRequest(f"The filter was not understood: {what}.", code="bad_filter")


def tokens(text: str) -> list[Token]:
    """Cut a filter into tokens, an end token last. Raises BadRequest."""
    if len(text) > MOST_CHARACTERS:
        raise BadRequest(f"A filter may have {MOST_CHARACTERS} characters.", code="filter_too_long")
    if "\x00" in text:
        raise wrong("it holds a NUL character")
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position, end)
        if match is None:
            raise wrong(f"no token begins at character {position + 1}")
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind), match.end()))
        position = match.end()
    return [*found, Token("end", "", end, end)]
