"""How long a move takes from its request to the moment at which another screen is told."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import httpx
from websockets.sync.client import connect

from bench.figure import Figure, quantiles
from bench.wall import Wall, running_wall

RATE_PER_S, SECONDS, WORKERS = 50, 20, 16
P50_TARGET_MS, TOLD_P99_TARGET_MS = 10.0, 500.0


class Listener:
    """A leader's socket that notes when each fact arrives."""

    def __init__(self, wall: Wall) -> None:
        client = wall.sit("leader")
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self._socket = connect(
            wall.url.replace("http", "ws") + "/api/stream",
            additional_headers={"Cookie": cookies, "Origin": wall.url},
            max_size=None,
            compression=None,
        )
        self._socket.send(json.dumps({"type": "hello", "since": None, "topics": ["cases"]}))
        self.told: dict[tuple[str, int], float] = {}
        self.ready = Event()
        Thread(target=self._listen, daemon=True).start()
        self.ready.wait(30)

    def _listen(self) -> None:
        for frame in self._socket:
            if isinstance(frame, bytes):
                continue
            message = json.loads(frame)
            if message["type"] == "snapshot":
                self.ready.set()
            elif message["type"] == "event" and message.get("case"):
                record = message["case"]
                self.told.setdefault((record["id"], record["version"]), time.perf_counter())


def measure() -> Iterator[Figure]:
    """Make moves at a steady rate, whether or not earlier ones were answered, and time answer and telling."""
    with running_wall(WALL_SIMULATION="off") as wall:
        desk, listener = wall.sit("dispatcher"), Listener(wall)
        cases = [_report(desk) for _ in range(60)]
        answered, sent = _open_loop(desk, cases)
        time.sleep(2)
    told = [(listener.told[key] - at) * 1000 for key, at in sent.items() if key in listener.told]
    lost = len(sent) - len(told)
    answers = quantiles(answered)
    yield Figure(
        "move_answered",
        answers["p50"],
        "ms, p50",
        "lower",
        P50_TARGET_MS,
        details={**answers, "rate_per_s": RATE_PER_S},
    )
    telling = quantiles(told)
    yield Figure(
        "move_told",
        telling["p99"],
        "ms from request to another screen's socket, p99",
        "lower",
        TOLD_P99_TARGET_MS,
        details={**telling, "lost": lost, "rate_per_s": RATE_PER_S},
    )


def _report(desk: httpx.Client) -> dict[str, Any]:
    body = {"text": "压力测试：道路塌陷", "category": "road_damage", "area_code": "620821101"}
    case: dict[str, Any] = desk.post("/api/cases", json=body).raise_for_status().json()["case"]
    return case


def _open_loop(
    desk: httpx.Client, cases: list[dict[str, Any]]
) -> tuple[list[float], dict[tuple[str, int], float]]:
    answered: list[float] = []
    sent: dict[tuple[str, int], float] = {}

    def move(case: dict[str, Any], due: float) -> None:
        answer = desk.post(f"/api/cases/{case['id']}/moves", json={"move": "note", "text": "压力测试"})
        answered.append((time.perf_counter() - due) * 1000)
        record = answer.raise_for_status().json()["case"]
        sent[(record["id"], record["version"])] = due

    began = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        for turn in range(RATE_PER_S * SECONDS):
            due = began + turn / RATE_PER_S
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(move, cases[turn % len(cases)], due)
    return answered, sent
