"""The routes under /ogc. They read their parameters themselves: the standards say which answer each fault gets."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from gis.clock import now
from gis.errors import BadRequest
from layers.api import CACHE_CONTROL, Caller, answer, area_index, caller
from layers.ogc import items, tile_matrix
from layers.ogc.collections import COLLECTIONS, Collection, collection
from layers.ogc.conformance import CLASSES
from layers.ogc.cursor import encoded
from layers.ogc.definition import openapi
from layers.ogc.documents import GEOJSON, JSON, MVT, OPENAPI, SCHEMA, Documents, link
from layers.ogc.parameters import items_query, only
from layers.ogc.vector_tiles import vector_tiles
from layers.served import Packed, packed_json

PREFIX = "/ogc"
router = APIRouter(prefix=PREFIX, tags=["ogc"], include_in_schema=False)


def root_of(request: Request) -> str:
    """The address of the landing page, as the client reaches it."""
    return str(request.base_url).rstrip("/") + PREFIX


async def documents(request: Request) -> Documents:
    """Return the documents for this client. Raises Unavailable before a county is loaded."""
    return Documents(root_of(request), await area_index(request))


def form(request: Request, *names: str) -> None:
    """Let pass `f`, which may say what is true anyway. Raises BadRequest."""
    given = only(request.query_params.multi_items(), ("f",))
    if given.get("f", names[0]) not in names:
        raise BadRequest(f"f is {' or '.join(names)}; there is no other form.", code="bad_format")


async def said(request: Request, document: Any, kind: str = JSON) -> Response:
    """Answer with a document that takes no parameters."""
    form(request, "json")
    return await answer(request, packed_json(document), kind)


@router.get("")
@router.get("/")
async def landing(request: Request, caller: Caller) -> Response:
    """The page that programs begin at."""
    return await said(request, (await documents(request)).landing())


@router.get("/conformance")
async def conformance(request: Request, caller: Caller) -> Response:
    """The conformance classes that are kept."""
    return await said(request, {"conformsTo": CLASSES})


@router.get("/api")
async def api(request: Request, caller: Caller) -> Response:
    """The definition of this interface."""
    return await said(request, openapi(root_of(request)), OPENAPI)


@router.get("/collections")
async def collections(request: Request, caller: Caller) -> Response:
    """All collections."""
    return await said(request, (await documents(request)).collections())


@router.get("/collections/{collection_id}")
async def one_collection(request: Request, caller: Caller, collection_id: str) -> Response:
    """One collection."""
    return await said(request, (await documents(request)).collection(collection(collection_id)))


@router.get("/collections/{collection_id}/queryables")
async def queryables(request: Request, caller: Caller, collection_id: str) -> Response:
    """What a filter may name."""
    return await said(request, (await documents(request)).queryables(collection(collection_id)), SCHEMA)


@router.get("/collections/{collection_id}/items")
async def features(request: Request, caller: Caller, collection_id: str) -> Response:
    """One page of features."""
    one = collection(collection_id)
    query = items_query(one, request.query_params.multi_items())
    page = await items.page(request.app.state.db, caller, one, query)
    here = f"{root_of(request)}/collections/{one.id}"
    links = [
        link(_again(f"{here}/items", query.sent, request.query_params.get("cursor")), "self", GEOJSON),
        link(here, "collection"),
    ]
    if page.last is not None:
        links.append(link(_again(f"{here}/items", query.sent, encoded(page.last)), "next", GEOJSON))
    return await answer(request, _collection(page, links), GEOJSON)


@router.get("/collections/{collection_id}/items/{feature_id}")
async def feature(request: Request, caller: Caller, collection_id: str, feature_id: str) -> Response:
    """One feature."""
    form(request, "json", "geojson")
    one = collection(collection_id)
    found = await items.one(request.app.state.db, caller, one, feature_id)
    here = f"{root_of(request)}/collections/{one.id}"
    links = [link(f"{here}/items/{feature_id}", "self", GEOJSON), link(here, "collection")]
    return await answer(request, Packed(f'{found[:-1]},"links":{json.dumps(links)}}}'.encode(), 1), GEOJSON)


@router.get("/tileMatrixSets")
async def tile_matrix_sets(request: Request, caller: Caller) -> Response:
    """The tile matrix sets that there are."""
    return await said(request, (await documents(request)).tile_matrix_sets())


@router.get("/tileMatrixSets/{matrix_set}")
async def tile_matrix_set(request: Request, caller: Caller, matrix_set: str) -> Response:
    """One tile matrix set."""
    tile_matrix.require(matrix_set)
    return await said(request, tile_matrix.definition())


@router.get("/tiles")
@router.get("/collections/{collection_id}/tiles")
async def tilesets(request: Request, caller: Caller, collection_id: str | None = None) -> Response:
    """The tile sets of one collection, or of all."""
    return await said(request, (await documents(request)).tilesets(_maybe(request)))


@router.get("/tiles/{matrix_set}")
@router.get("/collections/{collection_id}/tiles/{matrix_set}")
async def tileset(request: Request, caller: Caller, matrix_set: str) -> Response:
    """One tile set."""
    tile_matrix.require(matrix_set)
    return await said(request, (await documents(request)).tileset(_maybe(request)))


async def tile(request: Request) -> Response:
    """One vector tile. A plain route: it is asked for a thousand times a second."""
    actor = await caller(request)
    path = request.path_params
    shown = _shown(request)
    place = tile_matrix.tile(path["matrix_set"], path["matrix"], path["row"], path["column"])
    packed = await vector_tiles(request.app.state).tile(shown, place, actor)
    answered = await answer(request, packed, MVT)
    if packed.count == 0 and answered.status_code == 200:
        return Response(status_code=204, headers={"ETag": packed.etag, "Cache-Control": CACHE_CONTROL})
    return answered


# A plain route does not get the prefix of the router.
ADDRESS = "/{matrix_set}/{matrix}/{row}/{column}"
router.add_route(f"{PREFIX}/tiles{ADDRESS}", tile, methods=["GET"], include_in_schema=False)
router.add_route(
    f"{PREFIX}/collections/{{collection_id}}/tiles{ADDRESS}", tile, methods=["GET"], include_in_schema=False
)


def _maybe(request: Request) -> Collection | None:
    collection_id = request.path_params.get("collection_id")
    return None if collection_id is None else collection(collection_id)


def _shown(request: Request) -> tuple[Collection, ...]:
    """The collections that a tile shows, in the order of the table, each once. Raises BadRequest, NotFound."""
    one = _maybe(request)
    known = ("f",) if one else ("f", "collections")
    given = only(request.query_params.multi_items(), known) if request.url.query else {}
    if given.get("f", "mvt") not in ("mvt", "pbf"):
        raise BadRequest("f is mvt; there is no other form.", code="bad_format")
    if one is not None:
        return (one,)
    if "collections" not in given:
        return tuple(COLLECTIONS.values())
    asked = set(given["collections"].split(","))
    if not asked <= COLLECTIONS.keys():
        listed = ", ".join(COLLECTIONS)
        raise BadRequest(
            f"collections names one that does not exist; there are {listed}.", code="unknown_collection"
        )
    return tuple(each for each in COLLECTIONS.values() if each.id in asked)


def _again(address: str, sent: Iterable[tuple[str, str]], cursor: str | None) -> str:
    """Return an address with the parameters that were sent, and a cursor."""
    query = urlencode([*sent, *([("cursor", cursor)] if cursor else [])])
    return f"{address}?{query}" if query else address


def _collection(page: items.Page, links: list[dict[str, Any]]) -> Packed:
    """Pack a page; its tag is of what it says and not of when it says it."""
    matched = "" if page.matched is None else f'"numberMatched":{page.matched},'
    written = ",".join(page.features)
    body = (
        f'{matched}"numberReturned":{len(page.features)},'
        f'"links":{json.dumps(links, ensure_ascii=False)},"features":[{written}]'
    )
    at = now().isoformat(timespec="seconds").replace("+00:00", "Z")
    packed = Packed(f'{{"type":"FeatureCollection","timeStamp":"{at}",{body}}}'.encode(), len(page.features))
    packed.etag = f'W/"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    return packed
