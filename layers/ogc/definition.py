"""The OpenAPI 3.0 definition of this interface, made from the same tables that serve it."""

from typing import Any

from layers.ogc import tile_matrix
from layers.ogc.collections import COLLECTIONS
from layers.ogc.documents import GEOJSON, JSON, MVT, OPENAPI, SCHEMA
from layers.ogc.parameters import CRS84, DEFAULT_LIMIT, MOST_ITEMS

PROBLEM = "application/problem+json"


def openapi(root: str) -> dict[str, Any]:
    """Return the definition of the interface at `root`."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Command Wall, OGC API",
            "version": "1.0.0",
            "description": "The county's layers as OGC API – Features and OGC API – Tiles.",
        },
        "servers": [{"url": root}],
        "security": [{"basic": []}, {"bearer": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "The password is the token."},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "parameters": _parameters(),
            "responses": {
                "Problem": {
                    "description": "What was wrong and what to do, with a stable code.",
                    "content": {PROBLEM: {"schema": {"type": "object"}}},
                }
            },
        },
    }


def _paths() -> dict[str, Any]:
    paths = {
        "/": _get("getLandingPage", "Landing page", JSON),
        "/conformance": _get("getConformance", "Conformance classes", JSON),
        "/api": _get("getApi", "This definition", OPENAPI),
        "/collections": _get("getCollections", "Collections", JSON),
        "/tileMatrixSets": _get("getTileMatrixSets", "Tile matrix sets", JSON),
        "/tileMatrixSets/{tileMatrixSetId}": _get(
            "getTileMatrixSet", "A tile matrix set", JSON, "tileMatrixSetId"
        ),
        "/tiles": _get("dataset.vector.getTileSetsList", "Tile sets of all collections", JSON),
        "/tiles/{tileMatrixSetId}": _get(
            "dataset.vector.getTileSet", "A tile set of all collections", JSON, "tileMatrixSetId"
        ),
        "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": _get(
            "dataset.vector.getTile",
            "A tile of several collections",
            MVT,
            *("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "collections"),
        ),
    }
    for collection_id in COLLECTIONS:
        paths |= _paths_of(collection_id)
    return paths


def _paths_of(collection_id: str) -> dict[str, Any]:
    """Each collection has paths of its own, because each has parameters of its own."""
    here, one = f"/collections/{collection_id}", COLLECTIONS[collection_id]
    named = f"collection.{collection_id}"
    items = _get(
        f"{named}.getFeatures",
        one.title,
        GEOJSON,
        *("limit", "bbox", "datetime", "cursor", "filter", "filter-lang", "filter-crs", "bbox-crs", "crs"),
    )
    items["get"]["parameters"] += [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": kind},
            "style": "form",
            "explode": False,
        }
        for name, kind in one.types.items()
    ]
    return {
        here: _get(f"{named}.describe", one.title, JSON),
        f"{here}/queryables": _get(f"{named}.getQueryables", "What a filter may name", SCHEMA),
        f"{here}/items": items,
        f"{here}/items/{{featureId}}": _get(f"{named}.getFeature", "One feature", GEOJSON, "featureId"),
        f"{here}/tiles": _get(f"{named}.vector.getTileSetsList", "Tile sets", JSON),
        f"{here}/tiles/{{tileMatrixSetId}}": _get(
            f"{named}.vector.getTileSet", "A tile set", JSON, "tileMatrixSetId"
        ),
        f"{here}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            f"{named}.vector.getTile",
            "A tile",
            MVT,
            *("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol"),
        ),
    }


def _get(operation: str, summary: str, kind: str, *parameters: str) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {"description": summary, "content": {kind: {"schema": _schema(kind)}}},
        "304": {"description": "The client has it already."},
        **{status: {"$ref": "#/components/responses/Problem"} for status in ("400", "401", "404", "503")},
    }
    if kind == MVT:
        answers["204"] = {"description": "The tile is empty."}
    named = [{"$ref": f"#/components/parameters/{name}"} for name in (*parameters, "f")]
    return {"get": {"operationId": operation, "summary": summary, "parameters": named, "responses": answers}}


def _schema(kind: str) -> dict[str, str]:
    return {"type": "string", "format": "binary"} if kind == MVT else {"type": "object"}


def _parameters() -> dict[str, Any]:
    crs = {"type": "string", "format": "uri", "enum": [CRS84], "default": CRS84}
    bbox = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_LIMIT}
    collections = {"type": "array", "items": {"type": "string", "enum": list(COLLECTIONS)}}
    listed = {"style": "form", "explode": False}
    return {
        "f": _query("f", {"type": "string"}, "The form of the answer; there is one of each document."),
        "limit": _query("limit", limit, "How many features a page has at most.", **listed),
        "bbox": _query("bbox", bbox, "West, south, east, north; west of east crosses 180°.", **listed),
        "datetime": _query(
            "datetime", {"type": "string"}, "A time; features have none, so all match.", **listed
        ),
        "cursor": _query("cursor", {"type": "string"}, "Where the page before ended; from its link next."),
        "filter": _query("filter", {"type": "string"}, "A condition in CQL2 text."),
        "filter-lang": _query(
            "filter-lang", {"type": "string", "enum": ["cql2-text"], "default": "cql2-text"}
        ),
        "filter-crs": _query("filter-crs", crs),
        "bbox-crs": _query("bbox-crs", crs),
        "crs": _query("crs", crs),
        "collections": _query("collections", collections, "Which collections the tile shows.", **listed),
        "featureId": _path("featureId", {"type": "string"}),
        "tileMatrixSetId": _path("tileMatrixSetId", {"type": "string", "enum": [tile_matrix.NAME]}),
        "tileMatrix": _path("tileMatrix", {"type": "string"}),
        "tileRow": _path("tileRow", {"type": "integer", "minimum": 0}),
        "tileCol": _path("tileCol", {"type": "integer", "minimum": 0}),
    }


def _query(name: str, schema: dict[str, Any], description: str = "", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
        **more,
    }


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}
