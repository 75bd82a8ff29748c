"""The migrations make exactly the tables that the code declares, and guard what is not everybody's."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, text

import dispatch.tables
import dispatch.tables_accounts
import dispatch.tables_attachments
import dispatch.tables_positions
import dispatch.tables_warnings
import gis.log.tables
import layers.importers.tables
import layers.tables
from gis.cluster import ClusterUrls
from gis.database import metadata
from wall_ui.migrate import FOLDER, migrate, newest_revision, psycopg_url

DECLARED_IN = (
    gis.log.tables,
    layers.importers.tables,
    layers.tables,
    dispatch.tables,
    dispatch.tables_accounts,
    dispatch.tables_attachments,
    dispatch.tables_positions,
    dispatch.tables_warnings,
)
# What every actor may see: where things are, how the year runs, and the numbers and hashes of the chain.
PUBLIC = {
    "alembic_version",
    "areas",
    "calendar_days",
    "data_sets",
    "desks",
    "facilities",
    "log_chain",
    "log_pending",
    "pois",
    "retired_areas",
    "roads",
    "spatial_ref_sys",
    "waters",
}


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(urls: ClusterUrls) -> None:
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": alembic_helpers.include_object, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    assert newest_revision() == ScriptDirectory.from_config(configuration).get_current_head()


def test_every_table_that_is_not_public_has_a_policy(urls: ClusterUrls) -> None:
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "select relname from pg_class where relnamespace = 'public'::regnamespace"
                " and relkind in ('r', 'p') and not relispartition and not relrowsecurity"
            )
        )
        assert set(rows.scalars()) == PUBLIC
    engine.dispose()


def test_the_application_owns_nothing_and_cannot_pass_the_policies_by(urls: ClusterUrls) -> None:
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        role = connection.execute(
            text("select rolsuper, rolbypassrls from pg_roles where rolname = 'wall_app'")
        ).one()
        owned = connection.execute(
            text(
                "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'wall_app'"
            )
        ).scalar_one()
    engine.dispose()
    assert tuple(role) == (False, False)
    assert owned == 0


def test_migrating_twice_changes_nothing(urls: ClusterUrls) -> None:
    assert migrate(urls.owner) is False
