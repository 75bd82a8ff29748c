"""The tables of imports: what was imported, what it replaced, and how often each layer changed.

The first two belong to the owner of the database alone; the application reads only the revisions.
"""

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, ForeignKey, Identity, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from gis.database import metadata

imports = Table(
    "imports",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("layers", ARRAY(Text), nullable=False),
    Column("report", JSONB, nullable=False),
    Column("undone_at", DateTime(timezone=True)),
)

import_images = Table(
    "import_images",
    metadata,
    Column("import_id", BigInteger, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("before", JSONB),
)
"""Each row that an import touched as it was before, NULL where it was not there."""

layer_revisions = Table(
    "layer_revisions",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
"""Counts the imports into each layer, so that every process that keeps geography in memory knows when to read anew."""

TABLES = (imports, import_images, layer_revisions)
POLICIES: dict[str, str] = {"layer_revisions": "true"}
GRANTS: dict[str, str] = {"layer_revisions": "select"}
