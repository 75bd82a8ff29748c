"""Finding out what a file really is, by its content, before any reader touches it.

Only the formats of KINDS are ever handed on, each to the one reader that is named for it: a file that merely has
the right name, or that would lead a reader to other files or to the network, is refused here.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import puremagic

from layers.importers.archives import entry_names, unpack
from layers.importers.faults import BadFile

KINDS = ("shapefile", "gpkg", "geojson", "geojsonseq", "flatgeobuf", "kml", "csv", "excel")
# What a name promises; a ZIP file promises nothing.
KIND_OF_SUFFIX = {
    ".shp": "shapefile",
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojsonseq",
    ".geojsons": "geojsonseq",
    ".geojsonseq": "geojsonseq",
    ".ndjson": "geojsonseq",
    ".jsonl": "geojsonseq",
    ".fgb": "flatgeobuf",
    ".kml": "kml",
    ".kmz": "kmz",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".zip": "zip",
}
TAKEN = ".shp (Shapefile, or its folder, or a .zip of it), .gpkg, .geojson, .geojsonl, .kml, .kmz, .fgb, .csv, .xlsx"
HEAD = 64 << 10


@dataclass(frozen=True, slots=True)
class Source:
    """One file that is what it says, ready for its reader."""

    name: str
    kind: str
    path: Path


@contextmanager
def opened(given: Path, most_mb: int) -> Iterator[list[Source]]:
    """Yield what a file, a folder or an archive holds. Raises BadFile, saying what is wrong with it."""
    most_bytes = most_mb << 20
    if not given.exists():
        raise BadFile("no_file", file=given)
    with TemporaryDirectory(prefix="wall-import-") as scratch:
        if given.is_dir():
            yield _inside(given, given.rglob("*.[sS][hH][pP]"), most_bytes)
            return
        kind = recognised(given, most_bytes)
        if kind in ("zip", "kmz"):
            written = unpack(given, Path(scratch), most_bytes)
            yield _inside(given, written, most_bytes)
        else:
            yield [Source(given.stem, kind, given)]


def _inside(given: Path, paths: Iterator[Path] | list[Path], most_bytes: int) -> list[Source]:
    """Of what a folder or an archive holds, that which can be read: one or more files of one kind."""
    own = [
        path
        for path in sorted(paths)
        if KIND_OF_SUFFIX.get(path.suffix.lower()) in KINDS
        and "__MACOSX" not in path.parts
        and path.is_file()
    ]
    # A table or a text may lie beside the map: it is only taken where there is nothing else.
    maps = [path for path in own if KIND_OF_SUFFIX[path.suffix.lower()] not in ("csv", "excel")]
    if not own:
        raise BadFile("nothing_inside", file=given.name, taken=TAKEN)
    return [Source(path.stem, recognised(path, most_bytes), path) for path in maps or own]


def recognised(path: Path, most_bytes: int) -> str:
    """Return what a file is, by its first bytes. Raises BadFile: not_what_it_says, too_large, empty_file."""
    size = path.stat().st_size
    if size > most_bytes:
        raise BadFile("too_large", file=path.name, size=size >> 20, most=most_bytes >> 20)
    promised = KIND_OF_SUFFIX.get(path.suffix.lower())
    if promised is None:
        raise BadFile("unknown_format", file=path.name, taken=TAKEN)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\0 \r\n\t"):
        raise BadFile("empty_file", file=path.name)
    if promised == "csv" and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("wrong_encoding.utf_16", file=path.name)
    found = _by_content(path, head)
    alike = {"geojson", "geojsonseq"}
    if found == promised or {found, promised} <= alike:
        return found
    other = found or _guess(path)
    if other is None:
        raise BadFile("not_what_it_says.unknown", file=path.name, promised=promised)
    raise BadFile("not_what_it_says", file=path.name, promised=promised, found=other)


def _by_content(path: Path, head: bytes) -> str:
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if head.startswith(b"fgb\x03"):
        return "flatgeobuf"
    if head.startswith(b"\0\0\x27\x0a"):
        return "shapefile"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        names = entry_names(path)
        if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
            return "excel"
        return (
            "kmz"
            if path.suffix.lower() == ".kmz" and any(n.lower().endswith(".kml") for n in names)
            else "zip"
        )
    return _by_text(path, head)


def _by_text(path: Path, head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"\x1e")):
        lines = start.lstrip(b"\x1e").split(b"\n", 1)
        alone = re.match(rb'\s*\{.*"type"\s*:\s*"Feature"[^C].*\}\s*$', lines[0], re.S)
        return "geojsonseq" if start.startswith(b"\x1e") or (alone and len(lines) > 1) else "geojson"
    if start.startswith(b"<"):
        return "kml" if b"<kml" in head or b":kml" in head else ""
    tabular = path.suffix.lower() in (".csv", ".tsv", ".txt")
    return "csv" if tabular and b"\0" not in head and not _known_binary(head) else ""


def _known_binary(head: bytes) -> bool:
    return head.startswith(
        (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"\xd0\xcf\x11\xe0", b"GIF8", b"Rar!", b"7z\xbc\xaf")
    )


def _guess(path: Path) -> str | None:
    """What it may be instead, for the sentence only."""
    try:
        return puremagic.from_file(str(path)).lstrip(".") or None
    except (puremagic.PureError, ValueError, OSError):
        return None
