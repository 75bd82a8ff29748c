"""Keep when a unit did what its telephone could tell only later."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("assignments", sa.Column("departed_done_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assignments", sa.Column("arrived_done_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_assignments_told_late",
        "assignments",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("arrived_done_at is not null"),
    )


def downgrade() -> None:
    """Refuse: when things were done would be lost."""
    raise NotImplementedError("restore a backup instead")
