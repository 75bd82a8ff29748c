"""Keep which clock ordered attention, where no leader did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("cases", sa.Column("supervision_target", sa.String(), nullable=True))


def downgrade() -> None:
    """Refuse: why attention was ordered would be lost."""
    raise NotImplementedError("restore a backup instead")
