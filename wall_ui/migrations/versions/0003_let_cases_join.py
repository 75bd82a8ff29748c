"""Let cases be opened again, rated and merged, and desks help each other."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_VISIBLE_CASE = "exists (select 1 from cases c where c.id = case_id)"


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("cases", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("clocks_before", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("rating", sa.SmallInteger(), nullable=True))
    op.add_column("cases", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column(
        "cases",
        sa.Column("held_clocks", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
    )
    op.add_column("cases", sa.Column("joined", sa.Integer(), server_default="0", nullable=False))
    op.create_foreign_key(op.f("fk_cases_merged_into_cases"), "cases", "cases", ["merged_into"], ["id"])
    op.create_check_constraint(
        op.f("ck_cases_merging_whole"), "cases", "(status = 'merged') = (merged_into is not null)"
    )
    op.add_column("reports", sa.Column("merged_from", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_reports_merged_from_cases"), "reports", "cases", ["merged_from"], ["id"])
    op.create_index(op.f("ix_reports_merged_from"), "reports", ["merged_from"], unique=False)
    op.create_table(
        "helps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("desk", sa.String(collation="C"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_helps_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helps")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_helps_case_id_position")),
    )
    op.create_index(
        "uq_helps_open_desk",
        "helps",
        ["case_id", "desk"],
        unique=True,
        postgresql_where=sa.text("finished_at is null"),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.CheckConstraint("score between 1 and 5", name=op.f("ck_ratings_score_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ratings_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("case_id", "reopened", name=op.f("uq_ratings_case_id_reopened")),
    )
    for table in ("helps", "ratings"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy {table}_seen on {table} using ({OF_VISIBLE_CASE}) with check ({OF_VISIBLE_CASE})"
        )
    op.execute("grant select, insert, update on helps to wall_app")
    op.execute("grant select, insert on ratings to wall_app")
    op.execute("grant update (case_id, merged_from) on reports to wall_app")


def downgrade() -> None:
    """Refuse: what joined would be lost."""
    raise NotImplementedError("restore a backup instead")
