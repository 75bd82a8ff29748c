"""`wall demo` builds any county, and says at once what is wrong with its files."""

from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from gis.cluster import ClusterUrls
from gis.errors import InvalidInput
from tests.layers.conftest import write_small_county
from wall_ui.command_line import commands


@pytest.fixture
def runner(urls: ClusterUrls, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
    return CliRunner()


def test_another_county_is_built_with_its_people_and_not_twice(
    runner: CliRunner, urls: ClusterUrls, tmp_path: Path
) -> None:
    write_small_county(tmp_path)
    command = [
        "demo",
        "--outline",
        str(tmp_path / "outline.geojson"),
        "--divisions",
        str(tmp_path / "divisions.csv"),
    ]
    command += ["--seed", "5", "--grids", "14", "--cameras", "30"]
    done = runner.invoke(commands, command)
    assert done.exit_code == 0, done.output
    with psycopg.connect(urls.owner) as tx:
        tx.execute("select set_config('wall.lo', '', true), set_config('wall.hi', '~', true)")
        county = tx.execute("select county_code, name, seed, source, demonstration from data_sets").fetchone()
        counts = tx.execute(
            "select (select count(*) from areas where level = 'grid'), (select count(*) from cameras),"
            " (select count(*) from units where kind = 'grid_officer')"
        ).fetchone()
        present = tx.execute(
            "select presence, count(*) from desks where kind = 'department' group by 1 order by 1"
        ).fetchall()
    assert county is not None
    assert county[:3] == ("420999", "小县（示意数据）", 5)
    assert "divisions.csv" in county[3]
    assert county[4] is True
    assert counts == (14, 30, 14)
    assert present == [("on_call", 2), ("resident", 6), ("rotating", 8)]
    again = runner.invoke(commands, command)
    assert (again.exit_code, "holds a county already" in again.output) == (1, True)


def test_options_that_do_not_go_together_are_refused(runner: CliRunner, tmp_path: Path) -> None:
    for options in (
        ["--outline", "a.geojson"],
        ["--divisions", "b.csv"],
        ["--seats", "c.csv"],
        ["--datum", "gcj02"],
    ):
        done = runner.invoke(commands, ["demo", *options])
        assert done.exit_code == 2, options
        assert "--outline" in done.output


def test_a_file_that_is_not_there_is_named_before_anything_starts(runner: CliRunner, tmp_path: Path) -> None:
    done = runner.invoke(
        commands, ["demo", "--outline", str(tmp_path / "no.geojson"), "--divisions", "b.csv"]
    )
    assert isinstance(done.exception, InvalidInput)
    assert "no.geojson" in done.exception.detail
