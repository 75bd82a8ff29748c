"""The public API as a robot uses it: few connections, and what was not answered is not taken for done."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from dispatch.simulation.credentials import Robot

log = logging.getLogger(__name__)

TRY_AGAIN = frozenset({429, 502, 503, 504})
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: the status and the decoded body (an empty object when there was none)."""

    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the server did what was asked."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The stable code of a refusal; empty when there is none."""
        return str(self.body.get("code", ""))


class Api:
    """One server, many robots. `most_at_once` bounds the requests under way."""

    def __init__(self, http: httpx.AsyncClient, most_at_once: int = 12, patience_s: float = 120.0) -> None:
        self.http = http
        self.patience_s = patience_s
        self._turnstile = asyncio.Semaphore(most_at_once)

    async def get(self, robot: Robot, path: str, **params: str | float) -> Answer:
        """Read something. Raises httpx.TransportError when the server stays away."""
        return await self._send("GET", path, robot.headers, params=params)

    async def post(
        self, robot: Robot | None, path: str, body: dict[str, Any], key: str | None = None
    ) -> Answer:
        """Ask for a change, under one idempotency key until it is answered; without a robot as a stranger.

        The same key goes with every repetition, so that what was done but not heard of is not done twice.
        Raises httpx.TransportError when the server stays away for longer than our patience.
        """
        headers = {**(robot.headers if robot else {}), "Idempotency-Key": key or str(uuid4())}
        return await self._send("POST", path, headers, json=body)

    async def post_once(self, robot: Robot, path: str, body: dict[str, Any]) -> Answer:
        """Send what only counts now, such as a position: a newer one is worth more than a repetition."""
        async with self._turnstile:
            return answer_of(await self.http.post(path, json=body, headers=robot.headers))

    async def _send(self, method: str, path: str, headers: dict[str, str], **rest: Any) -> Answer:
        pause_s = FIRST_PAUSE_S
        waited_s = 0.0
        while True:
            try:
                async with self._turnstile:
                    answer = answer_of(await self.http.request(method, path, headers=headers, **rest))
                if answer.status not in TRY_AGAIN or waited_s >= self.patience_s:
                    return answer
            except httpx.TransportError:
                if waited_s >= self.patience_s:
                    raise
            await asyncio.sleep(pause_s)
            waited_s += pause_s
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def answer_of(response: httpx.Response) -> Answer:
    """Return a response as an answer; a body that is no JSON object counts as empty."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    return Answer(response.status_code, body if isinstance(body, dict) else {})
