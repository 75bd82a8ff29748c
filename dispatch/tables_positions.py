"""The tables of where units are and were. `POSITIONS_DDL` holds what the migrations run beside the tables.

A position belongs to whoever sees its unit: `area_code` and `desk` are the unit's, `grid_code` is where it
stood.
"""

from typing import Any

from sqlalchemy import (
    REAL,
    Boolean,
    Column,
    DateTime,
    Double,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from dispatch.tables import code, moment
from gis.database import metadata, visible_sql


def _columns() -> tuple[Column[Any], ...]:
    """What one fix is; the same in both tables."""
    return (
        Column("unit", String, nullable=False),
        moment("at", nullable=False),
        Column("no", SmallInteger, nullable=False),
        code("desk"),
        code("area_code"),
        Column("lon", Double, nullable=False),
        Column("lat", Double, nullable=False),
        Column("speed_mps", REAL),
        Column("heading_deg", REAL),
        Column("accuracy_m", REAL),
        code("grid_code", nullable=True),
        Column("moving", Boolean, nullable=False),
        moment("received_at", nullable=False),
    )


positions_latest = Table(
    "positions_latest",
    metadata,
    *_columns(),
    # Which process wrote it and when, by the server's clock: the others fetch what is not theirs.
    Column("writer", Uuid, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    PrimaryKeyConstraint("unit"),
    # No index but the key, and room on the page: every update stays heap-only.
    postgresql_with={"fillfactor": 50},
)

positions = Table(
    "positions",
    metadata,
    *_columns(),
    PrimaryKeyConstraint("unit", "at"),
    postgresql_partition_by="RANGE (at)",
)

_SEEN = f"{visible_sql(access=None)} or desk = current_setting('wall.desk', true)"
_BY_SYSTEM = "current_setting('wall.role', true) = 'system'"


def _guarded(table: str) -> tuple[str, ...]:
    return (
        f"alter table {table} enable row level security",
        f"create policy {table}_seen on {table} for select using ({_SEEN})",
        # Intake checks authority itself and writes many actors' fixes in one go.
        f"create policy {table}_written on {table} for insert with check ({_BY_SYSTEM})",
    )


POSITIONS_DDL: tuple[str, ...] = (
    *_guarded("positions_latest"),
    f"create policy positions_latest_renewed on positions_latest for update using ({_BY_SYSTEM})",
    *_guarded("positions"),
    # The application owns nothing and so cannot add a partition: this does it, for days near today only.
    """
    create or replace function ensure_positions_day(day date) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        name text := 'positions_' || to_char(day, 'YYYYMMDD');
    begin
        if day not between current_date - 8 and current_date + 8 then
            raise exception 'no partition for %: too far from today', day using errcode = 'check_violation';
        end if;
        if to_regclass('public.' || name) is not null then
            return;
        end if;
        perform pg_advisory_xact_lock(hashtext('positions'));
        if to_regclass('public.' || name) is null then
            execute format(
                'create table %I partition of positions for values from (%L) to (%L)',
                name, to_char(day, 'YYYY-MM-DD') || ' 00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00+00'
            );
            -- Reached by its own name a partition knows only its own policies: with none, it shows nothing.
            execute format('alter table %I enable row level security', name);
        end if;
    end $$
    """,
    "revoke execute on function ensure_positions_day(date) from public",
    "grant execute on function ensure_positions_day(date) to wall_app",
    "grant select, insert, update on positions_latest to wall_app",
    "grant select, insert on positions to wall_app",
)
"""Row-level security, daily partitions made on demand, and grants; run once, in order, after the tables."""

DROP_POSITIONS_DDL: tuple[str, ...] = (
    # As `ensure_positions_day`, for the other end of time. Yesterday is never old: its last fixes may still come.
    """
    create function drop_positions_before(day date) returns int
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        old text;
        dropped int := 0;
    begin
        if day > current_date - 1 then
            raise exception 'positions of yesterday and today are kept' using errcode = 'check_violation';
        end if;
        perform pg_advisory_xact_lock(hashtext('positions'));
        for old in
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'public.positions'::regclass and c.relname ~ '^positions_[0-9]{8}$'
              and to_date(right(c.relname, 8), 'YYYYMMDD') < day
        loop
            execute format('drop table %I', old);
            dropped := dropped + 1;
        end loop;
        return dropped;
    end $$
    """,
    "revoke execute on function drop_positions_before(date) from public",
    "grant execute on function drop_positions_before(date) to wall_app",
)
