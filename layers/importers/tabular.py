"""Reading tables: CSV by its bytes' own encoding, and the first sheet, or a named one, of an Excel workbook."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from layers.importers.archives import MOST_RATIO
from layers.importers.encodings import GB18030, UTF_8, named_encoding
from layers.importers.faults import BadFile
from layers.importers.sheet import Sheet

MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
LONGEST_CELL = 1_000_000


def read_csv(path: Path, encoding: str | None = None) -> Sheet:
    """Read a table of text. Raises BadFile: wrong_encoding, unknown_encoding, bad_table, empty_layer."""
    raw = path.read_bytes()
    used = _encoding_of(path, raw, encoding)
    text = raw.decode("utf-8-sig" if used == UTF_8 else used)
    if "\0" in text:
        raise BadFile("bad_table.bytes", file=path.name)
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if row]
    except csv.Error as error:
        raise BadFile("bad_table", file=path.name, why=error) from None
    return _sheet(path, path.stem, rows, used)


def sheets_in(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises BadFile."""
    book = _workbook(path)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def read_excel(path: Path, sheet: str | None = None) -> Sheet:
    """Read one sheet; formulas as the values that Excel last saw. Raises BadFile: unreadable, no_layer, empty_layer."""
    book = _workbook(path)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise BadFile("no_layer.sheet", file=path.name, sheet=sheet, there=book.sheetnames)
        name = sheet or book.sheetnames[0]
        rows = []
        for number, row in enumerate(book[name].iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            if number > MOST_ROWS:
                raise BadFile("too_many_rows.table", file=path.name, rows=MOST_ROWS, columns=MOST_COLUMNS)
            rows.append([_cell(value) for value in row])
    except BadFile:
        raise
    except Exception as error:
        raise BadFile("unreadable", file=path.name, kind="Excel", why=error) from None
    finally:
        book.close()
    return _sheet(path, name, rows, None)


def _workbook(path: Path) -> Any:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
            if size > 1 << 20 and size > MOST_RATIO * max(packed, 1):
                raise BadFile("zip_bomb", file=path.name, times=size // max(packed, 1), most=MOST_RATIO)
        return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except BadFile:
        raise
    except Exception as error:  # a workbook can be broken in as many ways as there are parts in it
        raise BadFile("unreadable", file=path.name, kind="Excel", why=error) from None


def _cell(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return value


def _encoding_of(path: Path, raw: bytes, given: str | None) -> str:
    if given is not None:
        used = named_encoding(given)
        if not _whole(raw, used):
            raise BadFile("wrong_encoding", file=path.name, encoding=used)
        return used
    for encoding in (UTF_8, GB18030):
        if _whole(raw, encoding):
            return encoding
    raise BadFile("unknown_encoding", file=path.name)


def _whole(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """What parts the names of the first line; a comma where nothing does."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t|", key=lambda mark: (first.count(mark), mark == ","))


def _sheet(path: Path, name: str, rows: list[list[Any]], encoding: str | None) -> Sheet:
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(_said(value) for value in row)]
    if len(filled) < 2:
        raise BadFile("empty_layer.titles", file=path.name)
    (_, names), body = filled[0], filled[1:]
    if len(body) > MOST_ROWS or len(names) > MOST_COLUMNS:
        raise BadFile("too_many_rows.table", file=path.name, rows=MOST_ROWS, columns=MOST_COLUMNS)
    titles = _titles(names)
    columns: dict[str, list[Any]] = {
        title: [row[at] if at < len(row) and _said(row[at]) else None for _, row in body]
        for at, title in enumerate(titles)
        if title
    }
    return Sheet(name, columns, None, [number for number, _ in body], None, encoding)


def _said(value: Any) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _titles(names: list[Any]) -> list[str]:
    titles: list[str] = []
    for name in names:
        title = "" if name is None else str(name).strip()
        while title and title in titles:
            title += "_"
        titles.append(title)
    return titles
