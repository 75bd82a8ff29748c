"""`GET /api/search`: areas, cameras, facilities, roads and points of interest by name, pinyin or code."""

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from layers.api import Caller, Index
from layers.areas import AreaIndex
from layers.search.index import Entry
from layers.search.searches import Searches

router = APIRouter(prefix="/api", tags=["layers"])

KINDS = ("area", "facility", "camera", "road", "poi")
LONGEST = 64


async def searches(request: Request, index: Index) -> Searches:
    """Return the process's indexes; a county that was loaded anew gets new ones."""
    kept: Searches | None = getattr(request.app.state, "searches", None)
    if kept is None or kept.areas is not index:
        kept = request.app.state.searches = Searches(request.app.state.db, index)
    return kept


@router.get("/search")
async def search(
    caller: Caller,
    index: Index,
    searches: Annotated[Searches, Depends(searches)],
    q: Annotated[str, Query(max_length=LONGEST)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 6,
) -> dict[str, Any]:
    """Find things whose name holds `q`, as characters, pinyin or initials, or whose code does; best first, by kind."""
    grouped: dict[str, list[Entry]] = {}
    for _, entry in await searches.find(q, caller):
        grouped.setdefault(entry.kind, []).append(entry)
    # Kinds stand in the order of their best find: whoever types a camera's code sees the camera first.
    return {
        "groups": [
            {
                "kind": kind,
                "count": len(entries),
                "items": [said(entry, index) for entry in islice(entries, limit)],
            }
            for kind, entries in grouped.items()
        ]
    }


def said(entry: Entry, index: AreaIndex) -> dict[str, Any]:
    """Return one find for a page; `within` names the area around it."""
    within = township_of(entry.area_code, index)
    return {
        "kind": entry.kind,
        "id": entry.id,
        "name": entry.name,
        "name_en": entry.english,
        "detail": entry.detail,
        "within": within if within != entry.name else "",
        "area_code": entry.area_code,
        "lon": round(entry.lon, 6),
        "lat": round(entry.lat, 6),
        "box": None if entry.box is None else [round(value, 6) for value in entry.box],
    }


def township_of(code: str, index: AreaIndex) -> str:
    """The name of the township that holds an area, or of what there is above it."""
    area = index.by_code.get(code)
    while area is not None and area.level in ("village", "grid") and area.parent_code is not None:
        area = index.by_code[area.parent_code]
    return "" if area is None else area.name
