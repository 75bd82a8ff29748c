"""The form of a case file: a ZIP without compression whose every byte follows from what it holds.

    record.jsonl        one JSON object a line: `case`, then each `event`, `text` and `attachment`, then `end`
    path.bin            the digests of all links of the log from the case's first event to its last, 32 bytes each
    files/<sha256>      the attachments

Because its bytes follow from what it holds, a reader makes it anew and compares: no byte can differ unnoticed.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gis.log.events import canonical

RECORD, PATH, FILES = "record.jsonl", "path.bin", "files/"
# The first day that ZIP knows: no clock may change the bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)

Line = Mapping[str, Any]


class BrokenFile(ValueError):
    """The file is no case file, or differs from what it would be if nobody had touched it."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a case file holds: its lines but the last, the path through the chain, and files by their hash."""

    lines: Sequence[Line]
    path: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Any]:
        """Yield what the lines of a kind hold."""
        return (line[kind] for line in self.lines if kind in line)


def packed(case_file: CaseFile) -> bytes:
    """Return the bytes of a case file."""
    text = "".join(canonical(line) + "\n" for line in case_file.lines).encode()
    end = {"end": {"lines": len(case_file.lines), "sha256": hashlib.sha256(text).hexdigest()}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(RECORD), text + (canonical(end) + "\n").encode())
        archive.writestr(_entry(PATH), case_file.path)
        for digest, data in sorted(case_file.files.items()):
            archive.writestr(_entry(FILES + digest), data)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, NO_TIME)


def unpacked(data: bytes) -> CaseFile:
    """Return what a case file holds. Raises BrokenFile where a single byte is not as it was written."""
    try:
        case_file = _read(data)
        whole = packed(case_file) == data
    except BrokenFile:
        raise
    except Exception as error:  # whatever a broken archive makes of its reader, it is broken
        raise BrokenFile("the file cannot be read: it is no case file, or it was changed") from error
    if not whole:
        raise BrokenFile("the file was changed: its bytes are not those that were written")
    return case_file


def _read(data: bytes) -> CaseFile:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        text = archive.read(RECORD)
        path = archive.read(PATH)
        files = {name.removeprefix(FILES): archive.read(name) for name in names if name.startswith(FILES)}
    lines = [json.loads(line) for line in text.decode().splitlines()]
    if not lines or "end" not in lines[-1]:
        raise BrokenFile("the record has no end: something is missing")
    return CaseFile(lines[:-1], path, files)
