"""Let counties bring in their own layers: what was imported, what it replaced, and the codes of their offices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CODED = ("roads", "waters", "facilities", "pois")


def upgrade() -> None:
    """Bring the database one step forward."""
    for table in CODED:
        op.add_column(table, sa.Column("code", sa.Text(collation="C"), nullable=True))
        op.create_unique_constraint(op.f(f"uq_{table}_code"), table, ["code"])
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("layers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_images",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_images_import_id_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "table_name", "key", name=op.f("pk_import_images")),
    )
    op.create_table(
        "layer_revisions",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("layer", name=op.f("pk_layer_revisions")),
    )
    # No policy and no grant on the first two: only the owner, who owns them, comes in.
    for table in ("imports", "import_images", "layer_revisions"):
        op.execute(f"alter table {table} enable row level security")
    op.execute("create policy layer_revisions_seen on layer_revisions for select using (true)")
    op.execute("grant select on layer_revisions to wall_app")


def downgrade() -> None:
    """Refuse: what was imported could no longer be undone."""
    raise NotImplementedError("restore a backup instead")
