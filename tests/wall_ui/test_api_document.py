"""The examples of docs/api.md are run as they stand, against a wall that is served."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.actions.accounts import create_token
from dispatch.casefile.check import check_case_file
from gis.actor import Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.database import Database
from tests.dispatch.test_attachments import a_photo
from tests.served import Served

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


async def a_token(url: str, role: Role = Role.DISPATCHER) -> str:
    db = Database(url)
    try:
        return await create_token(db, role, "620821", "document", now())
    finally:
        await db.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written for curl")
def test_every_example_of_the_document_does_what_it_says(
    served: Served, county_urls: ClusterUrls, tmp_path: Path
) -> None:
    examples = re.findall(r"```sh\n(.+?)\n```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "photo.jpg").write_bytes(a_photo((64, 48)))
    told = {"WALL": served.url, "TOKEN": asyncio.run(a_token(county_urls.app)), "no_proxy": "*"}
    assert len(examples) >= 8
    for example in examples:
        done = subprocess.run(
            ["bash", "-euc", example],
            cwd=tmp_path,
            env={**os.environ, **told},
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 0, (example, done.stderr)
        if done.stdout:
            answer = json.loads(done.stdout)
            assert "code" not in answer, (example, answer)
            if "query_code" in answer:
                told["CASE"] = answer["case"]["id"]
    report = check_case_file((tmp_path / "case.zip").read_bytes())
    assert (report.faults, report.files, report.linked) == ([], 1, True)
    one_case(told | {"TOKEN": asyncio.run(a_token(county_urls.app, Role.ADMIN))}, tmp_path / "one.zip")


def one_case(told: dict[str, str], file: Path) -> None:
    """Run the example of a whole case, from its report to its record."""
    done = subprocess.run(
        [sys.executable, DOCUMENT.parent / "examples" / "one_case.py", file],
        env={**os.environ, **told, "PYTHONPATH": str(DOCUMENT.parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    made = re.findall(r"^(\w+) +(\w+) +(\w+) +with", done.stdout, re.MULTILINE)
    assert [move for _, move, _ in made] == [
        *("accept", "escalate", "take", "escalate", "take", "hand_down", "take", "hand_down", "take"),
        *("start", "resolve", "verify", "accept", "start", "resolve", "verify"),
    ]
    assert [who for who, move, status in made if (move, status) == ("verify", "closed")] == ["township"] * 2
    assert "19 events, 9 texts, 0 faults" in done.stdout
    assert "one byte changed: the file" in done.stdout
    assert check_case_file(file.read_bytes()).whole
