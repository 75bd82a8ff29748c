"""What the interface says about itself: landing page, collections, queryables and tile sets, with their links."""

from typing import Any

import shapely

from layers.areas import AreaIndex
from layers.ogc import tile_matrix
from layers.ogc.collections import COLLECTIONS, GEOMETRY, Collection
from layers.ogc.parameters import CRS84

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
MVT = "application/vnd.mapbox-vector-tile"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DIMENSION = {"Point": 0, "LineString": 1, "MultiPolygon": 2}
FORMAT = {
    "Point": "geometry-point",
    "LineString": "geometry-linestring",
    "MultiPolygon": "geometry-multipolygon",
}

Link = dict[str, Any]


def link(href: str, rel: str, kind: str = JSON, title: str | None = None, **more: Any) -> Link:
    """Return one link."""
    return {"href": href, "rel": rel, "type": kind, **({"title": title} if title else {}), **more}


class Documents:
    """The documents of one county under one address, `root`, which has no slash at its end."""

    def __init__(self, root: str, index: AreaIndex) -> None:
        self.root, self.index = root, index

    @property
    def extent(self) -> list[float]:
        """West, south, east and north of the county."""
        bounds = shapely.bounds(self.index.geometry_of[self.index.county.code])
        return [round(float(value), 6) for value in bounds]

    def landing(self) -> dict[str, Any]:
        """The page that programs begin at."""
        root = self.root
        return {
            "title": f"{self.index.county.full_name} – Command Wall",
            "description": "The county's layers as OGC API – Features and OGC API – Tiles.",
            "links": [
                link(root, "self", title="This document"),
                link(f"{root}/api", "service-desc", OPENAPI, "The definition of this interface"),
                link(f"{root}/conformance", "conformance", title="Conformance classes"),
                link(f"{root}/conformance", REL + "conformance", title="Conformance classes"),
                link(f"{root}/collections", "data", title="Collections"),
                link(f"{root}/collections", REL + "data", title="Collections"),
                link(f"{root}/tiles", REL + "tilesets-vector", title="Vector tiles of all collections"),
                link(f"{root}/tileMatrixSets", REL + "tiling-schemes", title="Tile matrix sets"),
            ],
        }

    def collections(self) -> dict[str, Any]:
        """All collections."""
        return {
            "links": [link(f"{self.root}/collections", "self", title="This document")],
            "collections": [self.collection(one) for one in COLLECTIONS.values()],
        }

    def collection(self, one: Collection) -> dict[str, Any]:
        """One collection."""
        here = f"{self.root}/collections/{one.id}"
        return {
            "id": one.id,
            "title": one.title,
            "description": one.description,
            "itemType": "feature",
            "dataType": "vector",
            "extent": {"spatial": {"bbox": [self.extent], "crs": CRS84}},
            "crs": [CRS84],
            "storageCrs": CRS84,
            "links": [
                link(here, "self", title="This document"),
                link(f"{here}/items", "items", GEOJSON, f"{one.title} as GeoJSON"),
                link(f"{here}/queryables", REL + "queryables", SCHEMA, "What can be asked for"),
                link(f"{here}/tiles", REL + "tilesets-vector", title=f"{one.title} as vector tiles"),
            ],
        }

    def queryables(self, one: Collection) -> dict[str, Any]:
        """What a filter may name, as a JSON schema."""
        properties: dict[str, Any] = {
            name: {"title": name.replace("_", " "), "type": kind} for name, kind in one.types.items()
        }
        properties[one.key.name]["x-ogc-role"] = "id"
        properties[GEOMETRY] = {
            "title": "geometry",
            "x-ogc-role": "primary-geometry",
            "format": FORMAT[one.geometry],
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"{self.root}/collections/{one.id}/queryables",
            "type": "object",
            "title": one.title,
            "properties": properties,
            "additionalProperties": False,
        }

    def tile_matrix_sets(self) -> dict[str, Any]:
        """The tile matrix sets that there are."""
        here = f"{self.root}/tileMatrixSets"
        name = tile_matrix.NAME
        links = [link(f"{here}/{name}", "self", title=f"Definition of {name}")]
        return {
            "tileMatrixSets": [
                {
                    "id": name,
                    "title": "Google Maps Compatible for the World",
                    "uri": tile_matrix.URI,
                    "crs": tile_matrix.CRS,
                    "links": links,
                }
            ],
            "links": [link(here, "self", title="This document")],
        }

    def tilesets(self, one: Collection | None) -> dict[str, Any]:
        """The tile sets of one collection, or of all together."""
        here = self._tiles_of(one)
        brief = self.tileset(one)
        return {
            "tilesets": [
                {name: brief[name] for name in ("title", "dataType", "crs", "tileMatrixSetURI", "links")}
            ],
            "links": [link(here, "self", title="This document")],
        }

    def tileset(self, one: Collection | None) -> dict[str, Any]:
        """One tile set: its layers, where it lies, and how a tile's address is made."""
        here = f"{self._tiles_of(one)}/{tile_matrix.NAME}"
        scheme = f"{self.root}/tileMatrixSets/{tile_matrix.NAME}"
        west, south, east, north = self.extent
        template = f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
        return {
            "title": f"{one.title if one else 'All collections'} as vector tiles",
            "dataType": "vector",
            "accessConstraints": "restricted" if one is None or one.scoped else "unclassified",
            "crs": tile_matrix.CRS,
            "tileMatrixSetURI": tile_matrix.URI,
            "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
            "centerPoint": {
                "coordinates": [round((west + east) / 2, 6), round((south + north) / 2, 6)],
                "crs": CRS84,
                "tileMatrix": "10",
            },
            "layers": [self._layer(each) for each in ([one] if one else COLLECTIONS.values())],
            "links": [
                link(here, "self", title="This document"),
                link(scheme, REL + "tiling-scheme", title=f"Definition of {tile_matrix.NAME}"),
                link(template, "item", MVT, "Mapbox vector tiles", templated=True),
            ],
        }

    def _tiles_of(self, one: Collection | None) -> str:
        return f"{self.root}/collections/{one.id}/tiles" if one else f"{self.root}/tiles"

    def _layer(self, one: Collection) -> dict[str, Any]:
        schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in one.types.items()}}
        return {
            "id": one.id,
            "title": one.title,
            "description": one.description,
            "dataType": "vector",
            "geometryDimension": DIMENSION[one.geometry],
            "crs": tile_matrix.CRS,
            "minTileMatrix": "0",
            "maxTileMatrix": str(tile_matrix.DEEPEST),
            "propertiesSchema": schema,
        }
