"""Call desks to account for their part of a case's way."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_VISIBLE_CASE = "exists (select 1 from cases c where c.id = case_id)"


def upgrade() -> None:
    """Bring the database one step forward."""
    op.create_table(
        "accountability",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("hop", sa.SmallInteger(), nullable=False),
        sa.Column("desk", sa.String(collation="C"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "finding is null or finding in ('criticised', 'no_fault', 'referred', 'reminded', 'talked_to')",
            name=op.f("ck_accountability_finding_known"),
        ),
        sa.CheckConstraint(
            "(finding is null) = (settled_at is null)", name=op.f("ck_accountability_settled_whole")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_accountability_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_accountability_case_id_position")),
        sa.UniqueConstraint("case_id", "hop", name=op.f("uq_accountability_case_id_hop")),
    )
    op.create_index("ix_accountability_desk", "accountability", ["desk"], unique=False)
    op.execute("alter table accountability enable row level security")
    op.execute(
        "create policy accountability_seen on accountability"
        f" using ({OF_VISIBLE_CASE}) with check ({OF_VISIBLE_CASE})"
    )
    op.execute("grant select, insert, update on accountability to wall_app")


def downgrade() -> None:
    """Refuse: what was found would be lost."""
    raise NotImplementedError("restore a backup instead")
