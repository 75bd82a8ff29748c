"""Give supervisions that waited for their answer before 0017 the clock of it, so that the watcher turns it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Due when the order said so. What is suspended gets its clock with the move that resumes it: until then nothing counts.
START_CLOCKS = """
    insert into clocks (case_id, position, target, hop, desk, started_at, amber_at, due_at, colour)
    select c.id, (select coalesce(max(k.position) + 1, 0) from clocks k where k.case_id = c.id), 'answer', 0, c.holder,
        c.supervised_at, c.supervised_at + 0.8 * (c.supervision_due_at - c.supervised_at), c.supervision_due_at, 'green'
    from cases c
    where c.status in ('pending', 'accepted', 'dispatched', 'handling', 'resolved')
    and c.supervision_due_at is not null and c.supervision_answered_at is null
    and not exists (
        select from clocks k where k.case_id = c.id and k.target = 'answer' and k.stopped_at is null)
"""


def upgrade() -> None:
    """Bring the database one step forward."""
    op.execute(START_CLOCKS)


def downgrade() -> None:
    """Leave the clocks: they are those that the next move would have started."""
