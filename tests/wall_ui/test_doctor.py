"""The doctor finds what a dump, a strange server or a half-done set-up loses, and says how to mend it."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from gis.cluster import ClusterUrls, prepare_database
from gis.settings import CHECKOUT, Settings
from tests.databases import Databases
from tests.dispatch.small_county import load_small_county
from tests.dispatch.test_casefiles import lived
from wall_ui.application import create_app
from wall_ui.doctor import Finding, examine, room


def _wrong(urls: ClusterUrls, var: Path = CHECKOUT / "var") -> list[Finding]:
    settings = Settings(database_url=urls.app, database_owner_url=urls.owner, wall_var=var)
    return [finding for finding in examine(settings) if not finding.good]


def _superuser(urls: ClusterUrls, statement: str) -> None:
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_good_installation_has_nothing_wrong_but_the_tests_own_haste(urls: ClusterUrls) -> None:
    # The test server runs without fsync, and the doctor is right to object.
    assert [finding.what for finding in _wrong(urls)] == ["fsync/synchronous_commit"]


@pytest.mark.parametrize(
    "harm, what, mend",
    [
        (
            "ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF",
            "box queries use their index under row-level security",
            "LEAKPROOF",
        ),
        ("DROP EXTENSION pg_trgm", "pg_trgm", "CREATE EXTENSION pg_trgm"),
        ("UPDATE alembic_version SET version_num = '0000'", "migrations", "wall migrate"),
        ("ALTER TABLE data_sets OWNER TO wall_app", "the application's role owns nothing", "REASSIGN OWNED"),
    ],
)
def test_each_loss_is_found_with_its_cure(harm: str, what: str, mend: str, urls: ClusterUrls) -> None:
    _superuser(urls, harm)
    found = {finding.what: finding for finding in _wrong(urls)}
    assert mend in found[what].mend


def test_an_application_that_comes_as_the_superuser_is_found(urls: ClusterUrls) -> None:
    assert urls.superuser is not None
    found = [finding.what for finding in _wrong(ClusterUrls(urls.superuser, urls.owner))]
    assert "the application's role cannot bypass rights" in found


def test_a_broken_link_at_the_end_of_the_log_is_found(urls: ClusterUrls) -> None:
    _superuser(
        urls,
        "INSERT INTO log_events (at, kind, actor, data, digest)"
        " SELECT now(), 'test', '{}', '{}', '' FROM generate_series(1, 3);"
        "INSERT INTO log_chain (seq, event_id, prev_hash, hash, sequenced_at)"
        " SELECT id, id, CASE WHEN id = 3 THEN 'x'::bytea ELSE int8send(id - 1) END, int8send(id), now()"
        " FROM log_events",
    )
    found = {finding.what: finding for finding in _wrong(urls)}
    assert found["the last 1,000 links of the log"].found == "3 broken", (
        "none has a hash of its event, one no place"
    )


def test_an_event_taken_out_of_the_log_and_a_file_that_is_gone_are_found(
    urls: ClusterUrls, tmp_path: Path
) -> None:
    async def live() -> None:
        load_small_county(urls.owner)
        app = create_app(Settings(wall_var=tmp_path), urls.app)
        async with app.router.lifespan_context(app):
            await lived(app)

    asyncio.run(live())
    assert [finding.what for finding in _wrong(urls, tmp_path)] == ["fsync/synchronous_commit"]
    _superuser(urls, "SET session_replication_role = replica; DELETE FROM log_events WHERE id = 2")
    found = {finding.what: finding.found for finding in _wrong(urls, tmp_path / "elsewhere")}
    assert found["the last 1,000 links of the log"] == "1 broken"
    assert found["the newest files of cases are on the disk"] == "1 of 1 missing"


def test_a_disk_without_room_is_found(tmp_path: Path) -> None:
    assert room(tmp_path / "not" / "yet").good
    full = room(tmp_path, least=1 << 60)
    assert (full.good, "nothing is saved" in full.mend) == (False, True)


def test_a_database_without_migrations_is_told_to_migrate(databases: Databases) -> None:
    databases.drop("test_0_bare")
    prepare_database(databases.superuser, "test_0_bare")
    try:
        found = {finding.what: finding for finding in _wrong(databases.server.on("test_0_bare"))}
        assert found["migrations"].mend == "run `wall migrate`"
    finally:
        databases.drop("test_0_bare")


def test_a_server_that_does_not_answer_is_a_finding() -> None:
    nowhere = "postgresql://wall_app@127.0.0.1:1/wall"
    assert [finding.what for finding in _wrong(ClusterUrls(nowhere, nowhere))] == ["the database answers"]
