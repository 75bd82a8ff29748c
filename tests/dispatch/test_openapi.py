"""The API keeps to its description, whoever asks and whatever: schemathesis walks every route as several people."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema_rs import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dispatch.actions.accounts import create_token
from dispatch.actions.cases import NewReport, report_case
from dispatch.api.answers import answers
from dispatch.api.cases import MoveBody, command_of, move_view
from dispatch.api.examples import EXAMPLES, of_moves
from dispatch.api.openapi import CODES
from dispatch.rules.case import Help
from dispatch.rules.decide import require_fields
from dispatch.rules.moves import MOVES
from dispatch.rules.rights import Verdict
from dispatch.rules.vocabulary import Move, Source
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.settings import Settings
from tests.dispatch.county import POLICE, START
from tests.dispatch.rules.test_moves import fresh
from tests.dispatch.small_county import COUNTY, WEST, centre_of, load_small_county
from wall_ui.application import create_app

SEED = 620821
ASKED_EACH = 10
MOST_S = 45.0
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
PEOPLE = (
    ("nobody", None, ""),
    ("dispatcher", Role.DISPATCHER, COUNTY),
    ("duty officer", Role.DUTY_OFFICER, WEST),
    ("leader", Role.LEADER, COUNTY),
    ("admin", Role.ADMIN, COUNTY),
    ("kiosk", Role.KIOSK, COUNTY),
)


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner)
    built = create_app(Settings(wall_var=tmp_path), urls.app)
    async with built.router.lifespan_context(built):
        yield built


async def a_case(app: FastAPI) -> str:
    grid = f"{WEST}201001"
    lon, lat = centre_of(grid)
    report = NewReport("help", "有事相求", lon, lat, grid, Source.HOTLINE)
    return (await report_case(app.state.db, SYSTEM, report, now())).case["id"]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


async def test_every_error_of_every_route_is_described_and_every_row_of_codes_is_of_a_route(
    app: FastAPI,
) -> None:
    routes = {(method, path): operation for method, path, operation in operations(app.openapi())}
    assert set(CODES) <= set(routes)
    for route, operation in routes.items():
        assert {"401", "422", "500", "503"} <= set(operation["responses"]), route
        assert operation.get("summary") or operation.get("description"), route
        for status, response in operation["responses"].items():
            if status >= "400":
                assert set(response["content"]) == {"application/problem+json"}, route
                assert response["x-codes"] == list(
                    response["content"]["application/problem+json"]["examples"]
                )


async def test_every_body_has_examples_that_its_own_schema_takes(app: FastAPI) -> None:
    document = app.openapi()
    bodies = {
        (method, path): operation["requestBody"]["content"]["application/json"]
        for method, path, operation in operations(document)
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert set(bodies) == set(EXAMPLES)
    for route, media in bodies.items():
        check = Draft202012Validator({**media["schema"], "components": document["components"]})
        for name, example in media["examples"].items():
            faults = [str(error) for error in check.iter_errors(example["value"])]
            assert faults == [], (route, name)
    assert COUNTY in document["info"]["description"]
    for move in MOVES:
        body = MoveBody.model_validate(of_moves()[move])
        require_fields(command_of(body, app.state.areas))


async def test_the_commonest_answers_have_examples_that_their_own_schema_takes(app: FastAPI) -> None:
    document = app.openapi()
    shown: set[str] = set()
    for method, path, operation in operations(document):
        for response in operation["responses"].values():
            media = response.get("content", {}).get("application/json", {})
            if "example" in media:
                shown.add(media["schema"]["$ref"].rsplit("/", 1)[-1])
                check = Draft202012Validator({**media["schema"], "components": document["components"]})
                assert [str(error) for error in check.iter_errors(media["example"])] == [], (method, path)
    assert shown == set(answers())


def test_what_a_screen_asks_for_and_what_the_server_insists_on_are_told_apart() -> None:
    case = fresh("neighbour_dispute")
    helped = replace(case, helps=(Help(POLICE, START, START),))
    resolve = Verdict(Move.RESOLVE, allowed=True)
    told = [
        {one.name: (one.required, one.asked) for one in move_view(resolve, this, steps_left=left).fields}
        for this, left in ((case, False), (case, True), (helped, False))
    ]
    assert told == [
        {"result": (True, False), "reply": (False, False)},
        {"result": (True, False), "reply": (False, False), "without_steps": (False, True)},
        {"result": (True, False), "reply": (False, False), "without_help": (True, False)},
    ]


async def test_schemathesis_finds_no_fault_and_nothing_undescribed(app: FastAPI) -> None:
    case_id = await a_case(app)
    loop = asyncio.get_running_loop()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    people: list[tuple[str, dict[str, str]]] = []
    for name, role, area in PEOPLE:
        token = role and await create_token(app.state.db, role, area, name, now())
        people.append((name, {"Authorization": f"Bearer {token}"} if token else {}))
    schema = schemathesis.openapi.from_dict(app.openapi())
    wrong: dict[str, str] = {}
    asked: dict[str, int] = {}
    began = time.monotonic()

    async def ask(method: str, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://wall.test") as client:
            return await client.request(method, path, headers=headers, **body)

    def walk(operation: Any) -> None:
        @seed(SEED)
        @settings(
            max_examples=ASKED_EACH, deadline=None, database=None, derandomize=False,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            # Late in a slow run each route is still asked once.
            if time.monotonic() - began > MOST_S and operation.label in asked:
                return
            turn = asked[operation.label] = asked.get(operation.label, -1) + 1
            name, way_in = people[turn % len(people)]
            if "case_id" in case.path_parameters and turn % 4 < 3:
                case.path_parameters["case_id"] = case_id
            sent = case.as_transport_kwargs(base_url="http://wall.test")
            # Its own ways in are made up; ours are real.
            headers = {key: value for key, value in sent["headers"].items() if key.lower() != "authorization"}
            kinds = {"json": "json", "data": "content", "params": "params"}
            body = {kinds[key]: sent[key] for key in kinds if sent.get(key)}
            try:
                asking = ask(sent["method"], sent["url"], {**headers, **way_in}, **body)
            except (UnicodeEncodeError, httpx.InvalidURL):
                return
            answer = asyncio.run_coroutine_threadsafe(asking, loop).result(30)
            said = f"{name} {answer.status_code} {answer.text[:300]}"
            try:
                case.validate_response(answer, checks=CHECKS)
            except AssertionError as error:
                wrong.setdefault(f"{operation.label} {answer.status_code}", f"{said}\n{error}")
            except BaseExceptionGroup as group:
                wrong.setdefault(f"{operation.label} {answer.status_code}", f"{said}\n{group.exceptions}")
            described = operation.definition.raw["responses"].get(str(answer.status_code), {})
            if answer.status_code >= 400 and answer.json().get("code") not in described.get("x-codes", ()):
                wrong.setdefault(f"{operation.label} {answer.status_code} code", said)

        one()

    def walk_all() -> None:
        for result in schema.get_all_operations():
            operation = result.ok()  # type: ignore[union-attr]
            walk(operation)

    await asyncio.to_thread(walk_all)
    assert not wrong, "\n\n".join(f"{key}: {said}" for key, said in wrong.items())
    assert len(asked) == len(list(operations(app.openapi())))
