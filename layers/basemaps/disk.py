"""Tiles of a remote service on disk: bounded, so that a full disk is never our doing, and good while it is away."""

import logging
import os
import time
from pathlib import Path

log = logging.getLogger(__name__)

# Pruning goes a little below the bound, so that it is not needed again with the next tile.
SLACK = 0.9
UNFINISHED = ".part"


class DiskCache:
    """One folder of one base map. Its functions block: call them in a thread."""

    def __init__(self, folder: Path, most_bytes: int, keep_s: float) -> None:
        self.folder, self.most_bytes, self.keep_s = folder, most_bytes, keep_s
        self._bytes: int | None = None

    def _path(self, z: int, x: int, y: int) -> Path:
        return self.folder / str(z) / str(x) / str(y)

    def get(self, z: int, x: int, y: int) -> tuple[bytes, bool] | None:
        """Return a tile and whether it is young enough not to be asked for again."""
        path = self._path(z, x, y)
        try:
            # The age of a file is its own, not a moment of the county's life.
            young = time.time() - path.stat().st_mtime < self.keep_s
            return path.read_bytes(), young
        except OSError:
            return None

    def put(self, z: int, x: int, y: int, data: bytes) -> None:
        """Keep a tile; a disk that does not take it is told in the log and does no harm."""
        if len(data) > self.most_bytes:
            return
        path = self._path(z, x, y)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError as error:
            log.warning("a tile cannot be kept in %s: %s", self.folder, error.strerror)
            return
        self._bytes = (self._size() if self._bytes is None else self._bytes) + len(data)
        if self._bytes > self.most_bytes:
            self._prune()

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.folder.glob("*/*/*"):
            try:
                told = path.stat()
            except OSError:
                continue
            found.append((told.st_mtime, told.st_size, path))
        return found

    def _size(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _prune(self) -> None:
        """Remove the oldest until there is room."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= self.most_bytes * SLACK:
                break
            path.unlink(missing_ok=True)
            left -= size
        self._bytes = left
