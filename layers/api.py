"""The ground over HTTP: where a place lies, what areas are called, and the layers as GeoJSON."""

from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat
from starlette.datastructures import State

from gis.actor import Actor
from gis.crs import to_wgs84
from gis.errors import NotAuthenticated, Unavailable
from layers.areas import Area, AreaIndex
from layers.catalogue import LAYERS
from layers.served import ENCODINGS, Language, Packed, ServedLayers
from layers.tables import LENGTH_OF_LEVEL

router = APIRouter(prefix="/api", tags=["layers"])

# Always asked again, answered by 304 while nothing changed; never kept where another session could find it.
CACHE_CONTROL = "private, no-cache"
VARY = "Accept-Encoding, Cookie, Authorization"
GEOJSON = "application/geo+json"


async def caller(request: Request) -> Actor:
    """Return who is calling. Raises NotAuthenticated."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        raise NotAuthenticated("Nobody is logged in. Log in at /login, or send a token.")
    return actor


def areas_of(state: State) -> AreaIndex:
    """Return the county's divisions. Raises Unavailable before they are loaded."""
    index: AreaIndex | None = getattr(state, "areas", None)
    if index is None:
        raise Unavailable("The county is not loaded yet; try again in a moment.")
    return index


def served_by(state: State) -> ServedLayers:
    """Return the process's cache of layers; a county that was loaded anew gets a new one."""
    index = areas_of(state)
    served: ServedLayers | None = getattr(state, "served_layers", None)
    if served is None or served.index is not index:
        served = state.served_layers = ServedLayers(state.db, index)
    return served


async def area_index(request: Request) -> AreaIndex:
    """Return the county's divisions. Raises Unavailable before they are loaded."""
    return areas_of(request.app.state)


async def served_layers(request: Request) -> ServedLayers:
    """Return the process's cache of layers."""
    return served_by(request.app.state)


Caller = Annotated[Actor, Depends(caller)]
Index = Annotated[AreaIndex, Depends(area_index)]
Served = Annotated[ServedLayers, Depends(served_layers)]
Degrees = Annotated[float, Query(allow_inf_nan=False)]
MOST_PLACES = 10_000


class Places(BaseModel):
    """Places to be located: longitude, latitude; `crs` is wgs84, cgcs2000, gcj02 or bd09."""

    model_config = ConfigDict(extra="forbid")

    places: Annotated[list[tuple[FiniteFloat, FiniteFloat]], Field(max_length=MOST_PLACES)]
    crs: str = "wgs84"


def _brief(area: Area | None) -> dict[str, str] | None:
    return None if area is None else {"code": area.code, "name": area.name}


@router.get("/areas/locate")
async def locate(
    caller: Caller, index: Index, lon: Degrees, lat: Degrees, crs: str = "wgs84"
) -> dict[str, dict[str, str] | None]:
    """Say which areas hold a place; `crs` is wgs84, cgcs2000, gcj02 or bd09. 422 outside the county."""
    place = to_wgs84([(lon, lat)], crs)[0]
    found = index.locate(float(place[0]), float(place[1]))
    return {level: _brief(getattr(found, level)) for level in LENGTH_OF_LEVEL}


@router.post("/areas/locate")
async def locate_many(caller: Caller, index: Index, asked: Places) -> dict[str, list[str | None]]:
    """Say for each of up to 10,000 places the code of the smallest area that holds it, null outside.

    The code is the hierarchy: its first 6, 9, 12 and 15 digits are county, township, village and grid.
    """
    found = index.codes_of(to_wgs84(asked.places, asked.crs)) if asked.places else ()
    return {"codes": [code or None for code in found]}


@router.get("/areas/names")
async def names(request: Request, caller: Caller, served: Served, language: Language = "zh") -> Response:
    """What every area is called, by code; in English in pinyin, with the kind of area."""
    return await answer(request, await served.names_of_areas(language), "application/json")


@router.get("/layers")
async def catalogue(caller: Caller, served: Served) -> dict[str, list[dict[str, Any]]]:
    """The layers that there are."""
    kinds = dict.fromkeys(LENGTH_OF_LEVEL, "Polygon")
    kinds.update({name: layer.geometry for name, layer in LAYERS.items()})
    return {
        "layers": [
            {
                "name": name,
                "geometry": kinds[name],
                "scoped": name in LAYERS and LAYERS[name].scoped,
                "href": f"/api/layers/{name}",
            }
            for name in served.names()
        ]
    }


@router.get("/layers/{name}", response_class=Response, responses={200: {"content": {GEOJSON: {}}}})
async def layer(request: Request, caller: Caller, served: Served, name: str) -> Response:
    """One layer as a GeoJSON FeatureCollection, as far as the caller may see it."""
    return await answer(request, await served.layer(name, caller), GEOJSON)


@router.get("/layers/{name}/names")
async def names_of_things(request: Request, caller: Caller, served: Served, name: str) -> Response:
    """What the things of a layer are called in English, by name: 玉都镇派出所 is Yudu Township Police Station."""
    return await answer(request, await served.names_of_things(name, caller), "application/json")


@router.get("/relief")
async def relief(request: Request, caller: Caller, served: Served) -> Response:
    """The lie of a demonstration county's land: heights on a grid, one byte a cell in base64, or null."""
    return await answer(request, await served.relief(), "application/json")


async def answer(request: Request, packed: Packed, media_type: str) -> Response:
    """Answer with a packed document, as the client takes it, or with 304 where he has it."""
    headers = {
        "ETag": packed.etag,
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
    }
    if has_already(request.headers.get("if-none-match", ""), packed.etag):
        return Response(status_code=304, headers=headers)
    encoding = wanted_encoding(request.headers.get("accept-encoding", ""))
    if encoding:
        headers["Content-Encoding"] = encoding
    body = await packed.encoded_soon(encoding)
    return Response(body, media_type=media_type, headers=headers)


def has_already(if_none_match: str, etag: str) -> bool:
    """Say whether the client has what bears this tag; If-None-Match is compared weakly."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


@lru_cache(256)
def wanted_encoding(accept: str) -> str:
    """The best encoding that the client takes, '' for none."""
    taken = set()
    for part in accept.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return next((encoding for encoding in ENCODINGS if encoding in taken), "")
