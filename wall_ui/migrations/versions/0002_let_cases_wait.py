"""Let cases be transferred, decided, suspended, extended and contested."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database one step forward."""
    codes = postgresql.ARRAY(sa.Text(collation="C"))
    op.add_column("cases", sa.Column("returned_by", codes, server_default="{}", nullable=False))
    op.add_column("cases", sa.Column("request_kind", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("request_desk", sa.String(collation="C"), nullable=True))
    op.add_column("cases", sa.Column("request_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("request_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("request_cause", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("request_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("request_extra_s", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("request_target", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("status_before", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_cases_offer_kind_known"), "cases", type_="check")
    op.create_check_constraint(
        op.f("ck_cases_offer_kind_known"),
        "cases",
        "offer_kind is null or offer_kind in ('escalate', 'hand_down', 'transfer')",
    )
    op.create_check_constraint(
        op.f("ck_cases_request_kind_known"),
        "cases",
        "request_kind is null or request_kind in ('extend', 'object', 'suspend')",
    )
    op.create_check_constraint(
        op.f("ck_cases_request_whole"),
        "cases",
        "request_kind is null or (request_desk is not null and request_at is not null"
        " and request_due_at is not null and request_extra_s is not null)",
    )
    op.create_check_constraint(
        op.f("ck_cases_request_cause_known"),
        "cases",
        "request_cause is null or request_cause in"
        " ('material', 'other', 'proceedings', 'reporter', 'third_party', 'weather')",
    )
    op.create_check_constraint(
        op.f("ck_cases_suspension_whole"),
        "cases",
        "status <> 'suspended' or (suspended_at is not null and suspended_until is not null"
        " and status_before is not null)",
    )
    op.create_index(
        "ix_cases_suspended_until",
        "cases",
        ["suspended_until"],
        unique=False,
        postgresql_where=sa.text("status = 'suspended'"),
    )
    op.add_column("clocks", sa.Column("limit_s", sa.Integer(), nullable=True))
    op.add_column("clocks", sa.Column("calendar", sa.String(), nullable=True))
    op.add_column("clocks", sa.Column("extra_s", sa.Integer(), server_default="0", nullable=False))
    op.add_column("clocks", sa.Column("pauses", postgresql.JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Refuse: what waits would be lost."""
    raise NotImplementedError("restore a backup instead")
