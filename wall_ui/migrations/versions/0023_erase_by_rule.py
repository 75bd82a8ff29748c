"""Let cases be preserved, and erase what people said when its time is over."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_VISIBLE_CASE = "exists (select 1 from cases c where c.id = case_id)"
TOLD_WHO = "reporter_name is not null or reporter_phone is not null"


def upgrade() -> None:
    """Bring the database one step forward."""
    op.add_column("cases", sa.Column("preserved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("preserved_by", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_cases_preservation_whole"), "cases", "(preserved_at is null) = (preserved_by is null)"
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("what in ('reporter', 'words', 'files')", name=op.f("ck_erasures_what_known")),
        sa.CheckConstraint("count > 0", name=op.f("ck_erasures_something_erased")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_erasures_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_case_id"), "erasures", ["case_id"], unique=False)
    op.execute("alter table erasures enable row level security")
    op.execute(f"create policy erasures_seen on erasures for select using ({OF_VISIBLE_CASE})")
    op.execute("grant select on erasures to wall_app")
    # The oldest of each kind that is still there, without reading the years in which nothing is left.
    op.create_index(
        "ix_reports_reporter", "reports", ["at"], unique=False, postgresql_where=sa.text(TOLD_WHO)
    )
    op.create_index("ix_case_texts_at", "case_texts", ["at"], unique=False)
    op.create_index("ix_attachments_at", "attachments", ["at"], unique=False)
    op.create_index(
        "ix_looks_detail", "looks", ["at"], unique=False, postgresql_where=sa.text("detail is not null")
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"], unique=False)
    # What was deleted lies on its page until a vacuum: that must not wait for a fifth of all years to be gone.
    for table in ("case_texts", "reports", "attachments"):
        op.execute(f"alter table {table} set (autovacuum_vacuum_scale_factor = 0.02)")
    # Whole, as psycopg takes several statements at once: the functions hold semicolons of their own.
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


INDEXES = (
    ("ix_idempotency_at", "idempotency"),
    ("ix_looks_detail", "looks"),
    ("ix_attachments_at", "attachments"),
    ("ix_case_texts_at", "case_texts"),
    ("ix_reports_reporter", "reports"),
)
FUNCTIONS = (
    "erase_searches(timestamptz, int)",
    "erase_of_case(uuid, text, text, timestamptz, boolean)",
    "may_be_erased(uuid, timestamptz)",
)
IN_USE = "select exists (select from erasures) or exists (select from cases where preserved_at is not null)"


def downgrade() -> None:
    """Take the step back where nothing was erased or preserved yet. Raises NotImplementedError elsewhere."""
    if op.get_bind().execute(sa.text(IN_USE)).scalar_one():
        raise NotImplementedError("what was told of erasures would be lost: restore a backup instead")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    for name, table in INDEXES:
        op.drop_index(name, table_name=table)
    for table in ("case_texts", "reports", "attachments"):
        op.execute(f"alter table {table} reset (autovacuum_vacuum_scale_factor)")
    op.drop_table("erasures")
    op.drop_constraint(op.f("ck_cases_preservation_whole"), "cases")
    op.drop_column("cases", "preserved_by")
    op.drop_column("cases", "preserved_at")
