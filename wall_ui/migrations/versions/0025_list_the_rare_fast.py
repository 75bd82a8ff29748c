"""Let lists of the whole past find what is rare: one index for another, so that a move writes as many as before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("status in ('accepted', 'dispatched', 'handling', 'pending', 'resolved', 'suspended')")
UNUSUAL = sa.text("status <> 'closed' or case_class <> 'simple' or priority < 3 or source <> 'grid_officer'")
UNUSUAL_COLUMNS = ["reported_at", "status", "case_class", "priority", "source", "category", "area_code"]


def upgrade() -> None:
    """Bring the database one step forward."""
    op.drop_index("ix_cases_holder", table_name="cases")
    op.drop_index("ix_cases_holder_reported_at", table_name="cases")
    op.drop_index("ix_cases_category_reported_at", table_name="cases")
    op.create_index("ix_cases_holder_reported_at", "cases", ["holder", "reported_at", "status"])
    columns = ["category", "reported_at", "priority", "case_class"]
    op.create_index("ix_cases_category_reported_at", "cases", columns)
    op.create_index("ix_cases_unusual", "cases", UNUSUAL_COLUMNS, postgresql_where=UNUSUAL)


def downgrade() -> None:
    """Take the step back: nothing but the way to rows is lost."""
    op.drop_index("ix_cases_unusual", table_name="cases")
    op.drop_index("ix_cases_category_reported_at", table_name="cases")
    op.drop_index("ix_cases_holder_reported_at", table_name="cases")
    op.create_index("ix_cases_category_reported_at", "cases", ["category", "reported_at"])
    op.create_index("ix_cases_holder_reported_at", "cases", ["holder", "reported_at"])
    op.create_index("ix_cases_holder", "cases", ["holder"], postgresql_where=OPEN)
