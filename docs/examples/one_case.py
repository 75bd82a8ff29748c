"""One case by the API alone, as the people of the house would take it along.

A citizen reports; the village accepts and escalates to the township, the township to the county; the county hands it
down again; the village resolves and the township verifies. The citizen has it opened again; it is resolved, verified
and rated. Then its record is taken out, checked without the wall, and checked again with a single byte changed.

    export WALL=http://127.0.0.1:8050 TOKEN=$(.venv/bin/wall token --role admin --area 620821 --days 1)
    .venv/bin/python docs/examples/one_case.py case.zip

The token is an administrator's, who makes a seat for each of the people and takes it away in the end. VILLAGE names a
village other than the demonstration's.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from dispatch.casefile.check import check_case_file

VILLAGE = os.environ.get("VILLAGE", "620821101200")
TOWNSHIP, COUNTY = VILLAGE[:9], VILLAGE[:6]


class Person:
    """Somebody at a desk, by the token of that seat; without one, somebody from the street."""

    def __init__(self, wall: httpx.Client, name: str, token: str | None = None) -> None:
        self.wall, self.name = wall, name
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Send a request. Where it is refused, the example ends with the wall's own sentence."""
        answer = self.wall.request(method, path, headers=self.headers | sent.pop("headers", {}), **sent)
        if answer.is_error:
            raise SystemExit(f"{self.name}, {method} {path}: {answer.json()['detail']}")
        return answer

    def sees(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return the case as it is now."""
        seen: dict[str, Any] = self.ask("GET", f"/api/cases/{case['id']}").json()["case"]
        return seen

    def moves(self, case: Mapping[str, Any], move: str, **fields: Any) -> dict[str, Any]:
        """Make a move on the case as it was read, and return it as it is then; whoever comes first wins."""
        body = {"move": move, "expected_version": case["version"], **fields}
        answer = self.ask(
            "POST", f"/api/cases/{case['id']}/moves", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
        moved: dict[str, Any] = answer.json()["case"]
        print(
            f"{self.name:9} {move:10} {moved['status']:9} with {moved['holder']}, version {moved['version']}"
        )
        return moved


@contextmanager
def seat(admin: Person, name: str, role: str, area: str) -> Iterator[Person]:
    """Make a seat, and take it away in the end."""
    made = admin.ask(
        "POST", "/api/admin/tokens", json={"name": name, "role": role, "area": area, "days": 1}
    ).json()
    try:
        yield Person(admin.wall, name, made["secret"])
    finally:
        admin.ask("DELETE", f"/api/admin/tokens/{made['id']}")


def reported(citizen: Person) -> tuple[dict[str, Any], str]:
    """Report something; return the case and the code with which its reporter asks after it."""
    said = {"text": "村口工地半夜施工，吵得老人睡不着", "category": "noise", "area_code": VILLAGE}
    # A key of one's own: the same report sent again, because no answer came, is answered and not taken twice.
    told = citizen.ask("POST", "/api/cases", json=said, headers={"Idempotency-Key": str(uuid4())}).json()
    print(f"{citizen.name:9} {'report':10} number {told['case']['number']}, query code {told['query_code']}")
    return told["case"], told["query_code"]


def up_and_down(case: dict[str, Any], village: Person, township: Person, county: Person) -> dict[str, Any]:
    """Take a case up to the county and back. Custody is offered, and stays with the giver until it is taken."""
    case = village.moves(case, "accept")
    case = village.moves(case, "escalate", reason="施工单位不归村上管理")
    case = township.moves(case, "take")
    case = township.moves(case, "escalate", reason="需要县上协调住建部门")
    case = county.moves(case, "take")
    case = county.moves(case, "hand_down", to=TOWNSHIP, reason="住建局已约谈施工单位，请镇上落实")
    case = township.moves(case, "take")
    case = township.moves(case, "hand_down", to=VILLAGE, reason="请村上监督夜间停工")
    return village.moves(case, "take")


def settled(case: dict[str, Any], village: Person, township: Person, result: str) -> dict[str, Any]:
    """Work on a case and close it; the desk that handed it down checks the result, and never who reached it."""
    case = village.moves(case, "start")
    case = village.moves(case, "resolve", result=result)
    return township.moves(case, "verify", passed=True, callback="reached")


def checked(record: bytes) -> None:
    """Check a record with nothing but itself, and see that a single byte is missed."""
    report = check_case_file(record)
    print(
        f"record: {report.events} events, {report.texts} texts, {len(report.faults)} faults; last link {report.head}"
    )
    changed = bytearray(record)
    changed[len(changed) // 2] ^= 1
    print(f"one byte changed: {check_case_file(bytes(changed)).faults[0]}")


def main(file: Path) -> None:
    """Take one case through its life, and its record into a file."""
    with httpx.Client(base_url=os.environ["WALL"], timeout=30) as wall:
        admin, citizen = Person(wall, "admin", os.environ["TOKEN"]), Person(wall, "citizen")
        with (
            seat(admin, "village", "village_officer", VILLAGE) as village,
            seat(admin, "township", "duty_officer", TOWNSHIP) as township,
            seat(admin, "county", "dispatcher", COUNTY) as county,
        ):
            case, code = reported(citizen)
            case = up_and_down(case, village, township, county)
            settled(case, village, township, "已与施工单位约定夜间停工")
            citizen.ask("POST", f"/api/reports/{code}/reopen", json={"reason": "昨晚又施工了"})
            case = village.moves(village.sees(case), "accept")
            settled(case, village, township, "住建局责令停工整改，村上每晚巡查")
            citizen.ask("POST", f"/api/reports/{code}/rating", json={"score": 5, "text": "这次真的安静了"})
            record = county.ask("GET", f"/api/cases/{case['id']}/record").content
        file.write_bytes(record)
        checked(record)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
