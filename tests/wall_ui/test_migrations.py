"""The migrations make exactly the tables that the code declares, and guard what is not everybody's."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, text

import dispatch.tables
import dispatch.tables_accounts
import dispatch.tables_attachments
import dispatch.tables_erasure
import dispatch.tables_positions
import dispatch.tables_warnings
import gis.log.tables
import layers.importers.tables
import layers.tables
from gis.cluster import ClusterUrls
from gis.database import metadata
from gis.errors import Conflict
from wall_ui.migrate import configuration, migrate, newest_revision, psycopg_url

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
    "reliefs",
    "retired_areas",
    "roads",
    "spatial_ref_sys",
    "waters",
}

BEFORE_NAMES_WERE_FOLDED = "0021"
NEW_ACCOUNT = text(
    "insert into accounts (id, username, display_name, role, desk, area)"
    " values (gen_random_uuid(), :name, :name, 'leader', '620821', '620821')"
)
OLD_IMAGES = text(
    "insert into import_images (import_id, table_name, key, before)"
    " select i.id, 'accounts', a.id::text, to_jsonb(a) from imports i, accounts a"
)


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(urls: ClusterUrls) -> None:
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": alembic_helpers.include_object, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    assert newest_revision() == ScriptDirectory.from_config(configuration()).get_current_head()


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


def declared(name: str) -> list[tuple[str, str]]:
    """What the code declares of tables, under one name: table and what holds of it."""
    return [one for module in DECLARED_IN for one in getattr(module, name, {}).items()]


VISIBLE = """select distinct pg_get_expr(polqual, polrelid) from pg_policy
    where polrelid = cast(:name as regclass) and polcmd in ('r', '*')"""
WRITABLE = """select distinct pg_get_expr(polwithcheck, polrelid) from pg_policy
    where polrelid = cast(:name as regclass) and polcmd = 'a'"""


@pytest.mark.parametrize(
    "name, policy, read",
    [
        ("POLICIES", "create policy declared on {} for select using ({})", VISIBLE),
        ("WRITTEN_BY", "create policy declared on {} for insert with check ({})", WRITABLE),
    ],
)
def test_who_sees_and_who_writes_a_row_is_what_the_code_declares(
    urls: ClusterUrls, name: str, policy: str, read: str
) -> None:
    """Laid beside those of the migrations, the declared conditions read exactly as they do."""
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        for table, condition in declared(name):
            connection.exec_driver_sql(policy.format(table, condition).replace("%", "%%"))
            assert len(connection.execute(text(read), {"name": table}).all()) == 1, table
        connection.rollback()
    engine.dispose()


RIGHTS = """select column_name::text, privilege_type::text from information_schema.column_privileges
    where grantee = 'wall_app' and table_name = :name
    union select '', privilege_type from information_schema.table_privileges
    where grantee = 'wall_app' and table_name = :name"""


def test_what_the_application_may_do_to_a_table_is_what_the_code_declares(urls: ClusterUrls) -> None:
    engine = create_engine(psycopg_url(urls.owner))
    with engine.connect() as connection:
        for table, rights in declared("GRANTS"):
            held = set(map(tuple, connection.execute(text(RIGHTS), {"name": table})))
            connection.exec_driver_sql(f"revoke all on {table} from wall_app")
            connection.exec_driver_sql(f"grant {rights} on {table} to wall_app")
            assert set(map(tuple, connection.execute(text(RIGHTS), {"name": table}))) == held, table
        connection.rollback()
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


def test_names_that_are_to_be_one_are_told_before_anything_changes(urls: ClusterUrls) -> None:
    """As an older database may have them: two people of one name, and an import that can still be undone."""
    engine = create_engine(psycopg_url(urls.owner))
    with engine.begin() as connection:
        command.downgrade(configuration(connection), BEFORE_NAMES_WERE_FOLDED)
        for name in ("Zhang", "zhang", "Li"):
            connection.execute(NEW_ACCOUNT, {"name": name})
        connection.execute(
            text("insert into imports (at, who, what, layers, report) values (now(), '', '', '{}', '{}')")
        )
        connection.execute(OLD_IMAGES)
    with pytest.raises(Conflict) as refused:
        migrate(urls.owner)
    assert "Zhang (" in refused.value.detail
    assert "Li (" not in refused.value.detail
    with engine.begin() as connection:
        connection.execute(text("update accounts set username = 'other' where username = 'zhang'"))
    assert migrate(urls.owner)
    with engine.begin() as connection:
        rows = connection.execute(text("select username, username_folded from accounts")).all()
        images = (
            connection.execute(text("select before->>'username_folded' from import_images")).scalars().all()
        )
    engine.dispose()
    assert sorted(map(tuple, rows)) == [("Li", "li"), ("Zhang", "zhang"), ("other", "other")]
    assert sorted(images) == ["li", "zhang", "zhang"]


def test_migrating_twice_changes_nothing(urls: ClusterUrls) -> None:
    assert migrate(urls.owner) is False
