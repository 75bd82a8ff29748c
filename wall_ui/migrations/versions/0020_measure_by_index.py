"""Let what is measured every minute, and who looked, be found by an index whatever the years before."""

from collections.abc import Sequence

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.create_index("ix_ratings_at", "ratings", ["at"], unique=False)
    op.create_index("ix_assignments_dispatched_at", "assignments", ["dispatched_at"], unique=False)
    op.create_index("ix_assignments_arrived_at", "assignments", ["arrived_at"], unique=False)
    op.create_index("ix_looks_account_id", "looks", ["account", "id"], unique=False)


def downgrade() -> None:
    """Take the step back: nothing but the way to rows is lost."""
    for name, table in (
        ("ix_looks_account_id", "looks"),
        ("ix_assignments_arrived_at", "assignments"),
        ("ix_assignments_dispatched_at", "assignments"),
        ("ix_ratings_at", "ratings"),
    ):
        op.drop_index(name, table_name=table)
