"""The start page's figures, for everybody, in the demonstration county only."""

from fastapi import APIRouter

from dispatch.api.caller import Db
from dispatch.api.demo import require_demonstration
from dispatch.glance import Glance, glance
from gis.actor import SYSTEM
from gis.clock import now

router = APIRouter(tags=["demonstration"])


@router.get("/api/demo/glance")
async def look(db: Db) -> Glance:
    """Say how the county is doing. 403 `not_demonstration` where the data are real."""
    await require_demonstration(db)
    async with db.read(SYSTEM) as tx:
        return await glance(tx, now())
