"""What one import did, or would do: for the terminal, as JSON, and as the ground of the HTML page."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely

from layers.importers.faults import Fault, Faults
from layers.importers.said import Said

KEYS_KEPT = 1_000


@dataclass(slots=True)
class LayerReport:
    """One layer of an import."""

    layer: str
    file: str = ""
    sheet: str = ""
    crs: str = ""
    encoding: str | None = None
    read: int = 0
    mapping: list[dict[str, str | None]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    # For the picture alone: key → what became of it and where.
    shapes: list[tuple[str, str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and gone."""
        names = ("new", "changed", "unchanged", "gone")
        return {name: len(getattr(self, name)) for name in names}

    def as_json(self) -> dict[str, Any]:
        """The layer as JSON values; long lists of keys are cut, the counts are whole."""
        changes = {name: getattr(self, name)[:KEYS_KEPT] for name in ("new", "changed", "gone")}
        return {
            "layer": self.layer,
            "file": self.file,
            "sheet": self.sheet,
            "crs": self.crs,
            "encoding": self.encoding,
            "read": self.read,
            "mapping": self.mapping,
            "counts": self.counts(),
            "keys": changes,
        }


@dataclass(slots=True)
class Report:
    """The whole; `status` is imported, dry_run, unchanged, refused or undone."""

    at: datetime
    mode: str
    status: str = "refused"
    import_id: int | None = None
    layers: list[LayerReport] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    notes: list[Said] = field(default_factory=list)
    county: str | None = None
    took_s: float = 0.0

    @property
    def refused(self) -> bool:
        """Whether nothing was changed because something is wrong."""
        return self.faults.total > 0

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "status": self.status,
            "import": self.import_id,
            "at": self.at.isoformat(),
            "mode": self.mode,
            "county": self.county,
            "took_s": round(self.took_s, 3),
            "layers": [layer.as_json() for layer in self.layers],
            "faults": {
                "total": self.faults.total,
                "by_code": dict(Counter(self.faults.errors).most_common()),
                "shown": [_fault(fault) for fault in self.faults.kept if not fault.note],
            },
            "notes": [
                *({"code": said.code, **_told(said)} for said in self.notes),
                *(_fault(fault) for fault in self.faults.kept if fault.note),
            ],
        }


def _told(said: Said) -> dict[str, str]:
    return {"detail": said.told("zh"), "detail_en": said.told("en")}


def _fault(fault: Fault) -> dict[str, Any]:
    where = None
    if fault.where is not None and not shapely.is_empty(fault.where):
        point = shapely.point_on_surface(fault.where)
        where = [round(float(point.x), 6), round(float(point.y), 6)]
    return {
        "code": fault.code,
        "layer": fault.layer,
        "row": fault.row,
        "key": fault.key,
        **_told(fault.said),
        "where": where,
    }
