"""`/api/basemaps`: which base maps there are, and their tiles in WGS 84 from our own origin."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from layers.api import Caller
from layers.basemaps.images import kind_of
from layers.basemaps.shelf import BaseMaps

router = APIRouter(prefix="/api/basemaps", tags=["layers"])

# A day: base maps change by the year, and a wall asks for each tile again after every restart.
CACHE_CONTROL = "private, max-age=86400"


async def basemaps(request: Request) -> BaseMaps:
    """Return the process's base maps."""
    found: BaseMaps = request.app.state.basemaps
    return found


Shelf = Annotated[BaseMaps, Depends(basemaps)]


@router.get("")
async def every(caller: Caller, shelf: Shelf) -> dict[str, list[dict[str, Any]]]:
    """Every base map, those that cannot be shown with the reason."""
    return {"basemaps": await shelf.list()}


@router.get(
    "/{basemap_id}/{z}/{x}/{y}",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}, "image/webp": {}}}, 204: {}},
)
async def tile(
    request: Request, caller: Caller, shelf: Shelf, basemap_id: str, z: int, x: int, y: int
) -> Response:
    """One tile of a base map in Web Mercator, counted from the north-west; 204 where the base map is empty."""
    data = await shelf.tile(basemap_id, z, x, y)
    headers = {"Cache-Control": CACHE_CONTROL}
    if data is None:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind_of(data), headers=headers)
