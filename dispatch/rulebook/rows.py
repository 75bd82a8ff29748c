"""Read a file of the book and parse its rows one by one, so that a fault is told with its file and its row."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from gis.errors import InvalidInput

OURS = Path(__file__).parents[1] / "book"

Row = Mapping[str, Any]
T = TypeVar("T")


def text_of(folder: Path | None, name: str) -> str:
    """Return a file of the book: the county's own, if it has one."""
    theirs = folder / name if folder is not None else None
    path = theirs if theirs is not None and theirs.is_file() else OURS / name
    return path.read_text(encoding="utf-8")


def toml_of(folder: Path | None, name: str) -> Row:
    """Return a file of the book as it is parsed. Raises InvalidInput."""
    try:
        return tomllib.loads(text_of(folder, name))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{name} is no TOML: {error}", code="bad_book") from error


def keyed(
    name: str, table: Row, kind: str, parse: Callable[[Row], T], *, may_be_none: bool = False
) -> dict[str, T]:
    """Return the rows of one kind by key. Raises InvalidInput naming the file, the row and the fault."""
    rows: dict[str, T] = {}
    for place, row in enumerate(table.get(kind, ()), start=1):
        where = f"{name}, {kind} {place} ({row.get('key', 'without key')})"
        try:
            parsed = parse(row)
        except (KeyError, TypeError, ValueError) as error:
            missing = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
            raise InvalidInput(f"{where}: {missing}", code="bad_book") from error
        if row["key"] in rows:
            raise InvalidInput(f"{where}: there is one with this key already", code="bad_book")
        rows[row["key"]] = parsed
    if not rows and not may_be_none:
        raise InvalidInput(f"{name} has no [[{kind}]]", code="bad_book")
    return rows


def known(row: Row, *names: str) -> None:
    """Pass if a row has nothing that is not known. Raises ValueError."""
    if strange := sorted(set(row) - set(names)):
        raise ValueError(f"'{strange[0]}' is not known here")


def refuse(faults: Mapping[str, bool]) -> None:
    """Pass if none of the faults holds. Raises ValueError with the first that does."""
    for fault, holds in faults.items():
        if holds:
            raise ValueError(fault)
