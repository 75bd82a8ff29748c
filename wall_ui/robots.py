"""The simulation as the command line runs it: its credentials, and the right to be the only one."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import psycopg

from dispatch.actions.robots import issue_robot_tokens
from gis.clock import now
from gis.database import Database

SIMULATION_LOCK = 620_821_004


def claim_simulation(url: str) -> psycopg.Connection[Any] | None:
    """Return a connection that holds the right to run the simulation, None while another program holds it."""
    connection = psycopg.connect(url, autocommit=True, application_name="wall-simulation")
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (SIMULATION_LOCK,)).fetchone()
    if row and row[0]:
        return connection
    connection.close()
    return None


def write_credentials(url: str, path: Path) -> int:
    """Give every robot a new token, write them to a file that only we can read, and return how many there are."""

    async def issue() -> list[dict[str, Any]]:
        db = Database(url)
        try:
            return await issue_robot_tokens(db, now())
        finally:
            await db.close()

    tokens = asyncio.run(issue())
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"tokens": tokens}, file, ensure_ascii=False)
    fresh.replace(path)
    return len(tokens)
