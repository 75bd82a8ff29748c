"""The folder of attachments: every file under the hash of what is in it, written whole or not at all.

A file is on the disk, flushed, before its row is committed; a row without its file can only come from a disk that lost
it. What has no row (a request that broke off) is swept when it is a day old.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gis.errors import TooLarge, Unavailable

NAME = re.compile(r"[0-9a-f]{64}(\.small)?")
ORPHAN_AFTER_S = 24 * 3600
FULL = "The files cannot be kept just now; try again in a moment."


class Folder:
    """Where attachments lie."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str, *, small: bool = False) -> Path:
        """Return where the file of a hash lies, or its thumbnail."""
        return self.root / digest[:2] / (digest + (".small" if small else ""))

    async def receive(self, chunks: AsyncIterator[bytes], most: int) -> Path:
        """Write what arrives to a file that waits to be looked at. Raises TooLarge and leaves nothing behind."""
        with self._writing():
            handle, name = tempfile.mkstemp(prefix="arriving-", dir=self.root)
        size, whole = 0, False
        try:
            with self._writing(), os.fdopen(handle, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooLarge(
                            f"A file may have {most >> 20} MB. Send it smaller.", code="file_too_large"
                        )
                    file.write(chunk)
            whole = True
        finally:
            if not whole:
                os.unlink(name)
        return Path(name)

    def keep(self, data: bytes, *, beside: str | None = None) -> str:
        """Keep bytes for good and return their hash; `beside` keeps them as the thumbnail of that hash instead."""
        digest = beside or hashlib.sha256(data).hexdigest()
        target = self.path(digest, small=beside is not None)
        with self._writing():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="keeping-", dir=self.root)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            for folder in (target.parent, self.root):
                _flush(folder)
        return digest

    def has(self, digest: str, *, small: bool = False) -> bool:
        """Say whether the file of a hash is there, and its thumbnail where one is asked for."""
        return self.path(digest).is_file() and (not small or self.path(digest, small=True).is_file())

    def drop(self, digest: str) -> None:
        """Delete the file of a hash and its thumbnail, whether they are there or not."""
        for small in (True, False):
            self.path(digest, small=small).unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise Unavailable(FULL, code="storage") from error

    def sweep(self, known: Collection[str], at: datetime) -> int:
        """Delete files of no row that are older than a day; return how many."""
        swept = 0
        for path in [*self.root.glob("*-*"), *self.root.glob("??/*")]:
            if path.is_dir() or (NAME.fullmatch(path.name) and path.name[:64] in known):
                continue
            try:
                if at.timestamp() - path.stat().st_mtime > ORPHAN_AFTER_S:
                    path.unlink()
                    swept += 1
            except FileNotFoundError:  # another process swept it
                continue
        return swept


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
