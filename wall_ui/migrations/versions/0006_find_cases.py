"""Find cases by words, and read who looked at what."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    # Whole, as psycopg takes several statements at once: the functions hold semicolons of their own.
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    """Refuse: what was written down of searches would be lost."""
    raise NotImplementedError("restore a backup instead")
