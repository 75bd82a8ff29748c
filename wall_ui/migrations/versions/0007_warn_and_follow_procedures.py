"""Warn in three colours, keep good practice, and tick off the steps of procedures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LO, HI, DESK = (f"current_setting('wall.{name}', true)" for name in ("lo", "hi", "desk"))
BY_PLACE = f"(area_code >= {LO} and area_code < {HI}) or access && array[{DESK}]"
OF_VISIBLE_CARD = "exists (select 1 from warning_cards w where w.id = card_id)"
OF_VISIBLE_CASE = "exists (select 1 from cases c where c.id = case_id)"
SYSTEM = "current_setting('wall.role', true) = 'system'"
SEEN = {
    "warning_cards": (BY_PLACE, "select, insert, update"),
    "warning_texts": (OF_VISIBLE_CARD, "select, insert"),
    "warning_talks": (OF_VISIBLE_CARD, "select, insert"),
    "warning_states": (SYSTEM, "select, insert, update"),
    "warning_runs": (SYSTEM, "select, insert, update"),
    "practices": (f"{DESK} <> '' or {SYSTEM}", "select, insert"),
    "case_steps": (OF_VISIBLE_CASE, "select, insert, delete"),
}


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(collation="C"), nullable=False)


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _who() -> tuple[sa.Column[object], sa.Column[str], sa.Column[str]]:
    return (
        _at("at", nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        _code("actor_desk"),
    )


def upgrade() -> None:
    """Bring the database one step forward."""
    _cards()
    _beside_cards()
    _others()
    for table, (condition, may) in SEEN.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy {table}_seen on {table} using ({condition}) with check ({condition})")
        op.execute(f"grant {may} on {table} to wall_app")
    op.execute("grant usage on sequence card_numbers, notice_numbers to wall_app")


def _cards() -> None:
    op.execute("create sequence card_numbers")
    op.execute("create sequence notice_numbers")
    op.create_table(
        "warning_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("praises", sa.Boolean(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        _code("subject"),
        sa.Column("about", sa.String(), nullable=False),
        _code("desk"),
        _code("area_code"),
        sa.Column("access", postgresql.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("window_h", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        _at("issued_at", nullable=False),
        _at("changed_at", nullable=False),
        _at("acknowledged_at"),
        sa.Column("notice_number", sa.String(), nullable=True),
        _at("notified_at"),
        _at("due_at"),
        _at("late_at"),
        _at("answered_at"),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        _at("closed_at"),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status in ('issued', 'acknowledged', 'rectifying', 'answered', 'closed')",
            name=op.f("ck_warning_cards_status_known"),
        ),
        sa.CheckConstraint(
            "subject_kind in ('area', 'desk', 'unit')", name=op.f("ck_warning_cards_subject_kind_known")
        ),
        sa.CheckConstraint(
            "(notice_number is null) = (notified_at is null)", name=op.f("ck_warning_cards_notice_whole")
        ),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at is not null)", name=op.f("ck_warning_cards_closing_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_cards")),
        sa.UniqueConstraint("number", name=op.f("uq_warning_cards_number")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_warning_cards_notice_number")),
    )
    op.create_index(
        "uq_warning_cards_open",
        "warning_cards",
        ["rule", "subject", "about"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index("ix_warning_cards_area_code", "warning_cards", ["area_code", "issued_at"])
    op.create_index("ix_warning_cards_access", "warning_cards", ["access"], postgresql_using="gin")
    op.create_index(
        "ix_warning_cards_due_at",
        "warning_cards",
        ["due_at"],
        postgresql_where=sa.text("status = 'rectifying'"),
    )


def _beside_cards() -> None:
    for table, own in (
        (
            "warning_texts",
            (sa.Column("kind", sa.String(), nullable=False), sa.Column("text", sa.Text(), nullable=False)),
        ),
        (
            "warning_talks",
            (
                _at("held_at", nullable=False),
                sa.Column("who", sa.Text(), nullable=False),
                sa.Column("minutes", sa.Text(), nullable=False),
            ),
        ),
    ):
        op.create_table(
            table,
            _id(),
            sa.Column("card_id", sa.Uuid(), nullable=False),
            *own,
            *_who(),
            sa.Column("salt", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(
                ["card_id"], ["warning_cards.id"], name=op.f(f"fk_{table}_card_id_warning_cards")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_card_id"), table, ["card_id"])


def _others() -> None:
    op.create_table(
        "warning_states",
        sa.Column("rule", sa.String(), nullable=False),
        _code("subject"),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("raised", sa.Boolean(), nullable=False),
        _at("since", nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject", "about", name=op.f("pk_warning_states")),
    )
    op.create_table(
        "warning_runs",
        sa.Column("name", sa.String(), nullable=False),
        _at("at", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_warning_runs")),
    )
    op.create_table(
        "practices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _code("area_code"),
        *_who(),
        sa.ForeignKeyConstraint(
            ["card_id"], ["warning_cards.id"], name=op.f("fk_practices_card_id_warning_cards")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_practices_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
        sa.UniqueConstraint("card_id", name=op.f("uq_practices_card_id")),
    )
    op.create_index("ix_practices_at", "practices", ["at"])
    op.create_table(
        "case_steps",
        _id(),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        *_who(),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "step", name=op.f("uq_case_steps_case_id_step")),
    )


def downgrade() -> None:
    """Refuse: what was found would be lost."""
    raise NotImplementedError("restore a backup instead")
