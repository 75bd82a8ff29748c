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
        raise BadFile(f"{path.name} is a broken or truncated ZIP file ({error})", code="bad_zip") from None


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
        raise BadFile(f"{path.name} is a broken or truncated ZIP file ({error})", code="bad_zip") from None
    except RuntimeError as error:
        raise BadFile(
            f"{path.name} is locked with a password: unpack it first", code="zip_encrypted"
        ) from error


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
        raise BadFile(f"{path.name} holds {len(entries)} files; at most {MOST_ENTRIES}", code="zip_bomb")
    size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if size > most_bytes:
        raise BadFile(
            f"{path.name} unpacks to {size >> 20} MB; the limit is {most_bytes >> 20} MB (WALL_IMPORT_MAX_MB)",
            code="zip_bomb",
        )
    if size > SMALL and size > MOST_RATIO * max(packed, 1):
        raise BadFile(
            f"{path.name} unpacks to {size // max(packed, 1)} times its size; at most {MOST_RATIO} times is taken",
            code="zip_bomb",
        )


def _safe_parts(path: Path, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = _name(entry).replace("\\", "/")
    place = PurePosixPath(name)
    link = stat.S_ISLNK(entry.external_attr >> 16)
    drive = bool(place.parts) and ":" in place.parts[0]
    if not place.parts or place.is_absolute() or ".." in place.parts or "\0" in name or drive or link:
        raise BadFile(f"{path.name} holds {name!r}, which leads out of its folder", code="zip_path")
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
                raise BadFile(f"{entry.filename} unpacks to more than it says", code="zip_bomb")
            out.write(block)
    return written
