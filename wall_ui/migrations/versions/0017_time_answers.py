"""Let a clock run on the answer to a supervision; orders that wait already get theirs with the next move."""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TARGETS = (
    "'accept', 'take', 'dispatch', 'turnout', 'response', 'resolve', 'verify', 'help', 'grant', 'answer'"
)


def upgrade() -> None:
    """Bring the database one step forward."""
    op.drop_constraint(op.f("ck_clocks_target_known"), "clocks")
    op.create_check_constraint(op.f("ck_clocks_target_known"), "clocks", f"target in ({TARGETS})")


def downgrade() -> None:
    """Refuse: clocks that run would be lost."""
    raise NotImplementedError("restore a backup instead")
