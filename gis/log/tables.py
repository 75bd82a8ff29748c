"""The tables of the log and the statements that guard them; the first migration runs the statements in
order.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.database import county_level_sql, metadata, visible_sql

COMMITTED = "wall_commit"
"""Rung when events were committed that have no number yet: the sequencer listens."""
NUMBERED = "wall_log"
"""Rung with the greatest new number: everyone who follows the log listens."""

log_events = Table(
    "log_events",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", JSONB, nullable=False),
    Column("case_id", Uuid),
    Column("version", Integer),
    Column("scope_before", JSONB(none_as_null=True)),
    Column("scope_after", JSONB(none_as_null=True)),
    Column("data", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # What the policy compares, drawn from the two scopes when the event is written.
    Column("area_code", Text(collation="C")),
    Column("area_code_before", Text(collation="C")),
    Column("access", ARRAY(Text), nullable=False, server_default="{}"),
)
Index("ix_log_events_case_id_id", log_events.c.case_id, log_events.c.id)
# By blocks: the log grows in the order of time, and a tree would make every move dearer for a search that is rare.
Index("ix_log_events_at", log_events.c.at, postgresql_using="brin")

log_pending = Table(
    "log_pending",
    metadata,
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    # It empties itself all day long: vacuum by count, not by share.
    postgresql_with={"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 2000},
)

log_chain = Table(
    "log_chain",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", BigInteger, ForeignKey(log_events.c.id), nullable=False, unique=True),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("sequenced_at", DateTime(timezone=True), nullable=False),
)


def _append_only(table: str) -> tuple[str, ...]:
    refuse = "execute function refuse_change()"
    return (
        f"create trigger {table}_rows_stay before update or delete on {table} for each row {refuse}",
        f"create trigger {table}_stays before truncate on {table} for each statement {refuse}",
    )


APPEND_ONLY_DDL: tuple[str, ...] = (
    """
    create or replace function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$
    """,
    *_append_only("log_events"),
    *_append_only("log_chain"),
)
"""Triggers that refuse UPDATE, DELETE and TRUNCATE to everyone, the owner included."""

LOG_POLICY_DDL: tuple[str, ...] = (
    "alter table log_events enable row level security",
    # What left or entered a jurisdiction is a fact for both; what lies nowhere (configuration) is the
    # county's.
    f"""
    create policy log_events_seen on log_events for select using (
        {visible_sql()} or {visible_sql("area_code_before", None)}
        or (area_code is null and area_code_before is null and {county_level_sql()})
    )
    """,
    "create policy log_events_written on log_events for insert with check (true)",
)
"""Row-level security of the log. `log_chain` and `log_pending` hold numbers and hashes only, and need none.
"""

LOG_GRANTS_DDL: tuple[str, ...] = (
    "grant select, insert on log_events, log_chain to wall_app",
    "grant select, insert, delete on log_pending to wall_app",
    "grant usage on sequence log_events_id_seq to wall_app",
)
"""What the application's role may do; nothing else, so that even a hole in it cannot rewrite history."""
