"""What a file is, by what is in it: never by its name, and never by what its sender says."""

import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import puremagic

from gis.errors import Unsupported

HEAD_BYTES = 4096


class Kind(StrEnum):
    """What is taken in; each has a limit of its own."""

    PHOTO = "photo"
    AUDIO = "audio"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Sort:
    """What a file was found to be."""

    kind: Kind
    media_type: str
    ending: str


# The ending that puremagic gives to what it recognises → what we take it for. What is not here is not taken in: no
# HTML, no SVG, no script, no archive, whatever it calls itself.
SORTS = {
    ".jpg": Sort(Kind.PHOTO, "image/jpeg", "jpg"),
    ".jpeg": Sort(Kind.PHOTO, "image/jpeg", "jpg"),
    ".png": Sort(Kind.PHOTO, "image/png", "png"),
    ".webp": Sort(Kind.PHOTO, "image/webp", "webp"),
    ".mp3": Sort(Kind.AUDIO, "audio/mpeg", "mp3"),
    ".wav": Sort(Kind.AUDIO, "audio/wav", "wav"),
    ".ogg": Sort(Kind.AUDIO, "audio/ogg", "ogg"),
    ".amr": Sort(Kind.AUDIO, "audio/amr", "amr"),
    ".m4a": Sort(Kind.AUDIO, "audio/mp4", "m4a"),
    ".pdf": Sort(Kind.DOCUMENT, "application/pdf", "pdf"),
}
# These lie at the very beginning, so that no page that only mentions them further on can pass for one.
BEGINNINGS = {
    ".jpg": ((0, b"\xff\xd8\xff"),),
    ".png": ((0, b"\x89PNG\r\n\x1a\n"),),
    ".webp": ((0, b"RIFF"), (8, b"WEBP")),
    ".wav": ((0, b"RIFF"), (8, b"WAVE")),
    ".ogg": ((0, b"OggS"),),
    ".amr": ((0, b"#!AMR"),),
    ".m4a": ((4, b"ftypM4A"),),
    ".pdf": ((0, b"%PDF-"),),
}
OFFICE = "application/vnd.openxmlformats-officedocument."
IN_PACKAGE = {
    "word/document.xml": Sort(Kind.DOCUMENT, OFFICE + "wordprocessingml.document", "docx"),
    "xl/workbook.xml": Sort(Kind.DOCUMENT, OFFICE + "spreadsheetml.sheet", "xlsx"),
}
TAKEN = "photos (JPEG, PNG, WebP), recordings (MP3, M4A, WAV, OGG, AMR), PDF, Word (docx) and Excel (xlsx)"


def sort_of(path: Path) -> Sort:
    """Return what the file is. Raises Unsupported for what is not taken in."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = _by_beginning(head) or _mp3(head) or _in_package(path, head)
    if found is None:
        raise Unsupported(
            f"This is none of the kinds of file that a case takes: {TAKEN}. What counts is what is in the file, "
            "not its name.",
            code="not_a_kind_we_take",
        )
    return found


def _by_beginning(head: bytes) -> Sort | None:
    for ending, marks in BEGINNINGS.items():
        if all(head[at : at + len(mark)] == mark for at, mark in marks) and _agrees(head, ending):
            return SORTS[ending]
    return None


def _agrees(head: bytes, ending: str) -> bool:
    """Say whether puremagic, which knows far more kinds, does not take it for something else altogether."""
    try:
        guesses = {guess.extension for guess in puremagic.magic_string(head)}
    except puremagic.PureError:
        return True  # it does not know it: the beginning is what we have
    return not guesses & {".html", ".htm", ".svg", ".exe", ".elf", ".js"} or ending in guesses


def _mp3(head: bytes) -> Sort | None:
    framed = head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2")
    return SORTS[".mp3"] if head[:3] == b"ID3" or framed else None


def _in_package(path: Path, head: bytes) -> Sort | None:
    """Return what an Office package holds. Only its table of contents is read: nothing is unpacked."""
    if head[:4] != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    # Macros are programs, and a case needs none.
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((sort for name, sort in IN_PACKAGE.items() if name in names), None)
