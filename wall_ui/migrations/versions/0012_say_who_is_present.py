"""Say of each department whether it is at the centre always, by turns, or when it is called."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("desks", sa.Column("presence", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_desks_presence_known"),
        "desks",
        "presence is null or (kind = 'department' and presence in ('resident', 'rotating', 'on_call'))",
    )


def downgrade() -> None:
    """Refuse: what is known of the departments would be lost."""
    raise NotImplementedError("restore a backup instead")
