"""Killed at any moment, the wall has lost nothing that it acknowledged."""

import threading
import time

import httpx
import psycopg
import pytest

from gis.cluster import ClusterUrls
from tests.served import Served

BODY = {"text": "停电测试", "category": "noise", "area_code": "620821103"}


def report_until_killed(served: Served, acknowledged: dict[str, tuple[int, str]], worker: int) -> None:
    """Report and accept cases until nobody answers, noting what was acknowledged."""
    client = served.client("duty_officer", area="620821103")
    number = 0
    try:
        while True:
            number += 1
            key = {"Idempotency-Key": f"worker-{worker}-{number:06d}"}
            answer = client.post("/api/cases", json=BODY, headers=key)
            case = answer.raise_for_status().json()["case"]
            acknowledged[case["id"]] = worker, "pending"
            move = {"move": "note", "text": "已记录", "expected_version": case["version"]}
            client.post(f"/api/cases/{case['id']}/moves", json=move).raise_for_status()
            acknowledged[case["id"]] = worker, "noted"
    except httpx.TransportError:
        return


def workers_heard(acknowledged: dict[str, tuple[int, str]]) -> set[int]:
    """Return who has been answered already."""
    return {worker for worker, _ in list(acknowledged.values())}


@pytest.mark.parametrize("after_s", [0.2, 0.9])
def test_what_was_acknowledged_is_there_after_a_kill(
    served: Served, county_urls: ClusterUrls, after_s: float
) -> None:
    acknowledged: dict[str, tuple[int, str]] = {}
    workers = [
        threading.Thread(target=report_until_killed, args=(served, acknowledged, number))
        for number in range(3)
    ]
    for worker in workers:
        worker.start()
    while len(workers_heard(acknowledged)) < len(workers):
        assert all(worker.is_alive() for worker in workers)
        time.sleep(0.05)
    time.sleep(after_s)
    served.kill()
    for worker in workers:
        worker.join()
    served.start()
    leader = served.client("dispatcher")
    for case_id, (_, state) in acknowledged.items():
        sheet = leader.get(f"/api/cases/{case_id}").raise_for_status().json()
        assert sheet["case"]["version"] >= (2 if state == "noted" else 1)
    _wait_until_all_is_numbered(county_urls)


def _wait_until_all_is_numbered(urls: ClusterUrls) -> None:
    """Every fact gets its number, also those that the killed process left without."""
    with psycopg.connect(urls.superuser or urls.owner, autocommit=True) as connection:
        for _ in range(100):
            row = connection.execute(
                "select (select count(*) from log_events), (select count(*) from log_chain),"
                " (select max(seq) from log_chain)"
            ).fetchone()
            assert row is not None
            if row[0] == row[1] == row[2]:
                return
            time.sleep(0.1)
    raise AssertionError(f"facts without a number: {row}")
