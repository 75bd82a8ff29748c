"""Locate places in the database by the rule that the memory has."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A leaf is an area that has none below it, whatever its level. On a shared border the smallest code wins.
LOCATE_AREAS = """
create function locate_areas(lon double precision[], lat double precision[])
returns table (place integer, code text)
language sql stable parallel safe as $$
    select number::integer, (
        select min(area.code) from areas area
        where ST_Intersects(area.geom, ST_SetSRID(ST_Point(x, y), 4326))
        and not exists (select from areas below where below.parent_code = area.code)
    )
    from unnest(lon, lat) with ordinality as places (x, y, number)
    order by number
$$;
comment on function locate_areas is
    'The code of the smallest area that holds each WGS 84 place, null outside; places count from 1.';
"""


def upgrade() -> None:
    """Bring the database one step forward."""
    op.execute(LOCATE_AREAS)


def downgrade() -> None:
    """Take the function away: it holds nothing."""
    op.execute("drop function locate_areas")
