"""Positions over HTTP: batches, and what OsmAnd and Traccar send."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dispatch.actions.accounts import create_token
from dispatch.api import positions
from dispatch.avl import PositionLane
from gis.actor import Actor, Role
from gis.clock import now
from gis.database import Database
from tests.dispatch.county import TOWN, VILLAGE, settle
from tests.dispatch.entrances import account, browser, cookie_of, guarded_app


@pytest.fixture
async def app(db: Database) -> AsyncIterator[FastAPI]:
    """The small county behind the gate, with the position lane at work."""
    await settle(db)
    made = guarded_app(db)
    # Before the route that answers 404 to the rest of the API.
    made.router.routes[:0] = positions.router.routes
    made.state.positions = PositionLane(db, lambda: None)
    await made.state.positions.load()

    async def authenticate_token(token: str) -> Actor | None:
        identity = await made.state.identities.of_token(token, now())
        return identity.actor if identity else None

    made.state.authenticate_token = authenticate_token
    task = asyncio.create_task(made.state.positions.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def token(db: Database) -> str:
    """A device of the township."""
    return await create_token(db, Role.DEVICE, TOWN, "gateway", now())


@pytest.fixture
async def device(app: FastAPI, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the township's device."""
    async with browser(app, Authorization=f"Bearer {token}") as client:
        yield client


def position(unit: str = "grid-1", **changes: Any) -> dict[str, Any]:
    return {"unit": unit, "lon": 107.3, "lat": 35.3, "at": now().isoformat()} | changes


async def test_a_batch_is_taken_in_and_every_refusal_has_its_reason(device: httpx.AsyncClient) -> None:
    answer = await device.post(
        "/api/positions",
        json={
            "positions": [
                position(),
                position("grid-9"),
                position("patrol-1", lat="north"),
                position("patrol-1", at="yesterday"),
                position("patrol-1", at="2026-11-24T02:00:00"),
                "nonsense",
                position("patrol-1", speed_mps=3, heading_deg=10, accuracy_m=5, more="is ignored"),
                position("grid-2", lon=999),
            ]
        },
    )
    assert answer.status_code == 200
    said = answer.json()
    assert said["accepted"] == 2
    assert [(one["index"], one["code"]) for one in said["refused"]] == [
        (1, "unknown_unit"),
        (2, "invalid_position"),
        (3, "invalid_position"),
        (4, "invalid_position"),
        (5, "invalid_position"),
        (7, "no_such_place"),
    ]
    assert "lat" in said["refused"][1]["detail"]


async def test_a_batch_that_is_too_large_is_refused_whole(device: httpx.AsyncClient) -> None:
    answer = await device.post("/api/positions", json={"positions": [1] * 2_001})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_positions")


async def test_nobody_reports_positions_without_a_credential(app: FastAPI) -> None:
    async with browser(app) as client:
        assert (await client.post("/api/positions", json={"positions": [position()]})).status_code == 401
        assert (await client.get("/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3")).status_code == 401
        assert (
            await client.get("/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3&token=x")
        ).status_code == 401


async def test_a_browsers_cookie_reports_nothing_by_get(app: FastAPI, db: Database) -> None:
    account_id = await account(db, Role.GRID_OFFICER, VILLAGE, unit_id="grid-1")
    cookie, _ = await cookie_of(db, account_id)
    async with browser(app, **cookie) as client:
        assert (await client.get("/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3")).status_code == 401
    assert app.state.positions.fix("grid-1") is None


@pytest.mark.parametrize("stamp", ["s", "ms", "iso", "naive", "none"])
async def test_osmand_tells_the_time_in_every_way(
    device: httpx.AsyncClient, app: FastAPI, stamp: str
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    said = {
        "s": str(int(at.timestamp())),
        "ms": str(int(at.timestamp() * 1000)),
        "iso": at.isoformat().replace("+00:00", "Z"),
        "naive": at.replace(tzinfo=None).isoformat(),
        "none": "",
    }[stamp]
    answer = await device.get(
        "/api/positions/osmand", params={"id": "grid-1", "lat": 35.3, "lon": 107.3, "timestamp": said}
    )
    assert answer.json() == {"accepted": 1, "refused": []}
    found = app.state.positions.fleet.fixes["grid-1"].at
    assert found == at if stamp != "none" else (now() - found) < timedelta(seconds=5)


async def test_osmand_speaks_of_knots_and_bearings(app: FastAPI, token: str) -> None:
    async with browser(app) as client:
        answer = await client.get(
            "/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3&speed=10&bearing=91.5&accuracy=7&batt=88"
            f"&token={token}"
        )
    assert answer.json() == {"accepted": 1, "refused": []}
    fix = app.state.positions.fleet.fixes["grid-1"]
    assert fix.speed_mps == pytest.approx(5.1444, abs=1e-3)
    assert (fix.heading_deg, fix.accuracy_m) == (91.5, 7)


async def test_a_form_and_a_location_in_one_parameter_are_understood(
    device: httpx.AsyncClient, app: FastAPI
) -> None:
    answer = await device.post(
        "/api/positions/osmand", data={"deviceid": "grid-2", "location": "35.31,107.32", "heading": "12"}
    )
    assert answer.json()["accepted"] == 1
    fix = app.state.positions.fleet.fixes["grid-2"]
    assert (fix.lon, fix.lat, fix.heading_deg) == (107.32, 35.31, 12)


async def test_the_json_of_newer_traccar_apps_is_understood(device: httpx.AsyncClient, app: FastAPI) -> None:
    coords = {"latitude": 35.3, "longitude": 107.3, "accuracy": 4.5, "speed": 2.5, "heading": 180.0}
    body = {"location": {"timestamp": now().isoformat(), "coords": coords}, "device_id": "patrol-1"}
    assert (await device.post("/api/positions/osmand", json=body)).json()["accepted"] == 1
    fix = app.state.positions.fleet.fixes["patrol-1"]
    assert (fix.speed_mps, fix.heading_deg) == (pytest.approx(2.5), 180.0)


@pytest.mark.parametrize(
    "query,status,code",
    [
        ("id=grid-9&lat=35.3&lon=107.3", 404, "unknown_unit"),
        ("lat=35.3&lon=107.3", 422, "invalid_input"),
        ("id=grid-1&lat=35.3", 422, "invalid_input"),
        ("id=grid-1&lat=x&lon=107.3", 422, "invalid_input"),
        ("id=grid-1&lat=nan&lon=107.3", 422, "invalid_input"),
        ("id=grid-1&lat=35.3&lon=107.3&timestamp=soon", 422, "invalid_input"),
        ("id=grid-1&lat=35.3&lon=107.3&timestamp=1e300", 422, "invalid_input"),
        ("id=grid-1&lat=35.3&lon=107.3&timestamp=9999-12-31T23:59:59-23:59", 422, "invalid_input"),
    ],
)
async def test_osmand_is_told_what_was_wrong(
    device: httpx.AsyncClient, query: str, status: int, code: str
) -> None:
    answer = await device.get(f"/api/positions/osmand?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("body", ["{", "[]", '{"location": 7}', '{"location": {"coords": 1}}'])
async def test_json_that_makes_no_sense_is_refused(device: httpx.AsyncClient, body: str) -> None:
    answer = await device.post(
        "/api/positions/osmand", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


async def test_a_late_fix_is_answered_well_so_that_the_app_does_not_send_it_for_ever(
    device: httpx.AsyncClient,
) -> None:
    query = f"/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3&timestamp={int(now().timestamp()) - 5}"
    assert (await device.get(query)).json()["accepted"] == 1
    again = await device.get(query)
    assert again.status_code == 200
    assert again.json()["refused"][0]["code"] == "stale"


async def test_an_officer_reports_only_himself(app: FastAPI, db: Database) -> None:
    token = await create_token(db, Role.GRID_OFFICER, VILLAGE, "officer", now(), unit_id="grid-1")
    async with browser(app, Authorization=f"Bearer {token}") as client:
        answer = await client.get("/api/positions/osmand?id=grid-1&lat=35.3&lon=107.3")
        assert answer.status_code == 200
        answer = await client.get("/api/positions/osmand?id=grid-2&lat=35.3&lon=107.3")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")
