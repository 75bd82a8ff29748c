"""The doctor finds what a dump, a strange server or a half-done set-up loses, and says how to mend it."""

import psycopg
import pytest

from gis.cluster import ClusterUrls, prepare_database
from gis.settings import Settings
from tests.databases import Databases
from wall_ui.doctor import Finding, examine


def _wrong(urls: ClusterUrls) -> list[Finding]:
    settings = Settings(database_url=urls.app, database_owner_url=urls.owner)
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
    assert found["the last 1,000 links of the log"].found == "1 broken"


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
