"""The file that says which base maps there are (docs/basemaps.md), as typed classes. It may name no datum wrongly."""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.errors import InvalidInput

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Kind = Literal["xyz", "wmts", "mbtiles", "pmtiles"]
DEEPEST = 22
REMOTE = ("xyz", "wmts")
PLACE = re.compile(r"\{(\w+)\}")
PLACES = {"xyz": {"x", "y", "z", "-y", "s", "key"}, "wmts": {"s"}}


class BaseMap(BaseModel):
    """One base map as the operator wrote it down."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(max_length=40)] = ""
    kind: Kind
    datum: Datum
    attribution: Annotated[str, Field(max_length=120)] = ""
    min_zoom: Annotated[int, Field(ge=0, le=DEEPEST)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=DEEPEST)] | None = None
    # Files.
    file: Path | None = None
    # Services.
    url: str = ""
    subdomains: tuple[str, ...] = ()
    key: Annotated[str, Field(repr=False)] = ""
    key_env: str = ""
    rows: Literal["from_north", "from_south"] = "from_north"
    grid: Literal["mercator", "baidu"] = "mercator"
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 5.0
    cache_mb: Annotated[int, Field(ge=0, le=100_000)] = 512
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    # WMTS.
    layer: str = ""
    matrix_set: str = ""
    matrix_prefix: str = ""
    style: str = "default"
    format: str = "image/png"
    key_parameter: str = "tk"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.remote:
            self._check_url()
        elif self.file is None:
            raise ValueError(f"a base map of kind {self.kind} needs `file`")
        elif self.url:
            raise ValueError(f"a base map of kind {self.kind} takes `file`, not `url`")
        if self.kind == "wmts" and not (self.layer and self.matrix_set):
            raise ValueError("a base map of kind wmts needs `layer` and `matrix_set`")
        if self.grid == "baidu" and (self.datum != "bd09" or self.kind != "xyz"):
            raise ValueError("only kind xyz in the datum bd09 can have Baidu's grid")
        if self.max_zoom is not None and self.max_zoom < self.min_zoom:
            raise ValueError("max_zoom is below min_zoom")
        return self

    def _check_url(self) -> None:
        if self.file is not None:
            raise ValueError(f"a base map of kind {self.kind} takes `url`, not `file`")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("`url` must be a whole http or https address")
        unknown = set(re.findall(r"\{([^}]*)\}", self.url)) - PLACES[self.kind]
        if unknown:
            raise ValueError(f"`url` has the unknown place {{{min(unknown)}}}")
        if "{s}" in self.url and not self.subdomains:
            raise ValueError("`url` has {s}: name the `subdomains`")
        if re.search(r"\{(?!s\})", parts.netloc):
            raise ValueError("of the host only {s} may vary")
        if self.kind == "xyz" and not ({"{x}", "{z}"} <= set(re.findall(r"\{\w\}", self.url))):
            raise ValueError("`url` must hold {z}, {x} and {y}")

    @property
    def remote(self) -> bool:
        """Whether its tiles come over the network."""
        return self.kind in REMOTE

    @property
    def secret(self) -> str:
        """The key, from the file or from the environment; it goes to the service and nowhere else."""
        return self.key or (os.environ.get(self.key_env, "") if self.key_env else "")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    basemap: tuple[BaseMap, ...] = ()


def read_basemaps(path: Path) -> tuple[BaseMap, ...]:
    """Read the operator's file. Raises InvalidInput with the line or the field that is wrong."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = _File.model_validate(written).basemap
    except OSError as error:
        raise InvalidInput(
            f"WALL_BASEMAPS names {path}, which cannot be read: {error.strerror}", code="bad_basemaps"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not TOML: {error}", code="bad_basemaps") from error
    except ValidationError as error:
        raise InvalidInput(f"{path}: {_told(error)}", code="bad_basemaps") from error
    ids = [one.id for one in found]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{path}: two base maps have the id {twice!r}", code="bad_basemaps")
    return tuple(
        one.model_copy(update={"file": path.parent / one.file}) if one.file else one for one in found
    )


def _told(error: ValidationError) -> str:
    """Say the first fault with its place; what was written is not repeated, for it may be a key."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
