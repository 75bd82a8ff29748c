"""The table of attachments: what a file is and where it was taken; the file itself lies in a folder, by its hash."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from dispatch.tables import code, moment
from gis.database import metadata

attachments = Table(
    "attachments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    # SHA-256 of the file as it is served, under which it lies; and of what was sent, so that it is kept once.
    Column("digest", LargeBinary, nullable=False, index=True),
    Column("source_digest", LargeBinary, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    # Where the camera says that it was taken: a proposal for whoever handles the case, and in no file that is served.
    Column("taken_lon", Float),
    Column("taken_lat", Float),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    CheckConstraint("kind in ('audio', 'document', 'photo')", name="kind_known"),
    UniqueConstraint("case_id", "source_digest"),
    Index("ix_attachments_at", "at"),
)

POLICIES: dict[str, str] = {"attachments": "exists (select 1 from cases c where c.id = case_id)"}
GRANTS: dict[str, str] = {"attachments": "select, insert"}
