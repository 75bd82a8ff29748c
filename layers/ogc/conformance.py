"""The conformance classes that are claimed. A class stands here only when a test covers its requirements."""

COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
COMMON_2 = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/"
FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
FILTERING = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
TILE_MATRIX_SET = "http://www.opengis.net/spec/tms/2.0/conf/"

CLASSES = (
    COMMON + "core",
    COMMON + "landing-page",
    COMMON + "json",
    COMMON + "oas30",
    COMMON_2 + "collections",
    FEATURES + "core",
    FEATURES + "geojson",
    FEATURES + "oas30",
    FILTERING + "queryables",
    FILTERING + "queryables-query-parameters",
    FILTERING + "filter",
    FILTERING + "features-filter",
    CQL2 + "cql2-text",
    CQL2 + "basic-cql2",
    CQL2 + "advanced-comparison-operators",
    CQL2 + "basic-spatial-functions",
    CQL2 + "basic-spatial-functions-plus",
    TILES + "core",
    TILES + "tileset",
    TILES + "tilesets-list",
    TILES + "dataset-tilesets",
    TILES + "geodata-tilesets",
    TILES + "collections-selection",
    TILES + "mvt",
    TILES + "oas30",
    TILE_MATRIX_SET + "tilematrixset",
    TILE_MATRIX_SET + "json-tilematrixset",
)
