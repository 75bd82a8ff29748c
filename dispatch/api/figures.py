"""Figures of response over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from dispatch.api.caller import Caller
from dispatch.figures import By, FigureRow, Figures
from gis.clock import now

router = APIRouter(tags=["figures"])

MOST_HOURS = 30 * 24


class ResponseFiguresAnswer(BaseModel):
    """The rows, and the same over all of them together; percentiles are exact, taken from the cases."""

    at: datetime
    hours: float
    by: str
    rows: list[FigureRow]
    total: FigureRow


@router.get("/api/figures/response")
async def response_figures(
    actor: Caller,
    request: Request,
    by: By = By.TOWNSHIP,
    hours: Annotated[float, Query(gt=0, le=MOST_HOURS, allow_inf_nan=False)] = 24,
) -> ResponseFiguresAnswer:
    """Count and time the cases in the caller's sight over the last hours, by township, tier or category."""
    figures: Figures = request.app.state.figures
    found = await figures.response(actor, by, hours, now())
    return ResponseFiguresAnswer.model_validate(found)
