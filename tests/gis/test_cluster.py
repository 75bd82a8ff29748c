"""The private cluster starts, is shared, survives being killed, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gis.cluster import ClusterError, ClusterUrls, running_cluster
from gis.cluster.binaries import Binaries, choose, server_account
from gis.cluster.home import PORT, prepare_home
from gis.cluster.urls import with_database
from tests.databases import reachable_folder

HOLD = """
import sys
from pathlib import Path
from gis.cluster import running_cluster
with running_cluster(Path(sys.argv[1]), durable=False) as urls:
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def var_dir() -> Iterator[Path]:
    """One cluster for the tests that need no fresh one."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture
def fresh_dir() -> Iterator[Path]:
    """A folder without a cluster."""
    with reachable_folder() as folder:
        yield folder


def _holder(var_dir: Path) -> subprocess.Popen[str]:
    """Start another program that keeps the cluster running until its input ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "inside\n"
    return holder


def _leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=60)


def _pid_file(var_dir: Path) -> Path:
    return var_dir / "postgres" / "data" / "postmaster.pid"


def _who(url: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT current_user::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row is not None
    return row


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.1)
        else:
            return


def test_each_role_reaches_the_database_with_no_more_rights_than_it_needs(var_dir: Path) -> None:
    with running_cluster(var_dir, durable=False) as urls:
        assert _who(urls.app) == ("wall_app", False, False, False, False)
        assert _who(urls.owner) == ("wall_owner", False, False, False, False)
        with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")
    assert not _pid_file(var_dir).exists()


def test_box_queries_are_leakproof_and_the_extensions_are_there(var_dir: Path) -> None:
    with running_cluster(var_dir, durable=False) as urls, psycopg.connect(urls.app) as connection:
        leakproof = "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry,geometry)'::regprocedure"
        assert connection.execute(leakproof).fetchone() == (True,)
        names = connection.execute("SELECT extname FROM pg_extension").fetchall()
        assert {("postgis",), ("pg_trgm",)} <= set(names)


def test_the_server_listens_on_its_socket_alone(var_dir: Path) -> None:
    with running_cluster(var_dir, durable=False) as urls, psycopg.connect(urls.app) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_default_is_durable(fresh_dir: Path) -> None:
    with running_cluster(fresh_dir) as urls, psycopg.connect(urls.app) as connection:
        settings = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
        assert {connection.execute(f"SHOW {name}").fetchone() for name in settings} == {("on",)}


def test_the_last_one_to_leave_stops_the_server(var_dir: Path) -> None:
    other = _holder(var_dir)
    with running_cluster(var_dir, durable=False) as urls:
        _leave(other)
        assert _who(urls.app)[0] == "wall_app"
    assert not _pid_file(var_dir).exists()


def test_leaving_first_does_not_stop_it_for_the_other(var_dir: Path) -> None:
    other = _holder(var_dir)
    with running_cluster(var_dir, durable=False) as urls:
        pass
    assert _who(urls.app)[0] == "wall_app"
    _leave(other)
    assert not _pid_file(var_dir).exists()


def test_two_that_start_at_once_share_one_server(fresh_dir: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(fresh_dir)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for program in both:
        assert program.stdout is not None
        assert program.stdout.readline() == "inside\n"
    for program in both:
        _leave(program)
        assert program.returncode == 0
    assert not _pid_file(fresh_dir).exists()


def test_what_a_killed_program_left_running_is_taken_over_and_stopped(var_dir: Path) -> None:
    killed = _holder(var_dir)
    killed.kill()
    killed.communicate()
    before = _pid_file(var_dir).read_text().split()[0]
    with running_cluster(var_dir, durable=False):
        assert _pid_file(var_dir).read_text().split()[0] == before
    assert not _pid_file(var_dir).exists()


def test_a_server_killed_under_us_comes_back_with_what_was_committed(var_dir: Path) -> None:
    with running_cluster(var_dir, durable=False) as urls:
        with psycopg.connect(urls.owner) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        os.kill(int(_pid_file(var_dir).read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.1)
        _wait_for(urls.app)
        with psycopg.connect(urls.owner) as connection:
            assert connection.execute("SELECT count(*) > 0 FROM kept").fetchone() == (True,)


def test_after_both_were_killed_the_next_start_recovers(var_dir: Path) -> None:
    killed = _holder(var_dir)
    server = int(_pid_file(var_dir).read_text().split()[0])
    killed.kill()
    os.kill(server, signal.SIGKILL)
    killed.communicate()
    with running_cluster(var_dir, durable=False) as urls:
        assert _who(urls.app)[0] == "wall_app"


def test_a_lock_file_that_names_somebody_elses_process_is_no_obstacle(var_dir: Path) -> None:
    with running_cluster(var_dir, durable=False):
        pass
    _pid_file(var_dir).write_text(f"{os.getpid()}\n{_pid_file(var_dir).parent}\n")
    with running_cluster(var_dir, durable=False) as urls:
        assert _who(urls.app)[0] == "wall_app"


def test_an_interrupted_initdb_is_begun_again(fresh_dir: Path) -> None:
    half_made = fresh_dir / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("15")
    with running_cluster(fresh_dir, durable=False) as urls:
        assert _who(urls.app)[0] == "wall_app"
    assert not half_made.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(fresh_dir: Path) -> None:
    deep = fresh_dir / ("a" * 60) / ("b" * 60)
    account = server_account()
    first = prepare_home(deep, account, print)
    assert len(os.fsencode(first.sockets / f".s.PGSQL.{PORT}")) <= 107
    assert prepare_home(deep, account, print).sockets == first.sockets, "every start must find it again"
    first.sockets.rmdir()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can have a folder that its server's account cannot reach"
)
def test_a_folder_that_the_server_cannot_reach_is_replaced_and_said_so() -> None:
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="wall-test-") as folder:
        home = prepare_home(Path(folder) / "var", server_account(), said.append)
    assert not home.data.is_relative_to(folder)
    assert "cannot reach" in said[0]
    for made in (home.sockets, home.data.parent):
        made.rmdir()


def test_data_of_another_version_are_refused_with_the_packages_to_install() -> None:
    with pytest.raises(ClusterError, match="install postgresql-14 and postgresql-14-postgis-3"):
        choose([Binaries(Path("/usr/lib/postgresql/15/bin"), 15)], 14)


def test_a_machine_without_postgis_is_told_what_to_do() -> None:
    with pytest.raises(ClusterError, match="DATABASE_URL"):
        choose([], None)


def test_the_newest_installation_is_taken() -> None:
    found = [Binaries(Path(f"/usr/lib/postgresql/{version}/bin"), version) for version in (14, 16, 15)]
    assert choose(found, None).version == 16
    assert choose(found, 15).version == 15


def test_the_same_server_can_be_asked_for_another_database() -> None:
    urls = ClusterUrls("postgresql://wall_app@/wall?host=/a%20b&port=5432", "postgresql://o:p@db:5433/wall")
    assert urls.on("other").app == "postgresql://wall_app@/other?host=/a%20b&port=5432"
    assert with_database(urls.owner, "x y") == "postgresql://o:p@db:5433/x%20y"
