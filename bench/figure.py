"""One measured figure, and how it is written to `bench/results/`."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gis.clock import now

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its target; `peer` is the limit or competitor measured in the same run, where there is one."""

    figure: str
    value: float
    unit: str
    better: Literal["higher", "lower"]
    target: float
    peer: dict[str, float] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.target if self.better == "higher" else self.value <= self.target

    def write(self, bench: str) -> Path:
        """Write the figure, measured by `python -m bench <bench>`, as one JSON object and return the file."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{self.figure}.json"
        record = {
            **asdict(self),
            "met": self.met,
            "command": f".venv/bin/python -m bench {bench}",
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "at": now().isoformat(timespec="seconds"),
        }
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path


def quantiles(values: list[float]) -> dict[str, float]:
    """Return p50, p90, p99 and the greatest of some measurements."""
    sample = np.asarray(values)
    return {
        **{f"p{share}": round(float(np.percentile(sample, share)), 2) for share in (50, 90, 99)},
        "max": round(float(sample.max()), 2),
        "n": len(values),
    }
