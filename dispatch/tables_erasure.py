"""The table of what was erased. Written by the function that erases and by nobody else."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Integer,
    String,
    Table,
    Uuid,
)

from dispatch.rules.retention import OF_CASE
from dispatch.tables import moment, one_of
from gis.database import metadata

erasures = Table(
    "erasures",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    # The key of the row of `retention.toml` that said so on that day.
    Column("rule", String, nullable=False),
    moment("at", nullable=False),
    Column("count", Integer, nullable=False),
    # Whether whom it was about asked for it.
    Column("asked", Boolean, nullable=False),
    one_of("what", OF_CASE),
    CheckConstraint("count > 0", name="something_erased"),
)

POLICIES: dict[str, str] = {"erasures": "exists (select 1 from cases c where c.id = case_id)"}
GRANTS: dict[str, str] = {"erasures": "select"}
