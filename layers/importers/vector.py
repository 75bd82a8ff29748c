"""Reading what GDAL reads: Shapefile, GeoPackage, GeoJSON, FlatGeobuf; each by its own driver alone."""

import os
import struct
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import shapely

from layers.importers.encodings import ALIASES, UTF_8, dbf_texts, encoding_of, named_encoding
from layers.importers.faults import BadFile
from layers.importers.opening import Source
from layers.importers.said import Said
from layers.importers.sheet import Sheet

DRIVERS = {
    "shapefile": {"ESRI Shapefile"},
    "gpkg": {"GPKG"},
    "geojson": {"GeoJSON"},
    "geojsonseq": {"GeoJSONSeq", "GeoJSON"},
    "flatgeobuf": {"FlatGeobuf"},
}
MOST_ROWS = 2_000_000
SHAPE_HEADER = 100
# Drivers that open other files or addresses that a file names; none of them is ever needed here.
SKIPPED = (
    "OGR_VRT,WFS,OAPIF,OGCAPI,HTTP,CSW,Carto,AmigoCloud,Elasticsearch,PLSCENES,NGW,EEDA,ESRIJSON,TopoJSON,GML,GPX,"
    "LIBKML,KML,GDALG,MBTiles,PMTiles,MVT,OSM,GTFS,ADBC,SQLite,PGDUMP,JSONFG,LVBAG,GeoRSS,GPSBabel,MapML,CSV,XLSX,ODS"
)


def gdal() -> ModuleType:
    """Return pyogrio, imported when it is first needed: it costs half a second, and no server needs it."""
    if "pyogrio" not in sys.modules:
        os.environ.setdefault("OGR_SKIP", SKIPPED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyogrio
        import pyogrio.raw
    found: ModuleType = pyogrio
    return found


def layers_in(source: Source) -> list[str]:
    """The names of a source's layers that have a geometry or columns. Raises BadFile."""
    _check_parts(source)
    try:
        with warnings.catch_warnings():
            # What matters of it comes again when the layer is read.
            warnings.simplefilter("ignore")
            names = [str(name) for name, _ in gdal().list_layers(source.path.resolve())]
    except Exception as error:
        raise _unreadable(source, error) from None
    if not names:
        raise BadFile("empty_layer.inside", file=source.path.name)
    return names


def read_vector(source: Source, layer: str, encoding: str | None = None) -> Sheet:
    """Read one layer. Raises BadFile: unreadable, truncated, wrong_driver, wrong_encoding, too_many_rows."""
    notes: list[Said] = []
    used = _shape_encoding(source, encoding, notes) if source.kind == "shapefile" else UTF_8
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            info = gdal().read_info(source.path.resolve(), layer=layer, encoding=used)
            _check_driver(source, str(info["driver"]), int(info["features"]))
            meta, fids, shapes, values = gdal().raw.read(
                source.path.resolve(),
                layer=layer,
                encoding=used if source.kind == "shapefile" else None,
                return_fids=True,
                datetime_as_string=True,
            )
        except BadFile:
            raise
        except Exception as error:
            raise _unreadable(source, error) from None
    notes += [
        Said("about_the_file.gdal", said=text) for text in dict.fromkeys(str(one.message) for one in said)
    ]
    if shapes is None:
        raise BadFile("no_geometry", file=source.path.name)
    geometry = _decoded(shapes, notes)
    first = 0 if source.kind == "gpkg" else 1
    columns = {str(name): plain(column) for name, column in zip(meta["fields"], values, strict=True)}
    rows = [int(fid) + first for fid in (fids if fids is not None else range(len(geometry)))]
    # A GeoJSON of features that carry ids of their own has them as numbers of rows: of no use to who looks for one.
    if source.kind in ("geojson", "geojsonseq"):
        rows = list(range(1, len(geometry) + 1))
    return Sheet(layer, columns, geometry, rows, meta.get("crs"), used, notes)


def _decoded(shapes: Any, notes: list[Said]) -> Any:
    """Decode WKB; what GDAL left in a form that is no simple feature becomes an empty place."""
    geometry = np.asarray(shapely.from_wkb(shapes, on_invalid="ignore"), dtype=object)
    high = int(shapely.has_z(geometry).sum())
    if high:
        notes.append(Said("about_the_file.heights", count=high))
    return np.asarray(shapely.force_2d(geometry), dtype=object)


def plain(column: Any) -> list[Any]:
    """Return a column as plain Python values, None where there is nothing."""
    array = np.asarray(column)
    if array.dtype.kind == "f":
        return [None if value != value else value for value in array.tolist()]
    return [None if isinstance(value, bytes) else value for value in array.tolist()]


def _check_parts(source: Source) -> None:
    if source.kind != "shapefile":
        return
    size = source.path.stat().st_size
    with source.path.open("rb") as file:
        head = file.read(SHAPE_HEADER)
    says = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == SHAPE_HEADER else -1
    if says < SHAPE_HEADER or says > size:
        raise BadFile("truncated", file=source.path.name, says=max(says, 0), size=size)
    for suffix in (".shx", ".dbf"):
        if sibling(source.path, suffix) is None:
            raise BadFile("missing_part", file=source.path.name, suffix=suffix)


def sibling(path: Path, suffix: str) -> Path | None:
    """Return the file beside it with another suffix, in whatever capitals."""
    wanted = (path.stem + suffix).lower()
    return next((one for one in path.parent.iterdir() if one.name.lower() == wanted), None)


def _shape_encoding(source: Source, given: str | None, notes: list[Said]) -> str:
    table = sibling(source.path, ".dbf")
    assert table is not None
    texts = list(dict.fromkeys(dbf_texts(table)))
    if given is not None:
        used = named_encoding(given)
        if encoding_of(texts) != used and not all(text.isascii() for text in texts):
            raise BadFile("wrong_encoding", file=table.name, encoding=used)
        return used
    found = encoding_of(texts)
    says = sibling(source.path, ".cpg")
    if says is not None:
        said = says.read_text("ascii", "replace").strip()[:40]
        if said and ALIASES.get(said.lower()) != found and not all(text.isascii() for text in texts):
            notes.append(Said("about_the_file.cpg", file=says.name, says=said, found=found))
    return found


def _check_driver(source: Source, driver: str, count: int) -> None:
    if driver not in DRIVERS[source.kind]:
        raise BadFile("wrong_driver", file=source.path.name, driver=driver)
    if count > MOST_ROWS:
        raise BadFile("too_many_rows", file=source.path.name, count=count, most=MOST_ROWS)


def _unreadable(source: Source, error: Exception) -> BadFile:
    if isinstance(error, UnicodeDecodeError):
        return BadFile("wrong_encoding.utf_8", file=source.path.name)
    said = " ".join(str(error).replace(str(source.path.resolve()), source.path.name).split())[:200]
    return BadFile("unreadable", file=source.path.name, kind=source.kind, why=said)
