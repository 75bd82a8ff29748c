"""Which steps of its procedure are ticked off on a case, as its actor may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.records import stamp
from dispatch.rules.procedures import HouseText, Procedure, Step
from dispatch.tables_warnings import case_steps


async def ticks_of(tx: AsyncConnection, case_id: UUID) -> dict[str, dict[str, Any]]:
    """Return who ticked off which step and when, by the step's key."""
    rows = (await tx.execute(select(case_steps).where(case_steps.c.case_id == case_id))).mappings()
    return {
        row["step"]: {
            "at": stamp(row["at"]),
            "actor_name": row["actor_name"],
            "actor_desk": row["actor_desk"],
        }
        for row in rows
    }


def step_view(step: Step, tick: dict[str, Any] | None, texts: dict[str, HouseText]) -> dict[str, Any]:
    """Return a step as a sheet shows it, with the text that it points to by name."""
    see = texts.get(step.see or "")
    return {
        "key": step.key,
        "text": step.text,
        "text_en": step.text_en,
        "required": step.required,
        "see": {"key": see.key, "name": see.name, "name_en": see.name_en} if see else None,
        "tick": tick,
    }


def procedure_view(
    procedure: Procedure, ticks: dict[str, dict[str, Any]], texts: Sequence[HouseText]
) -> dict[str, Any]:
    """Return a procedure with its steps and who ticked them off."""
    by_key = {text.key: text for text in texts}
    return {
        "key": procedure.key,
        "name": procedure.name,
        "name_en": procedure.name_en,
        "steps": [step_view(step, ticks.get(step.key), by_key) for step in procedure.steps],
    }
