"""Unpacking what others packed: bounded in entries, size and ratio, and never outside the folder it is given."""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from layers.importers.faults import BadFile

MOST_ENTRIES = 1_000
# What compresses better than this is no map: a shapefile packs 2 to 20 times.
MOST_RATIO = 200
SMALL = 1 << 20
BLOCK = 1 << 20


def entry_names(path: Path) -> list[str]:
    """Return what a ZIP file holds. Raises BadFile."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [_name(entry) for entry in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile("bad_zip", file=path.name, why=error) from None


def unpack(path: Path, folder: Path, most_bytes: int) -> list[Path]:
    """Unpack a ZIP file into a folder. Raises BadFile: bad_zip, zip_bomb, zip_path, zip_encrypted."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _refuse_bombs(path, entries, most_bytes)
            left, written = most_bytes, []
            for entry in entries:
                target = folder.joinpath(*_safe_parts(path, entry))
                left -= _extract(archive, entry, target, left)
                written.append(target)
            return written
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise BadFile("bad_zip", file=path.name, why=error) from None
    except RuntimeError as error:
        raise BadFile("zip_encrypted", file=path.name) from error


def _name(entry: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in GBK and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _refuse_bombs(path: Path, entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise BadFile("zip_bomb.many", file=path.name, count=len(entries), most=MOST_ENTRIES)
    size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if size > most_bytes:
        raise BadFile("zip_bomb.size", file=path.name, size=size >> 20, most=most_bytes >> 20)
    if size > SMALL and size > MOST_RATIO * max(packed, 1):
        raise BadFile("zip_bomb", file=path.name, times=size // max(packed, 1), most=MOST_RATIO)


def _safe_parts(path: Path, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = _name(entry).replace("\\", "/")
    place = PurePosixPath(name)
    link = stat.S_ISLNK(entry.external_attr >> 16)
    drive = bool(place.parts) and ":" in place.parts[0]
    if not place.parts or place.is_absolute() or ".." in place.parts or "\0" in name or drive or link:
        raise BadFile("zip_path", file=path.name, entry=name)
    return place.parts


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Write one entry; what its header says of its size is not believed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, target.open("wb") as out:
        while block := source.read(BLOCK):
            written += len(block)
            if written > most:
                shutil.rmtree(target.parent, ignore_errors=True)
                raise BadFile("zip_bomb.lies", entry=entry.filename)
            out.write(block)
    return written
