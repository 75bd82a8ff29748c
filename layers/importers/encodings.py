"""In which encoding a file's Chinese is written, found in its bytes: what a .cpg says is often wrong."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from layers.importers.faults import BadFile

UTF_8, GB18030 = "UTF-8", "GB18030"
ALIASES = {
    "utf-8": UTF_8,
    "utf8": UTF_8,
    "utf-8-sig": UTF_8,
    "65001": UTF_8,
    "gbk": GB18030,
    "gb2312": GB18030,
    "gb18030": GB18030,
    "cp936": GB18030,
    "936": GB18030,
}
# A field that is cut at its width may end within a character: of UTF-8 up to three bytes are missing.
LONGEST_REST = 3
LOOKED_AT = 64 << 20


def named_encoding(name: str) -> str:
    """Return the encoding that an operator named. Raises BadFile."""
    found = ALIASES.get(name.strip().lower())
    if found is None:
        raise BadFile("unknown_encoding.named", name=name)
    return found


def encoding_of(texts: Iterable[bytes]) -> str:
    """Return the encoding in which all texts can be read; UTF-8 first, as GBK is hardly ever UTF-8 by chance.

    Raises BadFile where neither can read them.
    """
    could = {UTF_8: True, GB18030: True}
    for text in texts:
        if text.isascii():
            continue
        for encoding, still in could.items():
            could[encoding] = still and reads(text, encoding)
        if not any(could.values()):
            raise BadFile("unknown_encoding.text", text=repr(text[:24]))
    return UTF_8 if could[UTF_8] else GB18030


def reads(text: bytes, encoding: str) -> bool:
    """Say whether a text can be read so, but for a character that was cut off at its end."""
    for rest in range(LONGEST_REST + 1):
        try:
            text[: len(text) - rest].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def dbf_texts(path: Path) -> Iterator[bytes]:
    """Yield the text values of a dBase table, without their padding. Raises BadFile where the table is cut off."""
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            raise BadFile("truncated.header", file=path.name)
        count, header_size, record_size = struct.unpack("<IHH", head[4:12])
        fields = _fields(file.read(max(0, header_size - 32)))
        if path.stat().st_size < header_size + count * record_size or not record_size:
            raise BadFile("truncated.table", file=path.name, count=count)
        for name, _, _ in fields:
            yield name
        file.seek(header_size)
        for _ in range(min(count, LOOKED_AT // record_size)):
            record = file.read(record_size)
            for _, start, end in fields:
                yield record[start:end].rstrip(b" \0")


def _fields(header: bytes) -> list[tuple[bytes, int, int]]:
    """The name, start and end of each text field; the first byte of a record is its deletion mark."""
    found, at = [], 1
    for start in range(0, len(header) - 31, 32):
        descriptor = header[start : start + 32]
        if descriptor[0] == 0x0D:
            break
        width = descriptor[16]
        if descriptor[11:12] == b"C":
            # Long text fields keep the upper byte of their width where numbers keep their decimals.
            width += descriptor[17] << 8
            found.append((descriptor[:11].split(b"\0")[0], at, at + width))
        at += width
    return found
