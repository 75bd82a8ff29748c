"""Every conformance class that is claimed names the tests of its requirements; no parameter makes a fault of ours."""

import math
from importlib import import_module

from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import BadRequest, NotFound
from layers.ogc import tile_matrix
from layers.ogc.collections import COLLECTIONS, Collection
from layers.ogc.conformance import (
    CLASSES,
    COMMON,
    COMMON_2,
    CQL2,
    FEATURES,
    FILTERING,
    TILE_MATRIX_SET,
    TILES,
)
from layers.ogc.parameters import ITEMS_PARAMETERS, items_query

DOCUMENTS = "features: every_document_is_reached_from_the_landing_page"
DEFINITION = "features: the_definition_describes_what_is_served_and_nothing_else"
METADATA = "tiles: the_metadata_leads_to_the_tiles"
IN_IT = "tiles: a_tile_holds_what_lies_in_it_where_it_lies"
SEVERAL = "tiles: a_tile_of_several_collections_has_a_layer_for_each"
MEANS = "filters: each_filter_means_what_the_standard_says"
HOSTILE = "filters: a_hostile_filter_is_a_400_with_a_code"
MEETS = "filters: s_intersects_gives_exactly_what_meets_the_shape"
QUERYABLES = "features: queryables_are_what_filters_and_parameters_take"

PROOF: dict[str, tuple[str, ...]] = {
    COMMON + "core": (DOCUMENTS, "features: what_is_not_there_is_a_404_with_a_code"),
    COMMON + "landing-page": (DOCUMENTS,),
    COMMON + "json": (DOCUMENTS, "features: documents_refuse_parameters_that_they_do_not_know"),
    COMMON + "oas30": (DEFINITION,),
    COMMON_2 + "collections": (DOCUMENTS,),
    FEATURES + "core": (
        DOCUMENTS,
        "features: each_page_is_geojson_that_says_how_much_there_is",
        "features: pages_join_to_the_whole_without_gap_or_repetition",
        "features: paging_is_stable_while_rows_come_and_go",
        "features: a_bbox_gives_exactly_what_meets_it",
        "features: a_bbox_may_cross_the_antimeridian",
        "features: a_wrong_parameter_is_a_400_with_a_code",
        "features: too_large_a_limit_is_cut_as_the_standard_wants_it",
        "features: features_without_a_time_match_every_time",
    ),
    FEATURES + "geojson": ("features: each_page_is_geojson_that_says_how_much_there_is",),
    FEATURES + "oas30": (DEFINITION,),
    FILTERING + "queryables": (QUERYABLES,),
    FILTERING + "queryables-query-parameters": (QUERYABLES,),
    FILTERING + "filter": (MEANS, HOSTILE),
    FILTERING + "features-filter": (MEANS, "features: the_next_page_repeats_the_question"),
    CQL2 + "cql2-text": (MEANS, "filters: any_text_is_a_condition_or_a_refusal_with_a_code"),
    CQL2 + "basic-cql2": (MEANS, HOSTILE),
    CQL2 + "advanced-comparison-operators": (MEANS,),
    CQL2 + "basic-spatial-functions": (MEETS,),
    CQL2 + "basic-spatial-functions-plus": (MEETS,),
    TILES + "core": (IN_IT, METADATA, "tiles: a_tile_outside_of_the_matrices_is_a_404"),
    TILES + "tileset": (METADATA,),
    TILES + "tilesets-list": (METADATA,),
    TILES + "dataset-tilesets": (METADATA, SEVERAL),
    TILES + "geodata-tilesets": (METADATA, IN_IT),
    TILES + "collections-selection": (SEVERAL,),
    TILES + "mvt": (IN_IT, "tiles: a_tile_without_anything_in_it_is_a_204"),
    TILES + "oas30": (DEFINITION,),
    TILE_MATRIX_SET + "tilematrixset": (METADATA,),
    TILE_MATRIX_SET + "json-tilematrixset": (METADATA,),
}


def test_each_class_that_is_claimed_is_proved_and_nothing_else() -> None:
    assert set(PROOF) == set(CLASSES)
    assert len(CLASSES) == len(set(CLASSES))
    for named in {test for tests in PROOF.values() for test in tests}:
        module, _, name = named.partition(": ")
        assert callable(getattr(import_module(f"tests.layers.test_ogc_{module}"), f"test_{name}")), named


NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(["-1", "0", "1e9", "١", "1_0", "0x1", "", " 1", "NaN", "-Infinity"]),
)
VALUES = st.one_of(
    NUMBERS,
    st.lists(NUMBERS, min_size=3, max_size=7).map(",".join),
    st.text(max_size=40),
    st.just("2026-01-01/.."),
)
NAMES = st.one_of(st.sampled_from([*ITEMS_PARAMETERS, "name", "id", "code", "closed"]), st.text(max_size=8))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(COLLECTIONS.values())), st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_any_parameters_are_a_question_or_a_refusal_with_a_code(
    collection: Collection, pairs: list[tuple[str, str]]
) -> None:
    query = refusal = None
    try:
        query = items_query(collection, pairs)
    except BadRequest as error:
        refusal = error
    if query is None:
        assert refusal is not None
        assert refusal.code
        assert refusal.detail
    else:
        assert 1 <= query.limit <= 1000
        assert all(math.isfinite(side) for box in query.boxes for side in box)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_any_address_is_a_tile_of_the_set_or_a_refusal_with_a_code(
    matrix: str, row: str, column: str
) -> None:
    tile, code = None, ""
    try:
        tile = tile_matrix.tile(tile_matrix.NAME, matrix, row, column)
    except (BadRequest, NotFound) as error:
        code = error.code
    if tile is None:
        assert code in ("bad_tile", "tile_outside")
    else:
        west, south, east, north = tile.bounds()
        assert -180 <= west < east <= 180
        assert -85.06 < south < north < 85.06
