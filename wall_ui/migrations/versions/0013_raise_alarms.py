"""Let a case stand at an alarm level, by which its response plan grows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("cases", sa.Column("alarm_level", sa.SmallInteger(), server_default="3", nullable=False))
    op.create_check_constraint(op.f("ck_cases_alarm_level_known"), "cases", "alarm_level between 1 and 3")


def downgrade() -> None:
    """Bring the database one step back."""
    op.drop_column("cases", "alarm_level")
