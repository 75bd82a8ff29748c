"""Let clocks run on what others are asked for: help, and the answer to a request."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TARGETS = "'accept', 'take', 'dispatch', 'turnout', 'response', 'resolve', 'verify', 'help', 'grant'"


def upgrade() -> None:
    """Bring the database one step forward."""
    op.drop_constraint(op.f("ck_clocks_target_known"), "clocks")
    op.create_check_constraint(op.f("ck_clocks_target_known"), "clocks", f"target in ({TARGETS})")


def downgrade() -> None:
    """Refuse: clocks that run would be lost."""
    raise NotImplementedError("restore a backup instead")
