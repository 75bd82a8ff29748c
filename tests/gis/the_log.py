"""A database that holds the log and nothing else, so that its tests need no floor above it."""

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gis.actor import Actor, Role
from gis.cluster import ClusterUrls
from gis.log import APPEND_ONLY_DDL, LOG_GRANTS_DDL, LOG_POLICY_DDL, log_chain, log_events, log_pending

DISPATCHER = Actor("a1", "张调度", Role.DISPATCHER, "620821", "620821")
TOWNSHIP = Actor("a2", "王值班", Role.DUTY_OFFICER, "620821100", "620821100")
OTHER_TOWNSHIP = Actor("a3", "李值班", Role.DUTY_OFFICER, "620821101", "620821101")
POLICE = Actor("a4", "赵警官", Role.DEPARTMENT, "620821/police", "620821")
REPORTER = Actor("a5", "stranger", Role.REPORTER, "", "")


def build_log(urls: ClusterUrls) -> None:
    """Make the log's tables with their guards, as the first migration does."""
    engine = create_engine("postgresql+psycopg://" + urls.owner.partition("://")[2], poolclass=NullPool)
    log_events.metadata.create_all(engine, tables=[log_events, log_pending, log_chain])
    engine.dispose()
    with psycopg.connect(urls.owner) as connection:
        for statement in (*APPEND_ONLY_DDL, *LOG_POLICY_DDL, *LOG_GRANTS_DDL):
            connection.execute(statement.encode())
