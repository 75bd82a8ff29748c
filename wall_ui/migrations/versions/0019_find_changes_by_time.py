"""Find what was changed at a time: a block-range index, for the log grows in the order of time and must stay fast to write."""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.create_index("ix_log_events_at", "log_events", ["at"], unique=False, postgresql_using="brin")


def downgrade() -> None:
    """Drop the index: nothing is lost."""
    op.drop_index("ix_log_events_at", table_name="log_events")
