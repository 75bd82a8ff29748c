"""Keep the lie of a demonstration county's land, which the map shades."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward. A county that was loaded before has none, and its map no shades."""
    op.create_table(
        "reliefs",
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        *(sa.Column(side, sa.Double(), nullable=False) for side in ("west", "south", "east", "north")),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("range_m", sa.Double(), nullable=False),
        sa.Column("heights", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(heights) = width * height", name=op.f("ck_reliefs_whole")),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_sets.id"],
            name=op.f("fk_reliefs_data_set_id_data_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("data_set_id", name=op.f("pk_reliefs")),
    )
    op.execute("grant select on reliefs to wall_app")


def downgrade() -> None:
    """Bring the database one step back."""
    op.drop_table("reliefs")
