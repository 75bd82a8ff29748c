"""Let a user name be one and the same in capitals, in full width and in small letters."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from dispatch.rules.usernames import folded
from gis.errors import Conflict

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FILL = "update accounts set username_folded = :folded where id = :id"
# What an undone import puts back is a whole row as it was.
IMAGES = """select import_id, key, before->>'username' as username from import_images
    where table_name = 'accounts' and before is not null"""
FILL_IMAGE = """update import_images set before = before || jsonb_build_object('username_folded', cast(:folded as text))
    where import_id = :import_id and table_name = 'accounts' and key = :key"""


def upgrade() -> None:
    """Bring the database one step forward. Raises Conflict where old names are one and the same."""
    connection = op.get_bind()
    held = connection.execute(sa.text("select id, username from accounts order by created_at, id")).all()
    refuse_clashes([(row.username, str(row.id)) for row in held])
    op.add_column("accounts", sa.Column("username_folded", sa.Text(), nullable=True))
    filled = [{"id": row.id, "folded": folded(row.username)} for row in held]
    if filled:
        connection.execute(sa.text(FILL), filled)
    images = [
        {"import_id": row.import_id, "key": row.key, "folded": folded(row.username)}
        for row in connection.execute(sa.text(IMAGES))
    ]
    if images:
        connection.execute(sa.text(FILL_IMAGE), images)
    op.alter_column("accounts", "username_folded", nullable=False)
    op.create_unique_constraint(op.f("uq_accounts_username_folded"), "accounts", ["username_folded"])
    op.drop_constraint(op.f("uq_accounts_username"), "accounts")


def refuse_clashes(held: Sequence[tuple[str, str]]) -> None:
    """Raise Conflict naming every account whose name is another's, too, and saying what to do."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    for username, account_id in held:
        same[folded(username)].append(f"{username} ({account_id})")
    if clashes := [" and ".join(ones) for ones in same.values() if len(ones) > 1]:
        raise Conflict(
            f"These accounts differ only in how the name is written, and are to be one: {'; '.join(clashes)}. Give all"
            " but one another name, as the owner of the database (update accounts set username = '…' where id = '…'),"
            " and migrate again; nothing has been changed.",
            code="usernames_clash",
        )


def downgrade() -> None:
    """Take the database one step back."""
    op.create_unique_constraint(op.f("uq_accounts_username"), "accounts", ["username"])
    op.drop_column("accounts", "username_folded")
