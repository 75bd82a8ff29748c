"""What a PostgreSQL server must have before migrations can run: two roles, the database, extensions, one flag."""

from pathlib import Path

import psycopg
from psycopg import sql

from gis.cluster.urls import APP_ROLE, DATABASE, OWNER_ROLE, with_database

# One file for this program and for `psql` in a container: both prepare a database in the same words.
DATABASE_SQL = Path(__file__).with_name("prepare.sql")


def prepare_roles(superuser_url: str) -> None:
    """Make the owner and the application's role where they are missing, and take from them what they must not have."""
    with psycopg.connect(with_database(superuser_url, "postgres"), autocommit=True) as connection:
        for role in (OWNER_ROLE, APP_ROLE):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            rights = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
            connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(role), rights))


def prepare_database(superuser_url: str, database: str = DATABASE) -> None:
    """Make the database where it is missing, owned by the owner, with the extensions that migrations count on."""
    with psycopg.connect(with_database(superuser_url, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER_ROLE)}
            connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    with psycopg.connect(with_database(superuser_url, database)) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute(DATABASE_SQL.read_bytes())
