"""Let the application drop days of positions that are old enough."""

from collections.abc import Sequence

from alembic import op

from dispatch.tables_positions import DROP_POSITIONS_DDL

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    for statement in DROP_POSITIONS_DDL:
        op.execute(statement)


def downgrade() -> None:
    """Let them be kept for ever again."""
    op.execute("drop function drop_positions_before(date)")
