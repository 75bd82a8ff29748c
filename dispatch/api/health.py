"""For machines that look after the wall: alive, ready, and figures in Prometheus' text format."""

from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text

from dispatch.api.caller import Caller, Db
from dispatch.rules.visibility import covers_county
from gis.actor import SYSTEM
from gis.database import Database
from gis.errors import NotYourMove, WallError

router = APIRouter(include_in_schema=False)

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]

# name, what it says, and the query whose rows are (label values…, number)
COUNTED = (
    ("wall_cases", "Cases by status.", ("status",), "select status, count(*) from cases group by 1"),
    ("wall_units", "Units by state.", ("state",), "select state, count(*) from units group by 1"),
    (
        "wall_clocks_running",
        "Clocks that run, by colour.",
        ("colour",),
        "select colour, count(*) from clocks where stopped_at is null group by 1",
    ),
    ("wall_log_last_seq", "Number of the log's newest event.", (), "select max(seq) from log_chain"),
    ("wall_log_waiting", "Committed events without a number yet.", (), "select count(*) from log_pending"),
)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """Answer as long as the process turns."""
    return {"status": "ok"}


async def database_answers(db: Database) -> bool:
    """Say whether the database answers just now."""
    try:
        async with db.read(SYSTEM) as tx:
            return bool(await tx.scalar(text("select true")))
    except WallError:
        return False


@router.get("/readyz")
async def ready(request: Request, db: Db) -> Response:
    """Say whether every part works that a request may need: 200, or 503 naming the part that does not."""
    state = request.app.state
    parts = {
        "database": await database_answers(db),
        "county": getattr(state, "areas", None) is not None,
        "log": state.tail.ready.is_set(),
    }
    good = all(parts.values())
    return JSONResponse({"ready": good, "parts": parts}, status_code=200 if good else 503)


def family(name: str, says: str, samples: Iterable[Sample]) -> str:
    """Return one gauge in Prometheus' text format."""
    lines = [f"# HELP {name} {says}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{word}"' for key, word in labels.items())
        lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:.0f}")
    return "\n".join(lines) + "\n"


@router.get("/metrics")
async def metrics(actor: Caller, db: Db) -> Response:
    """Report figures; for tokens and people who see the whole county."""
    if not covers_county(actor):
        raise NotYourMove("Figures are of the whole county. Use a token whose area is the county.")
    families = []
    async with db.read(actor) as tx:
        for name, says, labels, query in COUNTED:
            rows = (await tx.execute(text(query))).all()
            samples: list[Sample] = [
                (dict(zip(labels, map(str, row[:-1]), strict=True)), float(row[-1] or 0)) for row in rows
            ]
            families.append(family(name, says, samples))
    return Response("".join(families), media_type=PROMETHEUS)
