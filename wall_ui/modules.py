"""Our ES modules as a page loads them: all at once instead of level by level, and never again until one changes.

There is no bundle: a page names every module that it will import (`modulepreload`), under an address that holds the
version of all of them. Modules import each other by relative addresses, so one version in front covers the whole graph.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).parent / "assets"
IMPORT: Final = re.compile(r"""^(?:import|export)\b[^"';]*?["'](\.{1,2}/[^"']+\.js)["'];?""", re.MULTILINE)
VERSIONED: Final = re.compile(r"~(\w+)/(.+)", re.DOTALL)
# A comment that has its lines for itself; what stands behind code stays.
COMMENT: Final = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)$", re.MULTILINE | re.DOTALL)
KINDS: Final = (".js", ".css", ".svg")


def version() -> str:
    """Return the version of all scripts, styles and pictures: another one as soon as one of them is changed."""
    told = hashlib.sha256()
    for path in sorted(ASSETS.rglob("*")):
        if path.suffix in KINDS:
            about = path.stat()
            told.update(f"{path.relative_to(ASSETS)} {about.st_mtime_ns} {about.st_size}\n".encode())
    return told.hexdigest()[:12]


def plain_path(path: str) -> tuple[str, bool]:
    """Return an address below `/assets/` without its version, and whether that version is today's."""
    versioned = VERSIONED.fullmatch(path)
    return (versioned[2], versioned[1] == version()) if versioned else (path, False)


def lean(script: str) -> str:
    """Return a script without its comments, which a phone would pay for; every line keeps its number."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), script)


@lru_cache(maxsize=512)
def _imports(path: Path, changed_ns: int) -> tuple[Path, ...]:
    """Return what a module imports by itself; `changed_ns` makes a changed file another one."""
    text = path.read_text(encoding="utf-8")
    return tuple((path.parent / name).resolve() for name in IMPORT.findall(text))


def graph(*entries: str) -> list[str]:
    """Return the modules that `entries` need, themselves first, as addresses below `/assets/`."""
    found: list[Path] = []
    waiting = [ASSETS / entry for entry in entries]
    while waiting:
        path = waiting.pop(0)
        if path in found or not path.is_file():
            continue
        found.append(path)
        waiting.extend(_imports(path, path.stat().st_mtime_ns))
    return [path.relative_to(ASSETS).as_posix() for path in found]
