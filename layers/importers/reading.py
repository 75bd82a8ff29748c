"""From what the operator named to sheets: which files, which of their layers, and which of ours each is."""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from layers.importers.faults import BadFile
from layers.importers.kml import read_kml
from layers.importers.opening import Source, opened
from layers.importers.said import names_of
from layers.importers.sheet import Sheet
from layers.importers.tabular import read_csv, read_excel, sheets_in
from layers.importers.targets import TARGETS, Target
from layers.importers.vector import layers_in, read_vector


@dataclass(slots=True)
class Job:
    """One sheet and the layer that it fills."""

    target: Target
    sheet: Sheet
    file: str


@dataclass(frozen=True, slots=True)
class Named:
    """One file that the operator named, with the layer that he said it is, if he did."""

    path: Path
    layer: str | None


Targets = Mapping[str, Target]


def named(argument: str, layer: str | None, targets: Targets = TARGETS) -> Named:
    """Read `FILE` or `LAYER=FILE`. Raises BadFile for a layer that there is not."""
    before, mark, after = argument.partition("=")
    if mark and before in targets and not Path(argument).exists():
        return Named(Path(after), before)
    if mark and Path(after).exists() and not Path(argument).exists():
        raise BadFile("unknown_layer", layer=before, there=list(targets))
    if layer is not None and layer not in targets:
        raise BadFile("unknown_layer", layer=layer, there=list(targets))
    return Named(Path(argument), layer)


def read_jobs(
    files: Sequence[Named],
    *,
    sheet: str | None,
    encoding: str | None,
    most_mb: int,
    targets: Targets = TARGETS,
) -> tuple[list[Job], list[str]]:
    """Read all files; returns the jobs, and the names of layers that are none of ours. Raises BadFile."""
    jobs: list[Job] = []
    left_out: list[str] = []
    with ExitStack() as until_read:
        for one in files:
            sources = until_read.enter_context(opened(one.path, most_mb))
            inner = [(source, name) for source in sources for name in _inner_names(source)]
            for source, name, target in _chosen(one, inner, sheet, left_out, targets):
                jobs.append(Job(target, _read(source, name, encoding), one.path.name))
    twice = {job.target.name for job in jobs if sum(other.target is job.target for other in jobs) > 1}
    if twice:
        raise BadFile("layer_twice", layers=names_of("layer", sorted(twice)))
    return jobs, left_out


def _inner_names(source: Source) -> list[str | None]:
    if source.kind in ("gpkg", "flatgeobuf", "shapefile", "geojson", "geojsonseq"):
        return list(layers_in(source))
    return list(sheets_in(source.path)) if source.kind == "excel" else [None]


def _read(source: Source, name: str | None, encoding: str | None) -> Sheet:
    if source.kind == "kml":
        return read_kml(source.path)
    if source.kind == "csv":
        return read_csv(source.path, encoding)
    if source.kind == "excel":
        return read_excel(source.path, name)
    return read_vector(source, str(name), encoding)


def _chosen(
    file: Named,
    inner: list[tuple[Source, str | None]],
    sheet: str | None,
    left_out: list[str],
    targets: Targets,
) -> list[tuple[Source, str | None, Target]]:
    """Decide what each layer of a file is."""
    if sheet is not None:
        inner = [(source, name) for source, name in inner if sheet in (name, source.name)]
        if not inner:
            raise BadFile("no_layer", file=file.path.name, sheet=sheet)
    if file.layer is not None:
        target = targets[file.layer]
        if len(inner) > 1:
            inner = [(s, n) for s, n in inner if target is guessed(n or s.name, targets)] or inner
        if len(inner) > 1 and inner[0][0].kind == "excel":
            inner = inner[:1]
        if len(inner) > 1:
            names = [str(name or source.name) for source, name in inner]
            raise BadFile("which_layer.several", file=file.path.name, inside=names)
        return [(source, name, target) for source, name in inner]
    found: list[tuple[Source, str | None, Target]] = []
    unknown: list[str] = []
    for source, name in inner:
        target_or_none = guessed(name or source.name, targets) or (
            guessed(file.path.stem, targets) if len(inner) == 1 else None
        )
        if target_or_none is None:
            unknown.append(str(name or source.name))
        else:
            found.append((source, name, target_or_none))
    if not found:
        raise BadFile("which_layer", file=file.path.name, inside=unknown, there=list(targets))
    left_out += unknown
    return found


def guessed(name: str, targets: Targets = TARGETS) -> Target | None:
    """The layer that a name means: `township`, `乡镇界`, `jc_camera_2026`; None where no word is known."""
    said = re.sub(r"[\s\-.]", "_", name.lower())
    parts = set(re.split(r"[_\d]+", said))
    best: tuple[int, Target] | None = None
    for target in targets.values():
        for word in (target.name, *target.words):
            hit = word == said or word in parts or (not word.isascii() and word in said)
            if hit and (best is None or len(word) + 100 * (word == said) > best[0]):
                best = (len(word) + 100 * (word == said), target)
    return None if best is None else best[1]
