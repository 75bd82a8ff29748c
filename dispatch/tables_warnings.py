"""The tables of warnings, good practice and procedures. Who may see a row stands in `POLICIES`."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.rules.warnings import CardStatus, SubjectKind
from dispatch.tables import code, moment, one_of
from gis.database import metadata, visible_sql

card_numbers = Sequence("card_numbers", metadata=metadata)
notice_numbers = Sequence("notice_numbers", metadata=metadata)

warning_cards = Table(
    "warning_cards",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("rule", String, nullable=False),
    Column("colour", String, nullable=False),
    Column("praises", Boolean, nullable=False),
    Column("subject_kind", String, nullable=False),
    code("subject"),
    Column("about", String, nullable=False),
    code("desk"),
    code("area_code"),
    Column("access", ARRAY(Text(collation="C")), nullable=False),
    Column("status", String, nullable=False),
    Column("measure", String, nullable=False),
    Column("value", Float, nullable=False),
    Column("n", Integer, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("window_h", Integer, nullable=False),
    Column("evidence", JSONB, nullable=False),
    moment("issued_at", nullable=False),
    moment("changed_at", nullable=False),
    moment("acknowledged_at"),
    Column("notice_number", String, unique=True),
    moment("notified_at"),
    moment("due_at"),
    moment("late_at"),
    moment("answered_at"),
    Column("rounds", Integer, nullable=False),
    Column("talks", Integer, nullable=False),
    moment("closed_at"),
    Column("outcome", String),
    one_of("status", CardStatus),
    one_of("subject_kind", SubjectKind),
    CheckConstraint("(notice_number is null) = (notified_at is null)", name="notice_whole"),
    CheckConstraint("(status = 'closed') = (closed_at is not null)", name="closing_whole"),
    # Two processes that measure at once issue one card.
    Index(
        "uq_warning_cards_open",
        "rule",
        "subject",
        "about",
        unique=True,
        postgresql_where=text("status <> 'closed'"),
    ),
    Index("ix_warning_cards_area_code", "area_code", "issued_at"),
    Index("ix_warning_cards_access", "access", postgresql_using="gin"),
    Index("ix_warning_cards_due_at", "due_at", postgresql_where=text("status = 'rectifying'")),
)

warning_texts = Table(
    "warning_texts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("card_id", Uuid, ForeignKey("warning_cards.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    Column("salt", LargeBinary, nullable=False),
)

warning_talks = Table(
    "warning_talks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("card_id", Uuid, ForeignKey("warning_cards.id"), nullable=False, index=True),
    moment("held_at", nullable=False),
    Column("who", Text, nullable=False),
    Column("minutes", Text, nullable=False),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    Column("salt", LargeBinary, nullable=False),
)
"""约谈: when, with whom, and what was said; the log has nothing of it but a salted hash."""

warning_states = Table(
    "warning_states",
    metadata,
    Column("rule", String, primary_key=True),
    Column("subject", String(collation="C"), primary_key=True),
    Column("about", String, primary_key=True),
    Column("raised", Boolean, nullable=False),
    moment("since", nullable=False),
)
"""What the rules remember between two looks, so that a card is issued once for each rise."""

warning_runs = Table(
    "warning_runs",
    metadata,
    Column("name", String, primary_key=True),
    moment("at", nullable=False),
)

practices = Table(
    "practices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("card_id", Uuid, ForeignKey("warning_cards.id"), nullable=False, unique=True),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    code("area_code"),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    Index("ix_practices_at", "at"),
)
"""典型案例库: for everybody who works here to read, wherever the case lay."""

case_steps = Table(
    "case_steps",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("step", String, nullable=False),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    UniqueConstraint("case_id", "step"),
)
"""Which steps of its procedure are ticked off on a case; who took a tick back is on the log."""

_OF_VISIBLE_CARD = "exists (select 1 from warning_cards w where w.id = card_id)"
_SYSTEM = "current_setting('wall.role', true) = 'system'"

POLICIES: dict[str, str] = {
    "warning_cards": visible_sql(),
    "warning_texts": _OF_VISIBLE_CARD,
    "warning_talks": _OF_VISIBLE_CARD,
    "warning_states": _SYSTEM,
    "warning_runs": _SYSTEM,
    # Good practice is there to be copied by the neighbours.
    "practices": f"current_setting('wall.desk', true) <> '' or {_SYSTEM}",
    "case_steps": "exists (select 1 from cases c where c.id = case_id)",
}

GRANTS: dict[str, str] = {
    "warning_cards": "select, insert, update",
    "warning_texts": "select, insert",
    "warning_talks": "select, insert",
    "warning_states": "select, insert, update",
    "warning_runs": "select, insert, update",
    "practices": "select, insert",
    "case_steps": "select, insert, delete",
}
