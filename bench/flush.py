"""How long the disk takes to flush: no commit is faster."""

import re
import shutil
import subprocess
from pathlib import Path

FOUND = re.compile(r"^\s+(fdatasync)\s+[\d.]+ ops/sec\s+([\d.]+) usecs/op", re.MULTILINE)


def flush_ms(folder: Path) -> float | None:
    """Return the milliseconds of one flush of 8 kB, by PostgreSQL's own tool; None where it is not there."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_test_fsync"))
    tool = shutil.which("pg_test_fsync") or (str(tools[-1]) if tools else None)
    if tool is None:
        return None
    file = folder / "fsync.test"
    told = subprocess.run([tool, "-s", "1", "-f", file], capture_output=True, text=True, check=False)
    file.unlink(missing_ok=True)
    found = FOUND.search(told.stdout)
    return round(float(found[2]) / 1000, 3) if found else None
