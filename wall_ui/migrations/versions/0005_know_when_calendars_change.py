"""Let whoever keeps the calendars in memory know when they have changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RENEW = """
    create function renew_revision() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
    begin
        update revisions set revision = gen_random_uuid() where name = tg_argv[0];
        return null;
    end $$
"""


def upgrade() -> None:
    """Bring the database one step forward."""
    op.create_table(
        "revisions",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revisions")),
    )
    op.execute("alter table revisions enable row level security")
    op.execute("create policy revisions_seen on revisions for select using (true)")
    op.execute("grant select on revisions to wall_app")
    op.execute(RENEW)
    op.execute("revoke execute on function renew_revision() from public")
    for table in ("calendar_days", "desks"):
        op.execute(
            f"create trigger {table}_revised after insert or update or delete on {table}"
            " for each statement execute function renew_revision('calendars')"
        )
    op.execute("insert into revisions (name, revision) values ('calendars', gen_random_uuid())")


def downgrade() -> None:
    """Forget the revisions."""
    for table in ("calendar_days", "desks"):
        op.execute(f"drop trigger {table}_revised on {table}")
    op.execute("drop function renew_revision()")
    op.drop_table("revisions")
