"""Alembic's entry: which tables there should be, and over which connection to make them."""

import os

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine

import dispatch.tables
import dispatch.tables_accounts
import dispatch.tables_attachments
import dispatch.tables_erasure
import dispatch.tables_positions
import dispatch.tables_warnings
import gis.log.tables
import layers.importers.tables
import layers.tables
from gis.database import metadata
from wall_ui.migrate import psycopg_url

# All floors declare into the one metadata; importing these modules fills it.
DECLARED_IN = (
    gis.log.tables,
    layers.importers.tables,
    layers.tables,
    dispatch.tables,
    dispatch.tables_accounts,
    dispatch.tables_attachments,
    dispatch.tables_erasure,
    dispatch.tables_positions,
    dispatch.tables_warnings,
)


def migrate_over(connection: Connection) -> None:
    """Run the asked-for revisions in one transaction: a migration happens whole or not at all."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate_over(given)
else:  # `alembic revision --autogenerate` from a shell
    engine = create_engine(psycopg_url(os.environ["DATABASE_OWNER_URL"]))
    with engine.connect() as connection:
        migrate_over(connection)
    engine.dispose()
